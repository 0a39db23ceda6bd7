"""Emergencies by their words, in every language: what must be found and what must not.

The demo brand's playbook against the sentences of emergencies.yml, whatever else understands them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from bot.cases.cues import CueFinder
from bot.playbook.content import load_content

ROOT = Path(__file__).parents[2]
SENTENCES = yaml.safe_load(Path(__file__).with_name("emergencies.yml").read_text("utf-8"))
EMERGENCIES = {"safety", "self_harm", "threat", "legal", "fraud", "hacked"}
NEAR_MISS = "none"


def said(*cues: str) -> Iterator[tuple[str, str]]:
    for by_cue in SENTENCES.values():
        for cue in cues:
            yield from ((text, cue) for text in by_cue[cue])


@pytest.fixture(scope="module")
def finder() -> CueFinder:
    return CueFinder(load_content(ROOT, {}).playbook.cues)


def test_sentences_are_there_in_every_language_that_is_spoken() -> None:
    assert set(SENTENCES) == set(load_content(ROOT, {}).playbook.languages)


@pytest.mark.parametrize(("text", "cue"), said(*sorted(EMERGENCIES)))
def test_emergency_is_recognised_in_the_words_of_a_customer(
    finder: CueFinder, text: str, cue: str
) -> None:
    assert cue in finder.find_cues(text)


@pytest.mark.parametrize(("text", "cue"), said(NEAR_MISS))
def test_everyday_sentence_that_sounds_like_one_is_no_emergency(
    finder: CueFinder, text: str, cue: str
) -> None:
    assert not finder.find_cues(text) & EMERGENCIES
