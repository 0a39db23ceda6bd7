"""The plots of the report: what each shows, and the same in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
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
    lying_bars,
    plotted,
)
from bot.insights.measures import Cell
from bot.insights.report import STARS, Report, Row
from bot.insights.wording import counted, day_in_words, days_in_words, in_words

_MOST_BARS = 8
_MANY_DAYS = 31
_MOST_DAY_TICKS = 6
_MOST_TIME_TICKS = 5
_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
_STEPS = [
    *(minutes * _MINUTE for minutes in (1, 2, 5, 10, 15, 30)),
    *(hours * _HOUR for hours in (1, 2, 4, 6, 12)),
    *(days * _DAY for days in (1, 2, 5, 10, 20, 50, 100)),
]

Labels = Callable[[str], str]
Draw = Callable[[Any, "Days"], None]


@dataclass(frozen=True)
class Days:
    """The report by day, with the days on which nothing happened."""

    report: Report

    @property
    def rows(self) -> Mapping[str, Row]:
        return {row.group: row for row in self.report.rows}

    def values(self, measure: str) -> list[int | None]:
        """One for each day; None where the measure is not defined, or nothing happened."""
        known = self.rows
        rows = [known.get(day.isoformat()) for day in self.report.period.days]
        return [_number(row.cells[measure]) if row else None for row in rows]

    def counts(self, measure: str) -> list[int]:
        return [value or 0 for value in self.values(measure)]

    def total(self, measure: str) -> int:
        return _number(self.report.total.cells[measure]) or 0


def _number(cell: Cell) -> int | None:
    return None if cell.value is None else int(cell.value)


def draw_plots(by_day: Report, by_topic: Report, topic_label: Labels = str) -> list[Plot]:
    """All plots of some days. `topic_label` names a topic."""
    days = Days(by_day)
    return [
        _cases(days),
        _first_response(days),
        _promises(days),
        _topics(by_topic, topic_label),
        _satisfaction(by_day),
        _sentiment(by_day),
    ]


_SEVERITIES = {"critical": CRITICAL, "high": HIGH, "normal": NORMAL, "low": LOW}
_SENTIMENTS = {"negative": BAD, "neutral": LOW, "positive": GOOD}


def _cases(days: Days) -> Plot:
    title = "Cases per day, by severity"
    if not days.total("cases"):
        return Plot("plot-cases", title, "No cases in these days.")
    parts = ", ".join(f"{days.total(name):,} {name}" for name in _SEVERITIES)
    words = (
        f"{_period(days.report)}: {counted(days.total('cases'), 'case')}, of these {parts}."
        f" {_most(days, 'cases')}"
    )
    stacks = [(name, colour, days.counts(name)) for name, colour in _SEVERITIES.items()]
    return plotted("plot-cases", title, words, lambda axes: _stack(axes, days, stacks))


def _promises(days: Days) -> Plot:
    title = "Promises kept and broken, by the day of the case"
    kept, broken = days.total("promises_kept"), days.total("promises_broken")
    if not kept + broken:
        return Plot("plot-promises", title, "No promise has come due in these days.")
    words = (
        f"{_period(days.report)}: {counted(kept, 'promise')} kept, {broken:,} broken."
        f" {_most(days, 'promises_broken', 'broken ') if broken else ''}"
    ).strip()
    stacks = [
        ("kept", MAIN, days.counts("promises_kept")),
        ("broken", BAD, days.counts("promises_broken")),
    ]
    return plotted("plot-promises", title, words, lambda axes: _stack(axes, days, stacks))


def _most(days: Days, measure: str, what: str = "") -> str:
    counts = days.counts(measure)
    day = days.report.period.days[counts.index(max(counts))]
    return f"Most {what}on {day_in_words(day)}: {max(counts):,}." if len(counts) > 1 else ""


def _first_response(days: Days) -> Plot:
    title = "Time to first response, by the day of the case"
    cells = days.report.total.cells
    median = _number(cells["first_response_median"])
    p90 = _number(cells["first_response_p90"])
    if median is None or p90 is None:
        return Plot("plot-response", title, "No case of these days has been answered yet.")
    answered = counted(days.total("answered"), "answered case")
    words = (
        f"{_period(days.report)}, {answered}: half within {in_words(median)}, nine of ten within"
        f" {in_words(p90)}, by the clock."
    )
    medians = days.values("first_response_median")
    longest = days.values("first_response_p90")

    def draw(axes: Any) -> None:
        _ranges(axes, medians, longest)
        _time_axis(axes, max(value for value in longest if value is not None))
        _day_axis(axes, days)
        legend(axes)

    return plotted("plot-response", title, words, draw)


def _topics(report: Report, label: Labels) -> Plot:
    title = "Cases by topic"
    rows = [row for row in report.rows if row.cells["cases"].behind]
    if not rows:
        return Plot("plot-topics", title, "No cases in these days.")
    shown = rows if len(rows) <= _MOST_BARS else rows[: _MOST_BARS - 1]
    bars = [(label(row.group), len(row.cells["cases"].behind), MAIN) for row in shown]
    if rest := rows[len(shown) :]:
        cases = sum(len(row.cells["cases"].behind) for row in rest)
        bars.append((f"{len(rest)} other topics", cases, LOW))
    words = f"{_period(report)}: " + ", ".join(f"{name} {cases:,}" for name, cases, _ in bars) + "."
    return lying_bars("plot-topics", title, words, bars)


def _sentiment(report: Report) -> Plot:
    title = "How customers felt"
    bars = [
        (name, len(report.total.cells[name].behind), colour) for name, colour in _SENTIMENTS.items()
    ]
    if not any(cases for _, cases, _ in bars):
        return Plot("plot-sentiment", title, "No cases in these days.")
    words = f"{_period(report)}: " + ", ".join(f"{name} {cases:,}" for name, cases, _ in bars)
    return lying_bars("plot-sentiment", title, f"{words}; one for each case.", bars)


def _satisfaction(report: Report) -> Plot:
    title = "Satisfaction, from 1 to 5"
    if not sum(report.stars):
        return Plot("plot-satisfaction", title, "Nobody has rated a case of these days yet.")
    counts = reversed(list(zip(STARS, report.stars, strict=True)))
    bars = [(str(stars), count, MAIN) for stars, count in counts]
    average = report.total.cells["satisfaction"].value
    parts = ", ".join(f"{counted(count, 'time')} {stars}" for stars, count, _ in bars)
    words = (
        f"{_period(report)}: {counted(sum(report.stars), 'rating')}, {average} on average; {parts}."
    )
    return lying_bars("plot-satisfaction", title, words, bars)


def _period(report: Report) -> str:
    return days_in_words(report.period.first, report.period.last)


def _stack(axes: Any, days: Days, stacks: Sequence[tuple[str, str, list[int]]]) -> None:
    """A column for each day; of many days, which take long to draw singly, they are joined."""
    below = [0] * len(days.report.period.days)
    places = range(len(below))
    for label, colour, counts in stacks:
        top = [low + count for low, count in zip(below, counts, strict=True)]
        if len(below) <= _MANY_DAYS:
            axes.bar(
                places, counts, 0.78, below,
                color=colour, edgecolor=GROUND, linewidth=0.8, label=label,
            )  # fmt: skip
        else:
            axes.fill_between(
                places, below, top, step="mid", color=colour, linewidth=0, label=label
            )
        below = top
    axes.set_ylim(0, max(below) * 1.05)
    axes.yaxis.get_major_locator().set_params(integer=True, nbins=5)
    axes.yaxis.grid(True)
    _day_axis(axes, days)
    legend(axes)


def _ranges(axes: Any, low: Sequence[int | None], high: Sequence[int | None]) -> None:
    """For each day a line from its median up to what 90 % stay within."""
    spans = [
        (place, least, most)
        for place, (least, most) in enumerate(zip(low, high, strict=True))
        if least is not None and most is not None
    ]
    places, lows, highs = zip(*spans, strict=True)
    size = 7 if len(low) <= _MANY_DAYS else 3
    axes.vlines(places, lows, highs, color=LOW, linewidth=1.5, zorder=1.5)
    axes.plot(places, highs, "s", color=SECOND, label="90 % within", markersize=size, clip_on=False)
    axes.plot(places, lows, "o", color=MAIN, label="median", markersize=size - 1, clip_on=False)


def _day_axis(axes: Any, days: Days) -> None:
    all_days = days.report.period.days
    step = -(-len(all_days) // _MOST_DAY_TICKS)
    ticks = range(0, len(all_days), step)
    axes.set_xticks(ticks, [_short(all_days[tick]) for tick in ticks])
    axes.set_xlim(-0.6, len(all_days) - 0.4)


def _short(day: date) -> str:
    return f"{day.day} {day:%b}"


def _time_axis(axes: Any, longest: int) -> None:
    step = next((s for s in _STEPS if longest <= s * _MOST_TIME_TICKS), _STEPS[-1])
    ticks = range(0, longest + step, step)
    axes.set_yticks(ticks, [in_words(tick) if tick else "0" for tick in ticks])
    axes.set_ylim(0, max(longest * 1.08, step))
    axes.yaxis.grid(True)
