"""The order of the agents' queue: the most severe first, then what runs out first."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bot.cases.case import Case
from bot.playbook.model import Severity

_BAND_MS = 10**14
"""One severity's share of the score: the milliseconds to the year 5138, so that bands never mix."""


def is_queued(case: Case) -> bool:
    """Whether somebody of ours has to act: the case is new or claimed."""
    return case.status in ("new", "claimed")


def runs_out_at(case: Case) -> datetime:
    """When the first of the promise and the platform's messaging window ends."""
    closes = case.sla.window_closes_at
    return case.sla.respond_by if closes is None else min(case.sla.respond_by, closes)


def queue_score(case: Case) -> int:
    """The case's place as one number, smaller first; exact as the score of a Redis sorted set
    (a double holds integers to 2^53)."""
    band = Severity.CRITICAL - case.severity
    return band * _BAND_MS + int(runs_out_at(case).timestamp() * 1000)


def sort_queue(cases: Iterable[Case]) -> list[Case]:
    """The cases in the order in which they should be taken; the older first where they tie."""
    return sorted(cases, key=lambda case: (queue_score(case), case.opened_at, case.id))
