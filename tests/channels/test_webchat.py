"""The web chat over real HTTP, without a worker: what a customer's page sends and gets."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from bot.cases.turn import Reply
from bot.channels import event_stream
from bot.store.connection import Connection
from bot.store.conversations import Conversations
from bot.store.keys import Keys
from bot.store.secrets import Secrets
from bot.web import create_app

from .house import House, Serving

OFFER = Reply("Did that help?", (("Yes", "/solved"), ("No", "/not_solved")), "offer")


async def send(customer: httpx.AsyncClient, said: str, message_id: str = "message-1") -> Any:
    return await customer.post("/chat/messages", json={"id": message_id, "text": said})


async def messages(customer: httpx.AsyncClient, after: int = 0) -> list[dict[str, Any]]:
    answer = await customer.get("/chat/messages", params={"after": after})
    assert answer.status_code == 200
    return list(answer.json()["messages"])


def refusal(answer: httpx.Response) -> tuple[int, str]:
    """Every error has one shape; a 4xx never quotes what was sent."""
    body = answer.json()
    assert list(body) == ["error"]
    assert sorted(body["error"]) == ["code", "message"]
    return answer.status_code, body["error"]["code"]


# ---- writing and reading ---------------------------------------------------------------------


async def test_customer_reads_the_answer_with_its_buttons(
    house: House, customer: httpx.AsyncClient
) -> None:
    sent = await send(customer, "My lamp is broken.")
    assert (sent.status_code, sent.json()) == (202, {"line": 1})
    await house.answer(Reply("Sorry to hear that.\nhttps://help.lumen.example"), OFFER)
    mine, first, offer = await messages(customer)
    assert (mine["from"], mine["text"], mine["id"]) == (
        "customer",
        "My lamp is broken.",
        "message-1",
    )
    assert (first["from"], first["line"]) == ("bot", 2)
    assert offer["buttons"] == [
        {"title": "Yes", "payload": "/solved"}, {"title": "No", "payload": "/not_solved"},
    ]  # fmt: skip
    assert offer["kind"] == "offer"
    assert [line["line"] for line in await messages(customer, after=2)] == [3]


async def test_customer_who_sends_again_is_heard_once(
    house: House, customer: httpx.AsyncClient
) -> None:
    await send(customer, "hello")
    again = await send(customer, "hello")
    assert (again.status_code, again.json()) == (202, {"line": None})
    assert await house.answer() == "hello"
    assert len(await messages(customer)) == 1


async def test_customer_who_writes_in_pieces_is_one_turn(
    house: House, customer: httpx.AsyncClient
) -> None:
    for number, piece in enumerate(["hi", "my lamp", "is broken"]):
        await send(customer, piece, f"piece-{number:03}")
    assert await house.answer() == "hi\nmy lamp\nis broken"


async def test_worker_waits_two_seconds_for_more(house: House, customer: httpx.AsyncClient) -> None:
    await send(customer, "hi")
    _, due = await Conversations(house.connection).claim("early", house.clock())
    assert due is not None
    assert (due - house.clock()).total_seconds() == pytest.approx(2, abs=0.01)


async def test_customers_do_not_see_each_other(house: House, customer: httpx.AsyncClient) -> None:
    await send(customer, "mine")
    async with await house.customer() as other:
        assert await messages(other) == []
        await send(other, "theirs")  # the same message id, in another conversation
        assert [line["text"] for line in await messages(other)] == ["theirs"]
    assert [line["text"] for line in await messages(customer)] == ["mine"]


async def test_card_number_is_masked_before_it_is_stored(
    house: House, customer: httpx.AsyncClient
) -> None:
    await send(customer, "charge 4111 1111 1111 1111 back, ES9121000418450200051332")
    [line] = await messages(customer)
    assert "4111 1111" not in line["text"]
    assert "ES9121" not in line["text"]


@pytest.mark.parametrize(
    "text", ["/solved", "/intent{}", '/restart{"a": 1}', "//", "0", "한국어 👋🏽"]
)
async def test_typed_commands_are_only_words(
    house: House, customer: httpx.AsyncClient, text: str
) -> None:
    await send(customer, text)
    [line] = await messages(customer)
    assert (line["text"], line["from"]) == (text, "customer")
    store = Conversations(house.connection)
    claimed, _ = await store.claim("the test", house.clock.at.replace(year=2027))
    assert claimed is not None
    await store.load(claimed, house.clock())
    assert claimed.waiting[0][1].payload is None


# ---- buttons ---------------------------------------------------------------------------------


async def test_pressed_button_is_its_title_for_people_and_its_payload_for_the_bot(
    house: House, customer: httpx.AsyncClient
) -> None:
    await send(customer, "hello")
    await house.answer(OFFER)
    press = {"id": "press-01", "payload": "/not_solved"}
    assert (await customer.post("/chat/messages", json=press)).status_code == 202
    assert (await messages(customer))[-1]["text"] == "No"
    assert await house.answer() == "/not_solved"


async def test_button_of_another_conversation_is_refused(
    house: House, customer: httpx.AsyncClient
) -> None:
    await send(customer, "hello")
    await house.answer(OFFER)
    async with await house.customer() as other:
        answer = await other.post("/chat/messages", json={"id": "press-01", "payload": "/solved"})
    assert refusal(answer) == (400, "unknown_button")


# ---- what is no message ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"not json", 400, "bad_json"),
        (b"[]", 400, "bad_json"),
        (b'{"id": "message-1"}', 400, "bad_message"),
        (b'{"id": "message-1", "text": "a", "payload": "/b"}', 400, "bad_message"),
        (b'{"id": "message-1", "text": ""}', 400, "bad_text"),
        (b'{"id": "message-1", "text": " \\n "}', 400, "bad_text"),
        (b'{"id": "message-1", "text": 7}', 400, "bad_text"),
        (b'{"id": "message-1", "text": "\\ud800"}', 400, "bad_text"),
        (b'{"id": "message-1", "payload": ["/a"]}', 400, "bad_payload"),
        (b'{"id": "short", "text": "a"}', 400, "bad_id"),
        (b'{"id": "has space", "text": "a"}', 400, "bad_id"),
        (b'{"text": "a"}', 400, "bad_id"),
        (b'{"id": "message-1", "text": "a", "sender": "you"}', 400, "unknown_key"),
    ],
)
async def test_what_is_no_message_is_refused(
    customer: httpx.AsyncClient, body: bytes, status: int, code: str
) -> None:
    answer = await customer.post("/chat/messages", content=body)
    assert refusal(answer) == (status, code)
    assert await messages(customer) == []


async def test_longest_text_is_taken_and_one_more_is_not(customer: httpx.AsyncClient) -> None:
    assert (await send(customer, "😀" * 2000)).status_code == 202
    assert refusal(await send(customer, "a" * 2001, "message-2")) == (413, "bad_text")


@pytest.mark.parametrize("after", ["-1", "x", "1e3", "99999999999"])
async def test_place_that_is_no_number_is_refused(customer: httpx.AsyncClient, after: str) -> None:
    for path in ("/chat/messages", "/chat/events"):
        assert refusal(await customer.get(path, params={"after": after})) == (400, "bad_after")


# ---- sessions --------------------------------------------------------------------------------


async def test_nobody_gets_in_without_a_session_of_ours(
    house: House, customer: httpx.AsyncClient
) -> None:
    token = customer.headers["authorization"].removeprefix("Bearer ")
    name, issued, signature = token.split(".")
    later = str(int(issued) + 60)
    forged = [
        f"{'A' * 24}.{issued}.{signature}", f"{name}.{later}.{signature}",
        f"{name}.{issued}.{'A' * 43}", f"{name}.{'9' * 10}.{signature}",
        f"{name}.{issued}", f"{token}A", ".", "ä" * 70,
    ]  # fmt: skip
    async with house.client() as anybody:
        assert refusal(await anybody.get("/chat/messages")) == (401, "no_token")
        for wrong in forged:
            headers = {"Authorization": f"Bearer {wrong}".encode()}
            for method, path in (("GET", "messages"), ("GET", "events"), ("POST", "messages")):
                answer = await anybody.request(method, f"/chat/{path}", headers=headers)
                assert answer.status_code == 401, wrong


async def test_session_lasts_thirty_days_and_is_renewed_by_use(
    house: House, customer: httpx.AsyncClient
) -> None:
    await send(customer, "hello")
    house.clock.forward(days=29)
    renewed = await customer.post("/chat/sessions")
    house.clock.forward(days=2)
    assert refusal(await customer.get("/chat/messages")) == (401, "unknown_session")
    async with house.client(renewed.json()["session"]) as still:
        assert [line["text"] for line in await messages(still)] == ["hello"]


async def test_session_survives_one_rotation_of_the_secret_and_not_two(
    house: House, customer: httpx.AsyncClient
) -> None:
    secrets = Secrets(house.connection)
    await secrets.rotate("webchat")
    assert await messages(customer) == []
    await secrets.rotate("webchat")
    assert refusal(await customer.get("/chat/messages")) == (401, "unknown_session")


async def test_servers_that_start_together_share_one_secret(connection: Connection) -> None:
    made = await asyncio.gather(*(Secrets(connection).of("webchat") for _ in range(20)))
    assert len(set(made)) == 1
    assert len(made[0][0]) >= 43


# ---- limits ----------------------------------------------------------------------------------


async def test_customer_who_floods_is_told_when_to_go_on(
    house: House, customer: httpx.AsyncClient
) -> None:
    for number in range(20):
        assert (await send(customer, "again", f"flood-{number:03}")).status_code == 202
    refused = await send(customer, "again", "flood-020")
    assert refusal(refused) == (429, "too_many_messages")
    seconds = int(refused.headers["retry-after"])
    assert 0 < seconds <= 60
    async with await house.customer() as other:
        assert (await send(other, "hello")).status_code == 202
    house.clock.forward(seconds=seconds)
    assert (await send(customer, "again", "flood-020")).status_code == 202


# ---- events ----------------------------------------------------------------------------------


async def events(answer: httpx.Response) -> AsyncIterator[tuple[str, Any]]:
    """The (name, data) of a stream, comments as ("", text)."""
    name = ""
    async for row in answer.aiter_lines():
        if row.startswith(":"):
            yield "", row
        elif row.startswith("event: "):
            name = row.removeprefix("event: ")
        elif row.startswith("data: "):
            yield name, json.loads(row.removeprefix("data: "))


async def test_stream_tells_messages_and_waiting_as_they_come(
    house: House, customer: httpx.AsyncClient
) -> None:
    async with customer.stream("GET", "/chat/events") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        told = events(answer)
        assert (await anext_of(told))[0] == ""
        await send(customer, "hello")
        assert (await anext_of(told))[1]["text"] == "hello"
        assert await anext_of(told) == ("typing", {"on": True})
        await house.answer(Reply("Hi!"))
        name, data = await anext_of(told)
        assert (name, data["text"], data["from"]) == ("message", "Hi!", "bot")
        assert await anext_of(told) == ("typing", {"on": False})


@pytest.mark.parametrize("resume", ["after", "header"])
async def test_stream_resumes_where_the_customer_was(
    house: House, customer: httpx.AsyncClient, resume: str
) -> None:
    await send(customer, "hello")
    await house.answer(Reply("one"), Reply("two"))
    place: dict[str, Any] = (
        {"params": {"after": 2}} if resume == "after" else {"headers": {"Last-Event-ID": "2"}}
    )
    async with customer.stream("GET", "/chat/events", **place) as answer:
        told = events(answer)
        await anext_of(told)
        assert (await anext_of(told))[1]["text"] == "two"


async def test_stream_beats_while_nothing_happens(
    customer: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_stream, "HEARTBEAT_SECONDS", 0.2)
    monkeypatch.setattr(event_stream, "_LOOK_AGAIN_SECONDS", 0.1)
    async with customer.stream("GET", "/chat/events") as answer:
        told = events(answer)
        beats = [await anext_of(told) for _ in range(3)]
    assert [name for name, _ in beats] == ["", "", ""]


async def test_stream_is_let_go_when_the_customer_leaves(
    house: House, customer: httpx.AsyncClient
) -> None:
    for _ in range(event_stream.MOST_AT_ONCE + 2):
        async with customer.stream("GET", "/chat/events") as answer:
            await anext_of(events(answer))
        await asyncio.sleep(0.05)
    async with customer.stream("GET", "/chat/events") as answer:
        assert answer.status_code == 200


async def test_session_has_a_handful_of_streams_at_most(
    house: House, customer: httpx.AsyncClient
) -> None:
    session = customer.headers["authorization"].removeprefix("Bearer ")
    clients = [house.client(session) for _ in range(event_stream.MOST_AT_ONCE)]
    streams = [client.stream("GET", "/chat/events") for client in clients]
    for stream in streams:
        assert (await stream.__aenter__()).status_code == 200
    assert refusal(await customer.get("/chat/events")) == (429, "too_many_streams")
    for stream, client in zip(streams, clients, strict=True):
        await stream.__aexit__(None, None, None)
        await client.aclose()


async def test_stream_ends_cleanly_when_the_server_stops(
    house: House, customer: httpx.AsyncClient
) -> None:
    async with customer.stream("GET", "/chat/events") as answer:
        told = events(answer)
        await anext_of(told)
        await asyncio.wait_for(house.serving.stop(), 3)
        assert [event async for event in told] == []


async def anext_of(told: AsyncIterator[tuple[str, Any]]) -> tuple[str, Any]:
    return await asyncio.wait_for(told.__anext__(), 5)


# ---- the page --------------------------------------------------------------------------------


async def test_page_says_when_people_are_back(house: House) -> None:
    async with house.client() as anybody:
        shown = (await anybody.get("/chat/config")).json()
        assert (shown["open"], shown["opening"]) == (False, "Back tomorrow at 09:00.")
        assert (shown["brand"], shown["assistant"], shown["title"]) == (
            "Lumen",
            "Lu",
            "Chat with Lumen",
        )
        assert shown["limits"] == {"characters": 2000}
        assert shown["texts"]["too_long"] == "At most 2000 characters."
        house.clock.forward(days=1, hours=9)
        shown = (await anybody.get("/chat/config")).json()
        assert (shown["open"], shown["opening"]) == (True, "Here until today at 12:30.")


@pytest.mark.parametrize("asked", ["de-AT,de;q=0.9", "xx", "", "en;q=zero", ";;;,,,", "*", "q=1"])
async def test_page_speaks_a_language_it_has(house: House, asked: str) -> None:
    async with house.client() as anybody:
        answer = await anybody.get("/chat/config", headers={"Accept-Language": asked})
        assert answer.json()["language"] == "en"


async def test_page_is_safe_and_self_contained(house: House) -> None:
    async with house.client() as anybody:
        page = await anybody.get("/chat")
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert policy.endswith("frame-ancestors 'self'")
        assert page.headers["x-content-type-options"] == "nosniff"
        assert page.headers["referrer-policy"] == "no-referrer"
        assert "<title>Chat with Lumen</title>" in page.text
        assert "https://" not in page.text
        assert "<style" not in page.text
        embedded = await anybody.get("/chat?embed=1")
        assert embedded.headers["content-security-policy"].endswith("frame-ancestors *")


@pytest.mark.parametrize(
    "path", ["/chat", "/chat/static/chat.js", "/chat/static/chat.css", "/widget.js"]
)
async def test_files_are_sent_once_until_they_change(house: House, path: str) -> None:
    async with house.client() as anybody:
        first = await anybody.get(path)
        assert first.status_code == 200
        known = {"If-None-Match": first.headers["etag"]}
        again = await anybody.get(path, headers=known)
        assert (again.status_code, again.content) == (304, b"")
        assert (await anybody.head(path)).status_code == 200


async def test_addresses_lead_to_the_page_and_nowhere_else(house: House) -> None:
    async with house.client() as anybody:
        for path in ("/", "/chat/"):
            page = await anybody.get(path, follow_redirects=True)
            assert page.url.path == "/chat"
        for path in (
            "/chat/static/..%2f..%2fwebchat.py",
            "/chat/static/index.html",
            "/chat/static/x",
        ):
            assert refusal(await anybody.get(path)) == (404, "not_found")


# ---- when things fail ------------------------------------------------------------------------


async def test_customer_is_told_when_the_store_is_away(house: House) -> None:
    away = Connection("unix:///nowhere/at/all.sock", Keys("test"))
    serving = await Serving(create_app(away, house.content, house.clock)).start()
    async with httpx.AsyncClient(base_url=serving.url) as anybody:
        for method, path in (("POST", "/chat/sessions"), ("GET", "/chat/messages")):
            headers = {"Authorization": "Bearer x"}
            answer = await anybody.request(method, path, headers=headers)
            assert refusal(answer) == (503, "store_unavailable")
            assert answer.headers["retry-after"] == "2"
        assert (await anybody.get("/chat/config")).status_code == 200
        assert (await anybody.get("/chat")).status_code == 200
    await serving.stop()


async def test_logs_and_errors_never_hold_what_was_written(
    customer: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    secret = "mysecretword"
    bodies = [
        {"id": secret + "!", "text": secret}, {"id": "message-1", "text": secret * 300},
        {"id": "message-1", "payload": secret}, {"id": "message-1", secret: 1, "text": secret},
        {"id": "message-1", "text": secret},
    ]  # fmt: skip
    for body in bodies:
        answer = await customer.post("/chat/messages", json=body)
        assert secret not in answer.text
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("nightdesk")]
    assert not any(secret in message for message in ours)
