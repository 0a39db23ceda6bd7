"""Promises in business time, kept or moved once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cases.case import Case, Customer, Sla, Status
from bot.cases.promise import (
    Promise,
    check_at,
    due,
    make_promise,
    move_promise,
    next_promise,
)
from bot.playbook.hours import Calendar, Span
from bot.playbook.model import Severity, Subtopic, Topic

UTC = timezone.utc
OFFICE = Calendar(
    "office", ZoneInfo("Europe/London"), {day: (Span(9 * 60, 18 * 60),) for day in range(5)}
)
TOPIC = Topic(
    name="billing",
    label={"en": "billing"},
    subtopics={"general": Subtopic("general", {"en": "general"})},
    severity=Severity.NORMAL,
    team="billing",
    sla={
        Severity.CRITICAL: timedelta(minutes=30),
        Severity.HIGH: timedelta(minutes=90),
        Severity.NORMAL: timedelta(hours=8),
        Severity.LOW: timedelta(hours=16),
    },
)
SATURDAY_NIGHT = datetime(2026, 3, 7, 23, 14, tzinfo=UTC)
MONDAY = datetime(2026, 3, 9, 9, tzinfo=UTC)


def a_case(opened_at: datetime, severity: Severity = Severity.HIGH, **changes: Any) -> Case:
    case = Case(
        id="ND-2345678",
        opened_at=opened_at,
        channel="web",
        conversation="web:1",
        customer=Customer("1"),
        visibility="private",
        topic="billing",
        subtopic="general",
        severity=severity,
        severity_reasons=("Money is lost",),
        sentiment="neutral",
        team="billing",
        sla=Sla(due(opened_at, severity, TOPIC, OFFICE)),
        summary="",
    )
    return replace(case, **changes)


def test_promise_at_night_names_the_opening_and_counts_from_it() -> None:
    promise = make_promise(SATURDAY_NIGHT, Severity.HIGH, TOPIC, OFFICE)

    assert promise == Promise(MONDAY + timedelta(minutes=90), opens_at=MONDAY)


def test_promise_in_open_hours_names_no_opening_and_runs_over_the_night() -> None:
    friday = datetime(2026, 3, 6, 17, 30, tzinfo=UTC)

    promise = make_promise(friday, Severity.HIGH, TOPIC, OFFICE)

    assert promise == Promise(MONDAY + timedelta(minutes=60), opens_at=None)


def test_promise_counts_open_time_when_the_clock_changes() -> None:
    before_summer_time = datetime(2026, 3, 28, 12, tzinfo=UTC)

    promise = make_promise(before_summer_time, Severity.HIGH, TOPIC, OFFICE)

    assert promise.opens_at == datetime(2026, 3, 30, 8, tzinfo=UTC)
    assert promise.respond_by == datetime(2026, 3, 30, 9, 30, tzinfo=UTC)


def test_due_time_is_refused_for_a_moment_without_a_time_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        due(SATURDAY_NIGHT.replace(tzinfo=None), Severity.HIGH, TOPIC, OFFICE)


@pytest.mark.parametrize(
    ("severity", "notice"),
    [
        (Severity.CRITICAL, timedelta(minutes=7, seconds=30)),
        (Severity.HIGH, timedelta(minutes=15)),
        (Severity.LOW, timedelta(minutes=15)),
    ],
)
def test_promise_is_looked_at_shortly_before_it_breaks(
    severity: Severity, notice: timedelta
) -> None:
    case = a_case(SATURDAY_NIGHT, severity)

    moment = check_at(case, TOPIC)

    assert case.sla.respond_by - moment == notice
    assert next_promise(case, moment - timedelta(seconds=1), TOPIC, OFFICE) is None
    assert next_promise(case, moment, TOPIC, OFFICE) is not None


def test_new_promise_is_computed_from_now_in_open_time() -> None:
    case = a_case(SATURDAY_NIGHT)
    now = MONDAY + timedelta(minutes=80)

    promise = next_promise(case, now, TOPIC, OFFICE)

    assert promise == Promise(now + timedelta(minutes=90), opens_at=None)


def test_promise_that_broke_unseen_is_still_moved() -> None:
    late = MONDAY + timedelta(hours=20)

    promise = next_promise(a_case(SATURDAY_NIGHT), late, TOPIC, OFFICE)

    assert promise == Promise(
        MONDAY + timedelta(days=1, minutes=90), opens_at=MONDAY + timedelta(days=1)
    )


@pytest.mark.parametrize("status", ["waiting", "resolved", "closed"])
def test_promise_is_not_moved_when_nobody_waits_for_us(status: Any) -> None:
    case = a_case(SATURDAY_NIGHT, status=status)

    assert next_promise(case, MONDAY + timedelta(hours=2), TOPIC, OFFICE) is None


@pytest.mark.parametrize("status", ["waiting", "resolved", "closed"])
def test_promise_is_not_moved_when_the_customer_has_an_answer(status: Status) -> None:
    answered = a_case(SATURDAY_NIGHT, status=status)
    only_claimed = a_case(SATURDAY_NIGHT, status="claimed", assignee="u-1")

    assert next_promise(answered, MONDAY + timedelta(hours=2), TOPIC, OFFICE) is None
    assert next_promise(only_claimed, MONDAY + timedelta(hours=2), TOPIC, OFFICE) is not None


@given(st.integers(0, 14 * 24 * 60), st.sampled_from(Severity))
def test_customer_hears_a_new_promise_exactly_once_however_long_it_takes(
    minutes: int, severity: Severity
) -> None:
    opened = SATURDAY_NIGHT + timedelta(minutes=minutes)
    case, moved = a_case(opened, severity), 0

    for hours in range(0, 24 * 21, 5):
        now = opened + timedelta(hours=hours)
        promise = next_promise(case, now, TOPIC, OFFICE)
        if promise:
            assert promise.respond_by > max(case.sla.respond_by, now)
            case, moved = move_promise(case, promise, now), moved + 1

    assert moved == 1


def test_moved_promise_is_noted_with_the_old_one_and_never_moved_again() -> None:
    case = a_case(SATURDAY_NIGHT)
    promise = Promise(MONDAY + timedelta(hours=4), None)

    moved = move_promise(case, promise, MONDAY)

    assert moved.sla.respond_by == promise.respond_by
    assert moved.history[-1].more == {"before": "2026-03-09T10:30:00Z"}
    with pytest.raises(ValueError, match="once only"):
        move_promise(moved, promise, MONDAY)
