import numpy as np
import pytest

from bot.nlu.neighbours import Neighbours
from tests.nlu.meaning import Dictionary

TEXTS = ["my card was charged", "das geld ist weg", "the parcel is late", "a parcel for my card"]


def test_nearest_in_meaning_come_first_when_there_are_vectors() -> None:
    near = Neighbours(TEXTS, Dictionary().encode(TEXTS))
    found = near.nearest(0, [0, 1, 2, 3], most=2)
    assert [place for place, _ in found] == [1, 3], "another language, and never the text itself"
    assert found[0][1] > found[1][1]


def test_nearest_in_words_come_first_when_there_are_none() -> None:
    near = Neighbours(TEXTS, None)
    places = [place for place, _ in near.nearest(2, [0, 1, 3], most=3)]
    assert places[0] == 3
    assert near.nearest(0, [], most=2) == []


@pytest.mark.parametrize("vectors", [None, np.ones((4, 3), np.float32)])
def test_likeness_is_a_cosine(vectors: np.ndarray | None) -> None:  # type: ignore[type-arg]
    found = Neighbours(TEXTS, vectors).nearest(0, range(4), most=9)
    assert all(-1.0001 <= likeness <= 1.0001 for _, likeness in found)
