"""What a process counts and times, added up in Redis, so that every web process can tell all of it.

A process adds in memory and writes every few seconds what is new: nothing is written for a message,
and what is kept never grows. A process that is killed takes a few seconds of figures with it.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal, get_args

from bot.errors import StoreUnavailable

if TYPE_CHECKING:
    from bot.store.connection import Connection

Stage = Literal["accept", "wait", "understand", "encode", "decide", "commit", "deliver"]
STAGES: tuple[Stage, ...] = get_args(Stage)
BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)
"""Seconds up to which a duration falls into a bucket; what took longer is in the one behind."""

Event = Literal[
    "turn:answered", "turn:failed", "turn:superseded", "turn:set_aside",
    "post:sent", "post:failed", "post:given_up", "vector:encoded", "vector:remembered",
]  # fmt: skip
EVENTS: tuple[Event, ...] = get_args(Event)

FLUSH_SECONDS = 2.0


class Tallies:
    """The numbers of one process that are not written yet: integers, durations as microseconds."""

    def __init__(self) -> None:
        self._new: Counter[str] = Counter()

    def count(self, event: Event, times: int = 1) -> None:
        if times:
            self._new[event] += times

    def took(self, stage: Stage, seconds: float) -> None:
        bucket = bisect_left(BOUNDS, seconds)
        self._new[f"{stage}:{bucket}"] += 1
        self._new[f"{stage}:us"] += max(int(seconds * 1e6), 0)

    @contextmanager
    def timed(self, stage: Stage) -> Iterator[None]:
        """Times the block, unless it fails."""
        began = time.perf_counter()
        yield
        self.took(stage, time.perf_counter() - began)

    async def flush(self, connection: Connection) -> None:
        """Adds what is new to the sums. Raises StoreUnavailable; it is all tried again then."""
        from bot.store.connection import answering

        if not self._new:
            return
        taken, self._new = self._new, Counter()
        key = connection.keys.one("tallies")
        try:
            async with answering():
                pipe = connection.redis.pipeline(transaction=True)
                for name, amount in taken.items():
                    pipe.hincrby(key, name, amount)
                await pipe.execute()
        except BaseException:
            self._new.update(taken)
            raise

    async def run(self, connection: Connection) -> None:
        """Writes every few seconds until cancelled, and once more then."""
        try:
            while True:
                with contextlib.suppress(StoreUnavailable):
                    await self.flush(connection)
                await asyncio.sleep(FLUSH_SECONDS)
        finally:
            with contextlib.suppress(StoreUnavailable):
                await self.flush(connection)


def durations(sums: Mapping[str, str], stage: Stage) -> tuple[list[int], float]:
    """How many fell into each bucket (the last is behind all BOUNDS), and the seconds of all."""
    counts = [int(sums.get(f"{stage}:{bucket}", 0)) for bucket in range(len(BOUNDS) + 1)]
    return counts, int(sums.get(f"{stage}:us", 0)) / 1e6
