"""What a message is: a problem to take in, with its topic, or a move in the dialogue.

Two questions, two classifiers: is it a report, or which dialogue intent; and, if a report, about
what. So the dialogue intents' many short examples do not blur the topics.
"""

from __future__ import annotations

import hashlib
import json
import string
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.nlu.alignment import AS_THEY_ARE, Alignment
from bot.nlu.blends import blended, pairs
from bot.nlu.encoder import Floats
from bot.nlu.lexical import DEFAULT_RECIPE, Recipe
from bot.nlu.linear import Ranking
from bot.nlu.text import normalise, words
from bot.nlu.union import UnionClassifier

REPORT = "report"
INFORM = "inform"
FALLBACK = "nlu_fallback"


@dataclass(frozen=True)
class Thresholds:
    """`unsure`: a short message whose best family is less likely is not understood; nor is one of
    whose n-grams training has seen a smaller share than `familiar`; with a sentence vector instead,
    one below the threshold found at training and below `sure`. But one that is known by its vector
    to be about a topic, with at least `about`, is a report, unless a dialogue intent has `likely`.
    `long_words`: from so many words on a message is a report unless a dialogue intent has at
    least `sure`; nobody writes that much to say hello. `told_words`: an answer with so many words
    beside its details, and a subtopic's cue among them, tells of a problem. `cascade`: the share
    of messages that the n-grams decide alone because they are surest of these; 0 turns it off."""

    unsure: float = 0.3
    familiar: float = 0.3
    likely: float = 0.65
    about: float = 0.9
    long_words: int = 12
    sure: float = 0.8
    told_words: int = 5
    cascade: float = 0.0


DEFAULT_THRESHOLDS = Thresholds()


@dataclass(frozen=True)
class Decision:
    """`intent` is the full name or `nlu_fallback`; the rankings are best first and sum to 1."""

    intent: str
    confidence: float
    families: tuple[tuple[str, float], ...]
    topics: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Doubt:
    """What hangs on the threshold found at training: the message's intent is `known` when its
    evidence reaches the threshold, else `foreign`. `lead` is by how much it does, negative when it
    does not; None where the threshold is not asked."""

    known: str
    foreign: str
    lead: float | None


Encoded = Callable[[Sequence[str]], Floats]
"""Texts -> their sentence vectors."""
Meaning = Callable[[], "Floats | None"]
"""The sentence vector of a message, None if there is none; called only when it is needed."""


@dataclass(frozen=True)
class _Heard:
    """`is_meant`: with the sentence vector."""

    families: Ranking
    topics: Ranking
    is_foreign: bool
    is_about: bool
    is_meant: bool


_MARKS = frozenset(string.punctuation + string.whitespace + "…¿¡。")
"""Who writes these alone says nothing; emoji say something."""
_NO_LANGUAGES: Mapping[str, str] = {}


def unmeant() -> Floats | None:
    """No sentence vector: the n-grams decide alone."""
    return None


