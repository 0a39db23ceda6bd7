"""Digests in the store: made once, kept for a while, and sent by one process at a time."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from bot.store.connection import Connection
from bot.store.digests import KEPT, LEASE, Digest, Digests, Mentioned, Sending

from .speaking import Speaking

MORNING = datetime(2026, 3, 3, 9, 0, tzinfo=timezone.utc)
OPENING = "2026-03-03T09:00:00Z"
SENT = Sending("support", OPENING, "email")


def a_digest(team: str = "support", opens_at: str = OPENING, **more: Any) -> Digest:
    named = (Mentioned("ND-0000001", "billing", "high", "new", "2026-03-03T10:00:00Z"),)
    values = {
        "since": "2026-03-02T18:00:00Z", "total": 1, "by_severity": {"high": 1},
        "by_topic": {"billing": 1}, "unanswered": 1, "unanswered_critical": 0, "promises": named,
        "breached": (), "breached_total": 0, "critical": (), "critical_total": 0, **more,
    }  # fmt: skip
    return Digest(team, opens_at, opens_at, **values)


@pytest.fixture
def digests(connection: Connection) -> Digests:
    return Digests(connection)


async def facts(connection: Connection) -> list[dict[str, Any]]:
    entries = await connection.redis.xrange(connection.keys.one("events"))
    return [json.loads(fields["fact"]) for _, fields in entries]


async def test_digest_is_read_as_it_was_made(digests: Digests) -> None:
    assert await digests.make(a_digest(), (), MORNING)
    assert await digests.exists("support", OPENING)
    assert await digests.get("support", OPENING) == a_digest()
    assert await digests.get("support", "2026-03-04T09:00:00Z") is None


async def test_first_of_many_makes_it(digests: Digests, connection: Connection) -> None:
    tries = [digests.make(a_digest(total=n), ["email"], MORNING) for n in range(20)]
    assert sum(await asyncio.gather(*tries)) == 1
    assert await facts(connection) == [{"type": "digest_made", "at": OPENING, "team": "support"}]
    assert await digests.take(MORNING, 9) == [SENT]


async def test_digest_is_kept_for_a_fortnight(digests: Digests, connection: Connection) -> None:
    await digests.make(a_digest(), (), MORNING)
    key = connection.keys.digest("support", OPENING)
    assert KEPT == timedelta(days=14)
    assert KEPT.total_seconds() - 60 < await connection.redis.ttl(key) <= KEPT.total_seconds()
    await connection.redis.delete(key)
    assert await digests.latest() == []


async def test_latest_of_each_team_or_of_some(digests: Digests) -> None:
    assert await digests.latest() == []
    newer = a_digest(opens_at="2026-03-04T09:00:00Z")
    for digest in (a_digest(), newer, a_digest("billing")):
        await digests.make(digest, (), MORNING)
    assert await digests.latest() == [a_digest("billing"), newer]
    assert await digests.latest(["support", "nobody"]) == [newer]


async def test_sending_is_in_ones_hands_until_its_lease_ends(digests: Digests) -> None:
    await digests.make(a_digest(), ["email"], MORNING)
    assert await digests.take(MORNING, 9) == [SENT]
    assert await digests.take(MORNING + LEASE - timedelta(seconds=1), 9) == []
    assert await digests.take(MORNING + LEASE, 9) == [SENT]


async def test_sending_that_was_put_off_is_due_then_unless_it_is_over(digests: Digests) -> None:
    await digests.make(a_digest(), ["email"], MORNING)
    await digests.put_off(SENT, MORNING + timedelta(hours=1))
    assert await digests.take(MORNING + timedelta(minutes=59), 9) == []
    assert await digests.take(MORNING + timedelta(hours=1), 9) == [SENT]
    await digests.end(SENT)
    await digests.put_off(SENT, MORNING)
    assert await digests.take(MORNING + timedelta(hours=9), 9) == []


async def test_giving_up_is_noted_once(digests: Digests, connection: Connection) -> None:
    await digests.make(a_digest(), ["email", "webhook"], MORNING)
    for _ in range(2):
        await digests.give_up(SENT, "timeout", MORNING)
    assert (await facts(connection))[1:] == [
        {
            "type": "digest_failed", "at": OPENING, "team": "support", "way": "email",
            "reason": "timeout",
        }
    ]  # fmt: skip
    assert [sending.way for sending in await digests.take(MORNING, 9)] == ["webhook"]


async def test_summaries_are_those_of_the_cases_there_are(
    digests: Digests, speaking: Speaking
) -> None:
    case = await speaking.case_for(text="charged twice")
    assert await digests.summaries([case.id, "ND-0000000"]) == {case.id: case.summary}
    assert await digests.summaries([]) == {}
