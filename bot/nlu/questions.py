"""Which FAQ a message asks for, if it asks for one at all.

Two classifiers of n-grams and sentence vectors: is it a question we have an answer to (or a report,
or a move in the dialogue), and which one. A question about the world is a question, too; but little
in it speaks for any answer of ours, and none of our questions is near to it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.nlu.decision import Encoded
from bot.nlu.encoder import Floats
from bot.nlu.lexical import DEFAULT_RECIPE, Recipe
from bot.nlu.linear import Matrix, softmax
from bot.nlu.union import UnionClassifier, centred

FILE = "faqs.json"
_VECTORS = "asked.npz"
_ASKS = "faq"
_OTHER = "other"
_EVIDENCE, _NEARNESS = 0.5, 20.0
"""What the logit of the best answer and the mean cosine to the nearest questions weigh beside the
log odds of being a question. Where 95 % of the demo brand's questions pass held out, 21 % of the
200 texts of CLINC150's oos_train and oos_val pass; with odds and evidence alone 40 %."""
_NEAREST = 3


@dataclass(frozen=True)
class Caution:
    """The threshold is where, of the questions, seen as unknown texts, the share `refused` falls
    below it; but at most the share `false_alarms` of the other examples reaches it. Among those are
    questions about products that no FAQ answers quite."""

    refused: float = 0.04
    false_alarms: float = 0.2


DEFAULT_CAUTION = Caution()


@dataclass(frozen=True)
class Questions:
    """What is learned from. `asked` are (FAQ id, example), `called` (FAQ id, its title or answer)
    in any language, `others` texts that ask for no FAQ."""

    asked: Sequence[tuple[str, str]]
    called: Sequence[tuple[str, str]]
    others: Sequence[str]

    @property
    def written(self) -> list[str]:
        """The texts customers write, the questions first."""
        return [text for _, text in self.asked] + list(self.others)


@dataclass(frozen=True)
class Neighbours:
    """`asked` are the vectors of the questions, moved by their `mean`; what speaks for a question
    must be at least `least`."""

    asked: Floats
    mean: Floats
    least: float

    def nearness(self, sentence: Floats) -> float:
        moved = centred(sentence, self.mean)
        return float(_nearness(moved[np.newaxis], self.asked)[0])

    def save(self, file: Path) -> None:
        np.savez(file, **{**vars(self), "asked": self.asked.astype(np.float16)})

    @classmethod
    def load(cls, file: Path) -> Neighbours:
        with np.load(file, allow_pickle=False) as stored:
            asked = stored["asked"].astype(np.float32)
            return cls(asked, stored["mean"], float(stored["least"]))


