"""The order of the agents' queue: the most severe first, then what runs out first."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from bot.cases.case import Case
from bot.playbook.model import Severity

Clock = Literal["promise", "next_response", "resolution", "window"]

_BAND_MS = 10**14
"""One severity's share of the score: the milliseconds to the year 5138, so that bands never mix."""


def is_queued(case: Case) -> bool:
    """Whether somebody of ours has to act: the case is new or claimed."""
    return case.status in ("new", "claimed")


def runs_out(case: Case) -> tuple[Clock, datetime] | None:
    """What ends first, and when: the promise (also where it equals a target), the next response,
    the resolution, or the platform's messaging window. Only the window runs while nobody of ours
    has to act; None when nothing does."""
    sla = case.sla
    clocks: dict[Clock, datetime | None] = {"window": sla.window_closes_at}
    if is_queued(case):
        clocks = {
            "promise": sla.respond_by,
            "next_response": sla.next_response_by,
            "resolution": sla.resolve_by,
            **clocks,
        }
    ends = [(kind, at) for kind, at in clocks.items() if at is not None]
    return min(ends, key=lambda end: end[1], default=None)


def runs_out_at(case: Case) -> datetime:
    """When the first of these ends; where nothing runs, when the last answer was due."""
    first = runs_out(case)
    return first[1] if first else case.sla.respond_by


def queue_score(case: Case) -> int:
    """The case's place as one number, smaller first; exact as the score of a Redis sorted set
    (a double holds integers to 2^53)."""
    band = Severity.CRITICAL - case.severity
    return band * _BAND_MS + int(runs_out_at(case).timestamp() * 1000)


def sort_queue(cases: Iterable[Case]) -> list[Case]:
    """The cases in the order in which they should be taken; the older first where they tie."""
    return sorted(cases, key=lambda case: (queue_score(case), case.opened_at, case.id))
