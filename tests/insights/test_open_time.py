"""Open time that is looked up equals what the calendar counts."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.insights.open_time import Hours, OpenTime
from bot.playbook.hours import Calendar, Span

from .telling import NEW_YORK, OFFICE

START = datetime(2026, 3, 1, tzinfo=timezone.utc)
END = datetime(2026, 4, 15, tzinfo=timezone.utc)
BROKEN_WEEK = Calendar(
    "broken_week",
    ZoneInfo("Europe/London"),
    {
        0: (Span(0, 90), Span(9 * 60, 12 * 60), Span(22 * 60, 1440)),
        6: (Span(30, 150),),  # on the 29th the clock jumps inside it
    },
    closed_days=frozenset({date(2026, 3, 9)}),
    open_days={date(2026, 3, 11): (Span(13 * 60, 15 * 60),)},
)
ALWAYS = Calendar("always", ZoneInfo("UTC"), {day: (Span(0, 1440),) for day in range(7)})
NEVER = Calendar("never", ZoneInfo("UTC"), {})
MOMENTS = st.integers(0, int((END - START).total_seconds())).map(
    lambda second: START + timedelta(seconds=second)
)


@pytest.mark.parametrize(
    "calendar", [OFFICE, NEW_YORK, BROKEN_WEEK, ALWAYS, NEVER], ids=lambda one: one.name
)
@settings(deadline=None, max_examples=50)
@given(pairs=st.lists(st.tuples(MOMENTS, MOMENTS), min_size=1, max_size=5))
def test_lookup_equals_the_count(
    calendar: Calendar, pairs: list[tuple[datetime, datetime]]
) -> None:
    open_time = OpenTime(calendar, START, END)
    for one, other in pairs:
        assert open_time.between(one, other) == calendar.business_between(one, other)


def test_team_that_is_no_more_has_the_home_hours() -> None:
    hours = Hours(OFFICE, {"sales": NEW_YORK})
    assert hours.of_team("sales") is NEW_YORK
    assert hours.of_team("support") is OFFICE
