"""The REST channel and the cases' API over real HTTP, with a worker whose understanding is fake."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bot.cases.case import validate
from bot.playbook.content import Content
from bot.store.connection import Connection
from bot.store.conversations import Conversations
from bot.store.embedded import EmbeddedStore
from bot.store.heartbeat import Heartbeat
from bot.store.keys import Keys
from bot.store.tokens import ROLES, Tokens
from bot.tasks import end_tasks
from bot.web import MOST_BYTES, create_app
from tests.standing_in import BUTTON, StandIn, stored, until, working

from .house import Clock, Serving

POSTS = "/webhooks/rest/webhook"
CANARY = "zanzibarcanary"


@dataclass
class Desk:
    """A running server with its worker; `client` is the back end with a channel's token."""

    url: str
    client: httpx.AsyncClient
    connection: Connection
    assistant: StandIn
    clock: Clock

    async def say(self, message: object, sender: str = "ann", **more: Any) -> httpx.Response:
        return await self.client.post(POSTS, json={"sender": sender, "message": message, **more})

    async def texts(self, message: str, sender: str = "ann", **more: Any) -> list[str]:
        answer = await self.say(message, sender, **more)
        assert answer.status_code == 200
        return [reply["text"] for reply in answer.json()]

    async def heading(self, role: str) -> dict[str, str]:
        token = await Tokens(self.connection).add("somebody", role)
        return {"Authorization": f"Bearer {token}"}


@pytest.fixture
async def desk(connection: Connection, content: Content, clock: Clock) -> AsyncIterator[Desk]:
    serving = await Serving(create_app(connection, content, clock, wait_seconds=5)).start()
    assistant = StandIn()
    token = await Tokens(connection).add("shop", "channel")
    headers = {"Authorization": f"Bearer {token}"}
    async with working(connection, assistant, content, clock):
        async with httpx.AsyncClient(base_url=serving.url, headers=headers, timeout=10) as client:
            yield Desk(serving.url, client, connection, assistant, clock)
    await serving.stop()


def refusal(answer: httpx.Response) -> tuple[int, str]:
    """Every error has one shape, and never quotes what was sent."""
    body = answer.json()
    assert list(body) == ["error"]
    assert sorted(body["error"]) == ["code", "message"]
    assert CANARY not in answer.text
    return answer.status_code, body["error"]["code"]


# ---- tokens ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (b"", "no_token"),
        (b"Basic abc", "no_token"),
        (b"Bearer", "no_token"),
        (b"Bearer nd_wrong", "unknown_token"),
        (b"Bearer \xff\xfe", "unknown_token"),
        ("Bearer ä".encode(), "unknown_token"),
    ],
)
async def test_caller_without_a_known_token_is_turned_away(
    desk: Desk, header: bytes, code: str
) -> None:
    for method, path in (("POST", POSTS), ("GET", "/webhooks/rest/messages?sender=ann"),
                         ("GET", "/api/cases"), ("GET", "/api/cases/ND-7KQ2M4X")):  # fmt: skip
        answer = await desk.client.request(method, path, headers={b"Authorization": header})
        people_sign_in = path.startswith("/api") and code == "no_token"
        assert refusal(answer) == (401, "no_session" if people_sign_in else code)


@pytest.mark.parametrize("role", ROLES)
async def test_only_channels_and_admins_speak_for_customers(desk: Desk, role: str) -> None:
    headers = await desk.heading(role)
    answer = await desk.client.post(POSTS, json={"sender": "a", "message": "b"}, headers=headers)
    allowed = role in ("channel", "admin")
    assert answer.status_code == (200 if allowed else 403)
    if not allowed:
        assert refusal(answer) == (403, "wrong_role")


async def test_content_owner_does_not_read_cases(desk: Desk) -> None:
    for path in ("/api/cases", "/api/cases/ND-7KQ2M4X"):
        answer = await desk.client.get(path, headers=await desk.heading("content"))
        assert refusal(answer) == (403, "wrong_role")


# ---- a message and its answer ----------------------------------------------------------------


async def test_back_end_gets_the_replies_of_its_message(desk: Desk) -> None:
    answer = await desk.say("an offer please")
    assert answer.status_code == 200
    [reply] = answer.json()
    assert reply == {
        "recipient_id": "ann", "text": "1: an offer please", "kind": "text", "line": 2,
        "at": "2026-11-21T23:30:00Z", "buttons": [{"title": BUTTON[0], "payload": BUTTON[1]}],
    }  # fmt: skip


