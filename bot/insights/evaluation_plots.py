"""The plots of the evaluation's pages: what each shows, and the same in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.insights.drawing import (
    CRITICAL,
    GROUND,
    HIGH,
    LOW,
    MAIN,
    NORMAL,
    SECOND,
    Plot,
    legend,
    literal,
    plotted,
)
from bot.insights.evaluation_scores import Confusion, Part, Scorecard
from bot.insights.intervals import f1_scores

_ROW_HEIGHT, _AROUND_ROWS = 30, 64
_PAINTS = (MAIN, LOW, SECOND)
"""All conversations, those before the held out ones, the held out ones."""
_LEVELS = {"low": LOW, "normal": NORMAL, "high": HIGH, "critical": CRITICAL}
_SHOWN = {
    "topic_exact": "Topic",
    "topic_accepted": "Topic, or fine",
    "severity_exact": "Severity",
    "severity_macro_f1": "Severity, F1",
    "sentiment": "Sentiment",
    "wants_human_f1": "Wants a person, F1",
    "fields_precision": "Details, precision",
    "fields_recall": "Details, recall",
}


def draw_label_plots(scorecard: Scorecard) -> list[Plot]:
    """The figures with their bounds, where severities land, and the topics' F1 scores."""
    confusions = {confusion.name: confusion for confusion in scorecard.confusions}
    plots = [_figures(scorecard.parts)]
    if "severity" in confusions:
        plots.append(_severities(confusions["severity"]))
    if "topic" in confusions:
        plots.append(_topics(confusions["topic"]))
    return plots


def _figures(parts: Sequence[Part]) -> Plot:
    title = "The figures, and what they lie between"
    known = {figure.name for figure in parts[0].figures if figure.estimate.of}
    names = [name for name in _SHOWN if name in known]
    if not names:
        return Plot("plot-figures", title, "Nothing is labelled.")
    all_of_them = {figure.name: figure.estimate for figure in parts[0].figures}
    words = "; ".join(
        f"{_SHOWN[name]} {all_of_them[name].value:.0%}, between {all_of_them[name].low:.0%} and"
        f" {all_of_them[name].high:.0%}"
        for name in names
    )

    def draw(axes: Any) -> None:
        for number, (part, paint) in enumerate(zip(parts, _PAINTS, strict=False)):
            _whiskers(axes, part, names, paint, (number - (len(parts) - 1) / 2) * 0.24)
        axes.set_yticks(range(len(names)), [_SHOWN[name] for name in names])
        axes.set_ylim(len(names) - 0.4, -0.6)
        _share_axis(axes)
        if len(parts) > 1:
            legend(axes)

    return plotted("plot-figures", title, f"{words}.", draw, _height(names))


def _whiskers(axes: Any, part: Part, names: Sequence[str], paint: str, aside: float) -> None:
    """A dot for each figure and a line between its bounds."""
    found = {figure.name: figure.estimate for figure in part.figures}
    known = [(place, found[name]) for place, name in enumerate(names) if found[name].of]
    places = [place + aside for place, _ in known]
    axes.hlines(places, [e.low for _, e in known], [e.high for _, e in known], paint, linewidth=2)
    axes.plot([e.value for _, e in known], places, "o", color=paint, label=literal(part.name))


def _severities(confusion: Confusion) -> Plot:
    title = "Where the cases of each level land"
    rows = [
        (name, row) for name, row in zip(confusion.classes, confusion.counts, strict=True)
        if row.sum()
    ][::-1]  # fmt: skip
    words = "; ".join(
        f"of {row.sum()} {name}: "
        + ", ".join(
            f"{count} {read}" for read, count in zip(confusion.classes, row, strict=True) if count
        )
        for name, row in rows
    )

    def draw(axes: Any) -> None:
        before = [0.0] * len(rows)
        for column, read in enumerate(confusion.classes):
            shares = [row[column] / row.sum() for _, row in rows]
            axes.barh(
                range(len(rows)), shares, 0.62, before,
                color=_LEVELS[read], edgecolor=GROUND, linewidth=0.8, label=f"read as {read}",
            )  # fmt: skip
            before = [start + share for start, share in zip(before, shares, strict=True)]
        axes.set_yticks(range(len(rows)), [f"{name} ({row.sum()})" for name, row in rows])
        axes.set_ylim(len(rows) - 0.4, -0.6)
        _share_axis(axes)
        legend(axes, columns=2)

    return plotted("plot-severities", title, f"{words}.", draw, _height(rows) + 24)


def _topics(confusion: Confusion) -> Plot:
    title = "F1 score of each topic"
    scores = f1_scores(confusion.counts)
    rows = [
        (name, int(row.sum()), float(score))
        for name, row, score in zip(confusion.classes, confusion.counts, scores, strict=True)
        if row.sum()
    ]
    rows.sort(key=lambda row: -row[1])
    words = "; ".join(f"{name} {score:.0%} of {count}" for name, count, score in rows)

    def draw(axes: Any) -> None:
        drawn = axes.barh(range(len(rows)), [score for *_, score in rows], 0.62, color=MAIN)
        axes.bar_label(drawn, [f"{score:.0%}" for *_, score in rows], padding=5)
        axes.set_yticks(range(len(rows)), [literal(f"{name} ({n})") for name, n, _ in rows])
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.set_xlim(0, 1.15)
        axes.xaxis.set_visible(False)
        axes.spines["bottom"].set_visible(False)

    return plotted("plot-topics", title, f"{words}.", draw, _height(rows) - 36)


def _height(rows: Sequence[Any]) -> int:
    return _AROUND_ROWS + _ROW_HEIGHT * len(rows)


def _share_axis(axes: Any) -> None:
    axes.set_xlim(0, 1)
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "25 %", "50 %", "75 %", "100 %"])
    axes.xaxis.grid(True)
