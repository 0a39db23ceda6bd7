"""The clocks of a case: first response, next response and resolution in open time."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cases.case import Case
from bot.cases.changing import Changes, change, to_team
from bot.cases.filing import customer_wrote
from bot.cases.handling import claim, give_to_bot, reopen, reply, resolve
from bot.cases.targets import customer_waits, person_waits, retarget, running
from bot.playbook.model import Severity
from tests.cases.at_the_desk import ANN, CALENDARS, CONTENT, HOUR, MONDAY, Desk, march, opened

OFFICE = CALENDARS["office"]


def held(at: datetime = MONDAY, severity: Severity = Severity.HIGH) -> Desk:
    desk = Desk(opened(at, severity), at)
    desk.does(ANN, claim)
    return desk


# ---- how they run ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("opens", "first", "resolution"),
    [
        (march(9, 9), march(9, 11), march(9, 17)),
        (march(9, 17), march(10, 10), march(10, 16)),  # over a night
        (march(13, 17), march(16, 10), march(16, 16)),  # over a weekend
        (march(10, 17), march(12, 10), march(12, 16)),  # over a holiday
        (march(8, 3), march(9, 11), march(9, 17)),  # on a Sunday night
    ],
)
def test_clocks_run_in_open_time_from_the_opening(
    opens: datetime, first: datetime, resolution: datetime
) -> None:
    case = opened(opens)
    assert running(case) == {"first_response": first, "resolution": resolution}
    assert case.sla.respond_by == first


def test_first_response_runs_until_a_person_answers_also_when_the_customer_writes_more() -> None:
    desk = held()
    before = running(desk.case)
    desk.wait(minutes=30).customer_writes()
    assert running(desk.case) == before


def test_nothing_runs_while_the_customer_is_waited_for() -> None:
    desk = held()
    desk.wait(hours=1).does(ANN, reply, "Which order?")
    assert running(desk.case) == {}
    assert (desk.case.sla.resolve_by, desk.case.sla.resolve_left) == (None, 7 * 3600)


@pytest.mark.parametrize(
    ("answers", "next_by", "resolve_by"),
    [
        (march(9, 12), march(9, 13), march(10, 10)),
        (march(9, 17, 30), march(10, 9, 30), march(10, 15, 30)),
        (march(9, 22), march(10, 10), march(10, 16)),  # at night
        (march(14, 12), march(16, 10), march(16, 16)),  # on a Saturday
        (march(11, 12), march(12, 10), march(12, 16)),  # on a holiday
    ],
)
def test_clocks_go_on_with_the_rest_when_the_customer_answers(
    answers: datetime, next_by: datetime, resolve_by: datetime
) -> None:
    desk = held()
    desk.wait(hours=1).does(ANN, reply, "Which order?")
    desk.now = answers
    desk.customer_writes()
    assert running(desk.case) == {"next_response": next_by, "resolution": resolve_by}
    assert desk.case.sla.respond_by == next_by
    assert desk.case.sla.resolve_left is None


def test_next_response_counts_from_the_first_message_that_waits() -> None:
    desk = held()
    desk.does(ANN, reply, "Which order?")
    first = desk.wait(minutes=10).customer_writes().sla
    assert desk.wait(minutes=40).customer_writes().sla == first


def test_agent_who_owes_more_has_the_time_of_a_next_response() -> None:
    desk = held()
    resolve_by = desk.case.sla.resolve_by
    desk.wait(hours=1).does(ANN, reply, "I am looking into it.", waits=False)
    assert running(desk.case) == {"next_response": march(9, 11), "resolution": resolve_by}
    desk.wait(minutes=30).does(ANN, reply, "Still looking.", waits=False)
    assert desk.case.sla.next_response_by == march(9, 11, 30)


def test_work_goes_on_where_it_stood_when_a_resolved_case_comes_back() -> None:
    desk = held()
    desk.wait(hours=3).does(ANN, resolve, "It was delivered.")
    assert desk.case.sla.resolve_left == 5 * 3600
    desk.at(12, 10).does(ANN, reopen)
    assert running(desk.case) == {"next_response": march(12, 11), "resolution": march(12, 15)}


def test_case_that_its_customer_closed_stands_still_and_comes_back_with_a_new_promise() -> None:
    desk = Desk()
    desk.wait(hours=1).customer_closes()
    assert running(desk.case) == {}
    desk.at(12, 10).does(ANN, reopen)
    assert running(desk.case) == {"next_response": march(12, 11), "resolution": march(12, 17)}
    assert desk.case.sla.respond_by == march(12, 11)


def test_case_that_goes_back_while_the_customer_was_waited_for_is_owed_an_answer() -> None:
    desk = held()
    desk.does(ANN, reply, "Which order?")
    desk.wait(hours=2).does(ANN, give_to_bot)
    assert desk.case.sla.respond_by == desk.case.sla.next_response_by == march(9, 12)


# ---- late ------------------------------------------------------------------------------------


def test_what_was_late_stays_as_late_as_it_was() -> None:
    desk = held()
    desk.at(10, 11).does(ANN, reply, "Which order?")  # due on Monday at five
    assert desk.case.sla.resolve_left == -3 * 3600
    desk.at(12, 10).customer_writes()
    assert desk.case.sla.resolve_by == march(10, 16)  # three open hours before
    desk.wait(minutes=30).does(ANN, reply, "Thanks")
    assert desk.case.sla.resolve_left == -int(3.5 * 3600)


def test_what_ended_to_the_minute_is_due_at_once() -> None:
    desk = held()
    desk.at(9, 17).does(ANN, reply, "Which order?")
    desk.at(10, 3).customer_writes()
    assert desk.case.sla.resolve_by == march(9, 18)  # the end of the hours before


@settings(deadline=None)
@given(
    st.integers(0, 14 * 24 * 60),
    st.lists(st.integers(0, 40 * 60), min_size=1, max_size=6),
    st.sampled_from(Severity),
)
def test_only_open_time_in_which_we_owed_counts_however_often_the_clock_stood(
    opens: int, spans: list[int], severity: Severity
) -> None:
    """Spans of minutes, by turns with us and with the customer."""
    case = opened(MONDAY + timedelta(minutes=opens), severity)
    now, used = case.opened_at, timedelta(0)
    for place, minutes in enumerate([*spans, 0]):
        after = now + timedelta(minutes=minutes)
        if place % 2 == 0:
            used += OFFICE.business_between(now, after)
            case = replace(person_waits(case, after, CONTENT), status="waiting", reply_at=now)
        else:
            case = replace(customer_waits(case, after, CONTENT), status="claimed")
        now = after
    case = person_waits(case, now, CONTENT)
    wanted = CONTENT.playbook.teams["support"].targets.resolution[severity]
    assert case.sla.resolve_left == (wanted - used).total_seconds()


# ---- another severity, topic or team -----------------------------------------------------------


def changed(case: Case, now: datetime, **values: object) -> Case:
    return retarget(case, replace(case, **values), now, CONTENT)  # type: ignore[arg-type]


def test_worse_case_is_due_from_now() -> None:
    case = changed(opened(severity=Severity.NORMAL), march(9, 12), severity=Severity.HIGH)
    assert case.sla.respond_by == case.sla.first_response_by == march(9, 14)
    assert case.sla.resolve_by == march(9, 17)  # eight hours less the three that were used


def test_worse_case_is_not_due_later_than_it_was() -> None:
    case = changed(opened(severity=Severity.HIGH), march(9, 10, 50), severity=Severity.CRITICAL)
    assert case.sla.respond_by == case.sla.first_response_by == march(9, 11)


def test_milder_case_has_more_time_but_the_promise_stands() -> None:
    case = changed(opened(severity=Severity.HIGH), march(9, 10), severity=Severity.NORMAL)
    assert case.sla.first_response_by == march(9, 17)
    assert case.sla.respond_by == march(9, 11)
    assert case.sla.resolve_by == march(12, 15)  # 24 hours, 8 of Monday, 9 of Tuesday, a holiday


def test_worse_case_whose_customer_waits_again_is_due_as_a_next_response() -> None:
    desk = held(severity=Severity.NORMAL)
    desk.does(ANN, reply, "Which order?")
    desk.wait(hours=1).customer_writes()
    case = changed(desk.case, march(9, 10, 30), severity=Severity.CRITICAL)
    assert case.sla.respond_by == case.sla.next_response_by == march(9, 11)


def test_nothing_moves_when_nothing_changed() -> None:
    """A second message after bad news must not make the case due since its opening."""
    worse = changed(opened(severity=Severity.LOW), march(9, 15), severity=Severity.CRITICAL)
    assert changed(worse, march(9, 15, 10), tags=("depot",)).sla == worse.sla
    assert customer_wrote(worse, march(9, 15, 10), CONTENT).sla == worse.sla


def test_correction_counts_from_the_bad_news_on() -> None:
    worse = changed(opened(severity=Severity.LOW), march(9, 15), severity=Severity.CRITICAL)
    case = changed(worse, march(9, 15, 10), severity=Severity.HIGH)
    assert case.sla.first_response_by == march(9, 17)


def test_paused_case_keeps_what_it_used_when_it_gets_worse() -> None:
    desk = held(severity=Severity.NORMAL)
    desk.wait(hours=2).does(ANN, reply, "Which order?")
    desk.does(ANN, change, Changes(severity=Severity.HIGH))
    assert (desk.case.sla.resolve_by, desk.case.sla.resolve_left) == (None, 6 * 3600)


def test_team_of_other_hours_takes_the_rest_over_in_its_own() -> None:
    desk = Desk()
    desk.wait(hours=1).does(ANN, to_team, "money", None)
    assert running(desk.case) == {"first_response": march(9, 15), "resolution": march(9, 21)}
    assert desk.case.sla.respond_by == march(9, 11)


def test_case_that_waited_is_due_in_the_hours_of_its_new_team() -> None:
    desk = held()
    desk.wait(hours=1).does(ANN, reply, "Which order?")
    desk.at(9, 11).does(ANN, to_team, "money", None)
    assert running(desk.case) == {"next_response": march(9, 15), "resolution": march(9, 21)}
    assert desk.case.sla.respond_by == march(9, 15)


def test_late_case_is_late_in_its_new_team_too() -> None:
    desk = Desk()
    desk.at(10, 11).does(ANN, to_team, "trust", None)  # late by three open hours
    assert desk.case.sla.resolve_by == desk.now - 3 * HOUR
    assert desk.case.sla.first_response_by == desk.now - 9 * HOUR


def test_case_of_a_topic_and_team_that_are_gone_can_be_worked_on() -> None:
    desk = Desk(replace(opened(), topic="telegrams", team="telegraph"))
    desk.does(ANN, claim)
    desk.does(ANN, reply, "Which order?")
    desk.customer_writes()
    desk.does(ANN, change, Changes(severity=Severity.CRITICAL))
    desk.does(ANN, change, Changes(topic="billing"))
    desk.does(ANN, to_team, "trust", None)
    assert (desk.case.topic, desk.case.team, desk.case.status) == ("billing", "trust", "new")


def test_case_of_the_first_schema_has_no_resolution_and_gets_none() -> None:
    desk = Desk(replace(opened(), sla=replace(opened().sla, resolve_by=None)))
    desk.does(ANN, claim)
    desk.does(ANN, reply, "Which order?")
    assert set(running(desk.customer_writes())) == {"next_response"}
