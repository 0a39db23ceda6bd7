"""Looks at each case when its time has come: targets are warned of and breached, promises moved
before they break, and cases of silent agents go back to the queue."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

from bot.cases.watching import watch
from bot.errors import StoreUnavailable
from bot.playbook.content import Content
from bot.store.connection import Clock, Connection, answering
from bot.store.conversations import milliseconds
from bot.store.desk_steps import CLOCK, Handling
from bot.tasks import keep_going, report

_EVERY_SECONDS = 5.0
_AT_ONCE = 500
_LOOK_AGAIN = timedelta(minutes=1)


class CaseWatch:
    """Any number of processes may run one: a case is changed at the revision it was read at, so
    that only one of them does what is due."""

    def __init__(
        self, connection: Connection, content: Callable[[], Content], clock: Clock = time.time
    ) -> None:
        self._at = connection
        self._clock = clock
        self._handling = Handling(connection, content, self._now)
        self._looked: dict[str, tuple[float, datetime]] = {}

    async def run(self) -> None:
        """Looks every few seconds until cancelled; survives outages of the store."""
        await keep_going("watching cases", self._look_and_rest)

    async def look(self) -> None:
        """Does what is due now."""
        now = self._now()
        due = await self._due(now)
        self._looked = {name: known for name, known in self._looked.items() if name in due}
        for reference, score in due.items():
            known, again_at = self._looked.get(reference, (None, now))
            if known != score or again_at <= now:
                await self._look_at(reference)
                self._looked[reference] = (score, now + _LOOK_AGAIN)

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), timezone.utc)

    async def _look_and_rest(self) -> None:
        await self.look()
        await asyncio.sleep(_EVERY_SECONDS)

    async def _due(self, now: datetime) -> dict[str, float]:
        async with answering():
            found = await self._at.redis.zrangebyscore(
                self._at.keys.one("watched"), "-inf", milliseconds(now), 0, _AT_ONCE,
                withscores=True,
            )  # fmt: skip
        return dict(found)

    async def _look_at(self, reference: str) -> None:
        """A case that cannot be handled, such as one of a topic that is no longer there, does not
        stop the others."""
        try:
            await self._handling.do(reference, CLOCK, watch)
        except StoreUnavailable:
            raise
        except Exception as error:
            report(f"the clock of case {reference}", error)
