"""When a team's day begins: nights, weekends, holidays, split days, changes of the clock."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.handoff.digest_times import LONG, Opening, latest_opening
from bot.playbook.hours import Calendar, Span

UTC = timezone.utc
LONDON = ZoneInfo("Europe/London")
BERLIN = ZoneInfo("Europe/Berlin")
HALF_HOUR = timedelta(minutes=30)


def of(week: dict[int, list[tuple[float, float]]], **more: object) -> Calendar:
    """Hours of the day -> a calendar, in London unless said otherwise."""
    spans = {
        day: tuple(Span(int(start * 60), int(end * 60)) for start, end in pairs)
        for day, pairs in week.items()
    }
    values = {"timezone": LONDON, **more}
    return Calendar("drawn", week=spans, **values)  # type: ignore[arg-type]


EVERY_DAY = range(7)
OFFICE = of(
    {**dict.fromkeys(range(5), [(9, 18)]), 5: [(10, 12.5), (14, 16)]},
    closed_days=frozenset([date(2026, 12, 24)]),
    days_off=holidays.country_holidays("GB", subdiv="ENG"),
)
ALWAYS = of(dict.fromkeys(EVERY_DAY, [(0, 24)]))
NIGHTS = of(dict.fromkeys(range(5), [(20, 24)]) | dict.fromkeys(range(1, 5), [(0, 6), (20, 24)]))
SHORT_BREAK = of(dict.fromkeys(EVERY_DAY, [(0, 3), (6, 24)]))
WORKING_WEEK = of({0: [(9, 24)], **dict.fromkeys(range(1, 5), [(0, 24)])})
LONG_LUNCH = of(dict.fromkeys(EVERY_DAY, [(6, 8), (13, 18)]))


def at(text: str, zone: ZoneInfo = LONDON) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def days_of(calendar: Calendar, first: str, last: str) -> list[str]:
    """The beginnings of days from `first` to `last` (dates), on the team's clock."""
    day, end = date.fromisoformat(first), date.fromisoformat(last)
    found = []
    while day <= end:
        midnight = datetime(day.year, day.month, day.day, tzinfo=calendar.timezone)
        opening = latest_opening(calendar, midnight + timedelta(hours=23.99), timedelta(hours=24))
        if opening and (there := opening.at.astimezone(calendar.timezone)).date() == day:
            found.append(f"{there:%a %d %H:%M}")
        day += timedelta(days=1)
    return found


@pytest.mark.parametrize(
    ("calendar", "now", "begins", "since"),
    [
        # a normal day, and Monday after the weekend
        (OFFICE, "2026-03-03 09:00", "2026-03-03 09:00", "2026-03-02 18:00"),
        (OFFICE, "2026-03-03 12:59", "2026-03-03 09:00", "2026-03-02 18:00"),
        (OFFICE, "2026-03-02 09:00", "2026-03-02 09:00", "2026-02-28 16:00"),
        # after Easter: Friday and Monday are holidays, Saturday is split
        (OFFICE, "2026-04-07 09:00", "2026-04-07 09:00", "2026-04-04 16:00"),
        (OFFICE, "2026-04-04 13:59", "2026-04-04 10:00", "2026-04-02 18:00"),
        # Christmas Eve is closed, Christmas and the Monday after are holidays
        (OFFICE, "2026-12-29 09:00", "2026-12-29 09:00", "2026-12-23 18:00"),
        # a team without a night
        (ALWAYS, "2026-03-03 08:00", "2026-03-03 08:00", "2026-03-02 08:00"),
        (SHORT_BREAK, "2026-03-03 08:30", "2026-03-03 08:00", "2026-03-02 08:00"),
        # one that works through the week has a night at the weekend
        (WORKING_WEEK, "2026-03-02 09:30", "2026-03-02 09:00", "2026-02-28 00:00"),
        (WORKING_WEEK, "2026-03-03 09:30", "2026-03-03 08:00", "2026-03-02 09:00"),
        (NIGHTS, "2026-03-03 21:00", "2026-03-03 20:00", "2026-03-03 06:00"),
        (LONG_LUNCH, "2026-03-03 09:00", "2026-03-03 06:00", "2026-03-02 18:00"),
        # the nights before summer time and after it
        (OFFICE, "2026-03-30 09:00", "2026-03-30 09:00", "2026-03-28 16:00"),
        (ALWAYS, "2026-03-29 08:00", "2026-03-29 08:00", "2026-03-28 08:00"),
        (ALWAYS, "2026-10-25 08:00", "2026-10-25 08:00", "2026-10-24 08:00"),
    ],
)
def test_day_begins_after_the_night_and_tells_of_all_of_it(
    calendar: Calendar, now: str, begins: str, since: str
) -> None:
    assert latest_opening(calendar, at(now), LONG) == Opening(at(begins), at(since))


