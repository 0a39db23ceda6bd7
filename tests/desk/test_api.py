"""The API of cases over real HTTP: customers write, agents read and work."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest

from bot.cases.case import validate
from bot.desk.asked import LONGEST_TEXT

from .office import Office

CANARY = "zanzibarcanary"


def refusal(answer: httpx.Response) -> tuple[int, str]:
    """Every error has one shape, and never quotes what was sent."""
    body = answer.json()
    assert list(body) == ["error"]
    assert sorted(body["error"]) == ["code", "message"]
    assert CANARY not in answer.text
    return answer.status_code, body["error"]["code"]


async def post(client: httpx.AsyncClient, reference: str, deed: str, **body: Any) -> dict[str, Any]:
    answer = await client.post(f"/api/cases/{reference}/{deed}", json=body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def listed(client: httpx.AsyncClient, **query: Any) -> list[str]:
    answer = await client.get("/api/cases", params=query)
    assert answer.status_code == 200, answer.text
    return [row["id"] for row in answer.json()["cases"]]


# ---- reading ---------------------------------------------------------------------------------


async def test_agent_sees_a_case_at_once(office: Office) -> None:
    kim = await office.agent()
    assert (await kim.get("/api/cases")).json() == {
        "cases": [], "total": 0, "offset": 0, "limit": 50, "now": "2026-11-21T23:30:00Z",
    }  # fmt: skip
    reference = await office.open_case()
    page = (await kim.get("/api/cases")).json()
    assert page["total"] == 1
    [row] = page["cases"]
    assert (row["id"], row["status"], row["unread"]) == (reference, "new", True)
    assert (row["due"], row["due_kind"]) == (row["sla"]["respond_by"], "promise")
    assert "transcript" not in row


async def test_agent_pages_and_orders(office: Office) -> None:
    references = []
    for sender in ("ann", "bob", "cem"):
        references.append(await office.open_case(sender))
        office.clock.forward(seconds=1)
    kim = await office.agent()
    assert await listed(kim, order="oldest") == references
    assert await listed(kim, order="newest", limit=2) == references[:0:-1]
    assert await listed(kim, order="oldest", limit=2, offset=2) == references[2:]
    assert await listed(kim, limit=0) == []


async def test_agent_filters_and_searches(office: Office) -> None:
    ann = await office.open_case("ann", "a case about my lamp")
    bob = await office.open_case("bob", "a case about a parcel")
    kim = await office.agent()
    await post(kim, ann, "claim")
    for query, wanted in (
        ({"assignee": "me"}, [ann]), ({"assignee": "none"}, [bob]), ({"status": "new"}, [bob]),
        ({"status": "new,claimed", "order": "oldest"}, [ann, bob]), ({"q": "LAMP"}, [ann]),
        ({"q": "parcel case"}, [bob]), ({"q": bob[3:].lower()}, [bob]), ({"q": "nothing"}, []),
        ({"team": "money", "q": "lamp"}, [ann]), ({"conversation": "rest:bob"}, [bob]),
        ({"status": ["new", "claimed"], "q": ["a", "lamp"]}, [ann]), ({"tag": "x"}, []),
    ):  # fmt: skip
        assert await listed(kim, **query) == wanted, query


async def test_agent_sees_the_counts(office: Office) -> None:
    ann, _ = await office.open_case("ann"), await office.open_case("bob")
    kim = await office.agent()
    await post(kim, ann, "claim")
    counts = (await kim.get("/api/counts", params={"status": "new"})).json()
    assert counts["total"] == 1
    assert counts["by"]["status"] == {"claimed": 1, "new": 1}
    assert counts["by"]["topic"] == {"billing": 1}
    assert counts["by"]["assignee"] == {"me": 0, "none": 1}
    everything = (await kim.get("/api/counts")).json()
    assert (everything["total"], everything["by"]["assignee"]) == (2, {"me": 1, "none": 1})


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("colour=zanzibarcanary", "unknown_filter"),
        ("zanzibarcanary=1", "unknown_filter"),
        ("order=zanzibarcanary", "unknown_order"),
        ("status=zanzibarcanary", "bad_status"),
        ("status=new&status=open", "bad_status"),
        ("severity=bad", "bad_severity"),
        ("severity=HIGH", "bad_severity"),
        ("limit=201", "bad_limit"),
        ("limit=-1", "bad_limit"),
        ("offset=x", "bad_offset"),
        ("offset=1.5", "bad_offset"),
        ("q=" + "x" * 201, "bad_q"),
        ("q=" + "x" * 150 + "&q=" + "y" * 150, "bad_q"),
        ("team=" + "x" * 1001, "bad_team"),
        ("x" * 300 + "=" + "x" * 1001, "bad_filter"),
    ],
)
async def test_wrong_question_is_refused(office: Office, query: str, code: str) -> None:
    kim = await office.agent()
    assert refusal(await kim.get(f"/api/cases?{query}")) == (400, code)
    if not query.startswith(("limit", "offset", "order")):
        assert refusal(await kim.get(f"/api/counts?{query}")) == (400, code)


@pytest.mark.parametrize(
    "query", ["q=%ff%00*", "team=%F0%9F%98%80", "q=%5B(%5C", "topic=__proto__"]
)
async def test_strange_question_finds_nothing(office: Office, query: str) -> None:
    await office.open_case()
    kim = await office.agent()
    assert (await kim.get(f"/api/cases?{query}")).json()["total"] == 0


async def test_agent_reads_a_whole_case(office: Office) -> None:
    person = await office.hire("Kim")
    kim = await office.signed_in(person)
    reference = await office.open_case(text="a case about an offer")
    await post(kim, reference, "claim")
    await post(kim, reference, "replies", id=office.step(), text="We are on it.")
    case = (await kim.get(f"/api/cases/{reference.lower()}")).json()
    assert [(line["line"], line["from"], line["who"], line["text"]) for line in case["transcript"]][
        -1
    ] == (4, "agent", "Kim", "We are on it.")
    assert case["transcript"][0]["text"] == "a case about an offer"
    assert case["transcript"][1]["buttons"] == [
        {"title": "No, I still need help", "payload": "/not_solved"}
    ]
    assert case["transcript"][2]["kind"] == "receipt"
    assert case["holder"] == {"id": person.id, "name": "Kim"}
    assert (case["status"], case["revision"]) == ("waiting", 3)
    assert case["names"] == {person.id: "Kim"}
    assert [entry["what"] for entry in case["history"]] == ["opened", "claimed", "replied"]


async def test_unknown_case_is_not_found(office: Office) -> None:
    kim = await office.agent()
    for reference in ("ND-7KQ2M4X", "x", "%ff", "*"):
        assert refusal(await kim.get(f"/api/cases/{reference}")) == (404, "unknown_case")
        answer = await kim.post(f"/api/cases/{reference}/claim", json={})
        assert refusal(answer) == (404, "unknown_case")


async def test_agent_gets_the_words_for_filters(office: Office) -> None:
    content = (await (await office.agent()).get("/api/content")).json()
    assert content["topics"]["billing"] == {
        "label": "billing and payments",
        "subtopics": {"refund": "refund", "general": "other billing question"},
        "fields": ["email", "amount", "order_number"],
    }
    assert content["fields"]["order_number"] == {"label": "order number", "kind": "pattern"}
    assert content["teams"] == {"support": "support team", "money": "billing team"}
    assert content["resources"]["status-page"] == {
        "title": "Live status", "url": "https://status.lumen.example/",
    }  # fmt: skip
    assert content["statuses"] == ["new", "claimed", "waiting", "resolved", "closed"]
    assert content["severities"] == ["low", "normal", "high", "critical"]
    assert (content["languages"], content["channels"]) == (["en"], ["rest", "webchat"])


# ---- back ends -------------------------------------------------------------------------------


async def test_back_end_gets_whole_cases_of_its_channel(office: Office) -> None:
    reference = await office.open_case()
    shop = await office.token("channel")
    [case] = (await shop.get("/api/cases")).json()["cases"]
    validate(case)
    assert case["transcript"] == []
    whole = (await shop.get(f"/api/cases/{reference}")).json()
    validate(whole)
    assert [line["text"] for line in whole["transcript"]][0] == "a case please"


async def test_back_end_sees_no_other_channels_even_when_it_asks(office: Office) -> None:
    reference = await office.open_case()
    key, redis = office.connection.keys.case(reference), office.connection.redis
    document = {**json.loads(await redis.hget(key, "json") or ""), "channel": "webchat"}
    await redis.hset(key, "json", json.dumps(document))
    shop = await office.token("channel")
    for query in ({}, {"channel": "webchat"}, {"channel": "webchat,rest"}, {"q": "case"}):
        assert (await shop.get("/api/cases", params=query)).json()["cases"] == []
    assert refusal(await shop.get(f"/api/cases/{reference}")) == (404, "unknown_case")


# ---- working on a case -----------------------------------------------------------------------


async def test_one_of_two_who_claim_at_once_wins_and_the_other_is_told_who(
    office: Office,
) -> None:
    reference = await office.open_case()
    agents = [await office.agent(name) for name in ("Kim", "Lou")]
    answers = await asyncio.gather(
        *(agent.post(f"/api/cases/{reference}/claim", json={}) for agent in agents)
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    [won] = [answer.json() for answer in answers if answer.status_code == 200]
    [lost] = [answer for answer in answers if answer.status_code == 409]
    assert refusal(lost) == (409, "held_by")
    assert won["holder"]["name"] in lost.json()["error"]["message"]


async def test_agent_answers_in_the_customers_chat(office: Office) -> None:
    reference = await office.open_case()
    kim = await office.agent()
    await post(kim, reference, "claim")
    step = office.step()
    for _ in range(2):  # sent again, as after a lost answer
        case = await post(kim, reference, "replies", id=step, text="We are on it.")
    assert case["status"] == "waiting"
    said = await office.transcript()
    assert said.count(("agent", "We are on it.")) == 1
    office.clock.forward(minutes=5)
    case = await post(
        kim, reference, "replies", id=office.step(), text="More follows.", waits=False
    )
    assert case["status"] == "claimed"


async def test_agent_notes_what_no_customer_sees(office: Office) -> None:
    reference = await office.open_case()
    kim = await office.agent()
    await post(kim, reference, "notes", text="Calls at night.")
    step = office.step()
    for _ in range(2):
        case = await post(kim, reference, "notes", id=step, text="Twice.")
    assert [note["text"] for note in case["notes"]] == ["Calls at night.", "Twice."]
    assert "Calls at night." not in str(await office.transcript())


async def test_agent_corrects_a_case(office: Office) -> None:
    reference = await office.open_case()
    kim = await office.agent()
    answer = await kim.patch(
        f"/api/cases/{reference}",
        json={
            "subtopic": "refund", "severity": "high", "reason": "Much money.",
            "tags": ["VIP", "vip"], "details": {"email": "ann@example.com", "amount": None},
        },
    )  # fmt: skip
    case = answer.json()
    assert (case["subtopic"], case["severity"], case["tags"]) == ("refund", "high", ["vip"])
    assert case["severity_reasons"] == ["Much money."]
    assert case["details"]["email"] == {"value": "ann@example.com", "source": "edited"}
    assert await listed(kim, q="ann@example.com", severity="high", tag="vip") == [reference]
    assert await listed(kim, severity="normal") == []


async def test_lead_gives_a_case_to_a_person_who_finds_it_under_mine(office: Office) -> None:
    reference = await office.open_case()
    lou = await office.hire("Lou")
    lead = await office.agent("Lea", "lead")
    case = await post(lead, reference, "transfer", person=lou.id, note="Yours, please.")
    assert case["holder"] == {"id": lou.id, "name": "Lou"}
    assert case["notes"][0]["text"] == "Yours, please."
    assert await listed(await office.signed_in(lou), assignee="me") == [reference]


async def test_agent_gives_a_case_to_another_team(office: Office) -> None:
    reference = await office.open_case()
    kim = await office.agent()
    await post(kim, reference, "claim")
    case = await post(kim, reference, "transfer", team="support")
    assert (case["team"], case["status"], case["holder"]) == ("support", "new", None)


async def test_agent_resolves_and_reopens(office: Office) -> None:
    reference = await office.open_case()
    kim = await office.agent()
    case = await post(kim, reference, "resolve", id=office.step(), text="Done. Goodbye!")
    assert (case["status"], case["rating"]) == ("resolved", None)
    assert ("agent", "Done. Goodbye!") in await office.transcript()
    assert (await kim.get("/api/cases?status=resolved")).json()["cases"][0]["due"] is None
    case = await post(kim, reference, "reopen")
    assert (case["status"], case["holder"]["name"]) == ("claimed", "Kim")


async def test_agent_gives_a_case_back_to_the_bot(office: Office) -> None:
    reference = await office.open_case()
    kim = await office.agent()
    await post(kim, reference, "claim")
    case = await post(kim, reference, "return", note="Only asks for the hours.")
    assert (case["status"], case["holder"]) == ("new", None)
    assert case["notes"][0]["text"] == "Only asks for the hours."


async def test_case_is_unread_when_the_customer_writes_to_the_person_who_has_it(
    office: Office,
) -> None:
    reference = await office.open_case()
    kim = await office.agent()
    await post(kim, reference, "claim")
    await post(kim, reference, "replies", id=office.step(), text="Which one is it?")
    [row] = (await kim.get("/api/cases")).json()["cases"]
    assert (row["status"], row["unread"], row["due"]) == ("waiting", False, None)
    office.clock.forward(minutes=1)
    await office.say("the second one")
    [row] = (await kim.get("/api/cases")).json()["cases"]
    assert (row["status"], row["unread"], row["due_kind"]) == ("claimed", True, "promise")
    assert await listed(kim, q="second") == [reference]


@pytest.mark.parametrize(
    ("deed", "body", "code"),
    [
        ("replies", {"text": "Hello"}, "not_yours"),
        ("return", {}, "not_yours"),
        ("reopen", {}, "not_resolved"),
    ],
)
async def test_what_a_new_case_does_not_allow_is_refused(
    office: Office, deed: str, body: dict[str, Any], code: str
) -> None:
    reference = await office.open_case()
    kim = await office.agent()
    if deed == "replies":
        body = {**body, "id": office.step()}
    answer = await kim.post(f"/api/cases/{reference}/{deed}", json=body)
    assert refusal(answer) == (409, code)


@pytest.mark.parametrize(
    ("deed", "body"),
    [
        ("claim", {}), ("replies", {"id": "step-0001", "text": "Hello"}), ("return", {}),
        ("resolve", {"id": "step-0001"}), ("transfer", {"team": "support"}),
    ],
)  # fmt: skip
async def test_agent_is_told_who_has_the_case(
    office: Office, deed: str, body: dict[str, Any]
) -> None:
    reference = await office.open_case()
    await post(await office.agent("Kim"), reference, "claim")
    answer = await (await office.agent("Lou")).post(f"/api/cases/{reference}/{deed}", json=body)
    assert refusal(answer) == (409, "held_by")
    assert "Kim" in answer.json()["error"]["message"]


async def test_what_is_done_stays_done_until_it_is_reopened(office: Office) -> None:
    reference = await office.open_case()
    kim = await office.agent()
    await post(kim, reference, "resolve", id=office.step(), ask_rating=False)
    for deed, body in (
        ("claim", {}), ("replies", {"id": office.step(), "text": "Hello"}), ("return", {}),
        ("resolve", {"id": office.step()}), ("transfer", {"team": "support"}),
    ):  # fmt: skip
        answer = await kim.post(f"/api/cases/{reference}/{deed}", json=body)
        assert refusal(answer) == (409, "not_open"), deed


async def test_only_leads_and_admins_take_from_others(office: Office) -> None:
    reference = await office.open_case()
    lou = await office.hire("Lou")
    await post(await office.agent("Kim"), reference, "claim")
    agent = await office.signed_in(lou)
    for deed, body in (("claim", {"take_over": True}), ("transfer", {"person": "u-zzzzzz"})):
        answer = await agent.post(f"/api/cases/{reference}/{deed}", json=body)
        assert refusal(answer) == (403, "wrong_role"), deed
    for role in ("lead", "admin"):
        case = await post(await office.agent(role, role), reference, "claim", take_over=True)
        assert case["holder"]["name"] == role
    case = await post(await office.agent("Lea", "lead"), reference, "transfer", person=lou.id)
    assert case["holder"]["name"] == "Lou"


async def test_case_is_given_to_nobody_who_cannot_work_on_it(office: Office) -> None:
    reference = await office.open_case()
    lead = await office.agent("Lea", "lead")
    writer = await office.hire("Wim", "content")
    for person in ("u-zzzzzz", "t-shop", "bot", writer.id):
        answer = await lead.post(f"/api/cases/{reference}/transfer", json={"person": person})
        assert refusal(answer) == (400, "bad_person"), person


async def test_back_office_works_with_a_token(office: Office) -> None:
    reference = await office.open_case()
    office_bot = await office.token("agent", "crm")
    case = await post(office_bot, reference, "claim")
    assert case["holder"] == {"id": "t-crm", "name": "crm"}
    case = await post(office_bot, reference, "replies", id=office.step(), text="On its way.")
    assert case["transcript"][-1]["who"] == "crm"


# ---- what is no request ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("deed", "body", "status", "code"),
    [
        ("claim", {"take_over": "yes"}, 400, "bad_take_over"),
        ("claim", {CANARY: 1}, 400, "unknown_key"),
        ("replies", {}, 400, "bad_id"),
        ("replies", {"id": "short", "text": CANARY}, 400, "bad_id"),
        ("replies", {"id": "x" * 65, "text": CANARY}, 413, "bad_id"),
        ("replies", {"id": "step 00001", "text": CANARY}, 400, "bad_id"),
        ("replies", {"id": "step-0001"}, 400, "bad_text"),
        ("replies", {"id": "step-0001", "text": " \n"}, 400, "bad_text"),
        ("replies", {"id": "step-0001", "text": [CANARY]}, 400, "bad_text"),
        ("replies", {"id": "step-0001", "text": CANARY * 300}, 413, "bad_text"),
        ("replies", {"id": "step-0001", "text": "x", "waits": 1}, 400, "bad_waits"),
        ("notes", {"text": None}, 400, "bad_text"),
        ("notes", {"text": "x", "id": 5}, 400, "bad_id"),
        ("notes", {"text": "x", "who": CANARY}, 400, "unknown_key"),
        ("transfer", {}, 400, "bad_transfer"),
        ("transfer", {"team": "support", "person": "u-abcdef"}, 400, "bad_transfer"),
        ("transfer", {"team": CANARY}, 400, "bad_team"),
        ("transfer", {"team": ["support"]}, 400, "bad_team"),
        ("transfer", {"team": "support", "note": 1}, 400, "bad_note"),
        ("resolve", {"text": "Bye"}, 400, "bad_id"),
        ("resolve", {"id": "step-0001", "ask_rating": "no"}, 400, "bad_ask_rating"),
        ("return", {"note": {}}, 400, "bad_note"),
        ("reopen", {"why": CANARY}, 400, "unknown_key"),
    ],
    ids=lambda value: json.dumps(value)[:50] if isinstance(value, dict) else str(value),
)
async def test_what_is_no_deed_is_refused(
    office: Office, deed: str, body: dict[str, Any], status: int, code: str
) -> None:
    reference = await office.open_case()
    kim = await office.agent()
    answer = await kim.post(f"/api/cases/{reference}/{deed}", json=body)
    assert refusal(answer) == (status, code)
    assert (await kim.get(f"/api/cases/{reference}")).json()["revision"] == 1


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 400, "bad_changes"),
        ({"reason": "x"}, 400, "bad_changes"),
        ({"status": "resolved"}, 400, "unknown_key"),
        ({"topic": CANARY}, 400, "bad_topic"),
        ({"topic": 7}, 400, "bad_topic"),
        ({"topic": "x" * 101}, 413, "bad_topic"),
        ({"subtopic": "safety"}, 400, "bad_subtopic"),
        ({"severity": "HIGH"}, 400, "bad_severity"),
        ({"severity": 3}, 400, "bad_severity"),
        ({"severity": ["high"]}, 400, "bad_severity"),
        ({"severity": "high", "reason": "x" * 301}, 413, "bad_reason"),
        ({"tags": "vip"}, 400, "bad_tags"),
        ({"tags": [1]}, 400, "bad_tags"),
        ({"tags": ["x" * 41]}, 400, "bad_tags"),
        ({"tags": [str(number) for number in range(21)]}, 400, "bad_tags"),
        ({"tags": [str(number) for number in range(51)]}, 400, "bad_tags"),
        ({"details": ["email"]}, 400, "bad_details"),
        ({"details": {CANARY: "x"}}, 400, "bad_details"),
        ({"details": {"email": 5}}, 400, "bad_details"),
        ({"details": {"email": "x" * 501}}, 413, "bad_details"),
    ],
    ids=lambda value: json.dumps(value)[:50] if isinstance(value, dict) else str(value),
)
async def test_what_is_no_correction_is_refused(
    office: Office, body: dict[str, Any], status: int, code: str
) -> None:
    reference = await office.open_case()
    kim = await office.agent()
    answer = await kim.patch(f"/api/cases/{reference}", json=body)
    assert refusal(answer) == (status, code)
    assert (await kim.get(f"/api/cases/{reference}")).json()["revision"] == 1


@pytest.mark.parametrize("body", [b"{", b"[]", b'"x"', b"\xff", b"[" * 50_000])
async def test_body_that_is_no_object_is_refused(office: Office, body: bytes) -> None:
    reference = await office.open_case()
    kim = await office.agent()
    answer = await kim.post(f"/api/cases/{reference}/claim", content=body)
    assert refusal(answer) == (400, "bad_json")


async def test_no_body_is_an_empty_one(office: Office) -> None:
    reference = await office.open_case()
    kim = await office.agent()
    assert (await kim.post(f"/api/cases/{reference}/claim")).status_code == 200


async def test_longest_reply_is_taken(office: Office) -> None:
    reference = await office.open_case()
    kim = await office.agent()
    await post(kim, reference, "claim")
    text = "😀" * LONGEST_TEXT
    case = await post(kim, reference, "replies", id=office.step(), text=text)
    assert case["transcript"][-1]["text"] == text
