"""The plots of the evaluation's pages: what each shows, and the same in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.insights.drawing import (
    BAD,
    CRITICAL,
    GOOD,
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
from bot.insights.evaluation.readings import Crossing
from bot.insights.evaluation.scores import Confusion, Part
from bot.insights.evaluation.wording import between, percent
from bot.insights.intervals import Estimate, f1_scores

_ROW_HEIGHT, _AROUND_ROWS = 30, 64
_PAINTS = (MAIN, LOW, SECOND, GOOD, BAD)
"""Of the parts side by side: all first."""
_LEVELS = {"low": LOW, "normal": NORMAL, "high": HIGH, "critical": CRITICAL}

Shown = Mapping[str, str]
"""The figures of a plot -> what they are called there."""


def figures_plot(parts: Sequence[Part], shown: Shown) -> Plot:
    """The figures with their bounds, the parts side by side."""
    title = "The figures, and what they lie between"
    found = {figure.name: figure.estimate for figure in parts[0].figures if figure.estimate.of}
    names = [name for name in shown if name in found]
    if not names:
        return Plot("plot-figures", title, "There is nothing to count.")
    words = "; ".join(f"{shown[name]} {_in_words(found[name])}" for name in names)

    def draw(axes: Any) -> None:
        for number, (part, paint) in enumerate(zip(parts, _PAINTS, strict=False)):
            _whiskers(axes, part, names, paint, (number - (len(parts) - 1) / 2) * 0.72 / len(parts))
        axes.set_yticks(range(len(names)), [shown[name] for name in names])
        axes.set_ylim(len(names) - 0.4, -0.6)
        _share_axis(axes)
        if len(parts) > 1:
            legend(axes)

    return plotted("plot-figures", title, f"{words}.", draw, _height(names))


def _in_words(estimate: Estimate) -> str:
    return f"{percent(estimate.value or 0.0)}, from {between(estimate)}"


def _whiskers(axes: Any, part: Part, names: Sequence[str], paint: str, aside: float) -> None:
    """A dot for each figure and a line between its bounds."""
    found = {figure.name: figure.estimate for figure in part.figures}
    known = [(place, found[name]) for place, name in enumerate(names) if found[name].of]
    places = [place + aside for place, _ in known]
    axes.hlines(places, [e.low for _, e in known], [e.high for _, e in known], paint, linewidth=2)
    axes.plot([e.value for _, e in known], places, "o", color=paint, label=literal(part.name))


def severities_plot(confusion: Confusion) -> Plot:
    """Of the cases of each level, the shares that were read as each level."""
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


def topics_plot(confusion: Confusion) -> Plot:
    """The F1 score of each topic that occurs, the most frequent first."""
    title = "F1 score of each topic"
    scores = f1_scores(confusion.counts)
    rows = [
        (name, int(row.sum()), float(score))
        for name, row, score in zip(confusion.classes, confusion.counts, scores, strict=True)
        if row.sum()
    ]
    rows.sort(key=lambda row: -row[1])
    words = "; ".join(f"{name} {percent(score, 0)} of {count}" for name, count, score in rows)

    def draw(axes: Any) -> None:
        drawn = axes.barh(range(len(rows)), [score for *_, score in rows], 0.62, color=MAIN)
        axes.bar_label(drawn, [percent(score, 0) for *_, score in rows], padding=5)
        axes.set_yticks(range(len(rows)), [literal(f"{name} ({n})") for name, n, _ in rows])
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.set_xlim(0, 1.15)
        axes.xaxis.set_visible(False)
        axes.spines["bottom"].set_visible(False)

    return plotted("plot-topics", title, f"{words}.", draw, _height(rows) - 36)


def threshold_plot(curve: Sequence[Crossing]) -> Plot:
    """What is understood, and rightly, where the threshold is moved; the shipped one is marked."""
    title = "What the threshold costs"
    if not curve:
        return Plot("plot-threshold", title, "No example came near a threshold.")
    shipped = next(crossing for crossing in curve if crossing.shift == 0)
    words = (
        f"At the threshold found at training {_crossing_words(shipped)};"
        f" lowest, {_crossing_words(curve[0])}; highest, {_crossing_words(curve[-1])}."
    )

    def draw(axes: Any) -> None:
        shifts = [crossing.shift for crossing in curve]
        axes.plot(
            shifts, [c.understood for c in curve], color=MAIN, linewidth=2, label="understood"
        )
        axes.plot(
            shifts,
            [c.right for c in curve],
            "--",
            color=SECOND,
            linewidth=2,
            label="of these right",
        )
        axes.axvline(0, color=LOW, linewidth=1.5)
        across = axes.get_xaxis_transform()
        axes.text(-0.05, 0.5, "shipped", transform=across, rotation=90, va="center", ha="right")
        axes.yaxis.set_major_formatter(lambda value, _: percent(value, 0))
        axes.yaxis.grid(True)
        axes.set_xlabel("threshold moved by, in logits")
        legend(axes)

    return plotted("plot-threshold", title, words, draw, 260)


def _crossing_words(crossing: Crossing) -> str:
    understood, right = percent(crossing.understood), percent(crossing.right)
    return f"{understood} are understood, of these {right} rightly"


def examples_plot(counts: Mapping[str, Mapping[str, int]]) -> Plot:
    """How many examples each topic has, by language. `counts`: topic -> language -> number."""
    title = "Examples of each topic"
    rows = sorted(counts.items(), key=lambda row: -sum(row[1].values()))
    languages = sorted({name for _, own in rows for name in own}, key=lambda n: (n != "en", n))
    words = "; ".join(
        f"{topic} " + ", ".join(f"{number} {language}" for language, number in own.items())
        for topic, own in rows
    )
    if not rows:
        return Plot("plot-examples", title, "There are no examples of topics.")

    def draw(axes: Any) -> None:
        before = [0] * len(rows)
        for language, paint in zip(languages, _PAINTS, strict=False):
            numbers = [own.get(language, 0) for _, own in rows]
            drawn = axes.barh(range(len(rows)), numbers, 0.62, before, color=paint, label=language)
            before = [start + number for start, number in zip(before, numbers, strict=True)]
        axes.bar_label(drawn, [str(total) for total in before], padding=5)
        axes.set_yticks(range(len(rows)), [literal(topic) for topic, _ in rows])
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.set_xlim(0, max(before) * 1.15)
        axes.xaxis.set_visible(False)
        axes.spines["bottom"].set_visible(False)
        if len(languages) > 1:
            legend(axes)

    return plotted("plot-examples", title, f"{words}.", draw, _height(rows) - 36)


def _height(rows: Sequence[Any]) -> int:
    return _AROUND_ROWS + _ROW_HEIGHT * len(rows)


def _share_axis(axes: Any) -> None:
    axes.set_xlim(0, 1)
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "25 %", "50 %", "75 %", "100 %"])
    axes.xaxis.grid(True)