async def test_back_end_that_sends_again_gets_the_same_replies_and_no_second_turn(
    desk: Desk,
) -> None:
    first = await desk.say("hello", message_id="m1")
    await desk.say("something else", message_id="m2")
    again = await desk.say("hello", message_id="m1")
    assert again.json() == first.json() != []
    assert desk.assistant.heard == [("rest:ann", "hello"), ("rest:ann", "something else")]


async def test_back_end_that_sends_twice_at_once_gets_one_turn(desk: Desk) -> None:
    answers = await asyncio.gather(*(desk.say("hello", message_id="m1") for _ in range(5)))
    assert [answer.json() for answer in answers] == [answers[0].json()] * 5
    assert len(desk.assistant.heard) == 1


async def test_same_message_id_of_two_senders_is_two_messages(desk: Desk) -> None:
    assert await desk.texts("hello", "ann", message_id="m1") == ["1: hello"]
    assert await desk.texts("hi", "bob", message_id="m1") == ["1: hi"]


async def test_senders_whose_names_look_like_keys_stay_apart(desk: Desk) -> None:
    for sender in ("ann", "ann:inbox", "ann:ids", "inbox:ann", "ann\nbob", "*"):
        assert await desk.texts("hello", sender) == ["1: hello"]
    assert await desk.texts("again", "ann") == ["2: again"]


async def test_button_that_was_sent_is_a_press(desk: Desk) -> None:
    await desk.say("an offer please")
    await desk.say(f" {BUTTON[1]} ")
    assert desk.assistant.heard[-1] == ("rest:ann", BUTTON[1])
    lines = await Conversations(desk.connection).lines("rest:ann")
    assert lines[2].text == BUTTON[0]


@pytest.mark.parametrize(
    "typed",
    ["/not_solved", "/report/billing", '/fill{"email": "a@example.com"}', "/restart", " /faq "],
)
async def test_payload_that_was_never_sent_is_refused(desk: Desk, typed: str) -> None:
    await desk.say("an offer please", sender="somebody else")
    answer = await desk.say(typed)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "unknown_button"
    assert await Conversations(desk.connection).lines("rest:ann") == []


@pytest.mark.parametrize("typed", ["/shrug", "//x", "/", "/ not_solved", "/solved it myself"])
async def test_words_behind_a_slash_are_only_words(desk: Desk, typed: str) -> None:
    await desk.say(typed)
    heard = desk.assistant.heard[-1][1]
    assert not heard.startswith("/")
    assert (await Conversations(desk.connection).lines("rest:ann"))[0].text == typed


async def test_card_number_is_masked_before_it_is_stored(desk: Desk) -> None:
    metadata = {"name": "Ann 4111 1111 1111 1111"}
    await desk.say("my card is 4111-1111-1111-1111, iban NO93 8601 1117 9470", metadata=metadata)
    assert desk.assistant.heard == [("rest:ann", "my card is [card 1111], iban [iban]")]
    everything = str(await stored(desk.connection))
    assert "[card 1111]" in everything
    assert "4111" not in everything
    assert "8601" not in everything


async def test_back_end_waits_so_long_and_no_longer(
    connection: Connection, content: Content, clock: Clock
) -> None:
    serving = await Serving(create_app(connection, content, clock, wait_seconds=0.1)).start()
    headers = {"Authorization": f"Bearer {await Tokens(connection).add('shop', 'channel')}"}
    assistant, body = StandIn(), {"sender": "ann", "message": "wait", "message_id": "m1"}
    async with httpx.AsyncClient(base_url=serving.url, headers=headers) as client:
        async with working(connection, assistant, content, clock):
            answer = await client.post(POSTS, json=body)
            assert (answer.status_code, answer.json()) == (202, [])
            assert answer.headers["retry-after"] == "1"
            assistant.go.set()
        answer = await client.post(POSTS, json=body)
        assert [reply["text"] for reply in answer.json()] == ["1: wait"]
    await serving.stop()
    assert len(assistant.heard) == 1


