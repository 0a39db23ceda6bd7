"""What a message is: a problem to take in, with its topic, or a move in the dialogue.

Two questions, two classifiers: is it a report, or which dialogue intent; and, if a report, about
what. So the dialogue intents' many short examples do not blur the topics.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.nlu.blends import blended
from bot.nlu.lexical import DEFAULT_RECIPE, LexicalClassifier, Recipe
from bot.nlu.text import normalise, words

REPORT = "report"
INFORM = "inform"
FALLBACK = "nlu_fallback"


@dataclass(frozen=True)
class Thresholds:
    """`unsure`: a short message whose best family is less likely is not understood; nor is one of
    whose n-grams training has seen a smaller share than `familiar`.
    `long_words`: from so many words on a message is a report unless a dialogue intent has at
    least `sure`; nobody writes that much to say hello. `told_words`: an answer with so many words
    beside its details, and a subtopic's cue among them, tells of a problem."""

    unsure: float = 0.3
    familiar: float = 0.3
    long_words: int = 12
    sure: float = 0.8
    told_words: int = 5


DEFAULT_THRESHOLDS = Thresholds()


@dataclass(frozen=True)
class Decision:
    """`intent` is the full name or `nlu_fallback`; the rankings are best first and sum to 1."""

    intent: str
    confidence: float
    families: tuple[tuple[str, float], ...]
    topics: tuple[tuple[str, float], ...]


class IntentModel:
    """The two classifiers and the rule that joins them."""

    def __init__(
        self,
        families: LexicalClassifier,
        topics: LexicalClassifier,
        thresholds: Thresholds = DEFAULT_THRESHOLDS,
    ) -> None:
        self._families = families
        self._topics = topics
        self._thresholds = thresholds

    @classmethod
    def fit(
        cls,
        texts: Sequence[str],
        shapes: Sequence[str],
        intents: Sequence[str],
        recipe: Recipe = DEFAULT_RECIPE,
    ) -> IntentModel:
        """`intents` are full names, one at least a `report/...`; `shapes` are the texts with
        their details masked (`bot.nlu.spotting.masked`)."""
        families = [intent.split("/", 1)[0] for intent in intents]
        reports = [
            (text, intent.split("/", 1)[1])
            for text, intent in zip(texts, intents, strict=True)
            if intent.startswith(f"{REPORT}/")
        ]
        topics = LexicalClassifier.fit([t for t, _ in reports], [n for _, n in reports], recipe)
        joined = [*zip(shapes, families, strict=True), *blended(shapes, families)]
        hinted = [*texts, *(text for text, _ in blended(texts, families))]
        told = LexicalClassifier.fit([s for s, _ in joined], [f for _, f in joined], recipe, hinted)
        return cls(told, topics)

    def decide(self, text: str, shape: str) -> Decision:
        """`shape` is the text with its details masked: answers are known by their shape, topics by
        what is said."""
        families = tuple(self._families.predict_proba(shape, text).items())
        topics = tuple(self._topics.predict_proba(text).items())
        family, confidence = self._family(families, text, shape)
        intent = f"{REPORT}/{topics[0][0]}" if family == REPORT else family
        return Decision(intent, confidence, families, topics)

    def _family(
        self, ranking: Sequence[tuple[str, float]], text: str, shape: str
    ) -> tuple[str, float]:
        best, probability = ranking[0]
        said = words(normalise(shape))
        if best == INFORM and self._tells_a_problem(said, text):
            return REPORT, probability
        if len(said) >= self._thresholds.long_words:
            if probability < self._thresholds.sure:
                return REPORT, dict(ranking).get(REPORT, 0.0)
        elif probability < self._thresholds.unsure or self._is_foreign(shape):
            return FALLBACK, 1.0 - probability
        return best, probability

    def _tells_a_problem(self, said: Sequence[str], text: str) -> bool:
        told = sum(word[0].isalpha() for word in said)
        hints = self._families.vectors.hints
        return told >= self._thresholds.told_words and hints.tell_a_problem(text)

    def _is_foreign(self, shape: str) -> bool:
        return self._families.vectors.familiarity(shape) < self._thresholds.familiar

    def save(self, folder: Path) -> None:
        self._families.save(folder / "families")
        self._topics.save(folder / "topics")

    @classmethod
    def load(cls, folder: Path, thresholds: Thresholds = DEFAULT_THRESHOLDS) -> IntentModel:
        families = LexicalClassifier.load(folder / "families")
        return cls(families, LexicalClassifier.load(folder / "topics"), thresholds)