@pytest.mark.parametrize(
    ("calendar", "now"),
    [
        (OFFICE, "2026-03-03 08:59"),  # not yet
        (OFFICE, "2026-03-03 13:00"),  # too long ago
        (OFFICE, "2026-03-07 14:30"),  # the second opening of a split day
        (OFFICE, "2026-04-06 09:00"),  # a holiday
        (OFFICE, "2026-03-01 09:00"),  # a Sunday
        (ALWAYS, "2026-03-03 07:59"),
        (ALWAYS, "2026-03-03 12:00"),
        (NIGHTS, "2026-03-07 08:00"),  # on the Saturday after the Friday night
        (LONG_LUNCH, "2026-03-03 13:00"),  # a night of five hours, but the day had begun
        (WORKING_WEEK, "2026-03-02 08:30"),
    ],
)
def test_day_does_not_begin_at_other_times(calendar: Calendar, now: str) -> None:
    assert latest_opening(calendar, at(now), LONG) is None


def test_a_fortnight_of_the_office() -> None:
    assert days_of(OFFICE, "2026-12-21", "2027-01-04") == [
        "Mon 21 09:00", "Tue 22 09:00", "Wed 23 09:00", "Tue 29 09:00", "Wed 30 09:00",
        "Thu 31 09:00", "Sat 02 10:00", "Mon 04 09:00",
    ]  # fmt: skip


def test_hour_that_comes_twice_brings_no_second_digest() -> None:
    sundays = of({6: [(1, 5)]}, timezone=BERLIN)
    first = at("2026-10-25 01:00", BERLIN)
    assert latest_opening(sundays, first + timedelta(hours=3), LONG) == Opening(
        first, at("2026-10-18 05:00", BERLIN)
    )
    assert days_of(sundays, "2026-10-25", "2026-10-25") == ["Sun 25 01:00"]


def test_opening_in_the_hour_that_is_skipped_comes_when_the_clock_jumps() -> None:
    sundays = of({6: [(2.5, 9)]}, timezone=BERLIN)
    assert days_of(sundays, "2026-03-29", "2026-03-29") == ["Sun 29 03:00"]


halves = st.lists(st.integers(0, 48), max_size=6, unique=True).map(
    lambda marks: [
        (start / 2, end / 2)
        for start, end in zip(sorted(marks)[::2], sorted(marks)[1::2], strict=False)
    ]
)
weeks = st.dictionaries(st.integers(0, 6), halves, min_size=1).filter(
    lambda week: any(week.values())
)


@settings(max_examples=60, deadline=None)
@given(weeks, st.sampled_from(["2026-03-27", "2026-07-01", "2026-10-23"]))
def test_days_begin_as_a_look_at_the_clock_every_half_hour_says(
    week: dict[int, list[tuple[float, float]]], first: str
) -> None:
    """Over six days in Berlin, two of them with a change of the clock."""
    calendar = of(week, timezone=BERLIN)
    begin = at(first, BERLIN).astimezone(UTC)
    last = date.fromisoformat(first) + timedelta(days=5)
    looks = [begin + n * HALF_HOUR for n in range(-16, 6 * 48 + 16)]
    is_open = [calendar.is_open(look) for look in looks]
    long = int(LONG / HALF_HOUR)
    nights = {
        look
        for n, look in enumerate(looks)
        if n >= long and is_open[n] and not any(is_open[n - long : n])
    }
    expected = []
    for number in range(6):
        day = date.fromisoformat(first) + timedelta(days=number)
        inside = [n for n, look in enumerate(looks) if look.astimezone(BERLIN).date() == day]
        in_day = [looks[n] for n in inside if looks[n] in nights]
        touched = any(
            not any(is_open[k : k + long])
            for k in range(max(0, inside[0] - long + 1), inside[-1] + 1)
        )
        if in_day:
            expected.append(in_day[0].astimezone(BERLIN))
        elif not touched:
            expected.append(datetime(day.year, day.month, day.day, 8, tzinfo=BERLIN))
    assert days_of(calendar, first, last.isoformat()) == [f"{d:%a %d %H:%M}" for d in expected]
