"""The order of the queue."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cases.case import Case, Customer, Sla, Status
from bot.cases.queue import is_queued, queue_score, runs_out, runs_out_at, sort_queue
from bot.playbook.model import Severity

NINE = datetime(2026, 3, 9, 9, tzinfo=timezone.utc)


def a_case(id_: str, severity: Severity, due_in: int, window_in: int | None = None) -> Case:
    """Times in minutes from nine o'clock."""
    closes = None if window_in is None else NINE + timedelta(minutes=window_in)
    return Case(
        id=id_,
        opened_at=NINE,
        channel="web",
        conversation="web:1",
        customer=Customer("1"),
        visibility="private",
        topic="billing",
        subtopic="general",
        severity=severity,
        severity_reasons=("x",),
        sentiment="neutral",
        team="billing",
        sla=Sla(NINE + timedelta(minutes=due_in), closes),
        summary="",
    )


def test_queue_goes_by_severity_then_by_what_runs_out_first() -> None:
    cases = [
        a_case("low", Severity.LOW, -999),
        a_case("later", Severity.HIGH, 60),
        a_case("window", Severity.HIGH, 90, window_in=30),
        a_case("soon", Severity.HIGH, 40, window_in=600),
        a_case("worst", Severity.CRITICAL, 10_000),
    ]

    assert [case.id for case in sort_queue(cases)] == ["worst", "window", "soon", "later", "low"]


def test_older_case_comes_first_when_all_else_is_equal() -> None:
    first = a_case("B", Severity.HIGH, 5)
    second = replace(first, id="A", opened_at=NINE + timedelta(seconds=1))

    assert [case.id for case in sort_queue([second, first])] == ["B", "A"]


levels, minutes = st.sampled_from(Severity), st.integers(-(10**7), 10**8)


@given(levels, minutes, levels, minutes)
def test_score_orders_by_severity_before_time_and_is_exact_as_a_double(
    one: Severity, one_due: int, other: Severity, other_due: int
) -> None:
    scores = [queue_score(a_case("x", one, one_due)), queue_score(a_case("y", other, other_due))]

    assert (scores[0] < scores[1]) == ((-one, one_due) < (-other, other_due))
    assert all(int(float(score)) == score for score in scores)


@pytest.mark.parametrize(
    ("status", "queued"),
    [("new", True), ("claimed", True), ("waiting", False), ("resolved", False), ("closed", False)],
)
def test_case_is_queued_while_somebody_of_ours_has_to_act(status: Any, queued: bool) -> None:
    assert is_queued(replace(a_case("x", Severity.LOW, 0), status=status)) is queued


HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("sla", "status", "kind", "hours"),
    [
        (Sla(NINE + HOUR), "new", "promise", 1),
        (Sla(NINE + HOUR, NINE), "new", "window", 0),
        (Sla(NINE + HOUR, NINE + 2 * HOUR), "claimed", "promise", 1),
        (Sla(NINE + HOUR, resolve_by=NINE), "claimed", "resolution", 0),
        (Sla(NINE + 2 * HOUR, next_response_by=NINE + HOUR), "claimed", "next_response", 1),
        (Sla(NINE + HOUR, next_response_by=NINE + HOUR), "claimed", "promise", 1),
        (Sla(NINE, next_response_by=NINE + HOUR), "claimed", "promise", 0),
        (Sla(NINE + HOUR, first_response_by=NINE), "new", "promise", 1),
    ],
)
def test_case_counts_down_to_what_runs_out_first(
    sla: Sla, status: Status, kind: str, hours: int
) -> None:
    case = replace(a_case("x", Severity.LOW, 0), sla=sla, status=status)

    assert runs_out(case) == (kind, NINE + hours * HOUR)
    assert runs_out_at(case) == NINE + hours * HOUR


@pytest.mark.parametrize("status", ["waiting", "resolved", "closed"])
def test_only_the_window_runs_while_nobody_of_ours_has_to_act(status: Status) -> None:
    case = replace(a_case("x", Severity.LOW, 60), status=status)
    late = replace(case, sla=replace(case.sla, window_closes_at=NINE + 9 * HOUR, resolve_by=NINE))

    assert runs_out(case) is None
    assert runs_out_at(case) == NINE + HOUR
    assert runs_out(late) == ("window", NINE + 9 * HOUR)
