"""When people are in: calendars with time zones, split days, public holidays and exceptions.

Everything goes in and comes out as aware UTC datetimes. Wall-clock hours are turned into UTC spans
first and all arithmetic is done there, so a night on which the clock changes counts as it is.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from itertools import takewhile
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import holidays

from bot.errors import ConfigurationError, Problem
from bot.playbook.entry import NAME, Entry

UTC = timezone.utc
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HORIZON = timedelta(days=400)
"""The longest closed time that is looked over: a year and its holidays."""

_SPAN = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)\s*-\s*(?:([01]?\d|2[0-3]):([0-5]\d)|24:00)")


@dataclass(frozen=True)
class Span:
    """Open hours of one day as minutes from its midnight; `end` may be 1440."""

    start: int
    end: int

    def __str__(self) -> str:
        return "-".join(
            f"{minute // 60:02d}:{minute % 60:02d}" for minute in (self.start, self.end)
        )


@dataclass(frozen=True)
class Calendar:
    """The opening hours of some teams.

    `week` maps 0 (Monday) to 6 to the spans of that day, in order; `open_days` are exceptions that
    go before `closed_days` and `days_off` (the public holidays), which go before the week. Hours
    that begin or end in an hour the clock skips do so when it jumps; in an hour that comes twice,
    the first time.
    """

    name: str
    timezone: ZoneInfo
    week: Mapping[int, tuple[Span, ...]]
    closed_days: frozenset[date] = frozenset()
    open_days: Mapping[date, tuple[Span, ...]] = field(default_factory=dict)
    days_off: holidays.HolidayBase = field(default_factory=holidays.HolidayBase)

    def is_open(self, at: datetime) -> bool:
        """Whether people are in at `at`; the instant of closing is closed already."""
        return self.next_opening(at) == at

    def closes_at(self, at: datetime) -> datetime | None:
        """When the hours that run at `at` end; None when closed, or open with no end in sight."""
        closing = at.astimezone(UTC)
        for start, end in takewhile(lambda span: span[0] - at < HORIZON, self._spans(at)):
            if start > closing:
                return closing if closing > at else None
            closing = end
        return closing if at < closing < at + HORIZON else None

    def next_opening(self, at: datetime) -> datetime:
        """`at` itself when open, else when the next hours begin.

        Raises ConfigurationError when none begin within `HORIZON`.
        """
        for start, _ in self._spans(at):
            return start
        raise self._never_opens()

    def add_business(self, at: datetime, duration: timedelta) -> datetime:
        """The instant by which `duration` of open time has passed since `at`.

        It lies in open hours or is the instant in which they end. Raises ConfigurationError when
        the calendar does not open any more.
        """
        left = duration
        for start, end in self._spans(at):
            if left <= end - start:
                return start + left
            left -= end - start
        raise self._never_opens()

    def business_between(self, start: datetime, end: datetime) -> timedelta:
        """The open time from `start` to `end`; zero when `end` is not later."""
        spans = takewhile(lambda span: span[0] < end, self._spans(start))
        return sum((min(closes, end) - opens for opens, closes in spans), timedelta(0))

    def _spans(self, at: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The open spans from `at` on, in UTC, in order and apart; one that runs begins at `at`.
        Without end, unless nothing opens for the length of `HORIZON`."""
        seen = at.astimezone(UTC)
        day = seen.astimezone(self.timezone).date()
        while self._instant(day, 0) - seen < HORIZON:
            for span in self._hours_of(day):
                start = max(self._instant(day, span.start), seen)
                end = self._instant(day, span.end)
                if end > start:
                    yield start, end
                    seen = end
            day += timedelta(days=1)

    def _hours_of(self, day: date) -> tuple[Span, ...]:
        if day in self.open_days:
            return self.open_days[day]
        if day in self.closed_days or day in self.days_off:
            return ()
        return self.week.get(day.weekday(), ())

    def _instant(self, day: date, minute: int) -> datetime:
        """The UTC instant of a wall-clock minute, or of the end of the gap it falls into."""
        wall = datetime(day.year, day.month, day.day) + timedelta(minutes=minute)  # noqa: DTZ001
        while True:
            instant = wall.replace(tzinfo=self.timezone).astimezone(UTC)
            if instant.astimezone(self.timezone).replace(tzinfo=None) == wall:
                return instant
            wall += timedelta(minutes=1)

    def _never_opens(self) -> ConfigurationError:
        problem = Problem("data/hours.yml", 0, self.name, *NEVER_OPENS)
        return ConfigurationError([problem])


