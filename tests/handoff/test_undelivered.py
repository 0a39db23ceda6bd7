"""What was not delivered is noted in the case's history, once, by whichever process."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from bot.cases.case import Case
from bot.handoff.undelivered import UndeliveredNotes
from bot.playbook.content import Content
from bot.store.connection import Connection
from bot.store.conversations import Conversations
from bot.store.outbox import LEASE, Outbox, Posting

from .people import OpenCase, facts_of

REF = "ND-7KQ2M4X"
NOW = datetime(2026, 3, 1, 3, 0, tzinfo=timezone.utc)


@pytest.fixture
def notes(connection: Connection, content: Content) -> UndeliveredNotes:
    return UndeliveredNotes(connection, lambda: content, lambda: NOW, "web-1")


async def give_up(connection: Connection, conversation: str, reason: str) -> None:
    """The first line in a conversation's outbox."""
    keys, outbox = connection.keys, Outbox(connection)
    await connection.redis.rpush(keys.conversation(conversation, "outbox"), '{"line": 3}')
    await connection.redis.hset(keys.conversation(conversation, "main"), "sender", "one")
    posting = Posting(conversation, "one", 3)
    letter = await outbox.letter_of(posting, "web", "bot", reason, NOW)
    await outbox.dead(posting, letter, NOW, NOW + LEASE)


async def history(connection: Connection) -> list[dict[str, object]]:
    found = await Conversations(connection).case(REF)
    assert found is not None
    return [{"what": entry.what, **entry.more} for entry in found[0].history]


async def test_blocked_customer_is_noted_on_the_case_once(
    connection: Connection, content: Content, open_case: OpenCase, notes: UndeliveredNotes
) -> None:
    case: Case = await open_case(REF)
    await give_up(connection, case.conversation, "blocked")
    await notes.read()
    expected = {"what": "not_delivered", "line": 3, "reason": "blocked"}
    assert await history(connection) == [expected]
    [fact] = await facts_of(connection, "delivery_noted")
    assert (fact["case"], fact["reason"]) == (REF, "blocked")

    stream = connection.keys.one("events")
    await connection.redis.xgroup_setid(stream, "undelivered", "0")  # as if never marked as read
    await notes.read()
    assert await history(connection) == [expected]


async def test_each_time_it_is_given_up_is_noted(
    connection: Connection, open_case: OpenCase, notes: UndeliveredNotes
) -> None:
    case = await open_case(REF)
    for reason in ("timeout", "rejected"):
        await give_up(connection, case.conversation, reason)
        await notes.read()
    assert [entry["reason"] for entry in await history(connection)] == ["timeout", "rejected"]


async def test_line_without_a_case_is_no_matter_of_the_history(
    connection: Connection, notes: UndeliveredNotes
) -> None:
    await give_up(connection, "web:nobody", "blocked")
    await notes.read()
    assert await facts_of(connection, "delivery_noted") == []


async def test_case_that_was_erased_stops_nothing(
    connection: Connection, open_case: OpenCase, notes: UndeliveredNotes
) -> None:
    case = await open_case(REF)
    await give_up(connection, case.conversation, "blocked")
    await connection.redis.delete(connection.keys.case(REF))
    await notes.read()
    later = await open_case("ND-2222222", conversation="web:other")
    await give_up(connection, later.conversation, "blocked")
    await notes.read()
    [fact] = await facts_of(connection, "delivery_noted")
    assert fact["case"] == "ND-2222222"
