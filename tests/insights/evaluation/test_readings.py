"""Ten readings, counted by hand."""

from __future__ import annotations

import pytest

from bot.insights.evaluation.readings import (
    QUESTION,
    TALK,
    UNKNOWN,
    Near,
    asked_faqs,
    by_language,
    figures_of,
    mixed_up,
    talk_confusion,
    threshold_curve,
    topic_confusion,
)

from .reading import FALLBACK, read

NEAR = (Near(read("report/delivery", "report/delivery").example, 0.8),)
READINGS = [
    read("report/billing", "report/billing", topics=(("billing", 0.9),)),
    read("report/billing", "report/delivery", topics=(("delivery", 0.6), ("billing", 0.4))),
    read("report/billing", "report/delivery", text="nearest", near=NEAR),
    read("report/delivery", FALLBACK, topics=(("delivery", 0.3),), language="de"),
    read("report/delivery", "faq/late", faqs=(("late", 0.7),)),
    read("faq/late", "faq/late", faqs=(("late", 0.7), ("cost", 0.4))),
    read("faq/late", "faq/cost", faqs=(("cost", 0.7), ("late", 0.6))),
    read("faq/cost", "report/billing"),
    read("greet", "greet"),
    read("thanks", "greet"),
]
BY_HAND = {
    "reports_right": (1, 5),
    "topic_first": (2, 5),
    "talk_right": (1, 2),
    "faq_first": (1, 3),
    "faq_among": (2, 3),
    "faq_needless": (1, 7),
    "refused": (1, 10),
}


@pytest.mark.parametrize("name", BY_HAND)
def test_figure_is_the_one_counted_by_hand(name: str) -> None:
    figures = {figure.name: figure.estimate for figure in figures_of(READINGS)}
    hits, of = BY_HAND[name]
    assert (figures[name].value, figures[name].of) == (pytest.approx(hits / of), of)


def test_mean_f1_is_that_of_the_topics() -> None:
    """billing: 1 right of 1 read and 3; delivery: 0 right of 2 read and 2."""
    figures = {figure.name: figure.estimate for figure in figures_of(READINGS)}
    assert figures["topics_macro_f1"].value == pytest.approx((2 / 4 + 0) / 2)


def test_topics_stand_beside_the_other_kinds_of_messages() -> None:
    found = topic_confusion(READINGS, ("billing", "delivery"))
    assert found.classes == ("billing", "delivery", QUESTION, TALK, UNKNOWN)
    assert found.counts.tolist() == [
        [1, 2, 0, 0, 0],
        [0, 0, 1, 0, 1],
        [1, 0, 2, 0, 0],
        [0, 0, 0, 2, 0],
        [0, 0, 0, 0, 0],
    ]


def test_small_talk_is_told_apart() -> None:
    found = talk_confusion(READINGS)
    place = {name: number for number, name in enumerate(found.classes)}
    assert found.counts[place["thanks"], place["greet"]] == 1
    assert found.counts[place["a problem"]].sum() == 5


def test_questions_come_worst_first_with_what_is_found_instead() -> None:
    cost, late = asked_faqs(READINGS)
    assert (cost.id, cost.examples, cost.first, cost.offered) == ("cost", 1, 0, 0)
    assert cost.instead == ("billing 1",)
    assert (late.id, late.examples, late.first, late.offered) == ("late", 2, 1, 2)


def test_most_frequent_mix_up_comes_first_with_its_most_telling_example() -> None:
    first, *others = mixed_up(READINGS)
    assert (first.truth, first.said) == ("report/billing", "report/delivery")
    assert [one.example.text for one in first.readings] == ["nearest", "a message"]
    assert len(others) == 5


def test_languages_are_told_apart() -> None:
    assert {name: len(own) for name, own in by_language(READINGS[::-1]).items()} == {
        "en": 9,
        "de": 1,
    }


def test_threshold_moves_who_is_understood_and_how_rightly() -> None:
    readings = [
        read("greet", "greet", known="greet", foreign=FALLBACK, lead=1.0),
        read("greet", "thanks", known="thanks", foreign=FALLBACK, lead=0.2),
        read("report/a", FALLBACK, known="report/a", foreign=FALLBACK, lead=-1.0),
        read("report/a", "report/a"),  # nobody asks the threshold
        read("faq/late", FALLBACK, known="greet", foreign=FALLBACK, lead=0.0),  # its own one
    ]
    curve = threshold_curve(readings)
    shipped = next(one for one in curve if one.shift == 0)
    assert (shipped.understood, shipped.right) == (3 / 4, 2 / 3)
    assert (curve[0].understood, curve[0].right) == (3 / 4, 2 / 3)
    above = next(one for one in curve if one.shift > 0.2)
    assert (above.understood, above.right) == (2 / 4, 1.0)
    shares = [one.understood for one in curve]
    assert shares == sorted(shares, reverse=True)


def test_no_curve_when_the_threshold_was_never_asked() -> None:
    assert threshold_curve([read("greet", "greet")]) == []
