"""The clock of a process: the real time, or moved by a fixed span to try out another moment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone

Now = Callable[[], datetime]
"""The present moment, aware, in UTC."""


def now_utc() -> datetime:
    return datetime.now(timezone.utc)


def moved_clock(seconds: float) -> Now:
    """A clock that is `seconds` ahead (negative: behind) and runs on."""
    shift = timedelta(seconds=seconds)
    return lambda: now_utc() + shift
