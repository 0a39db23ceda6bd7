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
OF_MAP, OF_MEAN = 0.5, 0.25
"""How much of the way is gone: what a brand says of itself is no message of a customer, and the
mean of one is not that of the other. On 104 situations (bench/languages.py, "told") 53.2 % of the
topics of German, Portuguese and Korean are found so, 50.6 % with all of both, 51.9 % with none;
half to three quarters of the map and a quarter to half of the mean are alike."""
_FILE = "alignment.npz"


@dataclass(frozen=True)
class Alignment:
    """Language -> its map (dimensions x dimensions) and its shift; both say what is added to a
    vector. Without them vectors stay as they are."""

    maps: Mapping[str, Floats] = field(default_factory=dict)
    shifts: Mapping[str, Floats] = field(default_factory=dict)

    @classmethod
    def fit(
        cls, vectors: Mapping[str, Floats], of_map: float = OF_MAP, of_mean: float = OF_MEAN
    ) -> Alignment:
        """`vectors`: language -> one row a text, the same texts in each; the first is the language
        of the examples. `of_map` and `of_mean` are the shares of the way, 0 to 1."""
        first, *others = vectors
        if not others or len(vectors[first]) < FEWEST:
            return cls()
        mean = vectors[first].mean(axis=0)
        meant = vectors[first] - mean
        maps, shifts = {}, {}
        for other in others:
            own = vectors[other].mean(axis=0)
            maps[other] = of_map * _way(vectors[other] - own, meant)
            shifts[other] = of_mean * (mean - own) - own @ maps[other]
        return cls(maps, shifts)

    def align(self, sentence: Floats, language: str) -> Floats:
        """A vector (or rows of them) of a text in `language`; of an unknown one as it is."""
        if language not in self.maps:
            return sentence
        moved = sentence + sentence @ self.maps[language] + self.shifts[language]
        return np.asarray(moved, np.float32)

    def align_all(self, rows: Floats, languages: Sequence[str]) -> Floats:
        """One row a text, each in its own language."""
        aligned = [self.align(row, own) for row, own in zip(rows, languages, strict=True)]
        return np.array(aligned, np.float32).reshape(rows.shape)

    def save(self, folder: Path) -> None:
        maps = {f"map_{name}": values.astype(np.float16) for name, values in self.maps.items()}
        shifts = {f"shift_{name}": values for name, values in self.shifts.items()}
        np.savez(folder / _FILE, **maps, **shifts)

    @classmethod
    def load(cls, folder: Path) -> Alignment:
        with np.load(folder / _FILE, allow_pickle=False) as stored:
            parts = {name: stored[name].astype(np.float32) for name in stored.files}
        maps, shifts = (
            {name[len(kind) :]: part for name, part in parts.items() if name.startswith(kind)}
            for kind in ("map_", "shift_")
        )
        return cls(maps, shifts)


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