class IntentModel:
    """The two classifiers and the rule that joins them. `known` are the fingerprints of the
    examples and their families: whoever writes one of them needs no encoder and means just that.
    Topics are told by aligned vectors, moves by the plain ones: their words differ more than that.
    """

    def __init__(
        self,
        families: UnionClassifier,
        topics: UnionClassifier,
        thresholds: Thresholds = DEFAULT_THRESHOLDS,
        known: Mapping[str, str] | None = None,
        alignment: Alignment = AS_THEY_ARE,
    ) -> None:
        self._families = families
        self._topics = topics
        self._thresholds = thresholds
        self._known = known or {}
        self._alignment = alignment

    @classmethod
    def fit(
        cls,
        texts: Sequence[str],
        shapes: Sequence[str],
        intents: Sequence[str],
        recipe: Recipe = DEFAULT_RECIPE,
        encoded: Encoded | None = None,
        names: Sequence[tuple[str, str]] = (),
        alignment: Alignment = AS_THEY_ARE,
        languages: Mapping[str, str] = _NO_LANGUAGES,
    ) -> IntentModel:
        """`intents` are full names, one at least a `report/...`; `shapes` are the texts with
        their details masked (`bot.nlu.spotting.masked`); `names` are (topic, what it is called);
        `languages` are those of the texts."""
        sentences = encoded(texts) if encoded else None
        aligned = None
        if sentences is not None:
            aligned = alignment.align_all(sentences, [languages.get(text, "") for text in texts])
        topics = _fit_topics(texts, intents, recipe, aligned, encoded, names)
        families = _fit_families(texts, shapes, intents, recipe, sentences)
        return cls(families, topics, known=_known(texts, intents), alignment=alignment)

    def decide(
        self, text: str, shape: str, meaning: Meaning = unmeant, language: str = ""
    ) -> Decision:
        """`shape` is the text with its details masked: answers are known by their shape, topics by
        what is said. `language` is the text's, "" when it shows none."""
        heard = self._hear(text, shape, meaning, language)
        if (known := self._known.get(_fingerprint(text))) is not None:
            family, confidence = known, 1.0
        else:
            family, confidence = self._family(
                heard.families, text, shape, heard.is_foreign, heard.is_about
            )
        shares, topics = heard.families.shares, heard.topics.shares
        return Decision(
            _full(family, heard), confidence, tuple(shares.items()), tuple(topics.items())
        )

    def doubt(self, text: str, shape: str, meaning: Meaning = unmeant, language: str = "") -> Doubt:
        """For evaluation: what `decide` would say on either side of the threshold."""
        heard = self._hear(text, shape, meaning, language)
        known, foreign = (
            _full(self._family(heard.families, text, shape, is_foreign, heard.is_about)[0], heard)
            for is_foreign in (False, True)
        )
        ranking = heard.families
        is_asked = heard.is_meant and ranking.top < self._thresholds.sure
        return Doubt(known, foreign, ranking.evidence - ranking.threshold if is_asked else None)

    def _hear(self, text: str, shape: str, meaning: Meaning, language: str) -> _Heard:
        families, topics = self._families.rank(shape, text), self._topics.rank(text)
        plain = self._is_plain(text, shape, families, topics)
        if plain or (sentence := meaning()) is None or not self._families.joint:
            return _Heard(families, topics, self._is_unseen(shape), is_about=False, is_meant=False)
        families = self._families.rank(shape, text, sentence)
        topics = self._topics.rank(text, sentence=self._alignment.align(sentence, language))
        is_foreign = not families.is_known and families.top < self._thresholds.sure
        is_about = topics.is_known and topics.top >= self._thresholds.about
        return _Heard(families, topics, is_foreign, is_about, is_meant=True)

    def _is_plain(self, text: str, shape: str, families: Ranking, topics: Ranking) -> bool:
        """Whether the n-grams are enough: only details, an example, or they are sure."""
        if not any(letter.isalpha() for letter in shape) or _fingerprint(text) in self._known:
            return True
        return all(
            classifier.is_sure(ranking, self._thresholds.cascade)
            for classifier, ranking in ((self._families, families), (self._topics, topics))
        )

    def _family(
        self, ranking: Ranking, text: str, shape: str, is_foreign: bool, is_about: bool
    ) -> tuple[str, float]:
        best, probability = ranking.best, ranking.top
        if not set(shape) - _MARKS:
            return FALLBACK, 1.0
        said = words(normalise(shape))
        if best == INFORM and self._tells_a_problem(said, text):
            return REPORT, probability
        if len(said) >= self._thresholds.long_words:
            if probability < self._thresholds.sure:
                return REPORT, ranking.shares.get(REPORT, 0.0)
        elif is_about and (best == REPORT or probability < self._thresholds.likely):
            return REPORT, ranking.shares.get(REPORT, 0.0)
        elif probability < self._thresholds.unsure or is_foreign:
            return FALLBACK, 1.0 - probability
        return best, probability

    def _tells_a_problem(self, said: Sequence[str], text: str) -> bool:
        told = sum(word[0].isalpha() for word in said)
        hints = self._families.alone.vectors.hints
        return told >= self._thresholds.told_words and hints.tell_a_problem(text)

    def _is_unseen(self, shape: str) -> bool:
        """Of n-grams alone this is asked: a text in another language is not foreign in meaning."""
        familiarity = self._families.alone.vectors.familiarity(shape)
        return familiarity < self._thresholds.familiar

    def save(self, folder: Path) -> None:
        self._families.save(folder / "families")
        self._topics.save(folder / "topics")
        self._alignment.save(folder)
        (folder / "known.json").write_text(json.dumps(dict(sorted(self._known.items()))), "utf-8")

    @classmethod
    def load(cls, folder: Path, thresholds: Thresholds = DEFAULT_THRESHOLDS) -> IntentModel:
        families = UnionClassifier.load(folder / "families")
        topics = UnionClassifier.load(folder / "topics")
        known = json.loads((folder / "known.json").read_text("utf-8"))
        return cls(families, topics, thresholds, known, Alignment.load(folder))


def _full(family: str, heard: _Heard) -> str:
    return f"{REPORT}/{heard.topics.best}" if family == REPORT else family


def _fit_topics(
    texts: Sequence[str],
    intents: Sequence[str],
    recipe: Recipe,
    sentences: Floats | None,
    encoded: Encoded | None,
    names: Sequence[tuple[str, str]],
) -> UnionClassifier:
    places = [place for place, intent in enumerate(intents) if intent.startswith(f"{REPORT}/")]
    told = [intents[place].split("/", 1)[1] for place in places]
    called = [(topic, name) for topic, name in names if topic in told]
    meant = None
    if sentences is not None and encoded is not None:
        meant = np.concatenate([sentences[places], encoded([name for _, name in called])])
    return UnionClassifier.fit(
        [texts[place] for place in places] + [name for _, name in called],
        told + [topic for topic, _ in called],
        meant,
        recipe,
        names=len(called),
    )


def _fit_families(
    texts: Sequence[str],
    shapes: Sequence[str],
    intents: Sequence[str],
    recipe: Recipe,
    sentences: Floats | None,
) -> UnionClassifier:
    """Two examples blended mean about what lies between them, which saves encoding them."""
    families = [intent.split("/", 1)[0] for intent in intents]
    joined = [*zip(shapes, families, strict=True), *blended(shapes, families)]
    hinted = [*texts, *(text for text, _ in blended(texts, families))]
    if sentences is not None:
        mixed = [sentences[first] + sentences[second] for first, second, _ in pairs(families)]
        sentences = np.concatenate([sentences, _unit(mixed, sentences.shape[1])])
    shaped, labels = [shape for shape, _ in joined], [family for _, family in joined]
    return UnionClassifier.fit(shaped, labels, sentences, recipe, hinted)


def _unit(rows: Sequence[Floats], dimensions: int) -> Floats:
    vectors = np.array(rows, np.float32).reshape(len(rows), dimensions)
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9))


def _known(texts: Sequence[str], intents: Sequence[str]) -> dict[str, str]:
    """Fingerprint -> family of the examples; not of those that look the same in two families."""
    families: dict[str, set[str]] = {}
    for text, intent in zip(texts, intents, strict=True):
        families.setdefault(_fingerprint(text), set()).add(intent.split("/", 1)[0])
    return {print_: own.pop() for print_, own in families.items() if len(own) == 1}


def _fingerprint(text: str) -> str:
    return hashlib.sha256(normalise(text).encode("utf-8", "surrogatepass")).hexdigest()[:16]
