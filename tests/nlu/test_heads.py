"""Signals learned from examples, on an encoder that knows a few words in two languages."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from bot.nlu.heads import Caution, Heads
from bot.playbook.signals import Signals
from tests.nlu.meaning import Dictionary

PAID = ("refund my payment", "charged my card", "money money", "invoice for the payment")
BROUGHT = ("parcel and courier", "the package", "a delivery by a driver", "my order")
HELLO = ("hi there", "hello you", "hey", "hi hello")
SIGNALS: Signals = {
    "money_lost": {"examples": PAID * 3, "counterexamples": (*BROUGHT, *HELLO) * 3},
    "sentiment": {"negative": PAID * 3, "neutral": BROUGHT * 3, "positive": HELLO * 3},
}


def learned(signals: Signals = SIGNALS, caution: Caution = Caution()) -> Heads:  # noqa: B008
    heads = Heads.fit(signals, Dictionary().encode, caution)
    assert heads is not None
    return heads


def meaning(text: str) -> np.ndarray:  # type: ignore[type-arg]
    return Dictionary().encode([text])[0]


def test_cue_is_found_in_a_language_without_examples() -> None:
    assert learned().cues(meaning("mein geld die rechnung")) == {"money_lost"}
    assert learned().cues(meaning("das paket die lieferung")) == frozenset()


def test_moods_are_probabilities() -> None:
    moods = learned().moods(meaning("hallo"))
    assert max(moods, key=lambda mood: moods[mood]) == "positive"
    assert abs(sum(moods.values()) - 1) < 1e-6


def test_cue_needs_more_evidence_when_it_is_rare() -> None:
    mixed = {
        "money_lost": {
            "examples": (*PAID * 5, *BROUGHT * 2),
            "counterexamples": (*BROUGHT * 5, *PAID * 2),
        }
    }
    rare = learned(mixed, Caution(prevalence=0.1, at_least=0.0))
    common = learned(mixed, Caution(prevalence=0.8, at_least=0.0))
    assert all(rare.cues(meaning(text)) for text in PAID)
    assert not any(rare.cues(meaning(text)) for text in BROUGHT)
    assert all(common.cues(meaning(text)) for text in BROUGHT)


def test_stored_heads_find_the_same(tmp_path: Path) -> None:
    heads = learned()
    heads.save(tmp_path)
    again = Heads.load(tmp_path)
    assert again is not None
    for text in (*PAID, *BROUGHT, *HELLO):
        assert again.cues(meaning(text)) == heads.cues(meaning(text))
        assert again.moods(meaning(text)) == heads.moods(meaning(text))


def test_nothing_is_learned_without_examples(tmp_path: Path) -> None:
    assert Heads.fit({}, Dictionary().encode) is None
    assert Heads.load(tmp_path) is None
    only_cue = learned({"money_lost": SIGNALS["money_lost"]})
    assert only_cue.moods(meaning("hallo")) == {}
