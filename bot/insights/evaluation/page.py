"""The pages of `nightdesk evaluate` as HTML: each one file, with its styles and plots inside."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from bot.desk.assets import assets
from bot.desk.templating import environment
from bot.errors import Problem
from bot.insights.drawing import Plot
from bot.insights.evaluation.coverage import SubtopicCover, example_counts
from bot.insights.evaluation.plots import (
    examples_plot,
    figures_plot,
    severities_plot,
    threshold_plot,
    topics_plot,
)
from bot.insights.evaluation.readings import (
    REPORT,
    Mixed,
    Reading,
    asked_faqs,
    mixed_up,
    talk_confusion,
    threshold_curve,
    topic_confusion,
)
from bot.insights.evaluation.scores import Confusion, Figure, Judged, Part, Scorecard, mistakes_of
from bot.insights.evaluation.wording import between, mixed_words, percent, some
from bot.insights.intervals import f1_scores
from bot.insights.wording import UNDEFINED

_STYLES = ("desk.css", "report.css", "evaluation.css")
_LABEL_TILES = (
    "topic_exact", "topic_accepted", "severity_exact", "severity_two_too_low", "sentiment",
    "wants_human_f1",
)  # fmt: skip
_LABEL_FIGURES = {
    "topic_exact": "Topic",
    "topic_accepted": "Topic, or fine",
    "severity_exact": "Severity",
    "severity_macro_f1": "Severity, F1",
    "sentiment": "Sentiment",
    "wants_human_f1": "Wants a person, F1",
    "fields_precision": "Details, precision",
    "fields_recall": "Details, recall",
}
_CONTENT_TILES = (
    "reports_right", "topics_macro_f1", "talk_right", "faq_first", "faq_needless", "refused",
)  # fmt: skip
_CONTENT_FIGURES = {
    "reports_right": "Problem: topic right",
    "topic_first": "Problem: likeliest",
    "topics_macro_f1": "Problem: mean F1",
    "talk_right": "Small talk",
    "faq_first": "Question: first",
    "faq_among": "Question: offered",
    "faq_needless": "Needless answer",
    "refused": "Not understood",
}
_MOST_PAIRS = 12
_MOST_IDS = 15
_MOST_OPEN = 20
_BACKTICKS = re.compile("`([^`]+)`")
_HEATS = (0.02, 0.15, 0.35, 0.7)
"""From this share of a row on a cell is drawn in the next darker colour."""


def labels_page(scorecard: Scorecard, about: str, made: str, warning: str = "") -> str:
    """`about` says what was scored, `made` when, `warning` what to know first."""
    return _page(
        "evaluation_labels.html",
        about=about,
        made=made,
        warning=warning,
        tiles=_tiles(scorecard.parts[0], _LABEL_TILES),
        plots=_label_plots(scorecard),
        parts=scorecard.parts,
        figures=list(side_by_side(scorecard.parts)),
        topics=[row for one in scorecard.confusions[:1] for row in class_rows(one)],
        confusions=[square(confusion) for confusion in scorecard.confusions],
        fields=scorecard.fields,
        wrong=[_wrong(one, told) for one in scorecard.judged if (told := mistakes_of(one))],
    )


@dataclass(frozen=True)
class Measured:
    """What was found out about the content. `parts` begin with all examples."""

    readings: Sequence[Reading]
    parts: Sequence[Part]
    gaps: Sequence[Problem]
    subtopics: Sequence[SubtopicCover]
    topics: Sequence[str]


def content_page(content: Measured, about: str, made: str) -> str:
    """`about` says what was measured and how, `made` when."""
    confusion = topic_confusion(content.readings, content.topics)
    pairs = mixed_up(content.readings)
    reports = {
        intent.removeprefix(REPORT): counts
        for intent, counts in example_counts(content.readings).items()
        if intent.startswith(REPORT)
    }
    return _page(
        "evaluation_content.html",
        about=about,
        made=made,
        tiles=_tiles(content.parts[0], _CONTENT_TILES),
        plots=[
            figures_plot(content.parts, _CONTENT_FIGURES),
            threshold_plot(threshold_curve(content.readings)),
            topics_plot(confusion),
            examples_plot(reports),
        ],
        gaps=content.gaps,
        parts=content.parts,
        figures=list(side_by_side(content.parts)),
        topics=class_rows(confusion),
        confusion=square(confusion),
        pairs=[_pair(pair) for pair in pairs[:_MOST_OPEN]],
        rarer=[_pair(pair) for pair in pairs[_MOST_OPEN:]],
        faqs=asked_faqs(content.readings),
        talk=class_rows(talk_confusion(content.readings)),
        subtopics=content.subtopics,
    )


def _page(template: str, **values: Any) -> str:
    styles = "\n".join(assets()[name].body.decode("utf-8") for name in _STYLES)
    page = environment.overlay()
    page.filters = {**environment.filters, "percent": percent, "coded": coded}
    return page.get_template(template).render(styles=styles, **values)


def coded(text: str) -> Markup:
    """What stands between backticks as code."""
    return Markup(_BACKTICKS.sub(r"<code>\1</code>", str(escape(text))))


def _tiles(part: Part, names: Iterable[str]) -> list[dict[str, str]]:
    figures = {figure.name: figure for figure in part.figures}
    return [_tile(figures[name]) for name in names]


def _tile(figure: Figure) -> dict[str, str]:
    if figure.estimate.value is None:
        return {"title": figure.title, "value": UNDEFINED, "more": "nothing to count"}
    value = percent(figure.estimate.value)
    return {"title": figure.title, "value": value, "more": between(figure.estimate)}


def _label_plots(scorecard: Scorecard) -> list[Plot]:
    drawn = {"severity": severities_plot, "topic": topics_plot}
    own = [drawn[one.name](one) for one in scorecard.confusions if one.name in drawn]
    return [figures_plot(scorecard.parts, _LABEL_FIGURES), *own]


def side_by_side(parts: Sequence[Part]) -> Iterable[tuple[Figure, ...]]:
    """Each figure of all parts, without those that there is nothing to count for."""
    for figures in zip(*(part.figures for part in parts), strict=True):
        if any(figure.estimate.of for figure in figures):
            yield figures


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
            {"truth": p.truth, "said": p.said, "times": len(p.ids), "ids": some(p.ids, _MOST_IDS)}
            for p in confusion.pairs[:_MOST_PAIRS]
        ],
    }


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


def _pair(pair: Mixed) -> dict[str, Any]:
    return {"words": mixed_words(pair), "said": pair.said, "readings": pair.readings}
