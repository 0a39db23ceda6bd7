"""Which examples lie nearest to a text: by meaning, or by n-grams where there is no encoder."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bot.nlu.encoder import Floats
from bot.nlu.ngrams import NgramVectors


class Neighbours:
    """`likeness` of two texts is their cosine, from -1 to 1. Sentence vectors are centred first:
    they all point much the same way, and only what differs means something."""

    def __init__(self, texts: Sequence[str], vectors: Floats | None) -> None:
        """`vectors` has one row a text."""
        if vectors is None:
            rows = NgramVectors.fit(texts).matrix(texts)
            self._likeness = np.asarray((rows @ rows.T).toarray(), np.float32)
            lengths = np.sqrt(np.diag(self._likeness))
            self._likeness /= np.maximum(np.outer(lengths, lengths), 1e-9)
        else:
            moved = vectors - vectors.mean(axis=0)
            moved /= np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-9)
            self._likeness = moved @ moved.T

    def nearest(self, place: int, among: Sequence[int], most: int) -> list[tuple[int, float]]:
        """(place, likeness) of the texts at `among` that are nearest to the one at `place`."""
        found = [(other, float(self._likeness[place, other])) for other in among if other != place]
        return sorted(found, key=lambda pair: -pair[1])[:most]
