"""Follows the stream of facts from now on, without a group: each process sees them all."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from bot.store.connection import Connection, answering

_BLOCK_MS = 2_000
_AT_ONCE = 200


@dataclass(frozen=True)
class Entry:
    """`id` is the stream's; `about` the fact's document, empty when it cannot be read."""

    id: str
    about: dict[str, Any]


class Events:
    """One reader; `settle` first, and again after each StoreUnavailable."""

    def __init__(self, connection: Connection) -> None:
        self._redis: Any = connection.redis  # types-redis leaves the answers of streams untyped
        self._stream = connection.keys.one("events")
        self._last: str | None = None

    async def settle(self) -> bool:
        """Finds the place to read on from: the end at first, then where it was. True when that
        place is no more, because the store was emptied or replaced."""
        newest = await self._newest()
        known, self._last = self._last, self._last or newest
        if known is None or place_of(newest) >= place_of(known):
            return False
        self._last = newest
        return True

    async def next(self) -> list[Entry]:
        """What came since; waits for it for two seconds. Raises StoreUnavailable."""
        async with answering():
            answer = await self._redis.xread(
                {self._stream: self._last}, count=_AT_ONCE, block=_BLOCK_MS
            )
        entries = [_entry(id_, fields) for _, found in answer for id_, fields in found]
        if entries:
            self._last = entries[-1].id
        return entries

    async def behind(self, id_: str, most: int) -> list[Entry] | None:
        """The entries behind one; None when they are more than `most`, or it never was here."""
        if place_of(await self._newest()) < place_of(id_):
            return None
        async with answering():
            found = await self._redis.xrange(self._stream, f"({id_}", "+", count=most + 1)
        return None if len(found) > most else [_entry(at, fields) for at, fields in found]

    async def _newest(self) -> str:
        async with answering():
            found = await self._redis.xrevrange(self._stream, count=1)
        return str(found[0][0]) if found else "0-0"


def place_of(id_: str) -> tuple[int, int]:
    """An entry's id as a pair of numbers, which compare as the entries do."""
    at, _, number = id_.partition("-")
    return int(at), int(number)


def _entry(id_: str, fields: dict[str, str] | None) -> Entry:
    try:
        about = json.loads((fields or {})["fact"])
    except (KeyError, ValueError):
        about = None
    return Entry(id_, about if isinstance(about, dict) else {})
