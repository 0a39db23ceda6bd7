"""Waking people: every minute of a night."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from bot.cases.on_call import Attempt, Wake, attempts, chain_for, wake
from bot.playbook.model import OnCallStep, Playbook

START = datetime(2026, 3, 9, 2, 30, tzinfo=timezone.utc)
PHONE = OnCallStep("duty phone", "https://hook.example", None, timedelta(minutes=5), 3)
LEAD = OnCallStep("lead", None, "lead@example.com", timedelta(minutes=10), 2)
CHAIN = (PHONE, LEAD)
MINUTES_DUE = [0, 5, 10, 15, 25]
STEPS = [(PHONE, 1), (PHONE, 2), (PHONE, 3), (LEAD, 1), (LEAD, 2)]


def at(minute: float) -> datetime:
    return START + timedelta(minutes=minute)


def test_attempts_go_through_the_chain_step_by_step() -> None:
    expected = [
        Attempt(number, step, repeat, at(minute))
        for number, ((step, repeat), minute) in enumerate(
            zip(STEPS, MINUTES_DUE, strict=True), start=1
        )
    ]

    assert list(attempts(CHAIN, START)) == expected


@pytest.mark.parametrize("minute", range(60))
def test_latest_attempt_due_and_the_next_are_named_at_every_minute(minute: int) -> None:
    due = [index for index, moment in enumerate(MINUTES_DUE) if moment <= minute]
    later = [moment for moment in MINUTES_DUE if moment > minute]

    result = wake(CHAIN, START, None, at(minute))

    assert result.attempt is not None
    assert result.attempt.number == len(due)
    assert (result.attempt.step, result.attempt.repeat) == STEPS[due[-1]]
    assert result.next_at == (at(later[0]) if later else None)


@pytest.mark.parametrize("acknowledged", [0, 3, 5, 12, 40])
@pytest.mark.parametrize("minute", range(0, 60, 3))
def test_nobody_is_woken_any_more_once_somebody_acknowledged(
    acknowledged: int, minute: int
) -> None:
    result = wake(CHAIN, START, at(acknowledged), at(minute))

    if minute >= acknowledged:
        assert result == Wake(None, None)
    else:
        assert result == wake(CHAIN, START, None, at(minute))


def test_nobody_is_woken_before_the_alert_or_without_a_chain() -> None:
    assert wake(CHAIN, START, None, at(-1)) == Wake(None, START)
    assert wake((), START, None, at(5)) == Wake(None, None)


def test_following_next_at_meets_every_attempt_once() -> None:
    met, now = [], START
    while True:
        result = wake(CHAIN, START, None, now)
        assert result.attempt is not None
        met.append(result.attempt.number)
        if result.next_at is None:
            break
        now = result.next_at

    assert met == [1, 2, 3, 4, 5]


def test_alert_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        wake(CHAIN, START.replace(tzinfo=None), None, START)


def with_chains(playbook: Playbook, *names: str) -> Playbook:
    teams = {
        name: replace(team, on_call=(replace(PHONE, name=name),) if name in names else ())
        for name, team in playbook.teams.items()
    }
    return replace(playbook, teams=teams)


@pytest.mark.parametrize(
    ("having", "woken"),
    [
        (["support", "money", "trust"], "money"),
        (["support", "trust"], "trust"),
        (["support"], "support"),
    ],
)
def test_critical_case_wakes_somebody_even_when_its_team_has_no_chain(
    having: list[str], woken: str, playbook: Playbook
) -> None:
    chain = chain_for("money", with_chains(playbook, *having))

    assert [step.name for step in chain] == [woken]


def test_chain_is_empty_when_no_team_has_one(playbook: Playbook) -> None:
    assert chain_for("money", playbook) == ()
    assert chain_for("unknown", playbook) == ()
