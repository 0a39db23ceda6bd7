"""A team's on-call chain as it can really be reached, and what comes after its end."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import timedelta

from bot.cases.on_call import chain_for
from bot.playbook.model import OnCallStep, Playbook

VIGIL_EVERY = timedelta(hours=1)
VIGIL_TIMES = 24
"""When everybody was tried in vain, the last step is woken hourly for a day: by then people have
come to work and see the case at the top of the queue."""


def addresses(step: OnCallStep, ways: Collection[str]) -> dict[str, str]:
    """The step's addresses, way -> address, for the ways (webhook, email) that can be used."""
    given = {"webhook": step.webhook, "email": step.email}
    return {way: address for way, address in given.items() if address and way in ways}


def reachable_chain(team: str, playbook: Playbook, ways: Collection[str]) -> tuple[OnCallStep, ...]:
    """The team's steps that have a usable address; where it has none, those of the team that
    `chain_for` puts in its place; empty when nobody at all can be reached."""
    teams = {
        name: replace(team, on_call=tuple(s for s in team.on_call if addresses(s, ways)))
        for name, team in playbook.teams.items()
    }
    return chain_for(team, replace(playbook, teams=teams))


def with_vigil(chain: tuple[OnCallStep, ...]) -> tuple[OnCallStep, ...]:
    """The chain, and then its last step hourly for a day."""
    if not chain:
        return ()
    return (*chain, replace(chain[-1], repeat_every=VIGIL_EVERY, times=VIGIL_TIMES))


def regular_attempts(chain: tuple[OnCallStep, ...]) -> int:
    """How many attempts a chain has before the vigil."""
    return sum(step.times for step in chain)


def unreachable_steps(
    team: str, playbook: Playbook, ways: Collection[str]
) -> Mapping[int, OnCallStep]:
    """The team's steps without a usable address, by their place from 1."""
    steps = playbook.teams[team].on_call if team in playbook.teams else ()
    return {n: step for n, step in enumerate(steps, start=1) if not addresses(step, ways)}
