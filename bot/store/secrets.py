"""Secrets the server makes itself, kept in Redis so that all web processes share them."""

from __future__ import annotations

import json
import secrets

from bot.store.connection import Connection, answering

_KEPT = 2


class Secrets:
    """Secrets by purpose, each a list: the first signs, all verify."""

    def __init__(self, connection: Connection) -> None:
        self._at = connection
        self._key = connection.keys.one("secrets")

    async def of(self, purpose: str) -> tuple[str, ...]:
        """The secrets of a purpose, at least one; made when there is none yet."""
        async with answering():
            text = await self._at.redis.hget(self._key, purpose)
            if text is None:
                await self._at.redis.hsetnx(self._key, purpose, json.dumps([_new()]))
                text = await self._at.redis.hget(self._key, purpose)
        return tuple(json.loads(text or "[]"))

    async def rotate(self, purpose: str) -> None:
        """From now on a new secret signs; what the last one signed counts until the next time."""
        kept = [_new(), *await self.of(purpose)][:_KEPT]
        async with answering():
            await self._at.redis.hset(self._key, purpose, json.dumps(kept))


def _new() -> str:
    return secrets.token_urlsafe(32)
