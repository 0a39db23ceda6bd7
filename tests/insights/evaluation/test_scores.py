"""Five conversations, scored by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.insights.evaluation.labels import Label
from bot.insights.evaluation.scores import Judged, Scorecard, same_value, score
from bot.playbook.content import load_content
from bot.playbook.model import FieldKind, Playbook

SAMPLE = Path(__file__).parents[2] / "playbook" / "sample"


def line(topic: str, severity: str = "normal", **more: Any) -> dict[str, Any]:
    usual = {"sentiment": "neutral", "wants_human": False, "language": "en", "details": {}}
    return {"topic": topic, "severity": severity, "faq": [], "resource": None, **usual, **more}


JUDGED = [
    Judged(
        Label("a", "billing", (), "high", "negative", "en", {"email": "Jo@example.com"}, True),
        line("billing", "high", sentiment="negative", wants_human=True,
             details={"email": "jo@example.com"}),
    ),
    Judged(
        Label("b", "billing", ("other",), "critical", "negative", "en",
              {"order_number": "#104233"}),
        line("other", "normal", details={"email": "x@example.com"}),
    ),
    Judged(
        Label("c", "other", (), "low", "neutral", "de", {"wish": "a person"}, False),
        line("other", "high", language="de", wants_human=True, faq=["warranty"]),
    ),
    Judged(Label("d", "other", (), "normal"), line("billing", "normal")),
    Judged(Label("e", wants_human=True), line("billing", resource={"title": "t", "url": "u"})),
]  # fmt: skip


@pytest.fixture(scope="module")
def playbook() -> Playbook:
    return load_content(SAMPLE, {}).playbook


@pytest.fixture(scope="module")
def scorecard(playbook: Playbook) -> Scorecard:
    return score(JUDGED, playbook, held_out_from="c")


BY_HAND = {
    "topic_exact": (2 / 4, 4),
    "topic_accepted": (3 / 4, 4),
    "topic_macro_f1": ((2 / 4 + 2 / 4) / 2, 4),
    "severity_exact": (2 / 4, 4),
    "severity_macro_f1": ((0 + 2 / 3 + 2 / 3 + 0) / 4, 4),
    "severity_two_too_low": (1 / 4, 4),
    "severity_two_too_high": (1 / 4, 4),
    "sentiment": (2 / 3, 3),
    "sentiment_macro_f1": ((2 / 3 + 2 / 3) / 2, 3),
    "wants_human_precision": (1 / 2, 2),
    "wants_human_recall": (1 / 2, 2),
    "wants_human_f1": (1 / 2, 3),
    "language": (3 / 3, 3),
    "fields_precision": (1 / 2, 2),
    "fields_recall": (1 / 2, 2),
    "faq_found": (1 / 5, 5),
    "page_offered": (1 / 5, 5),
}


@pytest.mark.parametrize("name", BY_HAND)
def test_figure_is_the_one_counted_by_hand(scorecard: Scorecard, name: str) -> None:
    figures = {figure.name: figure.estimate for figure in scorecard.parts[0].figures}
    value, of = BY_HAND[name]
    assert set(figures) == set(BY_HAND)
    assert (figures[name].value, figures[name].of) == (pytest.approx(value), of)


def test_parts_are_told_apart_at_the_id(scorecard: Scorecard) -> None:
    sizes = {part.name: part.size for part in scorecard.parts}
    assert sizes == {"all": 5, "before c": 2, "from c": 3}
    assert scorecard.to_json()["from c"]["topic_exact"]["value"] == 0.5
    assert scorecard.to_json()["before c"]["language"]["of"] == 2


def test_confusions_name_what_was_read_wrongly_and_where(scorecard: Scorecard) -> None:
    topics = scorecard.confusions[0]
    assert [(pair.truth, pair.said, pair.ids) for pair in topics.pairs] == [
        ("billing", "other", ("b",)),
        ("other", "billing", ("d",)),
    ]
    place = {name: number for number, name in enumerate(topics.classes)}
    assert topics.counts[place["billing"], place["other"]] == 1
    assert topics.counts.sum() == 4


def test_details_are_scored_one_by_one(scorecard: Scorecard) -> None:
    assert {name: (p.value, r.value) for name, (p, r) in scorecard.fields.items()} == {
        "order_number": (None, 0.0),
        "email": (0.5, 1.0),
    }


def test_nothing_labelled_is_nothing_counted(playbook: Playbook) -> None:
    bare = score([Judged(Label("a"), line("billing"))], playbook, None)
    values = {figure.name: figure.estimate.value for figure in bare.parts[0].figures}
    assert {name for name, value in values.items() if value is not None} == {
        "faq_found",
        "page_offered",
    }
    assert bare.confusions == ()


@pytest.mark.parametrize(
    ("kind", "found", "written", "same"),
    [
        ("pattern", "BN-104233", "bn 104233", True),
        ("pattern", "BN-104233", "#104233", True),
        ("pattern", "BN-104233", "BN-104234", False),
        ("phone", "+442071234567", "020 7123 4567", True),
        ("phone", "+442071234567", "12", False),
        ("amount", "12.50 GBP", "£12.50", True),
        ("amount", "120.00 GBP", "£12", False),
        ("date", "2026-03-01", "since sunday", True),
        ("link", "https://example.com/a", "example.com/a", True),
    ],
)
def test_values_are_compared_as_people_would(
    kind: FieldKind, found: str, written: str, same: bool
) -> None:
    assert same_value(kind, found, written) is same
