"""Keeps a background task going: through outages of the store and mistakes of ours."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Awaitable, Callable

from bot.errors import StoreUnavailable

_FIRST_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 10.0

_log = logging.getLogger("nightdesk.handoff")


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
