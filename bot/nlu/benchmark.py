"""Measures the classifier on any labelled texts, as comparable papers do: so many shots an intent,
the whole test set, out-of-scope texts that training has not seen."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import mean

import numpy as np

from bot.nlu.encoder import Encoder, Floats
from bot.nlu.lexical import Recipe
from bot.nlu.linear import Ranking
from bot.nlu.sentence_store import Progress, encode_all
from bot.nlu.union import UnionClassifier

Rows = Sequence[tuple[str, str]]
"""(text, category)."""
_TIMED = 200


@dataclass(frozen=True)
class Figures:
    """The share of messages understood; the mean of the categories' F1; the share understood and
    accepted at the model's threshold; the share of foreign texts refused there (None without any);
    what one message costs, encoding included; training, encoding included."""

    accuracy: float
    macro_f1: float
    in_scope_accuracy_at_threshold: float
    oos_recall: float | None
    ms_per_message: float
    train_seconds: float


def draw(rows: Rows, shots: int, seed: int) -> list[tuple[str, str]]:
    """`shots` rows a category, drawn by a permutation per category in order of first appearance;
    all rows for 0 shots."""
    if not shots:
        return list(rows)
    by_category: dict[str, list[tuple[str, str]]] = {}
    for row in rows:
        by_category.setdefault(row[1], []).append(row)
    random = np.random.RandomState(seed)
    drawn = ((own, random.permutation(len(own))[:shots]) for own in by_category.values())
    return [own[number] for own, numbers in drawn for number in numbers]


class Benchmark:
    """One data set. Test texts are encoded once for all seeds, training texts for each."""

    def __init__(
        self,
        test: Rows,
        foreign: Sequence[str],
        encoder: Encoder | None,
        progress: Progress = lambda texts: texts,
    ) -> None:
        self._test = test
        self._foreign = foreign
        self._encoder = encoder
        self._progress = progress
        self._asked = [*(text for text, _ in test), *foreign]
        self._sentences = self._encoded(self._asked)

    def measure(self, train: Rows) -> Figures:
        began = time.perf_counter()
        classifier = self._trained(train)
        seconds = time.perf_counter() - began
        found = [
            classifier.rank(text, sentence=self._sentence(number))
            for number, text in enumerate(self._asked)
        ]
        own, foreign = found[: len(self._test)], found[len(self._test) :]
        truth = [category for _, category in self._test]
        right = [said.best == true for said, true in zip(own, truth, strict=True)]
        accepted = [said.is_known and hit for said, hit in zip(own, right, strict=True)]
        return Figures(
            accuracy=mean(right),
            macro_f1=macro_f1(truth, [said.best for said in own]),
            in_scope_accuracy_at_threshold=mean(accepted),
            oos_recall=mean(not said.is_known for said in foreign) if foreign else None,
            ms_per_message=self._timed(classifier),
            train_seconds=seconds,
        )

    def _trained(self, train: Rows) -> UnionClassifier:
        """A category's name is one more example: content owners name their topics, too."""
        categories = sorted({category for _, category in train})
        texts = [text for text, _ in train] + [name.replace("_", " ") for name in categories]
        labels = [category for _, category in train] + categories
        sentences = self._encoded(texts)
        return UnionClassifier.fit(texts, labels, sentences, Recipe(), names=len(categories))

    def _encoded(self, texts: Sequence[str]) -> Floats | None:
        if self._encoder is None:
            return None
        return encode_all(self._encoder, texts, progress=self._progress)

    def _sentence(self, number: int) -> Floats | None:
        return None if self._sentences is None else self._sentences[number]

    def _timed(self, classifier: UnionClassifier) -> float:
        """Milliseconds a message, over some from all parts of the test set, encoded anew."""
        texts = self._asked[:: max(1, len(self._asked) // _TIMED)]
        began = time.perf_counter()
        for text in texts:
            self._answer(classifier, text)
        return (time.perf_counter() - began) * 1000 / len(texts)

    def _answer(self, classifier: UnionClassifier, text: str) -> Ranking:
        sentence = self._encoder.encode([text])[0] if self._encoder else None
        return classifier.rank(text, sentence=sentence)


def macro_f1(truth: Sequence[str], said: Sequence[str]) -> float:
    """The mean over the categories of `truth`."""
    return mean(_f1(category, truth, said) for category in sorted(set(truth)))


def _f1(category: str, truth: Sequence[str], said: Sequence[str]) -> float:
    hits = sum(t == s == category for t, s in zip(truth, said, strict=True))
    named = sum(t == category for t in truth) + sum(s == category for s in said)
    return 2 * hits / named


def averaged(figures: Iterable[Figures]) -> dict[str, float | None]:
    """Each figure's mean over the seeds, rounded for people."""
    table = [vars(one) for one in figures]
    means = {
        name: None if value is None else mean(row[name] for row in table)
        for name, value in table[0].items()
    }
    return {name: None if value is None else round(value, 4) for name, value in means.items()}
