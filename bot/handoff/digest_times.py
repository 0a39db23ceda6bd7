"""When a team's day begins: the openings that a morning digest is made for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.playbook.hours import HORIZON, UTC, Calendar

LONG = timedelta(hours=4)
"""Closed for so long, it is a night; a lunch break is shorter."""

ALWAYS_AT = time(8, 0)
"""When the day begins for a team that has no night."""

_JUST = timedelta(microseconds=1)
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Opening:
    """A team's day begins `at`; `since` is the end of its last hours, or for a team without a night
    the beginning of its day before."""

    at: datetime
    since: datetime


def latest_opening(calendar: Calendar, now: datetime, within: timedelta) -> Opening | None:
    """The latest beginning of a day at most `within` ago, None when there was none.

    Raises ConfigurationError for a calendar that does not open any more.
    """
    last = now.astimezone(calendar.timezone).date()
    day = (now - within).astimezone(calendar.timezone).date()
    latest = None
    while day <= last:
        begins = _begins(calendar, day)
        if begins and now - within < begins <= now:
            latest = (day, begins)
        day += _DAY
    return Opening(latest[1], _since(calendar, *latest)) if latest else None


def _begins(calendar: Calendar, day: date) -> datetime | None:
    """The day's first opening after a night; `ALWAYS_AT` on a day that no night touches."""
    start, end = _at(calendar, day, time()), _at(calendar, day + _DAY, time())
    if calendar.business_between(start - _JUST, end) == end - start + _JUST:
        return _at(calendar, day, ALWAYS_AT)  # open all day; asking when it closes may take long
    nights = [opens for opens in _openings(calendar, start, end) if _after_night(calendar, opens)]
    if not nights:
        return _at(calendar, day, ALWAYS_AT)
    return nights[0] if nights[0] < end else None


def _openings(calendar: Calendar, start: datetime, end: datetime) -> Iterator[datetime]:
    """When the closed times that touch the day from `start` to `end` are over; of the last one that
    may be much later."""
    at = start - _JUST
    while at < end:
        opens = calendar.next_opening(at)
        if opens > at:
            yield opens
        closes = calendar.closes_at(opens)
        if closes is None:
            return
        at = closes


def _after_night(calendar: Calendar, opens: datetime) -> bool:
    return not calendar.business_between(opens - LONG, opens)


def _since(calendar: Calendar, day: date, begins: datetime) -> datetime:
    if _after_night(calendar, begins):
        return _closed_before(calendar, begins)
    return _begins(calendar, day - _DAY) or begins - _DAY


def _closed_before(calendar: Calendar, opens: datetime) -> datetime:
    """When the hours before an opening ended; a day before it where there were none for a year."""
    back = _DAY
    while not calendar.business_between(opens - back, opens):
        back *= 2
        if back > HORIZON:
            return opens - _DAY
    closes = calendar.closes_at(calendar.next_opening(opens - back))
    while closes and (later := calendar.next_opening(closes)) < opens:
        closes = calendar.closes_at(later)
    return closes or opens - _DAY


def _at(calendar: Calendar, day: date, wall: time) -> datetime:
    """The UTC instant at which the calendar's clocks show `wall`."""
    return datetime.combine(day, wall, calendar.timezone).astimezone(UTC)
