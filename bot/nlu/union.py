"""The classifier of n-grams and sentence vectors together, which can do without the vectors.

N-grams know a brand's words, sentence vectors what a text means: each errs where the other does
not. Two models are trained, so that a machine without the encoder still understands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from bot.nlu.lexical import DEFAULT_RECIPE, LexicalClassifier, Recipe
from bot.nlu.linear import Matrix, Method, Ranking, fit_linear, ranking
from bot.nlu.ngrams import Floats, NgramVectors

_FILE = "joint.npz"


@dataclass(frozen=True)
class Blend:
    """How the two go together: `lexical` is the factor on the n-grams' inner products (their rows
    have squared length 2 and more, the sentence rows 1), `strength` the inverse regularisation.

    Chosen on training texts of Banking77 and CLINC150 that the ten shots leave out.
    """

    lexical: float = 0.2
    strength: float = 15.0


DEFAULT_BLEND = Blend()


@dataclass(frozen=True)
class Joint:
    """`weights` of the n-grams and `senses` of the sentence vectors' dimensions, each x labels;
    `mean` is the mean sentence vector of the training texts."""

    weights: Floats
    senses: Floats
    mean: Floats
    bias: Floats
    threshold: float

    def save(self, file: Path) -> None:
        np.savez(file, **{**vars(self), "weights": self.weights.astype(np.float16)})

    @classmethod
    def load(cls, file: Path) -> Joint:
        with np.load(file, allow_pickle=False) as stored:
            parts = {name: stored[name].astype(np.float32) for name in stored.files}
        return cls(**{**parts, "threshold": float(parts["threshold"])})  # type: ignore[arg-type]


class HeldOut(NamedTuple):
    """The logits (texts x labels) each text gets from models without that text: from n-grams alone,
    and with sentence vectors, where there are any."""

    alone: Matrix
    joint: Matrix | None = None


class UnionClassifier:
    """`alone` decides without a sentence vector, `joint` with one."""

    def __init__(self, alone: LexicalClassifier, joint: Joint | None = None) -> None:
        self.alone = alone
        self.joint = joint

    @classmethod
    def fit(
        cls,
        texts: Sequence[str],
        labels: Sequence[str],
        sentences: Floats | None = None,
        recipe: Recipe = DEFAULT_RECIPE,
        hinted: Sequence[str] | None = None,
        names: int = 0,
        blend: Blend = DEFAULT_BLEND,
    ) -> UnionClassifier:
        """`sentences` has one vector a text. The last `names` texts are the labels' own names: each
        is one more example, but none that customers would write, so none to measure by."""
        return cls.fit_and_test(texts, labels, sentences, recipe, hinted, names, blend)[0]

    @classmethod
    def fit_and_test(
        cls,
        texts: Sequence[str],
        labels: Sequence[str],
        sentences: Floats | None = None,
        recipe: Recipe = DEFAULT_RECIPE,
        hinted: Sequence[str] | None = None,
        names: int = 0,
        blend: Blend = DEFAULT_BLEND,
    ) -> tuple[UnionClassifier, HeldOut]:
        """Also what each text, `names` excepted, looks like to a model that has not seen it."""
        vectors = NgramVectors.fit(texts, recipe.blocks, recipe.hints)
        rows = vectors.matrix(texts, hinted)
        gram = (rows @ rows.T).toarray()
        alone, held_out = LexicalClassifier.fit_rows(vectors, rows, gram, labels, recipe, names)
        if sentences is None:
            return cls(alone), HeldOut(held_out)
        mean = sentences[: len(texts) - names].mean(axis=0)
        meant = centred(sentences, mean)
        gram = blend.lexical * gram + meant @ meant.T
        classes = np.unique(np.array(labels), return_inverse=True)[1]
        method = Method(blend.strength, recipe.folds, recipe.refused)
        fitted = fit_linear(gram, classes, method, names)
        joint = Joint(
            np.ascontiguousarray(blend.lexical * (rows.T @ fitted.dual), np.float32),
            np.asarray(meant.T @ fitted.dual, np.float32),
            np.asarray(mean, np.float32),
            np.asarray(fitted.bias, np.float32),
            fitted.threshold,
        )
        return cls(alone, joint), HeldOut(held_out, fitted.held_out)

    def rank(self, text: str, hinted: str | None = None, sentence: Floats | None = None) -> Ranking:
        """`sentence` is the text's vector; without it the n-grams alone decide."""
        if self.joint is None or sentence is None:
            return self.alone.rank(text, hinted)
        columns, values = self.alone.vectors.vector(text, hinted)
        meant = centred(sentence, self.joint.mean)
        logits = values @ self.joint.weights[columns] + meant @ self.joint.senses + self.joint.bias
        return ranking(self.alone.labels, logits, self.joint.threshold)

    def is_sure(self, ranking: Ranking, share: float) -> bool:
        """Whether this ranking by n-grams alone is among the surest `share` of such rankings, as
        held-out texts had them."""
        return share > 0 and ranking.margin >= float(np.quantile(self.alone.margins, 1 - share))

    def save(self, folder: Path) -> None:
        self.alone.save(folder)
        if self.joint is not None:
            self.joint.save(folder / _FILE)

    @classmethod
    def load(cls, folder: Path) -> UnionClassifier:
        alone, file = LexicalClassifier.load(folder), folder / _FILE
        return cls(alone, Joint.load(file) if file.exists() else None)


def centred(sentences: Floats, mean: Floats) -> Floats:
    """All vectors of this encoder point much the same way; what differs is what they mean."""
    moved = sentences - mean
    lengths = np.linalg.norm(moved, axis=-1, keepdims=True)
    return np.asarray(moved / np.maximum(lengths, 1e-9))
