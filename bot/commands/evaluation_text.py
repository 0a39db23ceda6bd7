"""What `nightdesk evaluate` prints: the essential tables of its pages."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Column, Table

from bot.insights.evaluation_scores import Confusion, Scorecard
from bot.insights.intervals import Estimate

_MOST_PAIRS = 8
_MOST_IDS = 6


def print_scorecard(scorecard: Scorecard, console: Console) -> None:
    """The figures of each part, the details, and what is confused most."""
    console.print(_figures(scorecard))
    if scorecard.fields:
        console.print(_fields(scorecard))
    for confusion in scorecard.confusions:
        if confusion.pairs:
            console.print(_pairs(confusion))


def _figures(scorecard: Scorecard) -> Table:
    names = [f"{part.name} ({len(part.judged)})" for part in scorecard.parts]
    title = "Triage against labels, in percent (with 95 % bounds)"
    table = Table("", *(_number(name) for name in names), title=title)
    for figures in zip(*(part.figures for part in scorecard.parts), strict=True):
        if any(figure.estimate.of for figure in figures):
            table.add_row(figures[0].title, *(shown(figure.estimate) for figure in figures))
    return table


def _fields(scorecard: Scorecard) -> Table:
    table = Table("Detail", _number("precision"), _number("recall"))
    for name, (precision, recall) in scorecard.fields.items():
        table.add_row(name, shown(precision), shown(recall))
    return table


def _pairs(confusion: Confusion) -> Table:
    title = f"{confusion.title}: read wrongly most often"
    table = Table("is", "read as", _number("times"), "such as", title=title)
    for pair in confusion.pairs[:_MOST_PAIRS]:
        table.add_row(pair.truth, pair.said, str(len(pair.ids)), _some(pair.ids))
    return table


def _some(ids: Sequence[str]) -> str:
    return ", ".join(ids[:_MOST_IDS]) + (", ..." if len(ids) > _MOST_IDS else "")


def shown(estimate: Estimate) -> str:
    """Such as `74.3 (70-78)`; a dash where there is nothing to count."""
    if estimate.value is None:
        return "-"
    return f"{100 * estimate.value:.1f} ({100 * estimate.low:.0f}-{100 * estimate.high:.0f})"


def _number(title: str) -> Column:
    return Column(title, justify="right", no_wrap=True)
