"""The report of some days: what came in, how it was answered, and how well, by one dimension.

Pure. What each number means stands in docs/report.md; contacts belong to the day of their first
message and cases to that of their opening, in the zone of the home calendar.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone
from functools import partial
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from bot.insights.figures import CaseFigures, figures_of
from bot.insights.ledger import Ledger
from bot.insights.measures import Cell, Part, cells_of
from bot.insights.open_time import Hours, OpenTime
from bot.insights.records import CaseRecord, Contact, Uses
from bot.playbook.content import Content

By = Literal["day", "topic", "subtopic", "team", "agent", "channel", "language"]
DIMENSIONS: tuple[By, ...] = get_args(By)
TOTAL = "total"
STARS = range(1, 6)

QUICK_REPLIES = "quick_reply_used"
FAQS = "faq_answered"
OFFERED = "resource_offered"
SOLVED = "solved"
"""The measures of what was used; each is called after its fact."""


@dataclass(frozen=True)
class Row:
    """One value of the dimension. `cells` has every measure, in the order of the columns."""

    group: str
    cells: Mapping[str, Cell]


@dataclass(frozen=True)
class Period:
    """Days of one zone, both included."""

    first: date
    last: date
    zone: ZoneInfo

    @property
    def start(self) -> datetime:
        return _midnight(self.first, self.zone)

    @property
    def end(self) -> datetime:
        """The first instant that is no longer in it."""
        return _midnight(self.last + timedelta(days=1), self.zone)

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]

    def day_of(self, at: datetime) -> str:
        return at.astimezone(self.zone).date().isoformat()


@dataclass(frozen=True)
class Report:
    """`rows` in their order, and `total` over all of them; `uses` are the tables of what was used:
    quick replies, FAQ answers, and pages (offered, solved), a row each, most used first. `stars`
    are the cases rated 1, 2, 3, 4 and 5. Nothing of this changes when the ledger goes on."""

    by: By
    period: Period
    as_of: datetime
    rows: tuple[Row, ...]
    total: Row
    quick_replies: tuple[Row, ...]
    faqs: tuple[Row, ...]
    pages: tuple[Row, ...]
    stars: tuple[int, ...]
    _whole: Part

    def regrouped(self, by: By) -> Report:
        """The same days by another dimension; to be asked for before the ledger goes on."""
        return replace(self, by=by, rows=_rows(self._whole, self.period, by))

    def cell(self, group: str | None, measure: str) -> Cell | None:
        """A cell by the names of its row (None: the total) and its measure, also of the tables."""
        rows = {row.group: row for row in self._rows_with(measure)}
        row = self.total if group is None else rows.get(group)
        if row is None and group == TOTAL:
            row = self.total
        return row.cells.get(measure) if row else None

    def _rows_with(self, measure: str) -> tuple[Row, ...]:
        tables = {
            QUICK_REPLIES: self.quick_replies,
            FAQS: self.faqs,
            OFFERED: self.pages,
            SOLVED: self.pages,
        }
        return tables.get(measure, self.rows)


def make_report(
    ledger: Ledger, knows: Content | Hours, first: date, last: date, by: By, as_of: datetime
) -> Report:
    """The report of the days `first` to `last`, as things stand at `as_of`; the ledger holds no
    fact that is later."""
    hours = Hours.of(knows) if isinstance(knows, Content) else knows
    period = Period(first, last, hours.home.timezone)
    start, end = period.start, period.end
    cases = [case for case in ledger.cases.values() if start <= case.opened_at < end]
    contacts = [
        contact
        for contacts in ledger.contacts.values()
        for contact in contacts
        if start <= contact.first_at < end
    ]
    whole = Part(_in_order(contacts), _figures(cases, hours, as_of), as_of)
    uses = partial(_uses, start, end)
    return Report(
        by,
        period,
        as_of,
        rows=_rows(whole, period, by),
        total=Row(TOTAL, cells_of(whole)),
        quick_replies=uses({QUICK_REPLIES: ledger.quick_replies}),
        faqs=uses({FAQS: ledger.faqs}),
        pages=uses({OFFERED: ledger.offers, SOLVED: ledger.solutions}),
        stars=tuple(sum(case.rating == stars for case in cases) for stars in STARS),
        _whole=whole,
    )


def _in_order(contacts: Iterable[Contact]) -> list[Contact]:
    return sorted(contacts, key=lambda contact: (contact.first_at, contact.conversation))


def _figures(cases: Iterable[CaseRecord], hours: Hours, as_of: datetime) -> list[CaseFigures]:
    ordered = sorted(cases, key=lambda case: (case.opened_at, case.id))
    if not ordered:
        return []
    calendars = {case.team: hours.of_team(case.team) for case in ordered}
    open_times = {
        calendar.name: OpenTime(calendar, ordered[0].opened_at, as_of)
        for calendar in {calendar.name: calendar for calendar in calendars.values()}.values()
    }
    return [
        figures_of(case, open_times[calendars[case.team].name].between, as_of) for case in ordered
    ]


def _rows(whole: Part, period: Period, by: By) -> tuple[Row, ...]:
    parts: dict[str, tuple[list[Contact], list[CaseFigures]]] = {}
    for contact in whole.contacts:
        group = _group_of_contact(contact, period, by)
        parts.setdefault(group, ([], []))[0].append(contact)
    for figures in whole.cases:
        group = _group_of_case(figures.case, period, by)
        parts.setdefault(group, ([], []))[1].append(figures)
    rows = [
        Row(group, cells_of(Part(contacts, cases, whole.as_of)))
        for group, (contacts, cases) in parts.items()
    ]
    return tuple(sorted(rows, key=_by_day if by == "day" else _by_cases))


def _by_day(row: Row) -> tuple[int, str]:
    return 0, row.group


def _by_cases(row: Row) -> tuple[int, str]:
    return -len(row.cells["cases"].behind), row.group


_OF_CASE: Mapping[By, Callable[[CaseRecord], str]] = {
    "topic": lambda case: case.topic,
    "subtopic": lambda case: case.matter,
    "team": lambda case: case.team,
    "agent": lambda case: case.agent,
    "channel": lambda case: case.channel,
    "language": lambda case: case.language,
}


def _group_of_case(case: CaseRecord, period: Period, by: By) -> str:
    return period.day_of(case.opened_at) if by == "day" else _OF_CASE[by](case)


def _group_of_contact(contact: Contact, period: Period, by: By) -> str:
    if by == "day":
        return period.day_of(contact.first_at)
    if by == "channel":
        return contact.channel
    if by == "language":
        return contact.language
    return _OF_CASE[by](contact.case) if contact.case else ""


def _uses(
    start: datetime, end: datetime, columns: Mapping[str, Mapping[str, Uses]]
) -> tuple[Row, ...]:
    rows = [
        Row(name, {measure: _used(uses.get(name), start, end) for measure, uses in columns.items()})
        for name in {name for uses in columns.values() for name in uses}
    ]
    used = [row for row in rows if any(cell.value for cell in row.cells.values())]
    first = next(iter(columns))
    return tuple(sorted(used, key=lambda row: (-len(row.cells[first].behind), row.group)))


def _used(uses: Uses | None, start: datetime, end: datetime) -> Cell:
    conversations = uses.between(start, end) if uses else []
    return Cell(len(conversations), conversations)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(timezone.utc)
