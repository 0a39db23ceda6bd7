"""Reports of one store as of now, made for those who ask."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from bot.clock import Now
from bot.insights.asking import Asked
from bot.insights.behind import CaseLine, ContactLine, lines_of
from bot.insights.labels import Labels
from bot.insights.ledger import Ledger
from bot.insights.measures import Cell
from bot.insights.open_time import Hours
from bot.insights.reading import LiveLedger
from bot.insights.report import By, Report, make_report
from bot.playbook.content import Content

LINES_A_PAGE = 100


@dataclass(frozen=True)
class Views:
    """One report by the dimension that was asked for, by day and by topic."""

    asked: Report
    by_day: Report
    by_topic: Report


@dataclass(frozen=True)
class Listed:
    """A page of what is behind a number, out of `total`."""

    lines: list[CaseLine | ContactLine]
    total: int


class Reports:
    """`now` tells what day it is; the ledger has the clock of the facts."""

    def __init__(self, live: LiveLedger, content: Callable[[], Content], now: Now) -> None:
        self._live = live
        self.content = content
        self._now = now

    def today(self) -> date:
        """In the report's zone."""
        zone = Hours.of(self.content()).home.timezone
        return self._now().astimezone(zone).date()

    async def one(self, asked: Asked) -> Report:
        return await self._live.read(self._maker(asked))

    async def views(self, asked: Asked) -> Views:
        make = self._maker(asked)

        def look(ledger: Ledger, as_of: datetime) -> Views:
            report = make(ledger, as_of)
            return Views(report, _by("day", report), _by("topic", report))

        return await self._live.read(look)

    async def listed(
        self, asked: Asked, group: str | None, measure: str, offset: int, labels: Labels
    ) -> Listed:
        make = self._maker(asked)

        def look(ledger: Ledger, as_of: datetime) -> Listed:
            report = make(ledger, as_of)
            cell = report.cell(group, measure) or Cell(0)
            lines = lines_of(cell, offset, LINES_A_PAGE, labels, report.period.zone)
            return Listed(lines, len(cell.behind))

        return await self._live.read(look)

    def _maker(self, asked: Asked) -> Callable[[Ledger, datetime], Report]:
        content = self.content()
        return lambda ledger, as_of: make_report(
            ledger, content, asked.first, asked.last, asked.by, as_of
        )


def _by(by: By, report: Report) -> Report:
    return report if report.by == by else report.regrouped(by)
