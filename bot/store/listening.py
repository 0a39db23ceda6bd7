"""Tells waiting requests that a conversation's transcript grew: one subscription a process."""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Iterator

from redis.exceptions import RedisError

from bot.store.connection import Connection

_LOOK_AGAIN_SECONDS = 1.0


class Listening:
    """Run `run` in the background; `grown` waits for one conversation."""

    def __init__(self, connection: Connection) -> None:
        self._at = connection
        self._waiting: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        self.ended = False

    async def run(self) -> None:
        """Listens until cancelled, then wakes all waiters and sets `ended`; while Redis is away,
        waiters look for themselves."""
        try:
            while True:
                with contextlib.suppress(RedisError, OSError):
                    await self._listen()
                await asyncio.sleep(_LOOK_AGAIN_SECONDS)
        finally:
            self.ended = True
            for conversation in self._waiting:
                self._wake(conversation)

    async def _listen(self) -> None:
        async with self._at.redis.pubsub() as pubsub:
            await pubsub.subscribe(self._at.keys.one("done"))
            while True:
                message = await pubsub.get_message(ignore_subscribe_messages=True, timeout=5)
                if message is not None:
                    self._wake(message["data"])

    def _wake(self, conversation: str) -> None:
        for event in self._waiting.get(conversation, ()):
            event.set()

    @contextlib.contextmanager
    def watching(self, conversation: str) -> Iterator[asyncio.Event]:
        """An event that is set whenever the conversation grows, for the time of the block."""
        event = asyncio.Event()
        self._waiting[conversation].add(event)
        try:
            yield event
        finally:
            self._waiting[conversation].discard(event)
            if not self._waiting[conversation]:
                del self._waiting[conversation]


async def grown(
    event: asyncio.Event, seconds: float, look_again_seconds: float = _LOOK_AGAIN_SECONDS
) -> None:
    """Waits until the event is set, at most `seconds` and at most `look_again_seconds`: whoever
    waits looks again then, so that a missed notice costs so much time and no answer."""
    with contextlib.suppress(asyncio.TimeoutError):
        await asyncio.wait_for(event.wait(), max(0.0, min(seconds, look_again_seconds)))
    event.clear()
