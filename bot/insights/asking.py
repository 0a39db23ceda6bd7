"""Which report a request asks for, checked value by value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import cast
from urllib.parse import parse_qs, urlencode

from sanic.request import Request

from bot.errors import BadRequest
from bot.insights.measures import UNITS
from bot.insights.report import DIMENSIONS, FAQS, OFFERED, QUICK_REPLIES, SOLVED, By

MOST_DAYS = 366
OFFERED_OR_SOLVED = (OFFERED, SOLVED)
USED = (QUICK_REPLIES, FAQS, *OFFERED_OR_SOLVED)
"""The measures of the tables of what was used."""
_USUAL_DAYS = 7
_EARLIEST, _LATEST = date(2000, 1, 1), date(2100, 1, 1)


@dataclass(frozen=True)
class Asked:
    """Days, both included, and the dimension."""

    first: date
    last: date
    by: By

    def query(self, **more: str) -> str:
        """The same as a query, with `more` behind it."""
        about = {"from": self.first.isoformat(), "to": self.last.isoformat(), "by": self.by}
        return urlencode({**about, **more})


def usual(today: date) -> Asked:
    """The last seven days, by day."""
    return Asked(today - timedelta(days=_USUAL_DAYS - 1), today, DIMENSIONS[0])


def report_asked(request: Request, today: date) -> Asked:
    """From the query: `from`, `to` and `by`; the last seven days, by day, where it does not say.

    Raises BadRequest: bad_from, bad_to, bad_period, bad_by.
    """
    last = _day(request, "to", today)
    first = _day(request, "from", last - timedelta(days=_USUAL_DAYS - 1))
    if first > last:
        raise BadRequest("bad_period", "the first day comes after the last")
    if (last - first).days >= MOST_DAYS:
        raise BadRequest("bad_period", f"a report covers up to {MOST_DAYS} days")
    by = request.args.get("by", DIMENSIONS[0])
    if by not in DIMENSIONS:
        raise BadRequest("bad_by", f"`by` is one of {', '.join(DIMENSIONS)}")
    return Asked(first, last, cast(By, by))


def cell_asked(request: Request) -> tuple[str | None, str]:
    """The row (None: the total) and the measure of a cell, from `value` and `measure`.

    Raises BadRequest: bad_measure.
    """
    query = parse_qs(request.query_string, keep_blank_values=True)
    measure = query.get("measure", [""])[0]
    if measure not in UNITS and measure not in USED:
        raise BadRequest("bad_measure", "`measure` is a column of the report or of its tables")
    return query.get("value", [None])[0], measure


def presets(today: date) -> dict[str, tuple[date, date]]:
    """Usual spans of days, by what they are called."""
    return {
        "Last 7 days": (today - timedelta(days=6), today),
        "Last 28 days": (today - timedelta(days=27), today),
        "This month": (today.replace(day=1), today),
    }


def _day(request: Request, name: str, usual: date) -> date:
    text = request.args.get(name)
    if text is None:
        return usual
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or not _EARLIEST <= day <= _LATEST:
        raise BadRequest(f"bad_{name}", f"`{name}` is a day, such as 2026-03-01")
    return day
