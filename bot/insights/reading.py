"""Keeps a ledger up to date with the event stream: each look at it costs only what is new."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from bot.clock import Now, now_utc
from bot.errors import StoreUnavailable
from bot.insights.ledger import Ledger
from bot.store.connection import Connection, answering
from bot.store.events import place_of

CHUNK = 500
"""Facts read and folded at once: some milliseconds, in which the process answers nobody else."""

_CATCH_UP_EVERY_SECONDS = 60.0
_log = logging.getLogger("nightdesk.insights")
_Seen = TypeVar("_Seen")
_Entries = Sequence[tuple[str, dict[str, str]]]
_BEGINNING = "0-0"


class LiveLedger:
    """The facts of one store, folded as they come.

    A trimmed stream changes nothing that was read before. A store that was replaced by another (its
    stream is shorter than ours, or does not know the fact that we read last) is read anew.
    """

    def __init__(self, connection: Connection, now: Now = now_utc) -> None:
        self._redis = connection.redis
        self._stream = connection.keys.one("events")
        self._now = now
        self._lock = asyncio.Lock()
        self._begin()

    def _begin(self) -> None:
        self._ledger = Ledger()
        self._last = _BEGINNING
        self._early: list[dict[str, Any]] = []

    async def catch_up(self) -> None:
        """Reads all facts there are by now. Raises StoreUnavailable; what was read stays."""
        async with self._lock:
            await self._catch_up()

    async def keep_up(self) -> None:
        """Catches up now and every minute, without end: then the first who asks waits no longer
        than others. A store that does not answer is tried again."""
        while True:
            try:
                await self.catch_up()
            except StoreUnavailable:
                _log.info("the event stream cannot be read now; trying again")
            await asyncio.sleep(_CATCH_UP_EVERY_SECONDS)

    async def read(self, look: Callable[[Ledger, datetime], _Seen]) -> _Seen:
        """What `look` makes, in a thread, of all facts there are by now and of the moment they are
        as of. It must not keep the ledger. Raises StoreUnavailable."""
        async with self._lock:
            as_of = await self._catch_up()
            looking = asyncio.create_task(asyncio.to_thread(look, self._ledger, as_of))
            try:
                return await asyncio.shield(looking)
            finally:
                # A caller that went away must not let others change what the thread still reads.
                if not looking.done():
                    await asyncio.wait([looking])

    async def _catch_up(self) -> datetime:
        if await self._was_replaced():
            self._begin()
        while entries := await self._next():
            as_of = self._now()
            for entry, fields in entries:
                self._take(_fact(fields), as_of)
                self._last = entry
            await asyncio.sleep(0)
        as_of, early, self._early = self._now(), self._early, []
        for fact in early:
            self._take(fact, as_of)
        return as_of

    def _take(self, fact: dict[str, Any], as_of: datetime) -> None:
        """A fact of a process whose clock is ahead of ours waits for its time."""
        if not self._ledger.take(fact, as_of):
            self._early.append(fact)

    async def _next(self) -> _Entries:
        async with answering():
            found: _Entries = await self._redis.xrange(self._stream, f"({self._last}", count=CHUNK)
        return found

    async def _was_replaced(self) -> bool:
        """Whether the fact we read last is unknown to a stream that reaches back beyond it, or ends
        before it."""
        if self._last == _BEGINNING:
            return False
        async with answering():
            pipe = self._redis.pipeline(transaction=True)
            pipe.exists(self._stream)
            pipe.xrange(self._stream, self._last, self._last)
            pipe.xrange(self._stream, count=1)
            pipe.xrevrange(self._stream, count=1)
            there, known, oldest, newest = await pipe.execute()
        if not there or known or not newest:
            return not there
        seen = place_of(self._last)
        return place_of(newest[0][0]) < seen or place_of(oldest[0][0]) <= seen


def _fact(fields: dict[str, str]) -> dict[str, Any]:
    """The fact's document, empty when it cannot be read."""
    try:
        fact = json.loads(fields["fact"])
    except (KeyError, ValueError):
        return {}
    return fact if isinstance(fact, dict) else {}
