"""Languages whose vectors are turned and moved a little, as an encoder's are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bot.nlu.alignment import FEWEST, Alignment, parallel_texts
from bot.nlu.encoder import Floats
from bot.playbook.content import load_content

DIMENSIONS = 8
RANDOM = np.random.default_rng(7)
MEANT = RANDOM.normal(size=(200, DIMENSIONS)).astype(np.float32)
TURN = (np.eye(DIMENSIONS) + 0.3 * RANDOM.normal(size=(DIMENSIONS, DIMENSIONS))).astype(np.float32)
MOVE = RANDOM.normal(size=DIMENSIONS).astype(np.float32)
GERMAN = MEANT @ TURN + MOVE
LEARNT = 150


def distance(found: Floats, meant: Floats) -> float:
    return float(np.linalg.norm(found - meant, axis=1).mean())


@pytest.fixture(scope="module")
def alignment() -> Alignment:
    return Alignment.fit({"en": MEANT[:LEARNT], "de": GERMAN[:LEARNT]}, of_map=1, of_mean=1)


def test_text_lies_where_its_translation_does_when_its_language_is_known(
    alignment: Alignment,
) -> None:
    aligned = alignment.align(GERMAN[LEARNT:], "de")
    assert distance(aligned, MEANT[LEARNT:]) < 0.1 * distance(GERMAN[LEARNT:], MEANT[LEARNT:])


def test_half_the_way_is_gone_when_half_is_asked_for(alignment: Alignment) -> None:
    half = Alignment.fit({"en": MEANT[:LEARNT], "de": GERMAN[:LEARNT]}, of_map=0.5, of_mean=0.5)
    midway = (GERMAN + alignment.align(GERMAN, "de")) / 2
    assert np.allclose(half.align(GERMAN, "de"), midway, atol=1e-3)


@pytest.mark.parametrize("language", ["en", "", "fr"])
def test_vector_stays_when_there_is_nothing_to_align(alignment: Alignment, language: str) -> None:
    assert np.array_equal(alignment.align(GERMAN[0], language), GERMAN[0])


def test_vectors_stay_when_the_texts_are_too_few() -> None:
    few = FEWEST - 1
    assert not Alignment.fit({"en": MEANT[:few], "de": GERMAN[:few]}).maps
    assert not Alignment.fit({"en": MEANT}).maps


def test_each_row_is_aligned_in_its_own_language(alignment: Alignment) -> None:
    rows = np.array([GERMAN[0], MEANT[1]])
    aligned = alignment.align_all(rows, ["de", "en"])
    assert np.allclose(aligned[0], alignment.align(GERMAN[0], "de"))
    assert np.array_equal(aligned[1], MEANT[1])


def test_alignment_is_the_same_when_loaded(alignment: Alignment, tmp_path: Path) -> None:
    alignment.save(tmp_path)
    loaded = Alignment.load(tmp_path)
    assert np.allclose(loaded.align(GERMAN[0], "de"), alignment.align(GERMAN[0], "de"), atol=0.01)


def test_demo_brand_says_enough_in_every_language() -> None:
    texts = parallel_texts(load_content(Path(__file__).parents[2]))
    assert next(iter(texts)) == "en"
    assert {len(own) for own in texts.values()} == {len(texts["en"])}
    assert len(texts["en"]) >= FEWEST
    place = texts["en"].index("billing and payments")
    assert texts["de"][place] == "Rechnungen und Zahlungen"
