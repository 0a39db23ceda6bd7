"""The figures of one case, and the statistics and roundings of the report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from bot.insights.records import CaseRecord, Interval

Between = Callable[[datetime, datetime], timedelta]
Kept = Literal["kept", "broken", ""]

_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time by the clock, and in open time."""

    clock: timedelta
    business: timedelta


@dataclass(frozen=True, slots=True)
class CaseFigures:
    """What the measures are taken from. `promise`: whether the first answer kept it; "" when that
    does not count (not due yet, no answer needed any more, or nothing was promised)."""

    case: CaseRecord
    first_response: Span | None
    next_responses: tuple[Span, ...]
    resolution: Span | None
    promise: Kept


def figures_of(case: CaseRecord, between: Between, as_of: datetime) -> CaseFigures:
    """`between` gives the open time of the case's team."""
    first = (case.opened_at, case.replied_at) if case.replied_at else None
    return CaseFigures(
        case,
        first_response=_span(first, between) if first else None,
        next_responses=tuple(_span(wait, between) for wait in case.waits),
        resolution=_resolution(case, between),
        promise=_promise(case, as_of),
    )


def _span(interval: Interval, between: Between) -> Span:
    return Span(interval[1] - interval[0], between(*interval))


def _resolution(case: CaseRecord, between: Between) -> Span | None:
    if case.done_at is None:
        return None
    whole = _span((case.opened_at, case.done_at), between)
    pauses = _joined(case.pauses, case.opened_at, case.done_at)
    paused = sum((between(*pause) for pause in pauses), timedelta(0))
    return Span(whole.clock, whole.business - paused)


def _joined(intervals: Iterable[Interval], first: datetime, last: datetime) -> list[Interval]:
    """The intervals as far as they lie between `first` and `last`, in order and apart."""
    joined: list[Interval] = []
    for start, end in sorted(intervals):
        start = max(start, joined[-1][1] if joined else first)
        if start < (end := min(end, last)):
            joined.append((start, end))
    return joined


def _promise(case: CaseRecord, as_of: datetime) -> Kept:
    answered = case.answered_at
    promise = case.promise_at(answered or as_of)
    if promise is None:
        return ""
    if answered is not None:
        return "kept" if answered <= promise else "broken"
    return "broken" if as_of > promise and case.done_at is None else ""


def median_seconds(spans: Sequence[timedelta]) -> int | None:
    """The middle one, or the mean of the two in the middle; whole seconds, half up."""
    if not spans:
        return None
    ordered = sorted(spans)
    return _half_up(ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2], 2)


def p90_seconds(spans: Sequence[timedelta]) -> int | None:
    """The nearest rank: the smallest that 90 % do not exceed; whole seconds, half up."""
    if not spans:
        return None
    rank = -(-9 * len(spans) // 10)
    return _half_up(sorted(spans)[rank - 1], 1)


def _half_up(total: timedelta, parts: int) -> int:
    return (2 * total + parts * _SECOND) // (2 * parts * _SECOND)


def rate(part: int, whole: int) -> Decimal | None:
    """Three decimals, half up; None of nothing."""
    return _rounded(part, whole, "0.001")


def mean(values: Sequence[int]) -> Decimal | None:
    """Two decimals, half up; None of nothing."""
    return _rounded(sum(values), len(values), "0.01")


def _rounded(part: int, whole: int, places: str) -> Decimal | None:
    if not whole:
        return None
    return (Decimal(part) / whole).quantize(Decimal(places), ROUND_HALF_UP)
