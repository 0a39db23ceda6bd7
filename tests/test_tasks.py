"""Background tasks end when they are told to."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from bot.tasks import end_tasks


async def test_task_ends_even_when_it_misses_a_cancellation() -> None:
    missed = 0

    async def deaf() -> None:
        nonlocal missed
        while missed < 2:
            with suppress(asyncio.CancelledError):
                await asyncio.sleep(60)
            missed += 1
        await asyncio.sleep(60)

    tasks = [asyncio.create_task(deaf()), asyncio.create_task(asyncio.sleep(60))]
    await asyncio.sleep(0)
    await asyncio.wait_for(end_tasks(*tasks), 5)
    assert missed == 2
    assert all(task.cancelled() for task in tasks)


async def test_tasks_that_failed_or_ended_do_no_harm() -> None:
    async def fail() -> None:
        raise ValueError("dropped")

    tasks = [asyncio.create_task(fail()), asyncio.create_task(asyncio.sleep(0))]
    await asyncio.wait(tasks)
    await end_tasks(*tasks)
    await end_tasks()
