"""A durable reader of the event stream: each fact reaches one process of a group, at least once."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from redis.exceptions import ResponseError

from bot.store.connection import Connection, answering

BLOCK_MS = 1_000
CLAIM_AFTER_MS = 10_000
"""A fact that was handed out and not marked done by then goes to another reader."""

_AT_ONCE = 100
_FORGOTTEN_AFTER_MS = 3_600_000

_log = logging.getLogger("nightdesk.handoff")


@dataclass(frozen=True)
class StreamFact:
    """`entry` is the stream's id; `about` the fact's document, empty when it cannot be read."""

    entry: str
    about: dict[str, Any]

    @property
    def type(self) -> str:
        return str(self.about.get("type", ""))


class FactReader:
    """Reads for `group` as `who` (another name for each process). A new group starts with the
    oldest fact there is."""

    def __init__(
        self, connection: Connection, group: str, who: str, claim_after_ms: int = CLAIM_AFTER_MS
    ) -> None:
        self._redis = connection.redis
        self._stream = connection.keys.one("events")
        self._group = group
        self._who = who
        self._claim_after_ms = claim_after_ms
        self._joined = False

    async def next(self) -> list[StreamFact]:
        """The next facts: first those a reader took and never finished, else new ones; waits for
        these up to a second. Raises StoreUnavailable."""
        async with answering():
            if not self._joined:
                await self._join()
            try:
                return await self._left_behind() or await self._fresh()
            except ResponseError as error:
                if not str(error).startswith("NOGROUP"):
                    raise
                self._joined = False
                return []

    async def done(self, facts: Iterable[StreamFact]) -> None:
        """Marks facts as dealt with; they never come again."""
        entries = [fact.entry for fact in facts]
        if entries:
            async with answering():
                redis: Any = self._redis  # types-redis leaves this call untyped
                await redis.xack(self._stream, self._group, *entries)

    async def _join(self) -> None:
        """Makes the group where there is none, and forgets readers that left nothing undone."""
        try:
            await self._redis.xgroup_create(self._stream, self._group, "0", mkstream=True)
        except ResponseError as error:
            if not str(error).startswith("BUSYGROUP"):
                raise
        redis: Any = self._redis  # types-redis leaves these calls untyped
        for reader in await redis.xinfo_consumers(self._stream, self._group):
            if reader["pending"] == 0 and reader["idle"] > _FORGOTTEN_AFTER_MS:
                await redis.xgroup_delconsumer(self._stream, self._group, reader["name"])
        self._joined = True

    async def _left_behind(self) -> list[StreamFact]:
        answer = await self._redis.xautoclaim(
            self._stream, self._group, self._who, self._claim_after_ms, count=_AT_ONCE
        )
        return [_fact(entry, fields) for entry, fields in answer[1]]

    async def _fresh(self) -> list[StreamFact]:
        answer = await self._redis.xreadgroup(
            self._group, self._who, {self._stream: ">"}, count=_AT_ONCE, block=BLOCK_MS
        )
        return [_fact(entry, fields) for _, entries in answer for entry, fields in entries]


def _fact(entry: str, fields: dict[str, str] | None) -> StreamFact:
    try:
        about = json.loads((fields or {})["fact"])
    except (KeyError, ValueError):
        about = None
    if not isinstance(about, dict):
        _log.warning("the event %s cannot be read and is passed over", entry)
        about = {}
    return StreamFact(entry, about)
