"""Texts as sparse tf-idf vectors of words and character n-grams, with numpy alone at serve time.

The numbers are those of scikit-learn's TfidfVectorizer with sublinear_tf and l2 norm (a test holds
them side by side); importing scikit-learn costs a starting worker 1.5 s, this file nothing.
"""

from __future__ import annotations

import functools
import json
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

import numpy as np
from numpy.typing import NDArray

from bot.nlu.hints import NO_HINTS, Hints
from bot.nlu.text import normalise, words

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

Floats = NDArray[np.float32]
Indices = NDArray[np.int32]


def word_ngrams(text: str, low: int, high: int) -> Iterator[str]:
    """Runs of `low` to `high` words, joined by a space."""
    tokens = words(text)
    for length in range(low, high + 1):
        for start in range(len(tokens) - length + 1):
            yield " ".join(tokens[start : start + length])


def char_ngrams(text: str, low: int, high: int) -> Iterator[str]:
    """Runs of characters inside each word with a space on both sides: scikit-learn's `char_wb`."""
    for word in text.split():
        padded = f" {word} "
        for length in range(low, high + 1):
            if length >= len(padded):
                yield padded
                break
            for start in range(len(padded) - length + 1):
                yield padded[start : start + length]


@functools.lru_cache(maxsize=8)
def _counted(kind: str, low: int, high: int, text: str) -> Counter[str]:
    return Counter((word_ngrams if kind == "words" else char_ngrams)(text, low, high))


@dataclass(frozen=True)
class Ngrams:
    """Which n-grams are counted: `words` or `chars`, from `low` to `high` long; those in fewer than
    `min_texts` training texts are left out; `weight` scales the block inside a joint vector."""

    kind: Literal["words", "chars"]
    low: int
    high: int
    min_texts: int = 1
    weight: float = 1.0

    def count(self, text: str) -> Counter[str]:
        """`text` is normalised already. Do not change what is returned: the classifiers of a
        message count the same n-grams, and share them."""
        return _counted(self.kind, self.low, self.high, text)


DEFAULT_BLOCKS = (Ngrams("words", 1, 2), Ngrams("chars", 2, 5, min_texts=2))


@dataclass(frozen=True)
class Block:
    """One kind of n-grams with its learned vocabulary (n-gram -> column) and idf (one a column)."""

    ngrams: Ngrams
    vocabulary: dict[str, int]
    idf: Floats

    @classmethod
    def fit(cls, ngrams: Ngrams, texts: Sequence[str]) -> Block:
        seen = Counter(gram for text in texts for gram in ngrams.count(text))
        kept = sorted(gram for gram, times in seen.items() if times >= ngrams.min_texts)
        idf = [math.log((1 + len(texts)) / (1 + seen[gram])) + 1 for gram in kept]
        return cls(ngrams, {gram: i for i, gram in enumerate(kept)}, np.array(idf, np.float32))

    def vector(self, text: str) -> tuple[Indices, Floats]:
        """Columns and values of a normalised text; the values have length `weight`, or are none."""
        counts = self.ngrams.count(text)
        known = [
            (self.vocabulary[gram], n) for gram, n in counts.items() if gram in self.vocabulary
        ]
        if not known:
            return np.zeros(0, np.int32), np.zeros(0, np.float32)
        columns, times = (np.array(part) for part in zip(*known, strict=True))
        values = (1 + np.log(times)) * self.idf[columns]
        values *= self.ngrams.weight / math.sqrt(float(values @ values))
        return columns.astype(np.int32), values.astype(np.float32)


class NgramVectors:
    """Several blocks and the hints side by side in one vector space of `size` columns."""

    def __init__(self, blocks: Sequence[Block], hints: Hints = NO_HINTS) -> None:
        self.blocks = tuple(blocks)
        self.hints = hints
        self.size = sum(len(block.idf) for block in self.blocks) + len(hints)
        self._latest: tuple[tuple[str, str | None], tuple[Indices, Floats]] | None = None

    @classmethod
    def fit(
        cls,
        texts: Iterable[str],
        blocks: Sequence[Ngrams] = DEFAULT_BLOCKS,
        hints: Hints = NO_HINTS,
    ) -> NgramVectors:
        """`texts` as customers write them; normalising is done here, once."""
        spelt = [normalise(text) for text in texts]
        return cls([Block.fit(ngrams, spelt) for ngrams in blocks], hints)

    def vector(self, text: str, hinted: str | None = None) -> tuple[Indices, Floats]:
        """Sparse vector of a text: columns (int32) and values (float32), both empty if nothing in
        the text is known. Hints are looked for in `hinted` if given. The latest is remembered: a
        message is ranked by its n-grams first, then with its sentence vector."""
        latest = self._latest
        if latest is None or latest[0] != (text, hinted):
            latest = self._latest = (text, hinted), self._vector(text, hinted)
        return latest[1]

    def _vector(self, text: str, hinted: str | None) -> tuple[Indices, Floats]:
        spelt, offset = normalise(text), 0
        columns, values = [], []
        for block in self.blocks:
            places, weights = block.vector(spelt)
            columns.append(places + np.int32(offset))
            values.append(weights)
            offset += len(block.idf)
        places, weights = self.hints.vector(text if hinted is None else hinted)
        columns.append(places + np.int32(offset))
        values.append(weights)
        return np.concatenate(columns), np.concatenate(values)

    def familiarity(self, text: str) -> float:
        """The share of the text's n-grams that training has seen, 0 to 1; 0 for no n-grams."""
        spelt = normalise(text)
        grams = [(gram, b) for b in self.blocks for gram in b.ngrams.count(spelt)]
        return sum(gram in block.vocabulary for gram, block in grams) / max(1, len(grams))

    def matrix(self, texts: Sequence[str], hinted: Sequence[str] | None = None) -> csr_matrix:
        """One row a text, for training."""
        from scipy.sparse import csr_matrix

        rows = [self._vector(*pair) for pair in zip(texts, hinted or texts, strict=True)]
        ends = np.cumsum([0, *(len(columns) for columns, _ in rows)])
        columns = np.concatenate([columns for columns, _ in rows])
        values = np.concatenate([values for _, values in rows])
        return csr_matrix((values, columns, ends), shape=(len(rows), self.size))

    def save(self, folder: Path) -> None:
        """Writes ngrams.json and hints.json into an existing folder."""
        self.hints.save(folder)
        blocks = [
            {
                "ngrams": vars(block.ngrams),
                "vocabulary": list(block.vocabulary),
                "idf": [round(float(value), 6) for value in block.idf],
            }
            for block in self.blocks
        ]
        (folder / "ngrams.json").write_text(json.dumps(blocks, ensure_ascii=False), "utf-8")

    @classmethod
    def load(cls, folder: Path) -> NgramVectors:
        stored = json.loads((folder / "ngrams.json").read_text("utf-8"))
        return cls([_block(entry) for entry in stored], Hints.load(folder))


def _block(entry: dict[str, object]) -> Block:
    grams = cast("list[str]", entry["vocabulary"])
    return Block(
        Ngrams(**cast("dict[str, object]", entry["ngrams"])),  # type: ignore[arg-type]
        {gram: i for i, gram in enumerate(grams)},
        np.array(entry["idf"], np.float32),
    )
