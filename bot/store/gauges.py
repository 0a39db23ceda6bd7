"""How things stand in the store right now: depths, ages, who is alive. Costs the same however many
conversations and cases there are."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.store.connection import Connection, answering
from bot.store.conversations import milliseconds

_MOST_LOOKED_AT = 100
"""Conversations whose oldest message is looked at: those that are due first, and those in hand."""

_DUE = {"cases": "watched", "alerts": "alerts:due", "digests": "digests:due"}
"""What a web process does by the clock -> the sorted set that says when (ms)."""

ROLES = ("web", "worker")


@dataclass(frozen=True)
class Reader:
    """A group that follows the facts: how many it was not given yet (None where the server cannot
    tell), and how many it was given and has not finished."""

    group: str
    behind: int | None
    unfinished: int


@dataclass(frozen=True)
class Gauges:
    """Ages are in seconds, 0 when nothing waits. `late` is by what the clock does: how long the
    first of it is overdue. `models` are the moments (seconds since the epoch) at which the models
    of the workers that are alive were trained. `sums` are the tallies of all processes."""

    waiting: int
    in_hand: int
    to_post: int
    undelivered: int
    facts: int
    oldest_message: float
    late: Mapping[str, float]
    alive: Mapping[str, int]
    models: Sequence[float]
    readers: Sequence[Reader]
    sums: Mapping[str, str]


async def read_gauges(connection: Connection, now: datetime, real: float) -> Gauges:
    """`now` is the house's clock, `real` the machine's, by which heartbeats count. Raises
    StoreUnavailable."""
    keys, at = connection.keys, milliseconds(now)
    pipe: Any = connection.redis.pipeline(transaction=False)
    for name in ("ready", "leases", "outbox", "dead"):
        pipe.zcard(keys.one(name))
    pipe.xlen(keys.one("events"))
    pipe.hgetall(keys.one("tallies"))
    for name in ("ready", "leases"):
        pipe.zrange(keys.one(name), 0, _MOST_LOOKED_AT - 1)
    for role in ROLES:
        pipe.zrangebyscore(keys.alive(role), real, "+inf")
    for name in _DUE.values():
        pipe.zrange(keys.one(name), 0, 0, withscores=True)
    async with answering():
        told = await pipe.execute()
    (waiting, in_hand, to_post, undelivered, facts), sums, rest = told[:5], told[5], told[6:]
    due = {what: _late(first, at) for what, first in zip(_DUE, rest[4:], strict=True)}
    return Gauges(
        waiting=waiting,
        in_hand=in_hand,
        to_post=to_post,
        undelivered=undelivered,
        facts=facts,
        oldest_message=await _oldest(connection, [*rest[0], *rest[1]], at),
        late=due,
        alive={role: len(found) for role, found in zip(ROLES, rest[2:4], strict=True)},
        models=await _models(connection, rest[3]),
        readers=await _readers(connection) if facts else (),
        sums=sums,
    )


async def _oldest(connection: Connection, conversations: Sequence[str], at: int) -> float:
    """Seconds since the first message of any of them was due."""
    pipe = connection.redis.pipeline(transaction=False)
    for conversation in conversations:
        pipe.lindex(connection.keys.conversation(conversation, "inbox"), 0)
    async with answering():
        items = await pipe.execute() if conversations else []
    since = [int(json.loads(item).get("due", at)) for item in items if item]
    return max((at - min(since, default=at)) / 1000, 0.0)


async def _models(connection: Connection, workers: Sequence[str]) -> list[float]:
    async with answering():
        keys = [connection.keys.model(who) for who in workers]
        found = await connection.redis.mget(keys) if keys else []
    return [float(trained) for trained in found if trained]


async def _readers(connection: Connection) -> list[Reader]:
    redis: Any = connection.redis  # types-redis leaves the answers of streams untyped
    async with answering():
        groups = await redis.xinfo_groups(connection.keys.one("events"))
    return [Reader(one["name"], one.get("lag"), one["pending"]) for one in groups]


def _late(first: Sequence[tuple[str, float]], at: int) -> float:
    return max((at - first[0][1]) / 1000, 0.0) if first else 0.0
