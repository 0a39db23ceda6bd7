"""Which FAQ a message asks for: the cosine to its example questions and to its answer.

A message that is nearer to a problem report than to any question is no question; the threshold is
found at training, on what the examples score when they are left out themselves.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.nlu.ngrams import Floats, NgramVectors

Scores = NDArray[np.float64]

NOTHING = ""
"""The name under which texts that ask for no FAQ stand in the index."""


@dataclass(frozen=True)
class Blend:
    """A FAQ scores (1 - answer) * best question + answer * its answer text. Of the left-out reports
    at most the share `false_alarms` may reach the threshold, which is never below `floor`."""

    answer: float = 0.15
    false_alarms: float = 0.01
    floor: float = 0.3


DEFAULT_BLEND = Blend()


class FaqIndex:
    """Sparse columns: column c of the tf-idf space holds `values[starts[c]:starts[c + 1]]` in the
    rows of the same slice of `rows`. `owners` names each row's FAQ (NOTHING: a report); the last
    row of each FAQ is its answer."""

    def __init__(
        self,
        vectors: NgramVectors,
        owners: Sequence[str],
        answers: int,
        columns: tuple[NDArray[np.int32], NDArray[np.int32], Floats],
        threshold: float,
        blend: Blend = DEFAULT_BLEND,
    ) -> None:
        self._vectors = vectors
        self._owners = tuple(owners)
        self._answers = answers
        self._starts, self._rows, self._values = columns
        self.threshold = threshold
        self._blend = blend
        self._faqs = sorted(set(owners) - {NOTHING})
        self._places = {name: i for i, name in enumerate([*self._faqs, NOTHING])}
        self._place_of_row = np.array([self._places[name] for name in owners], np.int32)

    @classmethod
    def fit(
        cls,
        questions: Sequence[tuple[str, str]],
        answers: Mapping[str, str],
        others: Sequence[str],
        blend: Blend = DEFAULT_BLEND,
    ) -> FaqIndex:
        """`questions` are (FAQ id, example), `answers` FAQ id -> text, `others` ask for no FAQ."""
        rows = [*questions, *((NOTHING, text) for text in others), *answers.items()]
        texts = [text for _, text in rows]
        vectors = NgramVectors.fit(texts)
        matrix = vectors.matrix(texts)
        stored = matrix.tocsc()
        columns = (stored.indptr, stored.indices, stored.data / len(vectors.blocks))
        owners = [name for name, _ in rows]
        index = cls(vectors, owners, len(answers), columns, 1.0, blend)
        index.threshold = index._find_threshold([text for _, text in rows[: -len(answers) or None]])
        return index

    def find(self, text: str, limit: int = 3) -> list[tuple[str, float]]:
        """(FAQ id, score) above the threshold, best first, at most `limit`; the score is 0 to 1."""
        scores, rival = self._score(text)
        order = np.argsort(-scores)[:limit]
        best = [(self._faqs[i], float(scores[i])) for i in order]
        return [(name, score) for name, score in best if score >= max(self.threshold, rival)]

    def _score(self, text: str, left_out: int | None = None) -> tuple[Scores, float]:
        """One score a FAQ, and the cosine to the nearest text that asks for none."""
        cosines = self._cosines(text)
        if left_out is not None:
            cosines[left_out] = 0.0
        best, answers = np.zeros((2, len(self._places)))
        asked = len(self._owners) - self._answers
        np.maximum.at(best, self._place_of_row[:asked], cosines[:asked])
        np.maximum.at(answers, self._place_of_row[asked:], cosines[asked:])
        share = self._blend.answer
        scores = (1 - share) * best[:-1] + share * np.sqrt(answers[:-1])
        return scores, float(best[-1])

    def _cosines(self, text: str) -> Scores:
        columns, values = self._vectors.vector(text)
        spans = [slice(self._starts[c], self._starts[c + 1]) for c in columns]
        if not spans:
            return np.zeros(len(self._owners))
        rows = np.concatenate([self._rows[span] for span in spans])
        parts = [self._values[span] * value for span, value in zip(spans, values, strict=True)]
        return np.bincount(rows, np.concatenate(parts), len(self._owners)).astype(np.float64)

    def _find_threshold(self, texts: Sequence[str]) -> float:
        """The lowest threshold that lets through no more than the allowed share of the others."""
        alarms = []
        for row, text in enumerate(texts):
            if self._owners[row] == NOTHING:
                scores, rival = self._score(text, left_out=row)
                alarms.append(float(scores.max()) if scores.max() >= rival else 0.0)
        if not alarms:
            return self._blend.floor
        allowed = float(np.quantile(alarms, 1 - self._blend.false_alarms))
        return max(self._blend.floor, allowed + 1e-6)

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._vectors.save(folder)
        np.savez(folder / "index.npz", starts=self._starts, rows=self._rows, values=self._values)
        about = {
            "owners": self._owners,
            "answers": self._answers,
            "threshold": self.threshold,
            "blend": vars(self._blend),
        }
        (folder / "faqs.json").write_text(json.dumps(about), "utf-8")

    @classmethod
    def load(cls, folder: Path) -> FaqIndex:
        about = json.loads((folder / "faqs.json").read_text("utf-8"))
        with np.load(folder / "index.npz", allow_pickle=False) as stored:
            columns = (stored["starts"], stored["rows"], stored["values"])
        return cls(
            NgramVectors.load(folder),
            about["owners"],
            about["answers"],
            columns,
            about["threshold"],
            Blend(**about["blend"]),
        )
