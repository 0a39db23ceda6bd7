"""Open time between any two moments, looked up instead of counted hour by hour.

A report asks for the open time of thousands of spans in the same few weeks; a calendar walks
through every day of each.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.cases.problem import FALLBACK_TOPIC
from bot.errors import ConfigurationError
from bot.playbook.content import Content
from bot.playbook.hours import HORIZON, Calendar

_NONE = timedelta(0)


@dataclass(frozen=True)
class Hours:
    """The calendar of each team, and the home calendar, whose zone is the report's; it also serves
    for teams that are no more."""

    home: Calendar
    teams: Mapping[str, Calendar]

    @classmethod
    def of(cls, content: Content) -> Hours:
        """As the playbook says; home is the team of the topic `other`."""
        book = content.playbook
        teams = {name: content.calendars[team.calendar] for name, team in book.teams.items()}
        return cls(teams[book.topics[FALLBACK_TOPIC].team], teams)

    def of_team(self, team: str) -> Calendar:
        return self.teams.get(team, self.home)


class OpenTime:
    """The open hours of one calendar from `start` to `end`, added up once."""

    def __init__(self, calendar: Calendar, start: datetime, end: datetime) -> None:
        self._opens: list[datetime] = []
        self._lasts: list[timedelta] = []
        self._before: list[timedelta] = []
        total, at = _NONE, start
        while at < end and (opens := _next_opening(calendar, at)) and opens < end:
            at = calendar.closes_at(opens) or opens + HORIZON
            self._opens.append(opens)
            self._lasts.append(at - opens)
            self._before.append(total)
            total += at - opens

    def between(self, start: datetime, end: datetime) -> timedelta:
        """As `Calendar.business_between`, for moments inside the time this was made for."""
        return self._until(end) - self._until(start) if start < end else _NONE

    def _until(self, at: datetime) -> timedelta:
        place = bisect_right(self._opens, at) - 1
        if place < 0:
            return _NONE
        return self._before[place] + min(at - self._opens[place], self._lasts[place])


def _next_opening(calendar: Calendar, at: datetime) -> datetime | None:
    try:
        return calendar.next_opening(at)
    except ConfigurationError:
        return None
