"""Counts tries to sign in, and says when the next is allowed."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.store.connection import Connection, answering
from bot.store.tokens import token_hash

WINDOW = timedelta(minutes=15)
MOST_OF_EMAIL = 5
MOST_OF_ADDRESS = 50


@dataclass(frozen=True)
class Try:
    """One try: counted until it is forgiven. `wait_seconds` is 0, or it must not be made."""

    who: str
    name: str
    wait_seconds: int


class Tries:
    """Failed tries by whoever makes them; only their sha256 is kept."""

    def __init__(self, connection: Connection) -> None:
        self._at = connection

    async def take(self, who: str, most: int, now: datetime) -> Try:
        """Counts a try beforehand. After `most` within 15 minutes there is none for as long."""
        hashed, name = token_hash(who), secrets.token_hex(8)
        now_ms, window_ms = int(now.timestamp() * 1000), int(WINDOW.total_seconds() * 1000)
        wait_ms = await self._at.run("try_take", hashed, name, now_ms, most, window_ms)
        return Try(hashed, name, -(-int(wait_ms) // 1000))

    async def forgive(self, one: Try) -> None:
        """Uncounts a try that did not fail."""
        async with answering():
            await self._at.redis.zrem(self._at.keys.tries(one.who), one.name)

    async def forget(self, who: str) -> None:
        """Uncounts all tries of somebody."""
        async with answering():
            await self._at.redis.delete(self._at.keys.tries(token_hash(who)))
