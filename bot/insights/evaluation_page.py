"""The pages of `nightdesk evaluate` as HTML: each one file, with its styles and plots inside."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from bot.desk.assets import assets
from bot.desk.templating import environment
from bot.insights.evaluation_plots import draw_label_plots
from bot.insights.evaluation_scores import Confusion, Figure, Judged, Scorecard, mistakes_of
from bot.insights.intervals import Estimate, f1_scores
from bot.insights.wording import UNDEFINED

_STYLES = ("desk.css", "report.css", "evaluation.css")
_TILES = (
    "topic_exact", "topic_accepted", "severity_exact", "severity_two_too_low", "sentiment",
    "wants_human_f1",
)  # fmt: skip
_MOST_PAIRS = 12
_MOST_IDS = 15
_HEATS = (0.02, 0.15, 0.35, 0.7)
"""From this share of a row on a cell is drawn in the next darker colour."""


def percent(value: float, digits: int = 1) -> str:
    """0.7432 -> `74.3 %`."""
    exact = Decimal(str(round(value, 6))) * 100
    return f"{exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)} %"


def between(estimate: Estimate) -> str:
    """Such as `70.4 % to 77.9 %`."""
    return f"{percent(estimate.low)} to {percent(estimate.high)}"


def labels_page(scorecard: Scorecard, about: str, made: str, warning: str = "") -> str:
    """`about` says what was scored, `made` when and by what, `warning` what to know first."""
    return _page(
        "evaluation_labels.html",
        about=about,
        made=made,
        warning=warning,
        tiles=list(_tiles(scorecard)),
        plots=draw_label_plots(scorecard),
        parts=scorecard.parts,
        figures=list(_rows(scorecard)),
        topics=_topics(scorecard),
        confusions=[square(confusion) for confusion in scorecard.confusions],
        fields=scorecard.fields,
        wrong=[_wrong(one, told) for one in scorecard.judged if (told := mistakes_of(one))],
    )


def _page(template: str, **values: Any) -> str:
    styles = "\n".join(assets()[name].body.decode("utf-8") for name in _STYLES)
    page = environment.overlay()
    page.filters = {**environment.filters, "percent": percent}
    return page.get_template(template).render(styles=styles, **values)


def _tiles(scorecard: Scorecard) -> Iterable[dict[str, str]]:
    figures = {figure.name: figure for figure in scorecard.parts[0].figures}
    for figure in (figures[name] for name in _TILES):
        value = figure.estimate.value
        yield {
            "title": figure.title,
            "value": UNDEFINED if value is None else percent(value),
            "more": "nothing labelled" if value is None else between(figure.estimate),
        }


def _rows(scorecard: Scorecard) -> Iterable[tuple[Figure, ...]]:
    """The figures of all parts side by side, without those nothing is labelled for."""
    for figures in zip(*(part.figures for part in scorecard.parts), strict=True):
        if any(figure.estimate.of for figure in figures):
            yield figures


def _topics(scorecard: Scorecard) -> list[tuple[str, list[str]]]:
    """Topic -> labelled, read, precision, recall, F1; those that occur."""
    confusion = next((one for one in scorecard.confusions if one.name == "topic"), None)
    return [] if confusion is None else class_rows(confusion)


def class_rows(confusion: Confusion) -> list[tuple[str, list[str]]]:
    """Class -> how often it is right and was read, precision, recall, F1; most frequent first."""
    counts, scores = confusion.counts, f1_scores(confusion.counts)
    rows = []
    for place in sorted(range(len(counts)), key=lambda place: -counts[place].sum()):
        right, read = int(counts[place].sum()), int(counts[:, place].sum())
        hits = int(counts[place, place])
        if right + read:
            shares = [_part(hits, read), _part(hits, right), percent(float(scores[place]))]
            rows.append((confusion.classes[place], [f"{right:,}", f"{read:,}", *shares]))
    return rows


def _part(hits: int, of: int) -> str:
    return percent(hits / of) if of else UNDEFINED


@dataclass(frozen=True)
class Cell:
    """`heat` from 0 to 4 by the share of its row."""

    count: int
    heat: int
    is_right: bool


def square(confusion: Confusion) -> dict[str, Any]:
    """A confusion as its table shows it, without classes that neither occur nor were read."""
    counts = confusion.counts
    kept = [n for n in range(len(counts)) if counts[n].sum() + counts[:, n].sum()]
    return {
        "name": confusion.name,
        "title": confusion.title,
        "names": [confusion.classes[n] for n in kept],
        "rows": [
            {"name": confusion.classes[n], "cells": [_cell(counts[n], m, n == m) for m in kept]}
            for n in kept
        ],
        "pairs": [
            {"truth": pair.truth, "said": pair.said, "times": len(pair.ids), "ids": _some(pair.ids)}
            for pair in confusion.pairs[:_MOST_PAIRS]
        ],
    }


def _some(ids: Sequence[str]) -> str:
    more = len(ids) - _MOST_IDS
    return ", ".join(ids[:_MOST_IDS]) + (f" and {more} more" if more > 0 else "")


def _cell(row: Any, place: int, is_right: bool) -> Cell:
    share = row[place] / max(1, row.sum())
    return Cell(int(row[place]), sum(share >= least for least in _HEATS), is_right)


def _wrong(one: Judged, mistakes: Sequence[str]) -> dict[str, Any]:
    return {
        "id": one.label.id,
        "mistakes": mistakes,
        "text": one.text,
        "reasons": "; ".join(one.line["severity_reasons"]),
    }
