"""Who is alive: each process renews its entry; an entry that is not renewed counts no more."""

from __future__ import annotations

import asyncio
import contextlib
import time

from bot.errors import StoreUnavailable
from bot.store.connection import Clock, Connection, answering

_EVERY_SECONDS = 1.0
_GONE_AFTER_SECONDS = 5


class Heartbeat:
    """`role` is `worker` or `web`; `who` tells processes of one role apart; `trained` is when a
    worker's model was (seconds since the epoch)."""

    def __init__(
        self, connection: Connection, role: str, who: str, trained: float | None = None
    ) -> None:
        self._at = connection
        self._key = connection.keys.alive(role)
        self._who = who
        self._trained = trained

    async def run(self, clock: Clock = time.time) -> None:
        """Beats until cancelled, then takes the entry away."""
        try:
            while True:
                with contextlib.suppress(StoreUnavailable):
                    await self._beat(clock() + _GONE_AFTER_SECONDS)
                await asyncio.sleep(_EVERY_SECONDS)
        finally:
            with contextlib.suppress(StoreUnavailable):
                async with answering():
                    await self._at.redis.zrem(self._key, self._who)

    async def _beat(self, until: float) -> None:
        async with answering():
            pipe = self._at.redis.pipeline(transaction=False)
            pipe.zadd(self._key, {self._who: until})
            if self._trained is not None:
                pipe.set(self._at.keys.model(self._who), self._trained, ex=_GONE_AFTER_SECONDS)
            await pipe.execute()


async def anyone_alive(connection: Connection, role: str, clock: Clock = time.time) -> bool:
    """Whether a process of `role` beat lately. Raises StoreUnavailable."""
    async with answering():
        return bool(await connection.redis.zcount(connection.keys.alive(role), clock(), "+inf"))
