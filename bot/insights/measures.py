"""The measures of the report, in their order: each makes one cell of a row and keeps what is behind
it, so that every number can be looked into.

A count has behind it what was counted; a rate, a mean or a statistic what it was taken over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal

from bot.insights.figures import CaseFigures, Span, mean, median_seconds, p90_seconds, rate
from bot.insights.records import CaseRecord, Contact

Value = int | Decimal | None
Behind = CaseRecord | Contact | str
"""A case, a contact, or the id of a conversation."""
Unit = Literal["count", "seconds", "rate", "mean"]


@dataclass(frozen=True)
class Cell:
    """`value` is None where it is not defined."""

    value: Value
    behind: Sequence[Behind] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        """References of cases, or ids of conversations (once for each contact or use)."""
        return tuple(id_of(one) for one in self.behind)


@dataclass(frozen=True)
class Part:
    """What one row of the report is about."""

    contacts: Sequence[Contact]
    cases: Sequence[CaseFigures]
    as_of: datetime


@dataclass(frozen=True)
class Measure:
    name: str
    unit: Unit
    of: Callable[[Part], Cell]


CaseTest = Callable[[CaseFigures], bool]
Spans = Callable[[CaseFigures], Iterable[Span]]


def id_of(one: Behind) -> str:
    if isinstance(one, CaseRecord):
        return one.id
    return one.conversation if isinstance(one, Contact) else one


def _unaided(part: Part, decided: bool) -> list[Contact]:
    """Contacts the bot answered alone; `decided`: their time is over, and nobody was needed."""
    return [
        contact
        for contact in part.contacts
        if contact.answered and not contact.aided and decided == (part.as_of >= contact.decided_at)
    ]


def _messages(part: Part) -> Cell:
    return Cell(sum(contact.messages for contact in part.contacts), part.contacts)


def _customers(part: Part) -> Cell:
    first = {contact.conversation: contact for contact in reversed(part.contacts)}
    return _counted(list(reversed(first.values())))


def _unaided_share(part: Part) -> Cell:
    undecided = {id(contact) for contact in _unaided(part, decided=False)}
    base = [contact for contact in part.contacts if id(contact) not in undecided]
    return Cell(rate(len(_unaided(part, decided=True)), len(base)), base)


def _counted(behind: Sequence[Behind]) -> Cell:
    return Cell(len(behind), behind)


def _cases(part: Part, test: CaseTest = lambda _: True) -> list[CaseRecord]:
    return [figures.case for figures in part.cases if test(figures)]


def _count(name: str, test: CaseTest) -> Measure:
    return Measure(name, "count", lambda part: _counted(_cases(part, test)))


def _rate(name: str, of: CaseTest, among: CaseTest) -> Measure:
    def cell(part: Part) -> Cell:
        base = _cases(part, among)
        return Cell(rate(len(_cases(part, of)), len(base)), base)

    return Measure(name, "rate", cell)


def _statistics(name: str, spans: Spans) -> list[Measure]:
    """Median and p90, by the clock and in open time."""

    def measure(
        what: str,
        length: Callable[[Span], timedelta],
        statistic: Callable[[list[timedelta]], int | None],
    ) -> Measure:
        def cell(part: Part) -> Cell:
            lengths = [length(span) for figures in part.cases for span in spans(figures)]
            return Cell(statistic(lengths), _cases(part, lambda figures: any(spans(figures))))

        return Measure(f"{name}_{what}", "seconds", cell)

    return [
        measure("median", lambda span: span.clock, median_seconds),
        measure("p90", lambda span: span.clock, p90_seconds),
        measure("business_median", lambda span: span.business, median_seconds),
        measure("business_p90", lambda span: span.business, p90_seconds),
    ]


def _satisfaction(part: Part) -> Cell:
    rated = _cases(part, _is_rated)
    return Cell(mean([case.rating for case in rated if case.rating is not None]), rated)


def _severity(word: str) -> Measure:
    return _count(word, lambda figures: figures.case.severity == word)


def _sentiment(word: str) -> Measure:
    return _count(word, lambda figures: figures.case.sentiment == word)


def _breached(target: str) -> Measure:
    return _count(f"{target}_breached", lambda figures: target in figures.case.breached)


def _is_done(figures: CaseFigures) -> bool:
    return figures.case.done_at is not None


def _is_answered(figures: CaseFigures) -> bool:
    return figures.case.replied_at is not None


def _is_rated(figures: CaseFigures) -> bool:
    return figures.case.rating is not None


MEASURES: tuple[Measure, ...] = (
    Measure("conversations", "count", lambda part: _counted(part.contacts)),
    Measure("messages", "count", _messages),
    Measure("customers", "count", _customers),
    Measure("unaided", "count", lambda part: _counted(_unaided(part, decided=True))),
    Measure("undecided", "count", lambda part: _counted(_unaided(part, decided=False))),
    Measure("unaided_share", "rate", _unaided_share),
    _count("cases", lambda _: True),
    *map(_severity, ("critical", "high", "normal", "low")),
    *_statistics("first_response", lambda one: (one.first_response,) if one.first_response else ()),
    *_statistics("next_response", lambda one: one.next_responses),
    *_statistics("resolution", lambda one: (one.resolution,) if one.resolution else ()),
    _count("resolved", _is_done),
    _rate("resolution_rate", _is_done, among=lambda _: True),
    _count("answered", _is_answered),
    _count("unneeded", lambda one: one.case.unneeded),
    _rate("response_rate", _is_answered, among=lambda one: not one.case.unneeded),
    _count("promises_kept", lambda one: one.promise == "kept"),
    _count("promises_broken", lambda one: one.promise == "broken"),
    _rate("promise_rate", lambda one: one.promise == "kept", among=lambda one: one.promise != ""),
    _count("promises_moved", lambda one: one.case.promise_moved),
    _count("ratings", _is_rated),
    Measure("satisfaction", "mean", _satisfaction),
    *map(_sentiment, ("negative", "neutral", "positive")),
    *map(_breached, ("first_response", "next_response", "resolution")),
)
"""In the order of the report's columns."""

OF_CONTACTS = frozenset(
    {"conversations", "messages", "customers", "unaided", "undecided", "unaided_share"}
)
"""The measures that have contacts behind them; the others have cases."""

UNITS: dict[str, Unit] = {measure.name: measure.unit for measure in MEASURES}


def cells_of(part: Part) -> dict[str, Cell]:
    return {measure.name: measure.of(part) for measure in MEASURES}
