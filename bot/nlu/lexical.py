"""The lexical classifier: word and character n-grams, logistic regression, honest probabilities.

Training uses scipy; predicting needs numpy only. No pickles.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bot.nlu.hints import NO_HINTS, Hints
from bot.nlu.linear import Matrix, Method, Ranking, fit_linear, ranking, softmax
from bot.nlu.ngrams import DEFAULT_BLOCKS, Floats, Ngrams, NgramVectors

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix


@dataclass(frozen=True)
class Recipe:
    """How a classifier is trained: inverse regularisation, n-grams, the playbook's hints, folds of
    the calibration, share of the rightly classified that the threshold refuses."""

    strength: float = 30.0
    blocks: tuple[Ngrams, ...] = DEFAULT_BLOCKS
    hints: Hints = NO_HINTS
    folds: int = 3
    refused: float = 0.04

    @property
    def method(self) -> Method:
        return Method(self.strength, self.folds, self.refused)


DEFAULT_RECIPE = Recipe()


_NO_MARGINS = np.ones(1, np.float32)


class LexicalClassifier:
    """`labels` in the order of the columns of `weights` (vector size x labels) and of `bias`."""

    def __init__(
        self,
        vectors: NgramVectors,
        labels: Sequence[str],
        weights: Floats,
        bias: Floats,
        threshold: float = -np.inf,
        margins: Floats = _NO_MARGINS,
    ) -> None:
        self.vectors = vectors
        self.labels = tuple(labels)
        self.weights = weights
        self.bias = bias
        self.threshold = threshold
        self.margins = margins
        """Percentiles of the held-out texts' margins between the best label and the second."""

    @classmethod
    def fit(
        cls,
        texts: Sequence[str],
        labels: Sequence[str],
        recipe: Recipe = DEFAULT_RECIPE,
        hinted: Sequence[str] | None = None,
        untested: int = 0,
    ) -> LexicalClassifier:
        """Every label weighs the same however many texts it has. `texts` may not be empty; hints
        are looked for in `hinted` if given; the last `untested` texts calibrate nothing."""
        return cls.fit_and_test(texts, labels, recipe, hinted, untested)[0]

    @classmethod
    def fit_and_test(
        cls,
        texts: Sequence[str],
        labels: Sequence[str],
        recipe: Recipe = DEFAULT_RECIPE,
        hinted: Sequence[str] | None = None,
        untested: int = 0,
    ) -> tuple[LexicalClassifier, Matrix]:
        """Also the logits (texts x labels) each text gets from a model without that text; of the
        `untested` none."""
        vectors = NgramVectors.fit(texts, recipe.blocks, recipe.hints)
        rows = vectors.matrix(texts, hinted)
        return cls.fit_rows(vectors, rows, (rows @ rows.T).toarray(), labels, recipe, untested)

    @classmethod
    def fit_rows(
        cls,
        vectors: NgramVectors,
        rows: csr_matrix,
        gram: Matrix,
        labels: Sequence[str],
        recipe: Recipe,
        untested: int = 0,
    ) -> tuple[LexicalClassifier, Matrix]:
        """The same from texts that are counted already: `rows` are their vectors, `gram` the inner
        products of these."""
        names, classes = np.unique(np.array(labels), return_inverse=True)
        fitted = fit_linear(gram, classes, recipe.method, untested)
        classifier = cls(
            vectors,
            [str(name) for name in names],
            np.ascontiguousarray(rows.T @ fitted.dual, np.float32),
            np.asarray(fitted.bias, np.float32),
            fitted.threshold,
            _margins(softmax(fitted.held_out)),
        )
        return classifier, fitted.held_out

    def predict_proba(self, text: str, hinted: str | None = None) -> dict[str, float]:
        """Label -> probability, best first; the probabilities sum to 1."""
        return dict(self.rank(text, hinted).shares)

    def rank(self, text: str, hinted: str | None = None) -> Ranking:
        columns, values = self.vectors.vector(text, hinted)
        return ranking(self.labels, values @ self.weights[columns] + self.bias, self.threshold)

    def save(self, folder: Path) -> None:
        """Writes into `folder`, which is made if it is not there."""
        folder.mkdir(parents=True, exist_ok=True)
        self.vectors.save(folder)
        (folder / "labels.json").write_text(json.dumps(self.labels), "utf-8")
        np.savez(
            folder / "weights.npz",
            weights=self.weights.astype(np.float16),
            bias=self.bias,
            threshold=self.threshold,
            margins=self.margins,
        )

    @classmethod
    def load(cls, folder: Path) -> LexicalClassifier:
        labels = json.loads((folder / "labels.json").read_text("utf-8"))
        with np.load(folder / "weights.npz", allow_pickle=False) as stored:
            weights, bias = stored["weights"].astype(np.float32), stored["bias"]
            threshold, margins = float(stored["threshold"]), stored["margins"]
        return cls(NgramVectors.load(folder), labels, weights, bias, threshold, margins)


def _margins(shares: Matrix) -> Floats:
    if shares.shape[1] < 2:
        return _NO_MARGINS
    best = np.sort(shares, axis=1)[:, -2:]
    return np.asarray(np.percentile(best[:, 1] - best[:, 0], np.arange(101)), np.float32)
