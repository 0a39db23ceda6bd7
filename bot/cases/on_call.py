"""Who is woken for a critical case, and when, until somebody acknowledges."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.cases.timestamps import aware
from bot.playbook.model import OnCallStep, Playbook

ALARM_TOPIC = "incident"
"""Its team's chain is used where a critical case's own team has none."""


@dataclass(frozen=True)
class Attempt:
    """`number` counts all attempts of the alert from 1; `repeat` those of its step, from 1."""

    number: int
    step: OnCallStep
    repeat: int
    due_at: datetime


@dataclass(frozen=True)
class Wake:
    """`attempt` is the latest one due; `next_at` is when the next is. Both are None once somebody
    acknowledged; `next_at` is None after the last attempt too."""

    attempt: Attempt | None
    next_at: datetime | None


def attempts(chain: Sequence[OnCallStep], created_at: datetime) -> Iterator[Attempt]:
    """All attempts of an alert in order: each step `times` times, `repeat_every` apart, and the
    first of the next step one `repeat_every` after the last of the one before."""
    due_at, number = aware(created_at), 0
    for step in chain:
        for repeat in range(1, step.times + 1):
            number += 1
            yield Attempt(number, step, repeat, due_at)
            due_at += step.repeat_every


def wake(
    chain: Sequence[OnCallStep],
    created_at: datetime,
    acknowledged_at: datetime | None,
    now: datetime,
) -> Wake:
    """What is to be done at `now`. After a pause of ours the attempts missed meanwhile are not made
    up for: the latest one due stands for them; the caller remembers the `number` it sent last."""
    if acknowledged_at is not None and acknowledged_at <= now:
        return Wake(None, None)
    latest = None
    for attempt in attempts(chain, created_at):
        if attempt.due_at > now:
            return Wake(latest, attempt.due_at)
        latest = attempt
    return Wake(latest, None)


def chain_for(team: str, playbook: Playbook) -> tuple[OnCallStep, ...]:
    """The team's chain; where it has none the incident team's, else the first team's that has one;
    empty only if no team has one."""
    incident = playbook.topics.get(ALARM_TOPIC)
    asked = [team, *([incident.team] if incident else []), *playbook.teams]
    chains = (playbook.teams[name].on_call for name in asked if name in playbook.teams)
    return next((chain for chain in chains if chain), ())
