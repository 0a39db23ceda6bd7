"""Moments as text: aware UTC datetimes to ISO 8601 with a Z, and back."""

from __future__ import annotations

from datetime import datetime, timezone


def write_utc(at: datetime) -> str:
    """Such as `2026-03-01T09:30:00Z`, with six decimals where there are microseconds.

    Raises ValueError for a datetime without a time zone.
    """
    return aware(at).astimezone(timezone.utc).replace(tzinfo=None).isoformat() + "Z"


def read_utc(text: str) -> datetime:
    """Reads what `write_utc` wrote. Raises ValueError for anything that does not end in Z."""
    if not text.endswith("Z"):
        raise ValueError("a moment is written in UTC and ends in Z")
    return datetime.fromisoformat(text[:-1]).replace(tzinfo=timezone.utc)


def aware(at: datetime) -> datetime:
    """The same moment. Raises ValueError when it has no time zone."""
    if at.utcoffset() is None:
        raise ValueError("a moment needs a time zone")
    return at
