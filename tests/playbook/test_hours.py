"""Opening hours: business time is real time inside the hours, whatever the clocks do."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import ConfigurationError
from bot.playbook.hours import Calendar, Span

UTC = timezone.utc
LONDON = ZoneInfo("Europe/London")
BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = (Span(9 * 60, 18 * 60),)
SPLIT = (Span(10 * 60, 12 * 60 + 30), Span(14 * 60, 16 * 60))

office = Calendar(
    "office",
    LONDON,
    {**dict.fromkeys(range(5), OFFICE), 5: SPLIT},
    closed_days=frozenset({date(2026, 12, 24)}),
    open_days={date(2026, 12, 27): (Span(600, 840),)},
    days_off=holidays.country_holidays("GB", subdiv="ENG"),
)
nights = Calendar("nights", BERLIN, dict.fromkeys(range(7), (Span(0, 6 * 60), Span(22 * 60, 1440))))
always = Calendar("always", LONDON, dict.fromkeys(range(7), (Span(0, 1440),)))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


moments = st.datetimes(
    datetime(2024, 1, 1), datetime(2031, 12, 31), timezones=st.just(UTC)  # noqa: DTZ001
)  # fmt: skip
durations = st.timedeltas(timedelta(0), timedelta(days=20))
calendars = st.sampled_from([office, nights, always]) | st.builds(
    Calendar,
    st.just("drawn"),
    st.sampled_from([ZoneInfo(name) for name in (
        "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Seoul", "Africa/Cairo",
        "America/Havana", "America/Sao_Paulo", "Asia/Kathmandu",
    )]),
    st.dictionaries(
        st.integers(0, 6),
        st.lists(st.integers(0, 1440), min_size=2, max_size=6, unique=True).map(
            lambda minutes: tuple(
                Span(start, end)
                for start, end in zip(sorted(minutes)[::2], sorted(minutes)[1::2], strict=False)
            )
        ),
        min_size=1,
    ),
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(calendars, moments, durations)
def test_business_time_between_is_what_was_added(
    calendar: Calendar, moment: datetime, duration: timedelta
) -> None:
    due = calendar.add_business(moment, duration)
    assert due >= moment
    assert calendar.business_between(moment, due) == duration


@settings(max_examples=150, deadline=None)
@given(calendars, moments, durations)
def test_due_time_lies_in_open_hours_or_at_their_end(
    calendar: Calendar, moment: datetime, duration: timedelta
) -> None:
    due = calendar.add_business(moment, duration)
    assert calendar.is_open(due) or calendar.is_open(due - timedelta(microseconds=1))


@settings(max_examples=100, deadline=None)
@given(calendars, moments, durations, durations)
def test_business_time_adds_up_when_it_is_added_in_two_steps(
    calendar: Calendar, moment: datetime, first: timedelta, second: timedelta
) -> None:
    stepwise = calendar.add_business(calendar.add_business(moment, first), second)
    together = calendar.add_business(moment, first + second)
    assert calendar.business_between(moment, stepwise) == first + second
    assert second == timedelta(0) or stepwise == together


@settings(max_examples=150, deadline=None)
@given(calendars, moments)
def test_calendar_is_open_from_the_next_opening_until_it_closes(
    calendar: Calendar, moment: datetime
) -> None:
    opening = calendar.next_opening(moment)
    assert calendar.is_open(opening)
    assert calendar.is_open(moment) == (opening == moment)
    assert calendar.business_between(moment, opening) == timedelta(0)
    closing = calendar.closes_at(opening)
    if closing is not None:
        assert not calendar.is_open(closing)
        assert calendar.business_between(opening, closing) == closing - opening


@pytest.mark.parametrize(
    ("moment", "opening"),
    [
        ("2026-11-20 12:00", "2026-11-20 12:00"),  # Friday noon
        ("2026-11-20 18:00", "2026-11-21 10:00"),  # the instant of closing
        ("2026-11-21 13:00", "2026-11-21 14:00"),  # between the spans of a split day
        ("2026-11-21 16:30", "2026-11-23 09:00"),  # over the Sunday
        ("2026-12-23 18:30", "2026-12-27 10:00"),  # days off; the exception beats the Sunday
        ("2026-12-27 14:30", "2026-12-29 09:00"),  # Boxing Day is observed on the Monday
        ("2026-03-28 17:00", "2026-03-30 08:00"),  # summer time began: 09:00 is 08:00 UTC
        ("2026-10-24 17:00", "2026-10-26 09:00"),  # and ended
    ],
)
def test_office_opens_next_when_the_week_and_the_days_off_say_so(moment: str, opening: str) -> None:
    assert office.next_opening(at(moment)) == at(opening)


@pytest.mark.parametrize(
    ("moment", "added", "due"),
    [
        ("2026-11-20 17:00", 2, "2026-11-21 11:00"),
        ("2026-11-21 12:00", 1, "2026-11-21 14:30"),
        ("2026-11-21 15:00", 1, "2026-11-21 16:00"),
        ("2026-11-22 03:00", 0, "2026-11-23 09:00"),
        ("2026-12-23 17:00", 2, "2026-12-27 11:00"),
    ],
)
def test_office_owes_its_reply_in_business_time(moment: str, added: int, due: str) -> None:
    assert office.add_business(at(moment), hours(added)) == at(due)


def test_night_desk_works_an_hour_less_when_summer_time_begins() -> None:
    # 29 March 2026, Berlin: 02:00 becomes 03:00 (01:00 UTC).
    assert nights.business_between(at("2026-03-28 21:00"), at("2026-03-29 04:00")) == hours(7)
    assert nights.add_business(at("2026-03-28 23:00"), hours(5)) == at("2026-03-29 04:00")
    assert nights.closes_at(at("2026-03-28 21:30")) == at("2026-03-29 04:00")


def test_night_desk_works_an_hour_more_when_summer_time_ends() -> None:
    # 25 October 2026, Berlin: 03:00 becomes 02:00 (01:00 UTC).
    assert nights.business_between(at("2026-10-24 20:00"), at("2026-10-25 05:00")) == hours(9)
    assert nights.closes_at(at("2026-10-24 20:00")) == at("2026-10-25 05:00")


def test_hours_begin_when_the_clock_jumps_over_their_beginning() -> None:
    early = Calendar("early", BERLIN, {6: (Span(150, 300),)})  # Sunday 02:30 to 05:00
    assert early.next_opening(at("2026-03-29 00:00")) == at("2026-03-29 01:00")


def test_hours_over_midnight_are_one_when_they_touch() -> None:
    assert nights.closes_at(at("2026-07-01 21:00")) == at("2026-07-02 04:00")


def test_calendar_never_closes_when_it_is_always_open() -> None:
    moment = at("2026-07-01 21:00")
    assert always.closes_at(moment) is None
    assert always.add_business(moment, timedelta(days=3)) == moment + timedelta(days=3)


def test_calendar_closes_for_no_time_when_it_is_closed() -> None:
    assert office.closes_at(at("2026-11-22 12:00")) is None
    assert office.closes_at(at("2026-11-20 12:00")) == at("2026-11-20 18:00")


def test_business_time_is_zero_when_the_end_is_not_later() -> None:
    assert office.business_between(at("2026-11-20 12:00"), at("2026-11-20 11:00")) == timedelta(0)


def test_calendar_refuses_to_promise_when_it_never_opens() -> None:
    never = Calendar("never", LONDON, {})
    with pytest.raises(ConfigurationError, match="never opens"):
        never.next_opening(at("2026-07-01 21:00"))
    with pytest.raises(ConfigurationError, match="never opens"):
        never.add_business(at("2026-07-01 21:00"), hours(1))
    assert never.business_between(at("2026-07-01 21:00"), at("2036-07-01 21:00")) == timedelta(0)