NEVER_OPENS = (
    "this calendar never opens, so nothing could be promised",
    'give at least one day hours that no holiday closes, such as mon: ["09:00-18:00"]',
)


def load_calendars(hours: Entry) -> dict[str, Calendar]:
    """The calendars of data/hours.yml by name."""
    return {name: _calendar(name, entry) for name, entry in hours.named(NAME).items()}


def _calendar(name: str, entry: Entry) -> Calendar:
    parts = entry.keyed(("timezone", "week"), ("holidays", "closed", "open"))
    before = len(entry.problems)
    week = parts["week"].keyed((), DAYS)
    calendar = Calendar(
        name=name,
        timezone=_timezone(parts["timezone"]),
        week={number: _day(week[day]) for number, day in enumerate(DAYS) if week[day]},
        closed_days=frozenset(day for part in parts["closed"].listed() if (day := _date(part))),
        open_days=_exceptions(parts["open"]),
        days_off=_days_off(parts["holidays"]),
    )
    if len(entry.problems) == before and parts["week"] and not _opens(calendar):
        entry.refuse(*NEVER_OPENS)
    return calendar


def _opens(calendar: Calendar) -> bool:
    """Exceptions alone do not count: they run out."""
    try:
        calendar.next_opening(datetime.now(UTC))
    except ConfigurationError:
        return False
    return any(calendar.week.values())


def _timezone(entry: Entry) -> ZoneInfo:
    name = entry.text()
    try:
        if name:
            return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        entry.refuse(f"unknown time zone `{name}`", _nearest_zone(name))
    return ZoneInfo("UTC")


def _nearest_zone(name: str) -> str:
    zones = {zone for zone in available_timezones() if "/" in zone}
    near = difflib.get_close_matches(name, zones, n=3)
    guess = f"did you mean {' or '.join(f'`{zone}`' for zone in near)}? " if near else ""
    return f"{guess}Write the place as in the tz database, such as Europe/London"


def _day(entry: Entry) -> tuple[Span, ...]:
    spans: list[Span] = []
    for part in entry.listed():
        span = _span(part)
        if span is None:
            continue
        for other in spans:
            if span.start < other.end and other.start < span.end:
                part.refuse(
                    f"{span} overlaps {other}", "let the first end before the second begins"
                )
        spans.append(span)
    return tuple(sorted(spans, key=lambda span: span.start))


def _span(entry: Entry) -> Span | None:
    typed = entry.raw("opening hours", '"09:00-18:00"')
    match = _SPAN.fullmatch(typed.strip())
    if not match:
        entry.refuse(f"`{typed}` are no opening hours", 'write them like "09:00-18:00"')
        return None
    start = int(match[1]) * 60 + int(match[2])
    end = int(match[3]) * 60 + int(match[4]) if match[3] else 24 * 60
    if end <= start:
        entry.refuse(
            f"`{typed}` ends before it begins",
            'let it end later; hours over midnight are two spans: "22:00-24:00" and, '
            'on the next day, "00:00-06:00"',
        )
        return None
    return Span(start, end)


def _date(entry: Entry, typed: str | None = None) -> date | None:
    typed = entry.raw("a date", '"2026-12-24"') if typed is None else typed
    try:
        return date.fromisoformat(typed)
    except ValueError:
        entry.refuse(f"`{typed}` is no date", 'write year-month-day, such as "2026-12-24"')
        return None


def _exceptions(entry: Entry) -> dict[date, tuple[Span, ...]]:
    days = {_date(part, typed): _day(part) for typed, part in entry.named().items()}
    return {day: spans for day, spans in days.items() if day is not None}


def _days_off(entry: Entry) -> holidays.HolidayBase:
    none = holidays.HolidayBase()
    parts = entry.keyed(("country",), ("subdivision",))
    supported = holidays.list_supported_countries(include_aliases=True)
    country = parts["country"].text()
    if not country:
        return none
    if country not in supported:
        parts["country"].refuse(
            f"unknown holiday country `{country}`",
            "write its ISO 3166 code in capitals, such as GB, DE, PT, BR, KR or US",
        )
        return none
    subdivision = parts["subdivision"].choice(supported[country], f"subdivision of {country}")
    if subdivision and subdivision not in supported[country]:
        return none
    return holidays.country_holidays(country, subdiv=subdivision or None)
