"""Ends background tasks, surely."""

from __future__ import annotations

import asyncio
from typing import Any

_AGAIN_SECONDS = 0.1


async def end_tasks(*tasks: asyncio.Task[Any]) -> None:
    """Cancels the tasks until each has ended; what they raised is dropped.

    Once is not enough: redis-py 4.6 reads under timeouts of async_timeout, and a cancellation at
    the moment of the timeout is taken for the timeout's own.
    """
    running = set(tasks)
    while running:
        for task in running:
            task.cancel()
        _, running = await asyncio.wait(running, timeout=_AGAIN_SECONDS)
    await asyncio.gather(*tasks, return_exceptions=True)
