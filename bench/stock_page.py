"""What bench/stock.py writes: the tables of docs/benchmarks/stock.md and the plot beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

import matplotlib

matplotlib.use("svg")
from matplotlib import pyplot
from matplotlib.axes import Axes

from bench.pages import keep, machine
from bench.stock_load import CONVERSATIONS

FOLDER = Path(__file__).parents[1] / "docs" / "benchmarks"
PAGE, PLOT = FOLDER / "stock.md", FOLDER / "stock.svg"
NAMES = {
    "stock": "stock Rasa",
    "ours": "Nightdesk",
    "stubbed": "Nightdesk, encoder stubbed",
    "two_workers": "Nightdesk, two workers",
}
COLOURS = {"stock": "#8a8f98", "ours": "#2f6fde", "stubbed": "#8fb8f5", "two_workers": "#1b3f80"}

Figures = Mapping[str, Mapping[str, float]]


def write_page(figures: Figures, load: float, when: datetime) -> None:
    """Puts the tables between the page's marks, and draws the plot."""
    keep(PAGE, "stock", _tables(figures, load, when))
    draw(figures)


def _tables(figures: Figures, load: float, when: datetime) -> Iterator[str]:
    yield f"Machine: {machine()}; its load before: {load:.1f}. Date: {when:%Y-%m-%d}."
    yield ""
    yield from _loads(figures)
    yield ""
    yield from _needs(figures)
    yield ""
    yield from _targets(figures)


def _loads(figures: Figures) -> Iterator[str]:
    yield (
        "| at a time | bot | messages | messages/s | times stock | (each round) | mean ms | p50 ms "
        "| p95 ms | p99 ms | CPU ms a message |"
    )
    yield "|---|---|---|---|---|---|---|---|---|---|---|"
    for at_once in CONVERSATIONS:
        for bot, of in figures.items():
            rate = of[f"{at_once}_per_second"]
            times = rate / figures["stock"][f"{at_once}_per_second"]
            rounds = [v for n, v in of.items() if n.startswith(f"{at_once}_round_")]
            cells = [of[f"{at_once}_{name}"] for name in ("mean_ms", "p50_ms", "p95_ms", "p99_ms")]
            yield (
                f"| {at_once} | {NAMES[bot]} | {of[f'{at_once}_messages']:.0f} | {rate:.1f} "
                f"| {times:.1f} | {', '.join(f'{v:.1f}' for v in rounds)} "
                f"| {' | '.join(f'{cell:.0f}' for cell in cells)} | {of[f'{at_once}_cpu_ms']:.1f} |"
            )


def _needs(figures: Figures) -> Iterator[str]:
    stock, ours = figures["stock"], figures["ours"]
    yield "| | stock Rasa | Nightdesk | stock / Nightdesk |"
    yield "|---|---|---|---|"
    again = f", again {ours['train_again_seconds']:.0f} s"
    for name, form, key, more in (
        ("training", "{:.0f} s", "train_seconds", again),
        ("start to the first answer", "{:.1f} s", "start_seconds", ""),
        ("memory of all processes (PSS)", "{:.0f} MB", "memory_mb", ""),
    ):
        theirs, mine = form.format(stock[key]), form.format(ours[key])
        yield f"| {name} | {theirs} | {mine}{more} | {stock[key] / ours[key]:.1f} |"
    yield ""
    yield (
        f"The encoder takes {ours['encoder_share']:.0%} of Nightdesk's processor time, "
        f"{ours['encoder_ms']:.0f} ms a text: "
        f"{ours['encoded_a_message']:.2f} texts are encoded a message; of the vectors that were "
        f"wanted {ours['cache_hits']:.0%} were known by heart."
    )


def _targets(figures: Figures) -> Iterator[str]:
    stock, ours, stubbed = figures["stock"], figures["ours"], figures["stubbed"]
    speed, slowest = "8_per_second", "32_p95_ms"
    yield "| wanted | measured | held |"
    yield "|---|---|---|"
    for wanted, value, form, least in (
        ("messages/s at 8: at least 5 times stock", ours[speed] / stock[speed], "{:.1f}", 5),
        ("the same, encoder stubbed: 10 times", stubbed[speed] / stock[speed], "{:.1f}", 10),
        ("p95 at 32: at most an eighth of stock's", stock[slowest] / ours[slowest], "1/{:.1f}", 8),
        ("start to the first answer: at most 6 s", ours["start_seconds"], "{:.1f} s", -6),
        ("demo trained in at most 30 s", ours["train_seconds"], "{:.0f} s", -30),
        ("memory: at most 600 MB", ours["memory_mb"], "{:.0f} MB", -600),
    ):
        held = value >= least if least > 0 else value <= -least
        yield f"| {wanted} | {form.format(value)} | {'yes' if held else '**no**'} |"


def draw(figures: Figures) -> None:
    """Two plots side by side: how many messages a second, and how long the slow ones wait."""
    matplotlib.rcParams["svg.hashsalt"] = "nightdesk"
    figure, (speed, wait) = pyplot.subplots(1, 2, figsize=(9, 3.8))
    _bars(speed, figures, "per_second", "messages a second", "{:.0f}")
    _bars(wait, figures, "p95_ms", "95 of 100 answered within, ms (log)", "{:.0f}")
    wait.set_yscale("log")
    handles, labels = speed.get_legend_handles_labels()
    figure.legend(handles, labels, loc="lower center", ncol=4, frameon=False)
    figure.tight_layout(rect=(0, 0.08, 1, 1))
    figure.savefig(PLOT, metadata={"Date": None})
    pyplot.close(figure)


def _bars(axes: Axes, figures: Figures, key: str, title: str, form: str) -> None:
    width = 0.8 / len(figures)
    for number, (bot, of) in enumerate(figures.items()):
        values = [of[f"{at_once}_{key}"] for at_once in CONVERSATIONS]
        places = [place + (number - 1.5) * width for place in range(len(values))]
        bars = axes.bar(places, values, width * 0.92, color=COLOURS[bot], label=NAMES[bot])
        axes.bar_label(bars, [form.format(value) for value in values], fontsize=8, padding=1)
    axes.set_xticks(range(len(CONVERSATIONS)), [f"{n} at a time" for n in CONVERSATIONS])
    axes.set_title(title, fontsize=10, loc="left")
    axes.spines[["top", "right"]].set_visible(False)
    axes.margins(y=0.15)
