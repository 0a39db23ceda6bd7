"""Sentence vectors of all languages, as if what they say had been written in the examples' one.

The same sentence lies a little elsewhere in each language, and a classifier that learned from
English alone takes that for a difference in meaning. What a brand says of itself exists in every
language it speaks: from these texts the way from each language to the first is learned, a linear
map (Mikolov et al. 2013, arXiv 1309.4168), as ridge regression on what differs, so that few texts
change little. No example of a customer is needed for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import numpy as np

from bot.nlu.encoder import Floats
from bot.playbook.content import Content

FEWEST, MOST = 40, 300
"""So many texts at least are needed, and so many are enough (encoding them takes time)."""
STRENGTH = 0.3
"""The ridge's penalty. On 41 situations of our own in German, Portuguese and Korean, 0.1 and 0.3
gave the right topic the same likelihood, 1 a smaller one."""
_FILE = "alignment.npz"


@dataclass(frozen=True)
class Alignment:
    """Language -> its map (dimensions x dimensions), and the mean vector of its texts; `mean` is
    that of the first language's texts. Without maps vectors stay as they are."""

    maps: Mapping[str, Floats] = field(default_factory=dict)
    means: Mapping[str, Floats] = field(default_factory=dict)
    mean: Floats = field(default_factory=lambda: np.zeros(0, np.float32))

    @classmethod
    def fit(cls, vectors: Mapping[str, Floats]) -> Alignment:
        """`vectors`: language -> one row a text, the same texts in each; the first is the language
        of the examples."""
        first, *others = vectors
        if not others or len(vectors[first]) < FEWEST:
            return cls()
        means = {language: vectors[language].mean(axis=0) for language in others}
        mean = vectors[first].mean(axis=0)
        meant = vectors[first] - mean
        maps = {other: _way(vectors[other] - means[other], meant) for other in others}
        return cls(maps, means, mean)

    def align(self, sentence: Floats, language: str) -> Floats:
        """A vector (or rows of them) of a text in `language`; of an unknown one as it is."""
        if language not in self.maps:
            return sentence
        own = sentence - self.means[language]
        return np.asarray(self.mean + own + own @ self.maps[language], np.float32)

    def align_all(self, rows: Floats, languages: Sequence[str]) -> Floats:
        """One row a text, each in its own language."""
        aligned = [self.align(row, own) for row, own in zip(rows, languages, strict=True)]
        return np.array(aligned, np.float32).reshape(rows.shape)

    def save(self, folder: Path) -> None:
        maps = {f"map_{name}": values.astype(np.float16) for name, values in self.maps.items()}
        means = {f"mean_{name}": values for name, values in self.means.items()}
        np.savez(folder / _FILE, mean=self.mean, **maps, **means)

    @classmethod
    def load(cls, folder: Path) -> Alignment:
        with np.load(folder / _FILE, allow_pickle=False) as stored:
            parts = {name: stored[name].astype(np.float32) for name in stored.files}
        mean = parts.pop("mean")
        maps, means = (
            {name[len(kind) :]: part for name, part in parts.items() if name.startswith(kind)}
            for kind in ("map_", "mean_")
        )
        return cls(maps, means, mean)


AS_THEY_ARE = Alignment()


def parallel_texts(content: Content) -> dict[str, list[str]]:
    """Language (English, that of the examples, first) -> what is written in every language of the
    playbook, in one order: labels of topics and subtopics, titles and descriptions of pages."""
    languages = sorted(content.playbook.languages, key=lambda language: language != "en")
    everywhere = (text for text in _localized(content) if set(languages) <= text.keys())
    texts = list(islice(everywhere, MOST))
    return {language: [text[language] for text in texts] for language in languages}


def _localized(content: Content) -> Iterator[Mapping[str, str]]:
    for topic in content.playbook.topics.values():
        yield topic.label
        yield from (subtopic.label for subtopic in topic.subtopics.values())
    for page in content.resources.values():
        yield from (page.title, page.description)


def _way(own: Floats, meant: Floats) -> Floats:
    """The map that leads from centred vectors to what they lack to be `meant`."""
    inner = own.T @ own + STRENGTH * np.eye(own.shape[1], dtype=np.float32)
    return np.asarray(np.linalg.solve(inner, own.T @ (meant - own)), np.float32)
