"""How sure a measured figure is: shares and F1 scores with their 95 % confidence intervals."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_Z = 1.959964
"""The 97.5th percentile of the normal distribution."""
_DRAWS = 2000
_SEED = 0

Counts = NDArray[np.int64]
"""... x classes x classes: how often a class (row) was read as a class (column)."""


@dataclass(frozen=True)
class Estimate:
    """A figure from 0 to 1 between its bounds, counted over `of` cases; `value` is None where there
    is nothing to count."""

    value: float | None
    low: float
    high: float
    of: int


NOTHING = Estimate(None, 0.0, 1.0, 0)


def share(hits: int, of: int) -> Estimate:
    """With Wilson's score interval (Wilson 1927), which holds near 0 and 1 and for few cases."""
    if not of:
        return NOTHING
    part, square = hits / of, _Z * _Z
    middle = (part + square / (2 * of)) / (1 + square / of)
    spread = _Z * math.sqrt(part * (1 - part) / of + square / (4 * of * of)) / (1 + square / of)
    return Estimate(part, max(0.0, middle - spread), min(1.0, middle + spread), of)


def counted(truth: Sequence[str], said: Sequence[str], classes: Sequence[str]) -> Counts:
    """Raises KeyError for a word that is none of `classes`."""
    places = {name: place for place, name in enumerate(classes)}
    counts = np.zeros((len(classes), len(classes)), np.int64)
    for true, read in zip(truth, said, strict=True):
        counts[places[true], places[read]] += 1
    return counts


def f1_scores(counts: Counts) -> NDArray[np.float64]:
    """... x classes; 0 for a class that neither occurs nor is read."""
    hits = np.diagonal(counts, axis1=-2, axis2=-1)
    named = counts.sum(axis=-1) + counts.sum(axis=-2)
    return np.asarray(2 * hits / np.maximum(named, 1))


def macro_f1(counts: Counts) -> Estimate:
    """The mean of the F1 scores of those classes that occur."""

    def mean(tables: Counts) -> NDArray[np.float64]:
        occurs = tables.sum(axis=-1) > 0
        return np.asarray((f1_scores(tables) * occurs).sum(axis=-1) / occurs.sum(axis=-1))

    return _bootstrapped(counts, mean)


def f1_of(counts: Counts, place: int) -> Estimate:
    """The F1 score of one class; of nothing where it neither occurs nor is read."""
    if not counts[place].sum() + counts[:, place].sum():
        return NOTHING
    return _bootstrapped(counts, lambda tables: np.asarray(f1_scores(tables)[..., place]))


def _bootstrapped(counts: Counts, statistic: Callable[[Counts], NDArray[np.float64]]) -> Estimate:
    """The percentile bootstrap with a fixed seed (Efron 1979): to draw cases with replacement is to
    draw their table from a multinomial distribution."""
    of = int(counts.sum())
    if not of:
        return NOTHING
    draws = np.random.RandomState(_SEED).multinomial(of, counts.ravel() / of, _DRAWS)
    low, high = np.percentile(statistic(draws.reshape(_DRAWS, *counts.shape)), [2.5, 97.5])
    return Estimate(float(statistic(counts[None])[0]), float(low), float(high), of)
