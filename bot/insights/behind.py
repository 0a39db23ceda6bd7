"""What is behind one number of the report, as a list to read and to click on. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from bot.insights.asking import USED
from bot.insights.labels import Labels
from bot.insights.measures import OF_CONTACTS, Behind, Cell
from bot.insights.records import CaseRecord, Contact
from bot.insights.wording import UNDEFINED, hours_and_minutes

Kind = Literal["cases", "conversations"]

MEASURE_WORDS = {
    "conversations": "Conversations",
    "messages": "Messages",
    "customers": "Customers",
    "unaided": "Answered without a person",
    "undecided": "Not decided yet",
    "unaided_share": "Conversations that are decided",
    "cases": "Cases",
    "critical": "Critical cases",
    "high": "Cases of high severity",
    "normal": "Cases of normal severity",
    "low": "Cases of low severity",
    "first_response": "Cases with a first response",
    "next_response": "Cases with a next response",
    "resolution": "Resolved cases",
    "resolved": "Resolved cases",
    "resolution_rate": "Cases",
    "answered": "Answered cases",
    "unneeded": "Closed by the customer before an answer",
    "response_rate": "Cases that needed an answer",
    "promises_kept": "Promises kept",
    "promises_broken": "Promises broken",
    "promise_rate": "Promises kept or broken",
    "promises_moved": "Promises moved",
    "ratings": "Rated cases",
    "satisfaction": "Rated cases",
    "negative": "Cases of negative sentiment",
    "neutral": "Cases of neutral sentiment",
    "positive": "Cases of positive sentiment",
    "first_response_breached": "First response too late",
    "next_response_breached": "Next response too late",
    "resolution_breached": "Resolution too late",
    "quick_reply_used": "Quick reply used",
    "faq_answered": "FAQ answer given",
    "resource_offered": "Page offered",
    "solved": "Page that solved it",
}
"""What stands behind a measure; the statistics of a time are looked up by its name alone."""
_STATISTICS = ("_business_median", "_business_p90", "_median", "_p90")


@dataclass(frozen=True)
class CaseLine:
    reference: str
    opened: str
    matter: str
    severity: str
    team: str
    agent: str
    first_response: str
    state: str


@dataclass(frozen=True)
class ContactLine:
    """`case` is '' without one; the rest is '' for what was used, of which only the conversation
    is known."""

    conversation: str
    began: str = ""
    messages: str = ""
    language: str = ""
    case: str = ""


def kind_of(measure: str) -> Kind:
    return "conversations" if measure in OF_CONTACTS or measure in USED else "cases"


def title_of(measure: str) -> str:
    for statistic in _STATISTICS:
        measure = measure.removesuffix(statistic)
    return MEASURE_WORDS[measure]


def lines_of(
    cell: Cell, offset: int, limit: int, labels: Labels, zone: ZoneInfo
) -> list[CaseLine | ContactLine]:
    """Some of what is behind a cell, in its order."""
    chosen: Sequence[Behind] = cell.behind[offset : offset + limit]
    return [_line(one, labels, zone) for one in chosen]


def _line(one: Behind, labels: Labels, zone: ZoneInfo) -> CaseLine | ContactLine:
    if isinstance(one, CaseRecord):
        return _case_line(one, labels, zone)
    if isinstance(one, Contact):
        case = one.case.id if one.case else ""
        began = _moment(one.first_at, zone)
        language = labels.group("language", one.language)
        return ContactLine(one.conversation, began, str(one.messages), language, case)
    return ContactLine(one)


def _case_line(case: CaseRecord, labels: Labels, zone: ZoneInfo) -> CaseLine:
    first = UNDEFINED
    if case.replied_at is not None:
        first = hours_and_minutes(int((case.replied_at - case.opened_at).total_seconds()))
    return CaseLine(
        reference=case.id,
        opened=_moment(case.opened_at, zone),
        matter=labels.group("subtopic", case.matter),
        severity=case.severity,
        team=labels.team(case.team),
        agent=labels.group("agent", case.agent),
        first_response=first,
        state="open" if case.done_at is None else "resolved",
    )


def _moment(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"
