"""Multinomial logistic regression on inner products, with honest probabilities and a threshold.

There are some thousand texts but tens of thousands of features; a model trained on the Cholesky
factor of the Gram matrix is the same model, because its penalty depends on inner products only. So
kinds of features are joined by adding their Gram matrices. Training alone needs scipy.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
Classes = NDArray[np.int64]

_NEVER, _NOBODY = -1, -2
"""The fold of a text that is never held out, and a fold that holds no text out."""
_NOTHING = np.float32(-1e4)
"""The logit of a class without examples."""
_MOST_STEPS = 300
_RIDGES = (1e-6, 1e-5, 1e-4, 1e-3, 1e-2)
"""What is added to each text's own inner product, which is about 1, the least that will do."""
_FLAT = 0.2
"""The solver stops where no slope is steeper; later steps change one of a thousand answers."""


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
    from scipy.linalg import solve_triangular

    factor = _cholesky(gram)
    fold = _folds(classes, method.folds, untested)
    taught = np.array([fold != held for held in (_NOBODY, *range(method.folds))])
    coefficients, bias = _regress(factor, classes, taught, method.strength)
    tested = classes[: len(classes) - untested]
    held_out = _own_logits(factor, coefficients, bias, 1 + fold[: len(tested)])
    heat = _temperature(held_out, tested)
    dual = solve_triangular(factor, coefficients[:, 0], trans="T", lower=True)
    held_out = held_out / heat
    threshold = _threshold(held_out, tested, method.refused)
    return Fitted(dual / heat, bias[0] / heat, held_out, threshold)


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


def _cholesky(gram: Matrix) -> Matrix:
    """Lower triangular; its rows have the inner products of `gram`, so that weights =
    features.T @ (inverse of its transpose) @ coefficients.

    Texts that say the same, or blends of others, make a Gram matrix that only rounding keeps from
    being singular, and rounding grows with its size: as much is added as that takes.
    """
    from scipy.linalg import LinAlgError, cholesky

    inner = gram.astype(np.float64)
    diagonal = np.diag_indices_from(inner)
    for added in _RIDGES:
        inner[diagonal] = gram[diagonal] + added
        try:
            return np.asarray(cholesky(inner, lower=True))
        except LinAlgError:
            continue
    raise ValueError("The examples' inner products are no such thing: one is not finite.")


def _folds(classes: Classes, folds: int, untested: int) -> Classes:
    """The fold in which each text is held out; each class is dealt out in turn."""
    order = np.argsort(classes[: len(classes) - untested], kind="stable")
    fold = np.full(len(classes), _NEVER)
    fold[order] = np.arange(len(order)) % folds
    return fold


def _regress(
    rows: Matrix, classes: Classes, taught: NDArray[np.bool_], strength: float
) -> tuple[Matrix, Matrix]:
    """Coefficients (columns x problems x classes) and bias (problems x classes).

    Each problem learns from the texts that its row of `taught` (problems x texts) names. All are
    solved at once, because one pass over `rows` then serves them all. What is minimised is that of
    scikit-learn's LogisticRegression with balanced classes; of two classes it penalises the
    difference alone, hence half the strength.
    """
    from scipy.optimize import minimize

    weights, absent = _balanced(classes, taught)
    scale = math.sqrt(strength / 2 if absent.shape[1] == 2 else strength)
    scaled = (scale * rows).astype(np.float32)
    shape = rows.shape[1] + 1, *absent.shape

    def loss(flat: Matrix) -> tuple[float, Matrix]:
        solution = flat.astype(np.float32).reshape(shape)
        inner = solution[:-1].reshape(len(solution) - 1, -1)
        logits = (scaled @ inner).reshape(len(rows), *absent.shape) + solution[-1]
        shares, surprise = _surprise(np.where(absent, _NOTHING, logits), classes)
        errors = shares * weights[:, :, np.newaxis]
        slope = scaled.T @ errors.reshape(len(rows), -1) + inner
        value = float((surprise * weights).sum(dtype=np.float64) + np.vdot(inner, inner) / 2)
        return value, np.append(slope, errors.sum(axis=0)).astype(np.float64)

    options = {"maxiter": _MOST_STEPS, "gtol": _FLAT}
    found = minimize(loss, np.zeros(shape).ravel(), jac=True, method="L-BFGS-B", options=options)
    solution = found.x.reshape(shape)
    return scale * solution[:-1], solution[-1]


def _balanced(
    classes: Classes, taught: NDArray[np.bool_]
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """What each text weighs in each problem, and which classes (problems x classes) have no text
    there."""
    member = np.eye(int(classes.max()) + 1)[classes]
    texts = taught @ member
    present = np.maximum((texts > 0).sum(axis=1), 1)
    own = taught.sum(axis=1, keepdims=True) / present[:, np.newaxis] / np.maximum(texts, 1)
    return (taught * own[:, classes]).T.astype(np.float32), texts == 0


def _surprise(
    logits: NDArray[np.float32], classes: Classes
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The slope (texts x problems x classes) of the log loss and itself (texts x problems)."""
    own = np.arange(len(classes)), slice(None), classes
    logits -= logits.max(axis=2, keepdims=True)
    odds = np.exp(logits)
    total = odds.sum(axis=2)
    surprise = np.log(total) - logits[own]
    odds /= total[:, :, np.newaxis]
    odds[own] -= 1
    return odds, surprise


def _own_logits(rows: Matrix, coefficients: Matrix, bias: Matrix, problem: Classes) -> Matrix:
    """Each text's logits in its own problem, that of the fold which has not seen it."""
    logits = np.zeros((len(problem), bias.shape[1]))
    for number, one in enumerate(bias):
        out = np.flatnonzero(problem == number)
        logits[out] = rows[out] @ coefficients[:, number] + one
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
