"""Short stories for the report: facts of a week in March 2026 whose Monday is the 2nd."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

from bot.insights.ledger import fold
from bot.insights.measures import Value
from bot.insights.open_time import Hours
from bot.insights.report import By, Report, make_report
from bot.playbook.hours import Calendar, Span

MONDAY = date(2026, 3, 2)
SUNDAY = date(2026, 3, 8)
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

OFFICE = Calendar(
    "office", ZoneInfo("UTC"), {day: (Span(9 * 60, 17 * 60),) for day in range(5)}
)  # fmt: skip
NEW_YORK = Calendar(
    "new_york", ZoneInfo("America/New_York"), {day: (Span(9 * 60, 17 * 60),) for day in range(5)}
)
HOURS = Hours(OFFICE, {"support": OFFICE, "sales": NEW_YORK})

Fact = Mapping[str, Any]


def at(moment: str) -> datetime:
    """`Tue 09:30` or `Tue 09:30:15` of the week; `Tue+7 09:30` of the next."""
    day, clock = moment.split(" ")
    name, _, later = day.partition("+")
    hours, minutes, *seconds = (float(part) for part in clock.split(":"))
    start = datetime.combine(MONDAY, datetime.min.time(), timezone.utc)
    return start + timedelta(
        days=_DAYS.index(name) + int(later or 0),
        hours=hours,
        minutes=minutes,
        seconds=seconds[0] if seconds else 0,
    )


def write(moment: datetime) -> str:
    return moment.replace(tzinfo=None).isoformat() + "Z"


def fact(type_: str, moment: str, conversation: str = "webchat:ann", **about: Any) -> Fact:
    if "respond_by" in about:
        about["respond_by"] = write(at(about["respond_by"]))
    return {"type": type_, "at": write(at(moment)), "conversation": conversation, **about}


def message(moment: str, conversation: str = "webchat:ann") -> Fact:
    return fact("message_received", moment, conversation, message="m-1")


def answered(moment: str, conversation: str = "webchat:ann", replies: int = 1) -> Fact:
    return fact("turn_answered", moment, conversation, replies=replies, ms=20, language="en")


def opened(moment: str, case: str = "ND-1", **about: Any) -> Fact:
    usual = {
        "topic": "billing", "subtopic": "refund", "severity": "normal", "team": "support",
        "channel": "webchat", "sentiment": "neutral", "language": "en", "respond_by": "Fri 17:00",
    }  # fmt: skip
    return fact("case_opened", moment, **{"case": case, **usual, **about})


def told(type_: str, moment: str, case: str = "ND-1", **about: Any) -> Fact:
    """A fact of a case."""
    return fact(type_, moment, case=case, **about)


def replied(moment: str, case: str = "ND-1", waits: bool = False, **about: Any) -> Fact:
    return told("agent_replied", moment, case, agent="u-ada", team="support", waits=waits, **about)


def report_of(
    *facts: Fact,
    by: By = "day",
    first: date = MONDAY,
    last: date = SUNDAY,
    as_of: str = "Mon+14 12:00",
    hours: Hours = HOURS,
) -> Report:
    return make_report(fold(facts, at(as_of)), hours, first, last, by, at(as_of))


def value(report: Report, measure: str, group: str | None = None) -> Value:
    cell = report.cell(group, measure)
    assert cell is not None, group
    return cell.value


def values(report: Report, *measures: str) -> tuple[Value, ...]:
    return tuple(value(report, measure) for measure in measures)
