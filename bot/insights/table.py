"""The report for programs: as CSV and as JSON."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from bot.cases.timestamps import write_utc
from bot.insights.measures import MEASURES, Value
from bot.insights.report import Report, Row

COLUMNS = ("group", *(measure.name for measure in MEASURES))


def to_csv(report: Report) -> str:
    """A row for each group, then the total; a cell that is not defined is empty."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for row in (*report.rows, report.total):
        writer.writerow([row.group, *(_text(cell.value) for cell in row.cells.values())])
    return out.getvalue()


def _text(value: Value) -> str:
    return "" if value is None else str(value)


def to_json(report: Report) -> dict[str, Any]:
    """The same, with the tables of what was used; null where a cell is not defined."""
    period = report.period
    return {
        "from": period.first.isoformat(),
        "to": period.last.isoformat(),
        "by": report.by,
        "timezone": period.zone.key,
        "as_of": write_utc(report.as_of),
        "rows": _rows(report.rows),
        "total": _row(report.total),
        "quick_replies": _rows(report.quick_replies),
        "faqs": _rows(report.faqs),
        "pages": _rows(report.pages),
    }


def _rows(rows: Iterable[Row]) -> list[dict[str, Any]]:
    return [_row(row) for row in rows]


def _row(row: Row) -> dict[str, Any]:
    return {"group": row.group, **{name: _plain(cell.value) for name, cell in row.cells.items()}}


def _plain(value: Value) -> float | None:
    return float(value) if isinstance(value, Decimal) else value
