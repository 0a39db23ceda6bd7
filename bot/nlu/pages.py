"""Which self-service pages are about what a message means, in whatever language either is written.

A page is where its titles and descriptions lie; it learns from no example, so that one that was
imported yesterday is found like any other.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.nlu.decision import Encoded
from bot.nlu.encoder import Floats
from bot.nlu.union import centred
from bot.playbook.model import Resource

FILE = "pages.npz"
_FALSE_ALARMS = 0.07
"""Of the examples, so many may be as near as the threshold to some page that is none of theirs."""
_LEAST_COSINE = 0.05
_NEAR = 0.25
"""A page with a smaller score is not told of."""


@dataclass(frozen=True)
class Page:
    """`texts` are its titles and descriptions in all languages, `topics` those it is made for."""

    name: str
    texts: Sequence[str]
    topics: Collection[str]


class PageFinder:
    """`places` are one row a page, centred by `mean`, of length 1; a cosine of `least` scores 1."""

    def __init__(self, names: Sequence[str], places: Floats, mean: Floats, least: float) -> None:
        self._names = tuple(names)
        self._places = places
        self._mean = mean
        self._least = least

    @classmethod
    def fit(
        cls, pages: Sequence[Page], examples: Sequence[tuple[str, str]], encoded: Encoded
    ) -> PageFinder:
        """`examples` are (topic, text), with an empty topic for texts that report nothing: to those
        every page is a false alarm, to the others those of other topics. Neither may be empty."""
        sentences = encoded([text for _, text in examples])
        mean = np.asarray(sentences.mean(axis=0), np.float32)
        told = centred(encoded([text for page in pages for text in page.texts]), mean)
        ends = np.cumsum([len(page.texts) for page in pages])[:-1]
        middles = np.array([rows.mean(axis=0) for rows in np.split(told, ends)], np.float32)
        places = centred(middles, np.zeros_like(mean))
        foreign = [[topic not in page.topics for page in pages] for topic, _ in examples]
        cosines = np.where(foreign, centred(sentences, mean) @ places.T, -1.0).max(axis=1)
        least = float(np.quantile(cosines, 1 - _FALSE_ALARMS))
        return cls([page.name for page in pages], places, mean, max(least, _LEAST_COSINE))

    def find(self, sentence: Floats, limit: int = 10) -> list[tuple[str, float]]:
        """(page, score), best first, at most `limit`; from 1 on a page is near enough to be offered
        for its meaning alone."""
        scores = centred(sentence, self._mean) @ self._places.T / self._least
        best = np.argsort(-scores)[:limit]
        return [(self._names[i], float(scores[i])) for i in best if scores[i] >= _NEAR]

    def save(self, folder: Path) -> None:
        names = np.array(self._names)
        places = self._places.astype(np.float16)
        np.savez(folder / FILE, names=names, places=places, mean=self._mean, least=self._least)

    @classmethod
    def load(cls, folder: Path) -> PageFinder:
        with np.load(folder / FILE, allow_pickle=False) as stored:
            places = stored["places"].astype(np.float32)
            return cls(stored["names"].tolist(), places, stored["mean"], float(stored["least"]))


def page_of(page: Resource) -> Page:
    """What is looked at to know what a page is about."""
    return Page(page.id, [*page.title.values(), *page.description.values()], page.topics)