async def test_back_end_is_told_at_once_when_the_server_stops(
    connection: Connection, content: Content, clock: Clock
) -> None:
    serving = await Serving(create_app(connection, content, clock)).start()
    headers = {"Authorization": f"Bearer {await Tokens(connection).add('shop', 'channel')}"}
    assistant = StandIn()
    async with httpx.AsyncClient(base_url=serving.url, headers=headers) as client:
        async with working(connection, assistant, content, clock):
            body = {"sender": "ann", "message": "wait"}
            asked = asyncio.create_task(client.post(POSTS, json=body))
            await asyncio.wait_for(assistant.waiting.wait(), 5)
            await asyncio.wait_for(asyncio.gather(serving.stop(), asked), 5)
            assert asked.result().status_code == 202


# ---- what came later -------------------------------------------------------------------------


async def later(desk: Desk, **query: Any) -> list[dict[str, Any]]:
    answer = await desk.client.get("/webhooks/rest/messages", params=query)
    assert answer.status_code == 200
    return list(answer.json())


async def test_back_end_reads_what_came_later(desk: Desk) -> None:
    for word in ("one", "two"):
        await desk.say(word)
    assert [reply["text"] for reply in await later(desk, sender="ann")] == ["1: one", "2: two"]
    assert [reply["line"] for reply in await later(desk, sender="ann", after=2)] == [4]
    assert await later(desk, sender="ann", after=4) == []
    assert await later(desk, sender="ann", after=10**9) == []
    assert await later(desk, sender="bob") == []


@pytest.mark.parametrize(
    "after", ["-1", "x", "1e3", "", "9" * 13, "0" * 12 + "9" * 50, "٣", "1000000001"]
)
async def test_place_that_is_no_number_is_refused(desk: Desk, after: str) -> None:
    params = {"sender": "ann", "after": after}
    answer = await desk.client.get("/webhooks/rest/messages", params=params)
    if after:
        assert refusal(answer) == (400, "bad_after")
    else:
        assert answer.json() == []  # an empty value in a query is none


async def test_reader_without_a_sender_is_told(desk: Desk) -> None:
    assert refusal(await desk.client.get("/webhooks/rest/messages")) == (400, "bad_sender")


# ---- what is no message ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "bad_json"),
        (b"not json " + CANARY.encode(), 400, "bad_json"),
        (b'["' + CANARY.encode() + b'"]', 400, "bad_json"),
        (b'"text"', 400, "bad_json"),
        (b"null", 400, "bad_json"),
        (b'\xff\xfe{"', 400, "bad_json"),
        (b"[" * 200_000, 400, "bad_json"),
        (b'{"sender":' * 50_000, 400, "bad_json"),
        (b'{"sender": "a", "message": ' + b"9" * 900_000 + b"}", 400, "bad_json"),
        (b'{"message": "zanzibarcanary"}', 400, "bad_sender"),
        (b'{"sender": null, "message": "b"}', 400, "bad_sender"),
        (b'{"sender": "", "message": "b"}', 400, "bad_sender"),
        (b'{"sender": " \\n", "message": "b"}', 400, "bad_sender"),
        (b'{"sender": 7, "message": "b"}', 400, "bad_sender"),
        (b'{"sender": "\\ud800zanzibarcanary", "message": "b"}', 400, "bad_sender"),
        (b'{"sender": "a"}', 400, "bad_message"),
        (b'{"sender": "a", "message": null}', 400, "bad_message"),
        (b'{"sender": "a", "message": ""}', 400, "bad_message"),
        (b'{"sender": "a", "message": " \\t\\n"}', 400, "bad_message"),
        (b'{"sender": "a", "message": "\\u0000"}', 400, "bad_message"),
        (b'{"sender": "a", "message": 42}', 400, "bad_message"),
        (b'{"sender": "a", "message": true}', 400, "bad_message"),
        (b'{"sender": "a", "message": ["zanzibarcanary"]}', 400, "bad_message"),
        (b'{"sender": "a", "message": {"text": "zanzibarcanary"}}', 400, "bad_message"),
        (b'{"sender": "a", "message": "zanzibarcanary \\udfff"}', 400, "bad_message"),
        (b'{"sender": "a", "message": "b", "message_id": 5}', 400, "bad_message_id"),
        (b'{"sender": "a", "message": "b", "message_id": ""}', 400, "bad_message_id"),
        (b'{"sender": "a", "message": "b", "zanzibarcanary": 1}', 400, "unknown_key"),
        (b'{"sender": "a", "message": "b", "metadata": "zanzibarcanary"}', 400, "bad_metadata"),
        (b'{"sender": "a", "message": "b", "metadata": {"followers": -1}}', 400, "bad_metadata"),
        (b'{"sender": "a", "message": "b", "metadata": {"followers": 1e3}}', 400, "bad_metadata"),
        (b'{"sender": "a", "message": "b", "metadata": {"name": 1}}', 400, "bad_name"),
        (b'{"sender": "%s", "message": "b"}' % (b"a" * 201), 413, "bad_sender"),
        (b'{"sender": "a", "message": "%s"}' % (b"a" * 2001), 413, "bad_message"),
        (b'{"sender": "a", "message": "%s"}' % (b"a" * 999_000), 413, "bad_message"),
        (b'{"sender": "a", "message": "%s"}' % (b"a" * MOST_BYTES), 413, "too_large"),
    ],
    ids=lambda value: value[:60].decode("latin-1") if isinstance(value, bytes) else str(value),
)
async def test_what_is_no_message_is_refused(
    desk: Desk, body: bytes, status: int, code: str
) -> None:
    answer = await desk.client.post(POSTS, content=body)
    assert refusal(answer) == (status, code)
    assert desk.assistant.heard == []
    assert await desk.connection.redis.xlen(desk.connection.keys.one("events")) == 0


