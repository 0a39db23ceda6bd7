"""The report as a table of texts: the CSV, and numbers as people read them."""

from __future__ import annotations

import csv
import io

from bot.insights.measures import MEASURES, Value
from bot.insights.report import Report

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
