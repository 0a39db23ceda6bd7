"""The promise: when the customer hears from a person, computed in the team's business time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from bot.cases.case import Case
from bot.cases.problem import FALLBACK_TOPIC
from bot.cases.timestamps import aware, write_utc
from bot.playbook.content import Content
from bot.playbook.hours import Calendar as TeamCalendar
from bot.playbook.model import Severity, Team, Topic

PROMISE_MOVED = "promise_moved"
"""The history entry of a case whose customer got a new promise; there is never a second one."""

_LONGEST_NOTICE = timedelta(minutes=15)
_SHARE_OF_NOTICE = 4


class Calendar(Protocol):
    """What promises need of bot.playbook.hours: all moments are aware, in UTC."""

    def is_open(self, at: datetime) -> bool:
        """Whether people are in."""

    def next_opening(self, at: datetime) -> datetime:
        """`at` itself when open, else when people are back."""

    def add_business(self, at: datetime, duration: timedelta) -> datetime:
        """When `duration` of open time has passed since `at`."""


@dataclass(frozen=True)
class Promise:
    """`respond_by` is the case's SLA due time; `opens_at` is when people are back, None while they
    are in."""

    respond_by: datetime
    opens_at: datetime | None


def calendar_of(team: str, content: Content) -> TeamCalendar:
    """When the people of a team are in."""
    return content.calendars[team_of(team, content).calendar]


def team_of(name: str, content: Content) -> Team:
    """The team; one that the playbook does not have any more counts as the team of whatever else
    comes, so that its open cases can still be worked on."""
    playbook = content.playbook
    return playbook.teams.get(name) or playbook.teams[playbook.topics[FALLBACK_TOPIC].team]


def topic_of(case: Case, content: Content) -> Topic:
    """The case's topic; one that is gone counts as the fallback topic."""
    topics = content.playbook.topics
    return topics.get(case.topic) or topics[FALLBACK_TOPIC]


def due(opened_at: datetime, severity: Severity, topic: Topic, calendar: Calendar) -> datetime:
    """When the first answer is due, in UTC. Raises ValueError for a moment without a time zone."""
    return calendar.add_business(aware(opened_at), topic.sla[severity])


def make_promise(at: datetime, severity: Severity, topic: Topic, calendar: Calendar) -> Promise:
    """The promise for a case that is opened, or has got worse, at `at`."""
    opens_at = None if calendar.is_open(at) else calendar.next_opening(at)
    return Promise(due(at, severity, topic, calendar), opens_at)


def promised(case: Case, now: datetime, content: Content) -> Promise:
    """What the customer of a case is promised, as it stands."""
    calendar = calendar_of(case.team, content)
    opens_at = None if calendar.is_open(now) else calendar.next_opening(now)
    return Promise(case.sla.respond_by, opens_at)


def check_at(case: Case, topic: Topic) -> datetime:
    """When the case's promise is about to break: a quarter of the agreed time before it is due, at
    most 15 minutes, so that the customer hears it before and the team has most of its time."""
    return case.sla.respond_by - notice_of(topic.sla[case.severity])


def notice_of(agreed: timedelta) -> timedelta:
    """How long before the end of an agreed time it is spoken of: a quarter, at most 15 minutes."""
    return min(agreed / _SHARE_OF_NOTICE, _LONGEST_NOTICE)


def next_promise(case: Case, now: datetime, topic: Topic, calendar: Calendar) -> Promise | None:
    """A new promise, computed from `now`, when the old one is about to break or has broken.

    None when there is time left, when a person has answered or the case is done, when the promise
    was moved before (once is all), and when the new one would not be later.
    """
    if now < check_at(case, topic) or case.happened(PROMISE_MOVED) or is_answered(case):
        return None
    promise = make_promise(now, case.severity, topic, calendar)
    return promise if promise.respond_by > case.sla.respond_by else None


def move_promise(case: Case, promise: Promise, now: datetime) -> Case:
    """The case with its new due time, noted in its history with the old one.

    Raises ValueError when it was moved before.
    """
    if case.happened(PROMISE_MOVED):
        raise ValueError("the promise of a case is moved once only")
    moved = replace(case, sla=replace(case.sla, respond_by=promise.respond_by))
    return moved.noted(now, "bot", PROMISE_MOVED, before=write_utc(case.sla.respond_by))


def is_answered(case: Case) -> bool:
    """Whether nobody of ours owes the customer an answer: they have it, or it is done."""
    return case.status not in ("new", "claimed")
