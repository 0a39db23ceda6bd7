"""Alerts as they stand in Redis: one a case, written by compare-and-set, taken by a short lease."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from bot.cases.timestamps import write_utc
from bot.cases.turn import Fact
from bot.store.connection import Connection, answering
from bot.store.conversations import milliseconds

LEASE = timedelta(seconds=25)
"""Longer than the slowest way of sending takes before it gives up."""


@dataclass(frozen=True)
class Alert:
    """The alert of one case. The chain is counted from `begins_at`; `attempt` is the number of the
    last attempt made (0: none), `failed` the ways it did not get out by (comma between), `tries`
    how often these were tried; `noted` are remarks made once (comma between). Its acknowledgement
    link ends in `token`."""

    id: str
    case: str
    team: str
    token: str
    created_at: str
    begins_at: str
    attempt: int = 0
    failed: str = ""
    tries: int = 0
    noted: str = ""
    acknowledged_at: str | None = None
    revision: int = 0

    @classmethod
    def new(cls, case: str, team: str, now: datetime) -> Alert:
        at = write_utc(now)
        return cls(secrets.token_hex(8), case, team, secrets.token_urlsafe(32), at, at)

    @property
    def failed_ways(self) -> tuple[str, ...]:
        return tuple(way for way in self.failed.split(",") if way)

    def has_noted(self, remark: str) -> bool:
        return remark in self.noted.split(",")

    def note(self, remark: str) -> Alert:
        return replace(self, noted=f"{self.noted},{remark}".strip(","))

    def fact(self, type_: str, /, **about: str | int) -> Fact:
        return Fact(type_, {"case": self.case, "alert": self.id, **about})

    def to_json(self) -> str:
        return json.dumps(asdict(self))


class Alerts:
    """The alerts of one prefix."""

    def __init__(self, connection: Connection) -> None:
        self._at = connection

    async def open(self, alert: Alert, now: datetime) -> bool:
        """Stores a new alert, due at once; False when the case has one already."""
        return await self._write(0, alert, now, (), now)

    async def take(self, now: datetime, most: int) -> list[Alert]:
        """Alerts that are due; nobody else gets them before the lease ends or they are written."""
        end = milliseconds(now + LEASE)
        taken = await self._at.run("alert_take", milliseconds(now), end, most)
        return [Alert(**json.loads(text)) for text in taken]

    async def change(
        self,
        before: Alert,
        after: Alert,
        due: datetime | None,
        facts: Sequence[Fact],
        now: datetime,
    ) -> bool:
        """Writes `after`, due again at `due` (None: never). False when the alert is no longer as
        `before`; nothing was written then."""
        return await self._write(before.revision, after, due, facts, now)

    async def find(self, token: str) -> Alert | None:
        """The alert a link's token belongs to."""
        async with answering():
            reference = await self._at.redis.hget(self._at.keys.one("alerts:tokens"), _hash(token))
        return await self.of_case(reference) if reference else None

    async def of_case(self, reference: str) -> Alert | None:
        async with answering():
            text = await self._at.redis.hget(self._at.keys.one("alerts"), reference)
        return Alert(**json.loads(text)) if text else None

    async def note(self, facts: Sequence[Fact], now: datetime) -> None:
        """Writes facts alone."""
        async with answering():
            for fact in facts:
                stream = self._at.keys.one("events")
                await self._at.redis.xadd(stream, {"fact": _fact_json(fact, now)})

    async def _write(
        self,
        revision: int,
        alert: Alert,
        due: datetime | None,
        facts: Sequence[Fact],
        now: datetime,
    ) -> bool:
        written = await self._at.run(
            "alert_write",
            alert.case,
            revision,
            replace(alert, revision=revision + 1).to_json(),
            milliseconds(due) if due else "",
            _hash(alert.token),
            *(_fact_json(fact, now) for fact in facts),
        )
        return bool(written)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _fact_json(fact: Fact, now: datetime) -> str:
    return json.dumps({"type": fact.type, "at": write_utc(now), **fact.about})
