"""What happens to a case by the clock."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cases.changing import Changes, change, to_person
from bot.cases.handling import claim, note, reply, resolve
from bot.cases.watching import next_event, silent_since
from bot.playbook.model import Severity
from tests.cases.at_the_desk import ANN, BOB, CONTENT, CY, HOUR, MINUTE, MONDAY, Desk, march, opened


def claimed() -> Desk:
    desk = Desk(opened(severity=Severity.LOW))
    desk.does(ANN, claim)
    return desk


def told(desk: Desk, until: datetime, *types: str) -> list[tuple[str, Any, datetime]]:
    """Looks whenever the case wants to be looked at: the facts of these types, with their target,
    and when they came."""
    found = []
    while (at := next_event(desk.case, CONTENT)) is not None and at <= until:
        desk.now = max(at, desk.now)
        desk.looks()
        assert desk.last is not None
        assert desk.last.changed, "the clock looked for nothing"
        for fact in desk.last.facts:
            found.append((fact.type, fact.about.get("target"), desk.now))
    return [one for one in found if one[0] in types or not types]


# ---- targets and promises ------------------------------------------------------------------------


def test_targets_are_warned_of_before_and_breached_when_they_end_once_each() -> None:
    assert told(Desk(), march(20, 12), "target_warned", "target_breached") == [
        ("target_warned", "first_response", march(9, 10, 45)),
        ("target_breached", "first_response", march(9, 11)),
        ("target_warned", "resolution", march(9, 16, 45)),
        ("target_breached", "resolution", march(9, 17)),
    ]


def test_warning_of_a_short_target_comes_a_quarter_of_it_before() -> None:
    facts = told(Desk(opened(severity=Severity.CRITICAL)), march(9, 10), "target_warned")
    assert facts == [("target_warned", "first_response", march(9, 9, 22) + 30 * MINUTE / 60)]


def test_breach_is_told_with_the_target_and_when_it_was_due() -> None:
    desk = Desk()
    desk.at(9, 11).looks()
    breach = next(fact for fact in desk.facts if fact.type == "target_breached")
    due = {"target": "first_response", "due": "2026-03-09T11:00:00Z"}
    assert breach.about == {"case": desk.case.id, **due}
    assert due in [dict(entry.more) for entry in desk.case.history]


def test_target_that_ended_while_nobody_looked_is_breached_without_a_warning() -> None:
    facts = Desk().at(9, 12).looks()
    assert facts == ["target_breached", "promise_broken", "promise_moved"]


def test_promise_is_moved_once_before_it_breaks_and_its_breach_noted_once() -> None:
    assert told(Desk(), march(20, 12), "promise_moved", "promise_broken") == [
        ("promise_moved", None, march(9, 10, 45)),
        ("promise_broken", None, march(9, 12, 45)),
    ]


def test_each_next_response_has_a_warning_and_a_breach_of_its_own() -> None:
    desk = Desk()
    for hour in (10, 12):
        desk.at(9, hour).does(ANN, claim)
        desk.does(ANN, reply, "Which order?")
        desk.wait(minutes=10).customer_writes()
        desk.wait(minutes=61).looks()
    breached = [fact.about for fact in desk.facts if fact.type == "target_breached"]
    assert [about["due"] for about in breached] == ["2026-03-09T11:10:00Z", "2026-03-09T13:10:00Z"]


@pytest.mark.parametrize("deed", [(reply, "Which order?"), (resolve, None)])
def test_nothing_comes_by_the_clock_when_nobody_owes_an_answer(deed: tuple[Any, ...]) -> None:
    desk = Desk()
    desk.does(ANN, claim)
    desk.does(ANN, *deed)
    assert next_event(desk.case, CONTENT) is None
    assert desk.wait(days=9).looks() == []


def test_nothing_is_done_before_its_time() -> None:
    desk = Desk()
    at = next_event(desk.case, CONTENT)
    assert at == march(9, 10, 45)
    assert desk.wait(minutes=104).looks() == []


# ---- silent agents -------------------------------------------------------------------------------


def test_silent_agent_is_reminded_once_and_then_the_case_goes_back() -> None:
    assert told(claimed(), march(9, 13), "agent_reminded", "case_given_back") == [
        ("agent_reminded", None, march(9, 9, 15)),
        ("case_given_back", None, march(9, 9, 30)),
    ]


def test_silence_is_timed_by_the_clock_also_at_night() -> None:
    desk = claimed().at(9, 23)
    desk.does(ANN, note, "Tomorrow.")
    facts = told(desk, march(10, 4), "case_given_back")
    assert facts == [("case_given_back", None, march(9, 23, 30))]


@pytest.mark.parametrize(
    "deed", [(note, "Looking"), (change, Changes(tags=["vip"])), (to_person, ANN, None)]
)
def test_silence_counts_from_the_agents_last_deed(deed: tuple[Any, ...]) -> None:
    desk = claimed()
    desk.wait(minutes=20).does(ANN, *deed)
    assert silent_since(desk.case) == desk.now


def test_what_others_do_is_no_sign_of_the_agent() -> None:
    desk = claimed()
    desk.wait(minutes=20).does(BOB, note, "Ann is at lunch.")
    assert silent_since(desk.case) == MONDAY


def test_who_was_given_the_case_has_their_time_from_then() -> None:
    desk = claimed()
    desk.wait(minutes=20).does(BOB, to_person, CY, None, take_over=True)
    assert silent_since(desk.case) == desk.now


def test_customers_words_in_between_count_from_then() -> None:
    desk = claimed()
    desk.wait(minutes=10).customer_writes()
    desk.wait(minutes=10).customer_writes()
    assert silent_since(desk.case) == march(9, 9, 10)
    assert told(desk, march(9, 10), "agent_reminded", "case_given_back") == [
        ("agent_reminded", None, march(9, 9, 25)),
        ("case_given_back", None, march(9, 9, 40)),
    ]


def test_agent_is_reminded_again_of_another_silence() -> None:
    desk = claimed()
    desk.wait(minutes=15).looks()
    desk.wait(minutes=5).does(ANN, reply, "Which order?")
    desk.wait(hours=1).customer_writes()
    assert desk.wait(minutes=15).looks() == ["agent_reminded"]


def test_agent_who_answered_and_owes_more_has_until_the_next_response_is_due() -> None:
    desk = claimed()
    desk.does(ANN, reply, "I ask the depot.", waits=False)  # due in eight hours, at five
    assert silent_since(desk.case) == march(9, 17)
    assert told(desk, march(9, 18), "agent_reminded", "case_given_back") == [
        ("agent_reminded", None, march(9, 17, 15)),
        ("case_given_back", None, march(9, 17, 30)),
    ]


def test_agent_who_owes_more_is_silent_from_the_customers_next_words() -> None:
    desk = claimed()
    desk.does(ANN, reply, "I ask the depot.", waits=False)
    desk.wait(hours=1).customer_writes()
    assert silent_since(desk.case) == desk.now


def test_nobody_is_silent_who_waits_for_the_customer() -> None:
    desk = claimed()
    desk.does(ANN, reply, "Which order?")
    assert silent_since(desk.case) is None


def test_customer_of_silent_hands_hears_one_promise_that_is_kept_or_broken_once() -> None:
    """The promise runs out in the same minutes in which the agent falls silent."""
    desk = Desk()
    desk.at(9, 10, 20).does(ANN, claim)
    told(desk, march(9, 11))
    assert desk.case.sla.respond_by == march(9, 12, 45)  # moved at 10:45, before the case went back
    desk = Desk()
    desk.at(9, 10, 25).does(ANN, claim)
    desk.at(9, 10, 56).looks()
    assert desk.said == [("bot", "promise")]
    assert desk.case.sla.respond_by == march(9, 12, 56)


@settings(deadline=None, max_examples=60)
@given(
    st.sampled_from(Severity),
    st.integers(0, 7 * 24 * 60).map(lambda minutes: MONDAY + minutes * MINUTE),
    st.lists(st.tuples(st.integers(0, 600), st.sampled_from("crkw")), max_size=8),
)
def test_clock_that_looks_when_it_is_asked_to_finds_something_and_comes_to_rest(
    severity: Severity, at: datetime, sequence: list[tuple[int, str]]
) -> None:
    desk = Desk(opened(at, severity), at)
    for minutes, what in sequence:
        told(desk, desk.now + timedelta(minutes=minutes))
        desk.wait(minutes=minutes)
        {
            "c": lambda: desk.refuses(ANN, claim),
            "r": lambda: desk.refuses(ANN, reply, "Hello"),
            "k": lambda: desk.refuses(ANN, reply, "Wait a moment", waits=False),
            "w": lambda: desk.customer_writes() if desk.case.is_open else None,
        }[what]()
    told(desk, desk.now + 1000 * HOUR)
    assert next_event(desk.case, CONTENT) is None or desk.case.status == "new"
    kinds = [(entry.what, *sorted(entry.more.items())) for entry in desk.case.history]
    once = [kind for kind in kinds if kind[0] in ("target_warned", "target_breached")]
    assert len(once) == len(set(once))
    assert sum(kind[0] == "target_breached" and "resolution" in str(kind) for kind in once) <= 1
