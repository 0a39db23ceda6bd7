"""The morning digests in Redis: one a team and opening, and what is still to be sent of them.

A digest holds references, counts, moments and words of the playbook, never a customer's text.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.cases.timestamps import write_utc
from bot.store.connection import Connection, answering
from bot.store.conversations import milliseconds

KEPT = timedelta(days=14)
LEASE = timedelta(seconds=25)
"""Longer than the slowest way of sending takes before it gives up."""


@dataclass(frozen=True)
class Mentioned:
    """A case as it was when the digest was made; `respond_by` is None unless we owe an answer."""

    case: str
    topic: str
    severity: str
    status: str
    respond_by: str | None


@dataclass(frozen=True)
class Digest:
    """What a team finds at its opening; moments as `write_utc` writes them.

    `total` and `by_*` count the team's cases that were opened after `since`, the end of its last
    hours; `unanswered` those in which we owe an answer, whenever they were opened. The lists hold
    the first of `unanswered` (by what was promised), `breached_total` and `critical_total` cases.
    """

    team: str
    made_at: str
    opens_at: str
    since: str
    total: int
    by_severity: Mapping[str, int]
    by_topic: Mapping[str, int]
    unanswered: int
    unanswered_critical: int
    promises: tuple[Mentioned, ...]
    breached: tuple[Mentioned, ...]
    breached_total: int
    critical: tuple[Mentioned, ...]
    critical_total: int

    @property
    def id(self) -> str:
        """The same for every sending of this digest."""
        return f"{self.team}:{self.opens_at}"

    @property
    def references(self) -> set[str]:
        """The cases it names."""
        return {one.case for one in (*self.promises, *self.breached, *self.critical)}

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Digest:
        lists = {
            name: tuple(Mentioned(**one) for one in document[name])
            for name in ("promises", "breached", "critical")
        }
        return cls(**{**document, **lists})


@dataclass(frozen=True)
class Sending:
    """A digest on its way to one address: `way` is webhook or email."""

    team: str
    opens_at: str
    way: str

    @property
    def name(self) -> str:
        return f"{self.team}|{self.opens_at}|{self.way}"


class Digests:
    """The digests of one prefix."""

    def __init__(self, connection: Connection) -> None:
        self._at = connection

    async def make(self, digest: Digest, ways: Collection[str], now: datetime) -> bool:
        """Keeps a digest, due to be sent by `ways` at once, with the fact `digest_made`. False when
        its team has one of this opening: nothing was written then."""
        made = await self._at.run(
            "digest_make",
            digest.team,
            digest.opens_at,
            json.dumps(digest.to_json()),
            int(KEPT.total_seconds()),
            milliseconds(now),
            _fact("digest_made", now, team=digest.team),
            *ways,
        )
        return bool(made)

    async def exists(self, team: str, opens_at: str) -> bool:
        async with answering():
            return bool(await self._at.redis.exists(self._at.keys.digest(team, opens_at)))

    async def get(self, team: str, opens_at: str) -> Digest | None:
        async with answering():
            text = await self._at.redis.get(self._at.keys.digest(team, opens_at))
        return Digest.from_json(json.loads(text)) if text else None

    async def latest(self, teams: Collection[str] = ()) -> list[Digest]:
        """The newest digest of each team that has one, or of each of `teams`, by name."""
        async with answering():
            openings = await self._at.redis.hgetall(self._at.keys.one("digests"))
            wanted = sorted(team for team in openings if not teams or team in teams)
            keys = [self._at.keys.digest(team, openings[team]) for team in wanted]
            texts = await self._at.redis.mget(keys) if keys else []
        return [Digest.from_json(json.loads(text)) for text in texts if text]

    async def summaries(self, references: Iterable[str]) -> dict[str, str]:
        """Reference -> summary of the cases that exist; customers' words, for those who may read
        cases."""
        wanted = sorted(references)
        async with answering():
            pipe = self._at.redis.pipeline(transaction=False)
            for reference in wanted:
                pipe.hget(self._at.keys.case(reference), "json")
            texts = await pipe.execute() if wanted else []
        return {
            reference: json.loads(text).get("summary", "")
            for reference, text in zip(wanted, texts, strict=True)
            if text
        }

    async def take(self, now: datetime, most: int) -> list[Sending]:
        """Sendings that are due; nobody else gets them before the lease ends."""
        end = milliseconds(now + LEASE)
        taken = await self._at.run("digest_take", milliseconds(now), end, most)
        return [Sending(*name.split("|")) for name in taken]

    async def put_off(self, sending: Sending, until: datetime) -> None:
        """It is due again at `until`, unless it is over."""
        due: dict[str | bytes, float | str | bytes | int] = {sending.name: milliseconds(until)}
        async with answering():
            await self._at.redis.zadd(self._at.keys.one("digests:due"), due, xx=True)

    async def end(self, sending: Sending) -> None:
        """It was sent, or there is nobody to send it to any more."""
        await self._at.run("digest_end", sending.name, "")

    async def give_up(self, sending: Sending, reason: str, now: datetime) -> None:
        """It could not be sent: the fact `digest_failed`, once."""
        fact = _fact("digest_failed", now, team=sending.team, way=sending.way, reason=reason)
        await self._at.run("digest_end", sending.name, fact)


def _fact(type_: str, now: datetime, **about: str) -> str:
    return json.dumps({"type": type_, "at": write_utc(now), **about})
