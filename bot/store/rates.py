"""Counts what somebody does within a minute, for all web processes together."""

from __future__ import annotations

from datetime import datetime

from bot.store.connection import Connection, answering

_MINUTE_SECONDS = 60


class Rates:
    """Counters by minute; they go away by themselves."""

    def __init__(self, connection: Connection) -> None:
        self._at = connection

    async def take(self, who: str, most: int, now: datetime) -> int:
        """Counts one more of `most` a minute: 0 when it is within, else the seconds to wait."""
        seconds = int(now.timestamp())
        key = self._at.keys.rate(who, seconds // _MINUTE_SECONDS)
        async with answering():
            pipe = self._at.redis.pipeline()
            pipe.incr(key)
            pipe.expire(key, 2 * _MINUTE_SECONDS)
            count, _ = await pipe.execute()
        return 0 if count <= most else _MINUTE_SECONDS - seconds % _MINUTE_SECONDS
