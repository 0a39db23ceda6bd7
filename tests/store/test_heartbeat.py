"""Who is alive, and until when."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.store.connection import Connection
from bot.store.heartbeat import Heartbeat, anyone_alive
from bot.store.keys import Keys
from bot.tasks import end_tasks
from tests.standing_in import until


@asynccontextmanager
async def beating(connection: Connection, at: float) -> AsyncIterator[None]:
    """A worker that has beaten once at `at`, seconds since the epoch."""
    beaten = asyncio.Event()

    def clock() -> float:
        beaten.set()
        return at

    task = asyncio.create_task(Heartbeat(connection, "worker", "w1").run(clock))
    await asyncio.wait_for(beaten.wait(), 5)
    await until(lambda: connection.redis.exists(connection.keys.alive("worker")))
    try:
        yield
    finally:
        await end_tasks(task)


async def test_monitor_sees_a_worker_while_it_beats(connection: Connection) -> None:
    assert not await anyone_alive(connection, "worker", lambda: 100.0)
    async with beating(connection, at=100.0):
        assert await anyone_alive(connection, "worker", lambda: 104.9)
        assert not await anyone_alive(connection, "web", lambda: 100.0)
    assert not await anyone_alive(connection, "worker", lambda: 100.0)


async def test_monitor_misses_a_worker_that_was_killed(connection: Connection) -> None:
    async with beating(connection, at=100.0):
        assert not await anyone_alive(connection, "worker", lambda: 105.1)


async def test_heart_goes_on_beating_while_the_store_is_away() -> None:
    away = Connection("unix:///nowhere/at/all.sock", Keys("test"))
    tried: list[float] = []
    task = asyncio.create_task(Heartbeat(away, "worker", "w1").run(lambda: tried.append(0) or 0.0))
    await asyncio.sleep(0.05)
    assert tried
    assert not task.done()
    await end_tasks(task)