async def test_longest_message_is_taken(desk: Desk) -> None:
    text = "😀" * 2000
    assert await desk.texts(text) == [f"1: {text}"]


async def test_nul_is_dropped(desk: Desk) -> None:
    assert await desk.texts("a\0b") == ["1: ab"]


async def test_logs_never_hold_what_was_written(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    bodies: list[Any] = [
        {"sender": "a", "message": [CANARY]}, {"sender": "a", "message": CANARY * 200},
        {"sender": "a", CANARY: CANARY, "message": "b"}, [CANARY],
        {"sender": "a", "message": f"{CANARY} in a message"},
    ]  # fmt: skip
    for body in bodies:
        await desk.client.post(POSTS, json=body)
    await desk.client.post(POSTS, content=f'{{"{CANARY}'.encode())
    ours = [record for record in caplog.records if record.name.startswith(("nightdesk", "sanic"))]
    assert not any(CANARY in record.getMessage() for record in ours)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=8,
)
nearly = st.fixed_dictionaries(
    {"sender": st.text(min_size=1, max_size=30) | anything, "message": st.text() | anything},
    optional={"message_id": st.text(max_size=30) | anything, "metadata": anything},
)


@settings(
    max_examples=100,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],  # shrinking would take minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(body=anything | nearly)
async def test_any_json_is_answered_or_refused(desk: Desk, body: object) -> None:
    answer = await desk.client.post(POSTS, content=json.dumps(body))
    if answer.status_code != 200:
        assert refusal(answer)[0] in (400, 413)
    else:
        assert answer.json()


# ---- cases -----------------------------------------------------------------------------------


async def cases(desk: Desk, headers: Mapping[str, str] | None = None, **query: Any) -> Any:
    answer = await desk.client.get("/api/cases", params=query, headers=headers)
    assert answer.status_code == 200
    return answer.json()


async def open_cases(desk: Desk, *senders: str) -> list[str]:
    """References in the order of opening."""
    references = []
    for sender in senders:
        receipt = (await desk.texts("a case please", sender))[-1]
        references.append(receipt.split()[-1].rstrip("."))
        desk.clock.forward(seconds=1)
    return references


async def test_case_of_a_receipt_fits_the_schema(desk: Desk) -> None:
    await desk.say("hello")
    [reference] = await open_cases(desk, "ann")
    await desk.say("one more thing")
    case = (await desk.client.get(f"/api/cases/{reference}")).json()
    validate(case)
    said = [(line["from"], line["text"]) for line in case["transcript"]]
    assert said == [
        ("customer", "a case please"), ("bot", "2: a case please"),
        ("bot", f"Your reference is {reference}."), ("customer", "one more thing"),
        ("bot", "3: one more thing"),
    ]  # fmt: skip
    assert (case["id"], case["channel"], case["topic"]) == (reference, "rest", "billing")


async def test_reader_pages_through_the_cases(desk: Desk) -> None:
    references = await open_cases(desk, "ann", "bob", "cem")
    page = await cases(desk, order="oldest", limit=2)
    assert [case["id"] for case in page["cases"]] == references[:2]
    assert (page["total"], page["offset"], page["limit"]) == (3, 0, 2)
    rest = await cases(desk, order="oldest", limit=2, offset=2)
    assert [case["id"] for case in rest["cases"]] == references[2:]
    newest = await cases(desk, order="newest")
    assert [case["id"] for case in newest["cases"]] == references[::-1]
    assert [len((await cases(desk, offset=n))["cases"]) for n in (0, 3, 99)] == [3, 0, 0]


