"""What an answer of a platform means."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timezone

import pytest
from aiohttp import web

from bot.channels.outgoing import Answer, Poster, retry_after
from bot.errors import ReplyNotTaken

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("", 0),
        ("30", 30),
        ("Sun, 01 Mar 2026 12:01:30 GMT", 90),
        ("Sun, 01 Mar 2026 11:00:00 GMT", 0),
        ("Sun, 01 Mar 2026 12:01:30", 0),
        ("soon", 0),
        ("-5", 0),
        ("٣", 0),
        ("9" * 400, 999_999_999),
    ],
)
def test_retry_after_is_a_number_or_a_moment(value: str, seconds: float) -> None:
    assert retry_after(value, NOON) == seconds


@pytest.mark.parametrize("status", [200, 201, 204])
def test_whatever_begins_with_two_is_a_yes(status: int) -> None:
    Answer(status, {}).require_taken()


@pytest.mark.parametrize(
    ("status", "permanent", "reason"),
    [
        (400, True, "status_400"),
        (410, True, "status_410"),
        (401, False, "status_401"),
        (307, False, "status_307"),
        (429, False, "rate_limited"),
        (500, False, "status_500"),
        (100, False, "status_100"),
    ],
)
def test_refusal_says_whether_another_try_is_worth_it(
    status: int, permanent: bool, reason: str
) -> None:
    with pytest.raises(ReplyNotTaken) as raised:
        Answer(status, {}, 7.0).require_taken()
    told = raised.value
    assert (told.permanent, told.reason, told.retry_after_seconds) == (permanent, reason, 7.0)


@pytest.mark.parametrize("value", [None, 7, "x" * 201, {}])
def test_id_that_is_none_is_no_id(value: object) -> None:
    assert Answer(200, {"id": value}).text("id") == ""


@pytest.fixture
async def url() -> AsyncIterator[str]:
    """A server whose answer is the body of what is posted to it."""

    async def echo(request: web.Request) -> web.Response:
        return web.Response(body=await request.read())

    app = web.Application()
    app.router.add_post("/", echo)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    await runner.cleanup()


@pytest.mark.parametrize(
    ("body", "document"),
    [
        (b'{"id": "x"}', {"id": "x"}),
        (b"[1]", {}),
        (b"{", {}),
        (b"\xff\xfe", {}),
        (b"", {}),
        (b'{"id": "' + b"x" * 70_000 + b'"}', {}),
    ],
)
async def test_answer_that_is_no_short_object_is_an_empty_one(
    url: str, body: bytes, document: dict[str, str]
) -> None:
    poster = Poster(lambda: NOON)
    answer = await poster.post(url, body, {})
    await poster.close()
    assert (answer.status, answer.document) == (200, document)
