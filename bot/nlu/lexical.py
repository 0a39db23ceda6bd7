"""The lexical classifier: word and character n-grams, logistic regression, honest probabilities.

Training uses scikit-learn; predicting needs numpy only. No pickles.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bot.nlu.hints import NO_HINTS, Hints
from bot.nlu.ngrams import DEFAULT_BLOCKS, Floats, Ngrams, NgramVectors

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Recipe:
    """How a classifier is trained: inverse regularisation, n-grams, the playbook's hints, folds of
    the calibration."""

    strength: float = 30.0
    blocks: tuple[Ngrams, ...] = DEFAULT_BLOCKS
    hints: Hints = NO_HINTS
    folds: int = 3


DEFAULT_RECIPE = Recipe()


class LexicalClassifier:
    """`labels` in the order of the columns of `weights` (vector size x labels) and of `bias`."""

    def __init__(
        self, vectors: NgramVectors, labels: Sequence[str], weights: Floats, bias: Floats
    ) -> None:
        self.vectors = vectors
        self.labels = tuple(labels)
        self.weights = weights
        self.bias = bias

    @classmethod
    def fit(
        cls,
        texts: Sequence[str],
        labels: Sequence[str],
        recipe: Recipe = DEFAULT_RECIPE,
        hinted: Sequence[str] | None = None,
    ) -> LexicalClassifier:
        """Every label weighs the same however many texts it has. `texts` may not be empty; hints
        are looked for in `hinted` if given."""
        return cls.fit_and_test(texts, labels, recipe, hinted)[0]

    @classmethod
    def fit_and_test(
        cls,
        texts: Sequence[str],
        labels: Sequence[str],
        recipe: Recipe = DEFAULT_RECIPE,
        hinted: Sequence[str] | None = None,
    ) -> tuple[LexicalClassifier, Matrix]:
        """Also the probabilities (texts x labels) each text gets from a model without that text."""
        vectors = NgramVectors.fit(texts, recipe.blocks, recipe.hints)
        rows = vectors.matrix(texts, hinted)
        basis, reduced = _reduce(rows @ rows.T)
        names, classes = np.unique(np.array(labels), return_inverse=True)
        held_out = _held_out_logits(reduced, classes, recipe)
        heat = _temperature(held_out, classes)
        coefficients, bias = _fit_linear(reduced, classes, recipe.strength)
        weights = rows.T @ (basis @ coefficients.T) / heat
        classifier = cls(
            vectors,
            [str(name) for name in names],
            np.ascontiguousarray(weights, np.float32),
            np.asarray(bias / heat, np.float32),
        )
        return classifier, _softmax(held_out / heat)

    def predict_proba(self, text: str, hinted: str | None = None) -> dict[str, float]:
        """Label -> probability, best first; the probabilities sum to 1."""
        columns, values = self.vectors.vector(text, hinted)
        logits = values @ self.weights[columns] + self.bias
        odds = np.exp(logits - logits.max())
        shares = (odds / odds.sum()).tolist()
        return dict(sorted(zip(self.labels, shares, strict=True), key=lambda pair: -pair[1]))

    def save(self, folder: Path) -> None:
        """Writes into `folder`, which is made if it is not there."""
        folder.mkdir(parents=True, exist_ok=True)
        self.vectors.save(folder)
        (folder / "labels.json").write_text(json.dumps(self.labels), "utf-8")
        np.savez(folder / "weights.npz", weights=self.weights.astype(np.float16), bias=self.bias)

    @classmethod
    def load(cls, folder: Path) -> LexicalClassifier:
        labels = json.loads((folder / "labels.json").read_text("utf-8"))
        with np.load(folder / "weights.npz", allow_pickle=False) as stored:
            weights, bias = stored["weights"].astype(np.float32), stored["bias"]
        return cls(NgramVectors.load(folder), labels, weights, bias)


def _reduce(gram: csr_matrix) -> tuple[Matrix, Matrix]:
    """Rows of as many numbers as there are texts with the same inner products as the n-gram rows.

    There are some thousand texts but tens of thousands of n-grams; a model trained on the Cholesky
    factor L of the Gram matrix is the same model (its penalty depends on inner products only).
    Returns (inverse of L transposed, L): weights = rows.T @ inverse @ coefficients.
    """
    from scipy.linalg import cholesky, solve_triangular

    inner = gram.toarray().astype(np.float64)
    inner[np.diag_indices_from(inner)] += 1e-6
    factor = cholesky(inner, lower=True)
    return solve_triangular(factor.T, np.eye(len(factor))), factor


def _fit_linear(rows: Matrix, classes: NDArray[np.int64], strength: float) -> tuple[Matrix, Matrix]:
    """Multinomial logistic regression: coefficients (classes x columns) and bias (classes)."""
    from sklearn.linear_model import LogisticRegression

    if not classes.any():
        return np.zeros((1, rows.shape[1])), np.zeros(1)
    model = LogisticRegression(C=strength, class_weight="balanced", tol=0.05, max_iter=300)
    model.fit(rows, classes)
    if len(model.classes_) > 2:
        return model.coef_, model.intercept_
    sides = np.array([[-0.5], [0.5]])
    return sides @ model.coef_, sides[:, 0] * model.intercept_[0]


def _temperature(held_out: Matrix, classes: NDArray[np.int64]) -> float:
    """The divisor of the logits under which held-out texts get honest probabilities.

    One number, found by the held-out log loss over a grid (Guo et al. 2017, On Calibration of
    Modern Neural Networks).
    """
    grid = np.geomspace(0.2, 5.0, 49)
    chosen = np.arange(len(classes)), classes
    losses = [-np.log(_softmax(held_out / heat)[chosen] + 1e-12).mean() for heat in grid]
    return float(grid[int(np.argmin(losses))])


def _held_out_logits(rows: Matrix, classes: NDArray[np.int64], recipe: Recipe) -> Matrix:
    """Each text's logits from a model that has not seen it; each class is dealt out in turn."""
    order = np.argsort(classes, kind="stable")
    fold = np.empty(len(classes), int)
    fold[order] = np.arange(len(classes)) % recipe.folds
    logits = np.zeros((len(classes), int(classes.max()) + 1))
    for held in range(recipe.folds):
        out = fold == held
        known = np.unique(classes[~out])
        weights, bias = _fit_linear(rows[~out], classes[~out], recipe.strength)
        logits[np.ix_(out, known)] = rows[out] @ weights.T + bias
    return logits


def _softmax(logits: Matrix) -> Matrix:
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    return odds / odds.sum(axis=1, keepdims=True)