async def test_reader_filters_the_cases(desk: Desk) -> None:
    await open_cases(desk, "ann", "bob")
    for query, total in (
        ({"topic": "billing"}, 2), ({"topic": "other"}, 0), ({"topic": "other,billing"}, 2),
        ({"conversation": "rest:ann"}, 1), ({"team": "money", "status": "new"}, 2),
        ({"severity": "critical"}, 0), ({"channel": "webchat"}, 2),
    ):  # fmt: skip
        assert (await cases(desk, **query))["total"] == total, query


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"colour": "red"}, "unknown_filter"),
        ({"order": "sideways"}, "unknown_order"),
        ({"limit": "201"}, "bad_limit"),
        ({"limit": "-1"}, "bad_limit"),
        ({"offset": "x"}, "bad_offset"),
    ],
)
async def test_wrong_question_for_cases_is_refused(
    desk: Desk, query: dict[str, str], code: str
) -> None:
    assert refusal(await desk.client.get("/api/cases", params=query)) == (400, code)


async def test_unknown_case_is_not_found(desk: Desk) -> None:
    for reference in ("ND-7KQ2M4X", "x", "%ff", "*"):
        answer = await desk.client.get(f"/api/cases/{reference}")
        assert refusal(answer) == (404, "unknown_case")


async def test_back_end_sees_no_cases_of_other_channels(desk: Desk) -> None:
    [reference] = await open_cases(desk, "ann")
    key = desk.connection.keys.case(reference)
    text = await desk.connection.redis.hget(key, "json")
    moved = json.dumps({**json.loads(text or ""), "channel": "webchat"})
    await desk.connection.redis.hset(key, "json", moved)
    assert (await cases(desk))["total"] == 0
    assert (await cases(desk, channel="webchat"))["total"] == 0
    assert refusal(await desk.client.get(f"/api/cases/{reference}")) == (404, "unknown_case")
    for role in ("agent", "lead", "admin"):
        assert (await cases(desk, await desk.heading(role)))["total"] == 1


# ---- health ----------------------------------------------------------------------------------


async def test_monitor_sees_whether_a_worker_is_there(desk: Desk) -> None:
    answer = await desk.client.get("/health")
    assert answer.status_code == 503
    assert answer.json() == {"status": "unavailable", "redis": True, "worker": False}
    beating = asyncio.create_task(Heartbeat(desk.connection, "worker", "w1").run())
    try:
        await until(lambda: healthy(desk.client))
    finally:
        await end_tasks(beating)
    assert (await desk.client.get("/health")).status_code == 503


async def healthy(client: httpx.AsyncClient) -> bool:
    answer = await client.get("/health")
    good = answer.status_code == 200
    assert not good or answer.json() == {"status": "ok", "redis": True, "worker": True}
    return good


async def test_caller_is_told_when_redis_is_away_and_served_when_it_is_back(
    tmp_path: Path, content: Content, clock: Clock
) -> None:
    store = EmbeddedStore(tmp_path)
    connection = Connection(store.start().url, Keys("away"))
    headers = {"Authorization": f"Bearer {await Tokens(connection).add('shop', 'channel')}"}
    serving = await Serving(create_app(connection, content, clock)).start()
    body = {"sender": "ann", "message": "hello", "message_id": "m1"}
    async with AsyncExitStack() as ending, working(connection, StandIn(), content, clock):
        ending.push_async_callback(asyncio.to_thread, store.stop)
        ending.push_async_callback(connection.close)
        ending.push_async_callback(serving.stop)
        client = httpx.AsyncClient(base_url=serving.url, headers=headers, timeout=30)
        await ending.enter_async_context(client)
        await asyncio.to_thread(store.stop)
        for answer in (await client.post(POSTS, json=body), await client.get("/api/cases")):
            assert refusal(answer) == (503, "store_unavailable")
            assert answer.headers["retry-after"] == "2"
        assert (await client.get("/health")).json()["redis"] is False
        await asyncio.to_thread(store.start)
        answer = await client.post(POSTS, json=body)
        assert [reply["text"] for reply in answer.json()] == ["1: hello"]
