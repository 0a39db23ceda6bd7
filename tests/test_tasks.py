"""Background tasks end when they are told to."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from bot.errors import StoreUnavailable
from bot.tasks import end_tasks, keep_going


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


@pytest.mark.parametrize("error", [StoreUnavailable("away"), ValueError("the customer's words")])
async def test_task_goes_on_after_a_failure_and_tells_of_it_once_without_its_words(
    error: Exception, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("bot.tasks._FIRST_PAUSE_SECONDS", 0.001)
    steps = 0
    went_on = asyncio.Event()

    async def step() -> None:
        nonlocal steps
        steps += 1
        if steps <= 3:
            raise error
        went_on.set()
        await asyncio.sleep(60)

    task = asyncio.create_task(keep_going("counting", step))
    await asyncio.wait_for(went_on.wait(), 5)
    await end_tasks(task)
    told = [record for record in caplog.records if record.levelname in ("WARNING", "ERROR")]
    assert len(told) == 1
    assert "words" not in caplog.text
