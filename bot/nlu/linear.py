"""Multinomial logistic regression on inner products, with honest probabilities and a threshold.

There are some thousand texts but tens of thousands of features; a model trained on the Cholesky
factor of the Gram matrix is the same model, because its penalty depends on inner products only. So
kinds of features are joined by adding their Gram matrices. Training alone needs scikit-learn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
Classes = NDArray[np.int64]


@dataclass(frozen=True)
class Method:
    """`strength` is the inverse regularisation; `folds` those of the held-out logits; of the
    held-out texts that are classified rightly, the share `refused` falls below the threshold."""

    strength: float = 30.0
    folds: int = 3
    refused: float = 0.04


@dataclass(frozen=True)
class Fitted:
    """A feature's weights are `features.T @ dual` (texts x classes). `held_out` are the logits each
    text gets from a model without it; all logits are calibrated. `threshold`: a text whose best
    logit is lower is probably none of the classes."""

    dual: Matrix
    bias: Matrix
    held_out: Matrix
    threshold: float


def fit_linear(gram: Matrix, classes: Classes, method: Method, untested: int = 0) -> Fitted:
    """`gram` holds the inner products of all texts with each other. Every class weighs the same
    however many texts it has. The last `untested` texts are learnt from and never held out."""
    basis, rows = _reduce(gram)
    held_out = _held_out_logits(rows, classes, method, untested)
    tested = classes[: len(held_out)]
    heat = _temperature(held_out, tested)
    coefficients, bias = _regress(rows, classes, method.strength)
    held_out = held_out / heat
    threshold = _threshold(held_out, tested, method.refused)
    return Fitted(basis @ coefficients.T / heat, bias / heat, held_out, threshold)


@dataclass(frozen=True)
class Ranking:
    """`shares` are label -> probability, best first, and sum to 1; `evidence` is the best label's
    logit, what speaks for it at all; below `threshold` the text is probably about none of them."""

    shares: Mapping[str, float]
    evidence: float
    threshold: float

    @property
    def best(self) -> str:
        return next(iter(self.shares))

    @property
    def top(self) -> float:
        """The best label's probability."""
        return self.shares[self.best]

    @property
    def margin(self) -> float:
        """How much more probable the best label is than the second."""
        first, second = [*self.shares.values(), 0.0][:2]
        return first - second

    @property
    def is_known(self) -> bool:
        return self.evidence >= self.threshold


def ranking(labels: Sequence[str], logits: NDArray[np.float32], threshold: float) -> Ranking:
    odds = np.exp(logits - logits.max())
    shares = (odds / odds.sum()).tolist()
    pairs = sorted(zip(labels, shares, strict=True), key=lambda pair: -pair[1])
    return Ranking(dict(pairs), float(logits.max()), threshold)


def softmax(logits: Matrix) -> Matrix:
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))


def _reduce(gram: Matrix) -> tuple[Matrix, Matrix]:
    """(inverse of L transposed, L) of the Cholesky factor L, whose rows have the inner products of
    `gram`: weights = features.T @ inverse @ coefficients."""
    from scipy.linalg import cholesky, solve_triangular

    inner = gram.astype(np.float64)
    inner[np.diag_indices_from(inner)] += 1e-6
    factor = cholesky(inner, lower=True)
    return solve_triangular(factor.T, np.eye(len(factor))), factor


def _regress(rows: Matrix, classes: Classes, strength: float) -> tuple[Matrix, Matrix]:
    """Coefficients (classes x columns) and bias (classes)."""
    from sklearn.linear_model import LogisticRegression

    if not classes.any():
        return np.zeros((1, rows.shape[1])), np.zeros(1)
    model = LogisticRegression(C=strength, class_weight="balanced", tol=0.05, max_iter=300)
    model.fit(rows, classes)
    if len(model.classes_) > 2:
        return model.coef_, model.intercept_
    sides = np.array([[-0.5], [0.5]])
    return sides @ model.coef_, sides[:, 0] * model.intercept_[0]


def _held_out_logits(rows: Matrix, classes: Classes, method: Method, untested: int) -> Matrix:
    """Each text's logits from a model that has not seen it; each class is dealt out in turn."""
    tested = len(classes) - untested
    order = np.argsort(classes[:tested], kind="stable")
    fold = np.full(len(classes), -1)
    fold[order] = np.arange(tested) % method.folds
    logits = np.zeros((tested, int(classes.max()) + 1))
    for held in range(method.folds):
        out = fold == held
        known, compact = np.unique(classes[~out], return_inverse=True)
        weights, bias = _regress(rows[~out], compact, method.strength)
        logits[np.ix_(out[:tested], known)] = rows[out] @ weights.T + bias
    return logits


def _temperature(held_out: Matrix, classes: Classes) -> float:
    """The divisor of the logits under which held-out texts get honest probabilities.

    One number, found by the held-out log loss over a grid (Guo et al. 2017, On Calibration of
    Modern Neural Networks).
    """
    grid = np.geomspace(0.2, 5.0, 49)
    chosen = np.arange(len(classes)), classes
    losses = [-np.log(softmax(held_out / heat)[chosen] + 1e-12).mean() for heat in grid]
    return float(grid[int(np.argmin(losses))])


def _threshold(held_out: Matrix, classes: Classes, refused: float) -> float:
    """On CLINC150's training split the best logit told foreign texts from own ones better than
    probability, margin or entropy did: of both it says how much speaks for the class at all."""
    right = held_out.argmax(axis=1) == classes
    best = held_out.max(axis=1)[right]
    return float(np.quantile(best, refused)) if len(best) else -np.inf
