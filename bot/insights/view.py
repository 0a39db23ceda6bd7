"""The report as its page shows it: tiles, and tables with a link behind every number. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.insights.asking import Asked
from bot.insights.labels import BY_WORDS, Labels
from bot.insights.measures import UNITS, Cell, Unit
from bot.insights.report import FAQS, OFFERED, QUICK_REPLIES, SOLVED, Report, Row
from bot.insights.wording import counted, shown

CASES_PAGE = "/desk/report/cases"


@dataclass(frozen=True)
class Shown:
    """A number: as people read it, exactly, and where what is behind it can be seen ('': nothing
    is). `beside` is the same in open time."""

    text: str
    exact: str = ""
    address: str = ""
    beside: Shown | None = None


@dataclass(frozen=True)
class Tile:
    label: str
    number: Shown
    more: str


@dataclass(frozen=True)
class Column:
    """`beside` is the measure of open time that goes with one by the clock."""

    measure: str
    label: str
    beside: str = ""


@dataclass(frozen=True)
class Section:
    """A table of the report. `heads` group its columns: label -> columns."""

    title: str
    note: str
    heads: Mapping[str, Sequence[Column]]

    @property
    def columns(self) -> list[Column]:
        return [column for columns in self.heads.values() for column in columns]


@dataclass(frozen=True)
class Line:
    """A row of a table. `group` is its label."""

    group: str
    cells: Sequence[Shown]


@dataclass(frozen=True)
class Table:
    section: Section
    corner: str
    lines: Sequence[Line]
    total: Line | None = None


def _times(name: str) -> list[Column]:
    return [
        Column(f"{name}_median", "Median", f"{name}_business_median"),
        Column(f"{name}_p90", "90 % within", f"{name}_business_p90"),
    ]


SECTIONS = (
    Section(
        "What came in",
        "",
        {
            "Conversations": [
                Column("conversations", "All"),
                Column("messages", "Messages"),
                Column("customers", "Customers"),
                Column("unaided", "Unaided"),
                Column("undecided", "Undecided"),
                Column("unaided_share", "Unaided share"),
            ],
            "Cases": [
                Column("cases", "All"),
                Column("critical", "Critical"),
                Column("high", "High"),
                Column("normal", "Normal"),
                Column("low", "Low"),
            ],
            "Sentiment": [
                Column("negative", "Negative"),
                Column("neutral", "Neutral"),
                Column("positive", "Positive"),
            ],
        },
    ),
    Section(
        "How long it took",
        "Hours and minutes: by the clock / in the open hours of the case's team.",
        {
            "First response": _times("first_response"),
            "Next response": _times("next_response"),
            "Resolution": _times("resolution"),
            "Targets missed": [
                Column("first_response_breached", "First"),
                Column("next_response_breached", "Next"),
                Column("resolution_breached", "Resolution"),
            ],
        },
    ),
    Section(
        "What became of it",
        "",
        {
            "Resolved": [Column("resolved", "Cases"), Column("resolution_rate", "Rate")],
            "Answered": [
                Column("answered", "Cases"),
                Column("unneeded", "Not needed"),
                Column("response_rate", "Rate"),
            ],
            "Promises": [
                Column("promises_kept", "Kept"),
                Column("promises_broken", "Broken"),
                Column("promise_rate", "Rate"),
                Column("promises_moved", "Moved"),
            ],
            "Satisfaction": [Column("ratings", "Ratings"), Column("satisfaction", "Mean")],
        },
    ),
)
"""Together they show every measure."""

_USED = (
    (Section("Quick replies", "", {"": [Column(QUICK_REPLIES, "Uses")]}), "Button"),
    (Section("FAQ answers", "", {"": [Column(FAQS, "Times")]}), "Answer"),
    (
        Section("Pages", "", {"": [Column(OFFERED, "Offered"), Column(SOLVED, "Solved")]}),
        "Page",
    ),
)


def tables_of(report: Report, asked: Asked, labels: Labels) -> list[Table]:
    """One for each section."""
    return [
        Table(
            section,
            BY_WORDS[report.by],
            [
                Line(labels.group(report.by, row.group), _cells(section, row, asked, row.group))
                for row in report.rows
            ],
            Line("Total", _cells(section, report.total, asked, None)),
        )
        for section in SECTIONS
    ]


def used_tables(report: Report, asked: Asked, labels: Labels) -> list[Table]:
    """Quick replies, FAQ answers and pages, most used first; those that were not used are left
    out."""
    found = (report.quick_replies, report.faqs, report.pages)
    names: tuple[Callable[[str], str], ...] = (str, str, labels.page)
    return [
        Table(
            section,
            corner,
            [Line(name(row.group), _cells(section, row, asked, row.group)) for row in rows],
        )
        for (section, corner), rows, name in zip(_USED, found, names, strict=True)
        if rows
    ]


def tiles_of(report: Report, asked: Asked) -> list[Tile]:
    """The few numbers to begin with."""
    cells = report.total.cells

    def tile(label: str, measure: str, more: str) -> Tile:
        return Tile(label, _number(cells[measure], measure, asked, None), more)

    def count(measure: str) -> str:
        return shown(cells[measure].value, "count")

    open_median = shown(cells["first_response_business_median"].value, "seconds")
    customers = len(cells["customers"].behind)
    undecided = cells["undecided"].value
    return [
        tile(
            "Conversations",
            "conversations",
            f"{count('messages')} messages, {counted(customers, 'customer')}",
        ),
        tile(
            "Without a person",
            "unaided_share",
            f"{count('unaided')} of {len(cells['unaided_share'].behind):,}"
            + (f"; {undecided:,} not decided yet" if undecided else ""),
        ),
        tile("Cases", "cases", f"{count('critical')} critical, {count('high')} high"),
        tile("First response, median", "first_response_median", f"{open_median} in open hours"),
        tile(
            "Promises kept",
            "promise_rate",
            f"{count('promises_kept')} kept, {count('promises_broken')} broken",
        ),
        tile("Satisfaction", "satisfaction", counted(len(cells["ratings"].behind), "rating")),
    ]


def _cells(section: Section, row: Row, asked: Asked, value: str | None) -> list[Shown]:
    return [
        _number(
            row.cells[column.measure],
            column.measure,
            asked,
            value,
            _number(row.cells[column.beside], column.beside, asked, value)
            if column.beside and row.cells[column.beside].value is not None
            else None,
        )
        for column in section.columns
    ]


def _number(
    cell: Cell, measure: str, asked: Asked, value: str | None, beside: Shown | None = None
) -> Shown:
    unit: Unit = UNITS.get(measure, "count")
    row = {} if value is None else {"value": value}
    address = f"{CASES_PAGE}?{asked.query(**row, measure=measure)}" if cell.behind else ""
    return Shown(shown(cell.value, unit), _exact(cell, unit), address, beside)


def _exact(cell: Cell, unit: Unit) -> str:
    if cell.value is None or unit in ("count", "mean"):
        return ""
    return f"{cell.value} seconds" if unit == "seconds" else str(cell.value)
