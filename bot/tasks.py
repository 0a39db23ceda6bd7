"""Background tasks: kept going through outages of the store and mistakes of ours; surely ended."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Awaitable, Callable
from typing import Any

from bot.errors import StoreUnavailable

_FIRST_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 10.0
_AGAIN_SECONDS = 0.1

_log = logging.getLogger("nightdesk.tasks")


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


async def keep_going(name: str, step: Callable[[], Awaitable[None]]) -> None:
    """Awaits `step` again and again until cancelled. When it fails the pause before the next time
    grows from half a second to ten; the log gets the error's type, once for each outage."""
    pause = 0.0
    while True:
        try:
            await step()
            if pause:
                _log.info("%s goes on", name)
            pause = 0.0
        except Exception as error:
            if not pause:
                report(name, error)
            pause = min(max(pause * 2, _FIRST_PAUSE_SECONDS), _LONGEST_PAUSE_SECONDS)
            await asyncio.sleep(pause)


def report(what: str, error: Exception) -> None:
    """Logs an error by its type and the place it came from; its message might hold text."""
    if isinstance(error, StoreUnavailable):
        _log.warning("%s: the store does not answer", what)
        return
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{frames[-1].name}:{frames[-1].lineno}" if frames else "unknown"
    _log.error("%s: %s in %s", what, type(error).__name__, place)
