"""Folds a team's cases into its morning digest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.cases.case import Case
from bot.cases.queue import is_queued, sort_queue
from bot.cases.targets import TARGET_BREACHED, running
from bot.cases.timestamps import write_utc
from bot.cases.watching import PROMISE_BROKEN
from bot.handoff.digest_times import Opening
from bot.playbook.model import Severity
from bot.store.digests import Digest, Mentioned

MOST_PROMISES = 20
MOST_LISTED = 50
"""Of cases that are late, and of critical ones; the queue shows the others."""


def fold_digest(team: str, opening: Opening, cases: Iterable[Case], now: datetime) -> Digest:
    """The digest of `team`, as of `now`, from its open cases and those opened since the end of its
    last hours; others among `cases` do no harm."""
    own = sort_queue(case for case in cases if case.team == team)
    came = [case for case in own if case.opened_at >= opening.since]
    seen = [case for case in own if case.is_open or case.opened_at >= opening.since]
    owed = [case for case in own if is_queued(case)]
    late = [case for case in own if case.is_open and _is_late(case, now)]
    critical = [case for case in seen if _is_critical(case)]
    return Digest(
        team=team,
        made_at=write_utc(now),
        opens_at=write_utc(opening.at),
        since=write_utc(opening.since),
        total=len(came),
        by_severity=dict(Counter(case.severity.word for case in came)),
        by_topic=dict(Counter(case.topic for case in came).most_common()),
        unanswered=len(owed),
        unanswered_critical=sum(map(_is_critical, owed)),
        promises=_mentioned(_by_promise(owed), MOST_PROMISES),
        breached=_mentioned(late, MOST_LISTED),
        breached_total=len(late),
        critical=_mentioned(critical, MOST_LISTED),
        critical_total=len(critical),
    )


def _is_critical(case: Case) -> bool:
    return case.severity is Severity.CRITICAL


def _is_late(case: Case, now: datetime) -> bool:
    """Whether a promise or a target was missed, noted in the history or not yet."""
    if case.happened(PROMISE_BROKEN) or case.happened(TARGET_BREACHED):
        return True
    clocks = [*running(case).values(), *([case.sla.respond_by] if is_queued(case) else [])]
    return any(at <= now for at in clocks)


def _by_promise(cases: Iterable[Case]) -> list[Case]:
    """What was promised first comes first; of the same moment what is first in the queue."""
    return sorted(cases, key=lambda case: case.sla.respond_by)


def _mentioned(cases: Sequence[Case], most: int) -> tuple[Mentioned, ...]:
    return tuple(
        Mentioned(
            case=case.id,
            topic=case.topic,
            severity=case.severity.word,
            status=case.status,
            respond_by=write_utc(case.sla.respond_by) if is_queued(case) else None,
        )
        for case in cases[:most]
    )
