"""Signals learned from the content's examples: a linear head each on the one sentence vector.

A cue that no word gives away ("since then I sit in the dark") is found in whatever language it is
written, for the price of a dot product.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.nlu.encoder import Floats
from bot.nlu.linear import Matrix, Method, fit_linear, softmax
from bot.playbook.signals import SENTIMENT, YES, Signals

Encoded = Callable[[Sequence[str]], Floats]
"""Texts -> their sentence vectors."""

_FILE = "heads.npz"
_LABELS = "heads.json"


@dataclass(frozen=True)
class Caution:
    """`strength` is the inverse regularisation. A cue is found from the probability on that gives
    the best F1 on held-out examples, weighed as if it were in the share `prevalence` of messages;
    never below `at_least`."""

    strength: float = 3.0
    prevalence: float = 0.1
    at_least: float = 0.3


DEFAULT_CAUTION = Caution()


@dataclass(frozen=True)
class Head:
    """`senses` are the weights of the vector's dimensions (dimensions x labels), `bias` one a
    label; `threshold` is the probability from which the label `YES` holds."""

    labels: tuple[str, ...]
    senses: Floats
    bias: Floats
    threshold: float = 1.0

    def shares(self, meant: Floats) -> dict[str, float]:
        """Label -> probability of a centred vector; they sum to 1."""
        logits = np.asarray(meant @ self.senses + self.bias, np.float64)
        return dict(zip(self.labels, softmax(logits[np.newaxis])[0].tolist(), strict=True))


class Heads:
    """`mean` is the mean sentence vector of all examples."""

    def __init__(self, mean: Floats, heads: Mapping[str, Head]) -> None:
        self._mean = mean
        self._heads = dict(heads)

    @classmethod
    def fit(
        cls, signals: Signals, encoded: Encoded, caution: Caution = DEFAULT_CAUTION
    ) -> Heads | None:
        """None where there is nothing to learn."""
        texts = [text for classes in signals.values() for each in classes.values() for text in each]
        if not texts:
            return None
        vectors = encoded(texts)
        mean = np.asarray(vectors.mean(axis=0), np.float32)
        rows = dict(zip(texts, _centred(vectors, mean), strict=True))
        return cls(mean, {name: _fit(signals[name], rows, caution) for name in signals})

    def moods(self, sentence: Floats) -> dict[str, float]:
        """Sentiment -> probability; empty without examples of moods."""
        if SENTIMENT not in self._heads:
            return {}
        return self._heads[SENTIMENT].shares(_centred(sentence, self._mean))

    def cues(self, sentence: Floats) -> frozenset[str]:
        """The names of the learned cues that a message holds."""
        meant = _centred(sentence, self._mean)
        return frozenset(
            name
            for name, head in self._heads.items()
            if name != SENTIMENT and head.shares(meant)[YES] >= head.threshold
        )

    def save(self, folder: Path) -> None:
        arrays = {"mean": self._mean}
        for name, head in self._heads.items():
            arrays |= {f"{name}/senses": head.senses, f"{name}/bias": head.bias}
        np.savez(folder / _FILE, **arrays)
        about = {name: [head.labels, head.threshold] for name, head in self._heads.items()}
        (folder / _LABELS).write_text(json.dumps(about), "utf-8")

    @classmethod
    def load(cls, folder: Path) -> Heads | None:
        """None when `fit` had nothing to learn."""
        if not (folder / _FILE).exists():
            return None
        about = json.loads((folder / _LABELS).read_text("utf-8"))
        with np.load(folder / _FILE, allow_pickle=False) as stored:
            heads = {
                name: Head(
                    tuple(labels), stored[f"{name}/senses"], stored[f"{name}/bias"], threshold
                )
                for name, (labels, threshold) in about.items()
            }
            return cls(stored["mean"], heads)


def _fit(
    classes: Mapping[str, Sequence[str]], rows: Mapping[str, Floats], caution: Caution
) -> Head:
    labels = tuple(classes)
    texts = [text for each in classes.values() for text in each]
    truth = np.repeat(np.arange(len(labels)), [len(each) for each in classes.values()])
    meant = np.array([rows[text] for text in texts], np.float64)
    fitted = fit_linear(meant @ meant.T, truth, Method(caution.strength, folds=5))
    senses = np.asarray(meant.T @ fitted.dual, np.float32)
    bias = np.asarray(fitted.bias, np.float32)
    if YES not in classes:
        return Head(labels, senses, bias)
    found = softmax(fitted.held_out)[:, labels.index(YES)]
    threshold = _best_threshold(found, truth == labels.index(YES), caution.prevalence)
    return Head(labels, senses, bias, max(threshold, caution.at_least))


def _best_threshold(found: Matrix, is_there: NDArray[np.bool_], prevalence: float) -> float:
    """The probability at which F1 is best when a share `prevalence` of the messages holds the
    cue; halfway to the next lower one, as other messages fall between them."""
    order = np.argsort(-found, kind="stable")
    hits = np.cumsum(is_there[order]) / is_there.sum() * prevalence
    alarms = np.cumsum(~is_there[order]) / (~is_there).sum() * (1 - prevalence)
    best = int(np.argmax(2 * hits / (hits + alarms + prevalence)))
    return float(found[order[best : best + 2]].mean())


def _centred(sentences: Floats, mean: Floats) -> Floats:
    """What all texts have in common says nothing about any of them."""
    moved = sentences - mean
    lengths = np.linalg.norm(moved, axis=-1, keepdims=True)
    return np.asarray(moved / np.maximum(lengths, 1e-9), np.float32)