class FaqFinder:
    """A FAQ scores P(it is such a question) * P(it is this one | it is one). A message is such a
    question when what speaks for that reaches `alone` (n-grams alone) or `near.least` (with
    sentence vectors); `near` is None without an encoder."""

    def __init__(
        self,
        gate: UnionClassifier,
        faqs: UnionClassifier,
        alone: float,
        near: Neighbours | None = None,
    ) -> None:
        self._gate = gate
        self._faqs = faqs
        self._alone = alone
        self._near = near

    @classmethod
    def fit(
        cls,
        questions: Questions,
        encoded: Encoded | None = None,
        recipe: Recipe = DEFAULT_RECIPE,
        caution: Caution = DEFAULT_CAUTION,
    ) -> FaqFinder:
        """`encoded` gives the sentence vectors of texts, where there is an encoder."""
        written, count = questions.written, len(questions.asked)
        kinds = [_ASKS] * count + [_OTHER] * len(questions.others)
        answered = [*questions.asked, *questions.called]
        texts, ids = [text for _, text in answered], [name for name, _ in answered]
        sentences = encoded(written) if encoded else None
        meant = encoded(texts) if encoded else None
        gate, kind = UnionClassifier.fit_and_test(written, kinds, sentences, recipe)
        faqs, which = UnionClassifier.fit_and_test(
            texts, ids, meant, recipe, names=len(questions.called)
        )
        column = gate.alone.labels.index(_ASKS)
        speaks = _odds(softmax(kind.alone)[:, column]) + _EVIDENCE * np.concatenate(
            [which.alone.max(axis=1), _evidence(faqs, questions.others)]
        )
        alone = _threshold(speaks, count, caution)
        if sentences is None or faqs.joint is None or kind.joint is None or which.joint is None:
            return cls(gate, faqs, alone)
        moved = centred(sentences, faqs.joint.mean)
        evidence = _evidence(faqs, questions.others, sentences[count:])
        speaks = (
            _odds(softmax(kind.joint)[:, column])
            + _EVIDENCE * np.concatenate([which.joint.max(axis=1), evidence])
            + _NEARNESS * _nearness(moved, moved[:count], apart=True)
        )
        near = Neighbours(moved[:count], faqs.joint.mean, _threshold(speaks, count, caution))
        return cls(gate, faqs, alone, near)

    def find(
        self, text: str, sentence: Floats | None = None, limit: int = 3
    ) -> list[tuple[str, float]]:
        """(FAQ id, score), best first, at most `limit`; empty for what is no question of ours. The
        scores sum to at most 1. `sentence` is the text's vector; without it the n-grams decide."""
        ranking = self._faqs.rank(text, sentence=sentence)
        share = self._gate.rank(text, sentence=sentence).shares[_ASKS]
        speaks = float(_odds(np.array(share))) + _EVIDENCE * ranking.evidence
        least = self._alone
        if sentence is not None and self._near is not None:
            speaks += _NEARNESS * self._near.nearness(sentence)
            least = self._near.least
        if speaks < least:
            return []
        asks = 1 / (1 + np.exp(least - speaks))
        return [
            (name, float(asks * likely)) for name, likely in list(ranking.shares.items())[:limit]
        ]

    def save(self, folder: Path) -> None:
        self._gate.save(folder / "gate")
        self._faqs.save(folder / "faqs")
        (folder / FILE).write_text(json.dumps({"alone": self._alone}), "utf-8")
        if self._near is not None:
            self._near.save(folder / _VECTORS)

    @classmethod
    def load(cls, folder: Path) -> FaqFinder:
        alone = float(json.loads((folder / FILE).read_text("utf-8"))["alone"])
        near = Neighbours.load(folder / _VECTORS) if (folder / _VECTORS).exists() else None
        gate = UnionClassifier.load(folder / "gate")
        return cls(gate, UnionClassifier.load(folder / "faqs"), alone, near)


def _odds(shares: Matrix) -> Matrix:
    """Log odds of probabilities, which are never taken for certain."""
    kept = np.clip(shares, 1e-6, 1 - 1e-6)
    return np.asarray(np.log(kept / (1 - kept)))


def _evidence(faqs: UnionClassifier, texts: Sequence[str], meant: Floats | None = None) -> Matrix:
    """What speaks for the best FAQ of texts that ask for none."""
    sentences = [None] * len(texts) if meant is None else meant
    pairs = zip(texts, sentences, strict=True)
    return np.array([faqs.rank(text, sentence=sentence).evidence for text, sentence in pairs])


def _nearness(moved: Floats, asked: Floats, apart: bool = False) -> Matrix:
    """The mean cosine of each row to the questions nearest to it; `apart`: the first rows are the
    questions, and none is near to itself."""
    cosines = moved @ asked.T
    if apart:
        np.fill_diagonal(cosines, -1.0)
    nearest = min(_NEAREST, cosines.shape[1])
    return np.asarray(np.partition(cosines, -nearest, axis=1)[:, -nearest:].mean(axis=1))


def _threshold(speaks: Matrix, count: int, caution: Caution) -> float:
    """`speaks` is what speaks for each held-out text being a question; the first `count` are."""
    least = float(np.quantile(speaks[:count], caution.refused))
    if len(speaks) == count:
        return least
    return max(least, float(np.quantile(speaks[count:], 1 - caution.false_alarms)))
