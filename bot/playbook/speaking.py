"""Says a moment as a person would: "today at 18:00", "on Monday at 09:00"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from babel.dates import format_date


@dataclass(frozen=True)
class _Phrases:
    """`{day}` is a weekday with its preposition, `{date}` a day and month, `{time}` HH:MM."""

    today: str
    tomorrow: str
    soon: str
    later: str
    day: str = "EEEE"
    date: str = "d MMMM"


_PHRASES: Mapping[str, _Phrases] = {
    "en": _Phrases(
        today="today at {time}",
        tomorrow="tomorrow at {time}",
        soon="on {day} at {time}",
        later="on {day} {date} at {time}",
    ),
    "de": _Phrases(
        today="heute um {time} Uhr",
        tomorrow="morgen um {time} Uhr",
        soon="am {day} um {time} Uhr",
        later="am {day}, dem {date}, um {time} Uhr",
        date="d. MMMM",
    ),
    "pt": _Phrases(
        today="hoje {at} {time}",
        tomorrow="amanhã {at} {time}",
        soon="{on} {day} {at} {time}",
        later="{on} {day}, {date}, {at} {time}",
        date="d 'de' MMMM",
    ),
    "ko": _Phrases(
        today="오늘 {time}에",
        tomorrow="내일 {time}에",
        soon="{day} {time}에",
        later="{date} {day} {time}에",
        date="MMMM d일",
    ),
}

LANGUAGES = frozenset(_PHRASES)
"""The languages moments can be said in; any other gets the English words."""

_WEEK = 6
"""Up to so many days ahead a weekday alone is clear."""


def speak_time(at: datetime, now: datetime, timezone: tzinfo, language: str) -> str:
    """`at` as said at `now` (both aware) by people whose clocks show `timezone`.

    "today at 18:00", "tomorrow at 09:00", "on Monday at 09:00" up to six days ahead, and otherwise
    "on Monday 30 November at 09:00".
    """
    known = language if language in _PHRASES else "en"
    phrases = _PHRASES[known]
    there = at.astimezone(timezone)
    days = (there.date() - now.astimezone(timezone).date()).days
    return _phrase(phrases, days).format(
        time=f"{there:%H:%M}",
        day=format_date(there, phrases.day, locale=known),
        date=format_date(there, phrases.date, locale=known),
        on=_portuguese_on(there),
        at="à" if there.hour in (0, 1) else "às",
    )


def _phrase(phrases: _Phrases, days: int) -> str:
    if days == 0:
        return phrases.today
    if days == 1:
        return phrases.tomorrow
    return phrases.soon if 1 < days <= _WEEK else phrases.later


def _portuguese_on(day: date) -> str:
    """The weekdays end in -feira, which is feminine; Saturday and Sunday are masculine."""
    return "no" if day.weekday() >= 5 else "na"
