"""How plots are drawn as SVG for a page, and the parts they have in common.

matplotlib is loaded with the first plot (about a second); drawing takes some 50 ms a plot, so
callers do it in a thread. Colours are stand-ins, replaced by the page's own (report.css).
"""

from __future__ import annotations

import io
import threading
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.insights.svg import page_svg

_WIDTH, _HEIGHT = 400, 220
_BAR_HEIGHT, _AROUND_BARS = 26, 20

TEXT = "#fe0001"
LINE = "#fe0002"
GROUND = "#fe0003"
CRITICAL, HIGH, NORMAL, LOW, MAIN, SECOND, GOOD, BAD = (f"#fe001{n}" for n in range(1, 9))
PAINTS: Mapping[str, str] = {
    TEXT: "currentColor",
    LINE: "var(--plot-line)",
    GROUND: "var(--plot-ground)",
    **{f"#fe001{n}": f"var(--plot-{n})" for n in range(1, 9)},
}
"""The colours that are drawn with -> the page's."""

_SETTINGS = {
    "svg.fonttype": "none",
    "svg.hashsalt": "nightdesk",
    "font.family": "DejaVu Sans",
    "font.size": 12,
    "text.color": TEXT,
    "axes.edgecolor": LINE,
    "axes.labelcolor": TEXT,
    "axes.axisbelow": True,
    "axes.spines.left": False,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "grid.color": LINE,
    "grid.linewidth": 0.75,
    "xtick.color": LINE,
    "xtick.labelcolor": TEXT,
    "ytick.color": LINE,
    "ytick.labelcolor": TEXT,
    "ytick.left": False,
    "legend.frameon": False,
    "legend.handlelength": 1.1,
    "legend.handleheight": 0.9,
    "legend.columnspacing": 1.2,
}
_ONE_AT_A_TIME = threading.Lock()
"""matplotlib's settings are the process's."""


@dataclass(frozen=True)
class Plot:
    """`svg` is empty when there is nothing to draw; `words` then say so."""

    name: str
    title: str
    words: str
    svg: str = ""


def plotted(
    name: str, title: str, words: str, draw: Callable[[Any], None], height: int = _HEIGHT
) -> Plot:
    """`draw` is given matplotlib's axes; `height` is in pixels of a plot 400 wide."""
    with _ONE_AT_A_TIME:
        drawing = _drawn(draw, height)
    return Plot(name, title, words, page_svg(drawing, name, title, words, PAINTS))


def _drawn(draw: Callable[[Any], None], height: int) -> str:
    # What matplotlib 3.5 uses of newer libraries' past is its own affair, not this log's.
    warnings.filterwarnings("ignore", category=DeprecationWarning, module=r"matplotlib\.")
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    out = io.StringIO()
    with rc_context(_SETTINGS):
        figure = Figure(figsize=(_WIDTH / 72, height / 72))
        axes = figure.add_subplot()
        axes.patch.set_visible(False)
        draw(axes)
        figure.patch.set_visible(False)
        figure.tight_layout(pad=0.6)
        figure.savefig(out, format="svg", metadata={"Date": None})
    return out.getvalue()


def literal(label: str) -> str:
    """matplotlib takes what stands between two dollars for a formula."""
    return label.replace("$", r"\$")


def legend(axes: Any, columns: int = 4) -> None:
    axes.legend(loc="lower left", bbox_to_anchor=(-0.02, 0.99), ncol=columns, borderaxespad=0)


def lying_bars(name: str, title: str, words: str, bars: Sequence[tuple[str, int, str]]) -> Plot:
    """Bars that lie, with their names before and their counts behind them."""

    def draw(axes: Any) -> None:
        counts = [count for _, count, _ in bars]
        drawn = axes.barh(range(len(bars)), counts, 0.66, color=[colour for *_, colour in bars])
        axes.bar_label(drawn, [f"{count:,}" for count in counts], padding=5)
        axes.set_yticks(range(len(bars)), [literal(label) for label, _, _ in bars])
        axes.set_xlim(0, max(counts) * 1.15)
        axes.set_ylim(len(bars) - 0.4, -0.6)
        axes.xaxis.set_visible(False)
        axes.spines["bottom"].set_visible(False)

    return plotted(name, title, words, draw, _AROUND_BARS + _BAR_HEIGHT * len(bars))
