"""The playbook's cues as features: what the content owners know about words, the classifier knows.

On 400 real conversations (d000-d399) hints raised the topic accuracy of the lexical classifier from
58.0 to 62.3 %, and by 10 points in cross-validation on the examples.
"""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.cases.cues import SHOUTING, CueFinder
from bot.playbook.model import Playbook

WEIGHT = 0.75
"""Length of the hints' part of a vector; that of the words and of the characters is 1 each."""

_REMEMBERED = 4096


class Hints:
    """Column i says whether the text holds the i-th cue; the last column is shouting."""

    def __init__(self, patterns: Mapping[str, tuple[str, ...]]) -> None:
        self.patterns = {name: tuple(cues) for name, cues in patterns.items() if cues}
        self._remembered = functools.lru_cache(_REMEMBERED)(CueFinder(self.patterns).find_cues)
        names = [*self.patterns, SHOUTING] if self.patterns else []
        self._columns = {name: column for column, name in enumerate(names)}

    @classmethod
    def of_playbook(cls, playbook: Playbook) -> Hints:
        """The playbook's cues and those of its subtopics; the same object for the same ones."""
        return _from_json(json.dumps({**playbook.cues, **_subtopic_cues(playbook)}))

    def __len__(self) -> int:
        return len(self._columns)

    def vector(self, text: str) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Columns and values of a text as the customer wrote it; both empty without any hint."""
        if not self._columns:
            return np.zeros(0, np.int32), np.zeros(0, np.float32)
        hit = sorted(self._columns[name] for name in self.find(text))
        share = WEIGHT / math.sqrt(len(hit)) if hit else 0.0
        return np.array(hit, np.int32), np.full(len(hit), share, np.float32)

    def tell_a_problem(self, text: str) -> bool:
        """Whether a cue of a subtopic matches: words that are about something."""
        return bool(self._columns) and any("/" in name for name in self.find(text))

    def find(self, text: str) -> frozenset[str]:
        """The names of the cues in a text; a subtopic's is `topic/subtopic`. Several components ask
        about the same message, several classifiers learn from the same texts: each is searched
        once."""
        return self._remembered(text)

    def save(self, folder: Path) -> None:
        text = json.dumps(self.patterns, ensure_ascii=False)
        (folder / "hints.json").write_text(text, "utf-8")

    @classmethod
    def load(cls, folder: Path) -> Hints:
        """The same object for all classifiers of one model."""
        return _from_json((folder / "hints.json").read_text("utf-8"))


@functools.lru_cache(maxsize=4)
def _from_json(text: str) -> Hints:
    return Hints(json.loads(text))


def _subtopic_cues(playbook: Playbook) -> dict[str, tuple[str, ...]]:
    return {
        f"{topic.name}/{subtopic.name}": subtopic.cues
        for topic in playbook.topics.values()
        for subtopic in topic.subtopics.values()
    }


NO_HINTS = Hints({})
