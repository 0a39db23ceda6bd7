"""A worker with a stand-in for Rasa, for tests of everything around the understanding."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from bot.cases.filing import customer_wrote, file_case
from bot.cases.state import Intake
from bot.cases.turn import Reply, Turn
from bot.cases.understanding import Understanding
from bot.clock import Now
from bot.playbook.content import Content
from bot.store.connection import Connection
from bot.worker import Worker

BUTTON = ("No, I still need help", "/not_solved")


class StandIn:
    """Repeats what it hears, counts in its state, and does what words in the message say:
    `case` opens one, `offer` has a button, `poison` fails, `wait` waits for `go`. While a person
    has the conversation it notes what it hears, and is silent."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str]] = []
        self.waiting = asyncio.Event()
        self.go = asyncio.Event()
        self.side_by_side = 0
        self.most_side_by_side = 0

    async def handle(self, turn: Turn) -> None:
        self.heard.append((turn.conversation, turn.text))
        self.side_by_side += 1
        self.most_side_by_side = max(self.most_side_by_side, self.side_by_side)
        try:
            await self._answer(turn)
        finally:
            self.side_by_side -= 1

    async def _answer(self, turn: Turn) -> None:
        if "wait" in turn.text:
            self.waiting.set()
            await self.go.wait()
        if "poison" in turn.text:
            raise ValueError(f"cannot read {turn.shown}")
        if turn.case is not None and turn.case.is_held:
            turn.put(customer_wrote(turn.case, turn.now, turn.content))
            return
        turn.state = str(int(turn.state or 0) + 1)
        buttons = (BUTTON,) if "offer" in turn.text else ()
        turn.replies.append(Reply(f"{turn.state}: {turn.text}", buttons))
        if "case" in turn.text:
            await self._open_case(turn)

    async def _open_case(self, turn: Turn) -> None:
        intake = Intake(said=[Understanding(turn.shown, "report/billing", 0.9)], line=turn.line)
        reference = await turn.reference(int(turn.state))
        turn.put(file_case(reference, intake, turn, turn.content).case)
        turn.opened_from[reference] = turn.line
        turn.replies.append(Reply(f"Your reference is {reference}.", (), "receipt"))


@asynccontextmanager
async def working(
    connection: Connection, assistant: StandIn, content: Content, now: Now, turn_seconds: float = 30
) -> AsyncIterator[Worker]:
    """A worker for the time of the block; it finishes what it has in hand."""
    worker, stop = Worker(connection, assistant, content, now, turn_seconds), asyncio.Event()
    task = asyncio.create_task(worker.run(stop))
    try:
        yield worker
    finally:
        stop.set()
        assistant.go.set()
        await asyncio.wait_for(task, 10)


async def until(holds: Callable[[], Awaitable[object]], seconds: float = 10) -> None:
    """Waits until `holds` says something true; fails when it never does."""
    ends = time.monotonic() + seconds
    while not await holds():
        assert time.monotonic() < ends, "it never happened"
        await asyncio.sleep(0.01)


async def stored(connection: Connection) -> dict[str, str]:
    """Everything under the connection's prefix: key -> its content as text."""
    redis: Any = connection.redis
    found = {}
    async for key in redis.scan_iter(match=f"{connection.keys.prefix}:*", count=1000):
        found[str(key)] = str(await _READ[await redis.type(key)](redis, key))
    return found


_READ: dict[str, Callable[[Any, str], Any]] = {
    "hash": lambda redis, key: redis.hgetall(key),
    "list": lambda redis, key: redis.lrange(key, 0, -1),
    "zset": lambda redis, key: redis.zrange(key, 0, -1),
    "stream": lambda redis, key: redis.xrange(key),
    "string": lambda redis, key: redis.get(key),
}
