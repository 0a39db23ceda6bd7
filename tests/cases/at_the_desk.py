"""A case, a clock and people who work on it, with calendars in hand: for the tests of deeds.

The office is open Monday to Friday from nine to six in London, but for a holiday on Wednesday the
11th of March 2026; the late shift from two to ten every day; the watch always.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.cases.case import Case, Customer, Sla
from bot.cases.filing import customer_wrote
from bot.cases.handling import NotAllowed, Step
from bot.cases.promise import calendar_of, due
from bot.cases.targets import person_waits, start
from bot.cases.turn import Fact
from bot.cases.watching import watch
from bot.playbook.content import Content, load_content
from bot.playbook.hours import Calendar, Span
from bot.playbook.model import Severity, TakeOver, Targets, Team
from tests.cases.conftest import PLAYBOOK

ANN, BOB, CY = "u-ann", "u-bob", "u-cy"
MONDAY = datetime(2026, 3, 9, 9, tzinfo=timezone.utc)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

LONDON = ZoneInfo("Europe/London")
CALENDARS = {
    "office": Calendar(
        "office",
        LONDON,
        {day: (Span(9 * 60, 18 * 60),) for day in range(5)},
        closed_days=frozenset([date(2026, 3, 11)]),
    ),
    "late": Calendar("late", LONDON, {day: (Span(14 * 60, 22 * 60),) for day in range(7)}),
    "always": Calendar("always", LONDON, {day: (Span(0, 24 * 60),) for day in range(7)}),
}


def _hours(critical: float, high: float, normal: float, low: float) -> dict[Severity, timedelta]:
    times = (low, normal, high, critical)
    return {severity: hours * HOUR for severity, hours in zip(Severity, times, strict=True)}


TARGETS = Targets(next_response=_hours(0.5, 1, 4, 8), resolution=_hours(4, 8, 24, 40))
"""First responses are those of the topics: 30 minutes, 2, 8 and 16 hours."""

TEAMS = {
    "support": Team("support", {"en": "support"}, "office", targets=TARGETS),
    "money": Team("money", {"en": "money"}, "late", targets=TARGETS),
    "trust": Team("trust", {"en": "trust"}, "always", targets=TARGETS),
}
CONTENT: Content = replace(
    load_content(Path(__file__).parents[1] / "playbook" / "sample", {}),
    playbook=replace(PLAYBOOK, teams=TEAMS, take_over=TakeOver(15 * MINUTE, 30 * MINUTE)),
    calendars=CALENDARS,
)


def opened(at: datetime = MONDAY, severity: Severity = Severity.HIGH, **more: Any) -> Case:
    """A case of the office, about a delivery, as the bot leaves it."""
    values: dict[str, Any] = {
        "id": "ND-2345678",
        "channel": "web",
        "conversation": "web:1",
        "customer": Customer("1"),
        "visibility": "private",
        "topic": "delivery",
        "subtopic": "late",
        "severity_reasons": ("A parcel is late",),
        "sentiment": "neutral",
        "team": "support",
        "summary": "Where is my parcel",
    }
    values |= more
    topic, calendar = CONTENT.playbook.topics[values["topic"]], calendar_of(values["team"], CONTENT)
    sla = Sla(due(at, severity, topic, calendar))
    case = Case(opened_at=at, severity=severity, sla=sla, **values)
    return start(case.noted(at, "bot", "opened", severity=severity.word), CONTENT)


@dataclass
class Desk:
    """The case at `now`; `last` is the step that was done last, `facts` are those of all."""

    case: Case = field(default_factory=opened)
    now: datetime = MONDAY
    content: Content = CONTENT
    others: tuple[Case, ...] = ()
    facts: list[Fact] = field(default_factory=list)
    last: Step | None = None

    def does(self, who: str, deed: Callable[..., None], *more: Any, **options: Any) -> Case:
        """Somebody does something; the case as it is then."""
        step = Step(self.case, who, self.now, self.content, self.others)
        deed(step, *more, **options)
        self.case, self.last = step.case, step
        self.facts += step.facts
        return self.case

    def refuses(self, who: str, deed: Callable[..., None], *more: Any, **options: Any) -> str:
        """The code of the refusal, and who has the case where that is the reason."""
        try:
            self.does(who, deed, *more, **options)
        except NotAllowed as refusal:
            return f"{refusal.code} {refusal.holder}".strip()
        return ""

    def customer_writes(self) -> Case:
        self.case = customer_wrote(self.case, self.now, self.content)
        return self.case

    def customer_closes(self) -> Case:
        """As the dialogue does when they say that it is solved."""
        done = replace(person_waits(self.case, self.now, self.content), status="closed")
        self.case = done.noted(self.now, "customer", "closed")
        return self.case

    def looks(self) -> list[str]:
        """The clock looks at the case; the facts of that."""
        self.does("bot", watch)
        assert self.last is not None
        return [fact.type for fact in self.last.facts]

    def wait(self, **by: float) -> Desk:
        self.now += timedelta(**by)
        return self

    def at(self, day: int, hour: int, minute: int = 0) -> Desk:
        """Of March 2026, in UTC, which is the time of London then."""
        self.now = datetime(2026, 3, day, hour, minute, tzinfo=timezone.utc)
        return self

    @property
    def said(self) -> list[tuple[str, str]]:
        """Who said what kind of thing to the customer in the last step."""
        assert self.last is not None
        return [(line.who or "bot", line.reply.kind) for line in self.last.lines]

    @property
    def fact(self) -> dict[str, Any]:
        """The last fact, with its type."""
        return {"type": self.facts[-1].type, **self.facts[-1].about}


def march(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=timezone.utc)
