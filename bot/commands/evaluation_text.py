"""What `nightdesk evaluate` prints: the essential tables of its pages."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from bot.commands.check import problem_line
from bot.insights.evaluation.page import Measured, side_by_side
from bot.insights.evaluation.readings import Crossing, Mixed, mixed_up, threshold_curve
from bot.insights.evaluation.scores import Confusion, Part, Scorecard
from bot.insights.evaluation.wording import mixed_words, place_of
from bot.insights.intervals import Estimate
from bot.playbook.examples import Example

_MOST_PAIRS = 8
_MOST_GAPS = 15
_MOST_CROSSINGS = 8
_MOST_IDS = 6


def print_scorecard(scorecard: Scorecard, console: Console) -> None:
    """The figures of each part, the details, and what is confused most."""
    console.print(_figures(scorecard.parts, "Triage against labels"))
    if scorecard.fields:
        console.print(_fields(scorecard))
    for confusion in scorecard.confusions:
        if confusion.pairs:
            console.print(_pairs(confusion))


def print_measured(measured: Measured, console: Console) -> None:
    """The figures of each language, the threshold, what is mixed up most, and what to write."""
    console.print(_figures(measured.parts, "Examples, read by a model without them"))
    curve = threshold_curve(measured.readings)
    if curve:
        console.print(_curve(curve))
    for pair in mixed_up(measured.readings)[:_MOST_PAIRS]:
        console.print(_mixed(pair))
    for gap in measured.gaps[:_MOST_GAPS]:
        console.print(problem_line(gap))
    if (more := len(measured.gaps) - _MOST_GAPS) > 0:
        console.print(f"... and {more} more on the page")


def _curve(curve: Sequence[Crossing]) -> Table:
    """Some crossings, the shipped one among them."""
    every = max(1, len(curve) // _MOST_CROSSINGS)
    title = "What the threshold costs, in percent"
    table = Table(
        _number("moved by"), _number("understood"), _number("of these right"), title=title
    )
    for place, crossing in enumerate(curve):
        if crossing.shift == 0 or place % every == 0:
            moved = f"{crossing.shift:+.1f}" if crossing.shift else "shipped"
            cells = [moved, f"{100 * crossing.understood:.1f}", f"{100 * crossing.right:.1f}"]
            table.add_row(*cells, style="" if crossing.shift else "bold")
    return table


def _mixed(pair: Mixed) -> Text:
    """One of the examples, and those that draw it away."""
    one = pair.readings[0]
    told = Text.assemble((mixed_words(pair), "bold"), ", such as\n  ", _quoted(one.example))
    for near in one.blamed:
        told.append("\n    near ").append(_quoted(near.example))
    return told


def _quoted(example: Example) -> Text:
    return Text.assemble(f"\u201c{example.text}\u201d ", (place_of(example), "dim"))


def _figures(parts: Sequence[Part], title: str) -> Table:
    names = [f"{part.name} ({part.size})" for part in parts]
    caption = f"{title}, in percent (with 95 % bounds)"
    table = Table("", *(_number(name) for name in names), title=caption)
    for figures in side_by_side(parts):
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
