"""The brand's own examples, each read by a model that has not seen it: the figures, the mistakes
with the examples that cause them, and what the threshold costs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bot.cases.understanding import Understanding
from bot.insights.evaluation.scores import Confusion, Figure
from bot.insights.intervals import Counts, Estimate, counted, macro_f1, share
from bot.playbook.examples import Example

REPORT, FAQ = "report/", "faq/"
QUESTION, TALK, UNKNOWN = "a question", "small talk and answers", "not understood"
_FALLBACK = "nlu_fallback"
_STEPS = 61


@dataclass(frozen=True)
class Near:
    """An example and how alike it is to another, from -1 to 1."""

    example: Example
    likeness: float


@dataclass(frozen=True)
class Reading:
    """`heard` is what a model without the example understands; `known`, `foreign` and `lead` are
    those of `bot.nlu.decision.Doubt`. `blamed` are the examples of what it was taken for that lie
    nearest, `own` the nearest of its own; both empty where it was read rightly."""

    example: Example
    heard: Understanding
    known: str = ""
    foreign: str = ""
    lead: float | None = None
    blamed: tuple[Near, ...] = ()
    own: tuple[Near, ...] = ()

    @property
    def truth(self) -> str:
        return self.example.intent

    @property
    def said(self) -> str:
        return self.heard.intent

    @property
    def is_right(self) -> bool:
        return self.truth == self.said


def figures_of(readings: Sequence[Reading]) -> list[Figure]:
    """Of examples of one language, or of all."""
    reports = [one for one in readings if one.truth.startswith(REPORT)]
    questions = [one for one in readings if one.truth.startswith(FAQ)]
    talk = [one for one in readings if not one.truth.startswith((REPORT, FAQ))]
    other = [*reports, *talk]
    return [
        Figure("reports_right", "Problem: its topic is right", _share(reports, _is_right)),
        Figure("topics_macro_f1", "Problem: mean F1 of the topics", _topics_f1(reports)),
        Figure("topic_first", "Problem: its topic is likeliest", _share(reports, _is_likeliest)),
        Figure("talk_right", "Small talk or answer: right", _share(talk, _is_right)),
        Figure("faq_first", "Question: the right answer is first", _share(questions, _is_first)),
        Figure("faq_among", "Question: the right answer is offered", _share(questions, is_offered)),
        Figure("faq_needless", "No question: an answer is offered", _share(other, _is_faq)),
        Figure("refused", "Not understood", _share(readings, _is_refused)),
    ]  # fmt: skip


def _share(readings: Sequence[Reading], holds: Callable[[Reading], bool]) -> Estimate:
    return share(sum(map(holds, readings)), len(readings))


def _is_right(one: Reading) -> bool:
    return one.is_right


def _is_likeliest(one: Reading) -> bool:
    return bool(one.heard.topics) and f"{REPORT}{one.heard.topics[0][0]}" == one.truth


def _is_first(one: Reading) -> bool:
    return bool(one.heard.faqs) and f"{FAQ}{one.heard.faqs[0][0]}" == one.truth


def is_offered(one: Reading) -> bool:
    """Whether the FAQ that the example asks for is among those found."""
    return one.truth.removeprefix(FAQ) in [name for name, _ in one.heard.faqs]


def _is_faq(one: Reading) -> bool:
    return bool(one.heard.faqs)


def _is_refused(one: Reading) -> bool:
    return one.said == _FALLBACK


def _topics_f1(reports: Sequence[Reading]) -> Estimate:
    return macro_f1(_table(reports, sorted({broad(i) for r in reports for i in (r.truth, r.said)})))


def broad(intent: str) -> str:
    """The topic of a report; else what kind of message it is."""
    if intent.startswith(REPORT):
        return intent.removeprefix(REPORT)
    if intent.startswith(FAQ):
        return QUESTION
    return UNKNOWN if intent == _FALLBACK else TALK


def _table(readings: Sequence[Reading], classes: Sequence[str]) -> Counts:
    return counted([broad(r.truth) for r in readings], [broad(r.said) for r in readings], classes)


def topic_confusion(readings: Sequence[Reading], topics: Sequence[str]) -> Confusion:
    """Of all examples: the topics, and the other kinds of messages as one class each."""
    classes = (*topics, QUESTION, TALK, UNKNOWN)
    return Confusion("topic", "Topic", classes, _table(readings, classes), ())


def talk_confusion(readings: Sequence[Reading]) -> Confusion:
    """Of the dialogue intents, with problems and questions as one class each."""

    def narrow(intent: str) -> str:
        kind = broad(intent)
        return intent if kind == TALK else kind if kind in (QUESTION, UNKNOWN) else "a problem"

    truth, said = [narrow(r.truth) for r in readings], [narrow(r.said) for r in readings]
    classes = tuple(sorted({*truth, *said}))
    return Confusion("talk", "Small talk and answers", classes, counted(truth, said, classes), ())


@dataclass(frozen=True)
class Asked:
    """How often a FAQ's examples find it first, find it at all, and what they find instead."""

    id: str
    examples: int
    first: int
    offered: int
    instead: tuple[str, ...]


def asked_faqs(readings: Iterable[Reading]) -> list[Asked]:
    """Every FAQ that has examples, the worst first."""
    by_id: dict[str, list[Reading]] = {}
    for one in readings:
        if one.truth.startswith(FAQ):
            by_id.setdefault(one.truth.removeprefix(FAQ), []).append(one)
    asked = [_asked(name, own) for name, own in by_id.items()]
    return sorted(asked, key=lambda one: one.first / one.examples)


def _asked(name: str, readings: Sequence[Reading]) -> Asked:
    instead = Counter(_shown(one) for one in readings if not one.is_right)
    return Asked(
        name,
        len(readings),
        sum(map(_is_first, readings)),
        sum(map(is_offered, readings)),
        tuple(f"{name} {times}" for name, times in instead.most_common(3)),
    )


def _shown(one: Reading) -> str:
    return one.said.removeprefix(FAQ) if one.said.startswith(FAQ) else broad(one.said)


@dataclass(frozen=True)
class Mixed:
    """Examples of `truth` that are read as `said`; the one first that is most like those."""

    truth: str
    said: str
    readings: tuple[Reading, ...]


def mixed_up(readings: Iterable[Reading]) -> list[Mixed]:
    """Each pair of intents, the most frequent first."""
    wrong: dict[tuple[str, str], list[Reading]] = {}
    for one in readings:
        if not one.is_right:
            wrong.setdefault((one.truth, one.said), []).append(one)
    pairs = [
        Mixed(truth, said, tuple(sorted(own, key=_likeness, reverse=True)))
        for (truth, said), own in wrong.items()
    ]
    return sorted(pairs, key=lambda pair: (-len(pair.readings), pair.truth, pair.said))


def _likeness(one: Reading) -> float:
    return one.blamed[0].likeness if one.blamed else 0.0


@dataclass(frozen=True)
class Crossing:
    """With the threshold moved by `shift`: the share of messages understood, and the share of these
    that are understood rightly."""

    shift: float
    understood: float
    right: float


def threshold_curve(readings: Sequence[Reading]) -> list[Crossing]:
    """Over problems, small talk and answers (questions have a threshold of their own), from where
    nearly nothing more is refused to where all that can be is; 0 is the threshold found at
    training. Empty when the threshold was never asked."""
    asked = [one for one in readings if not one.truth.startswith(FAQ)]
    leads = [one.lead for one in asked if one.lead is not None]
    if not leads:
        return []
    low, high = np.percentile(leads, [1, 99])
    shifts = sorted({*np.linspace(min(low, -0.5), max(high, 0.5), _STEPS).tolist(), 0.0})
    return [_crossing(asked, shift) for shift in shifts]


def _crossing(readings: Sequence[Reading], shift: float) -> Crossing:
    said = [(one.truth, _said_at(one, shift)) for one in readings]
    understood = [(truth, read) for truth, read in said if read != _FALLBACK]
    right = sum(truth == read for truth, read in understood)
    return Crossing(shift, len(understood) / len(said), right / max(1, len(understood)))


def _said_at(one: Reading, shift: float) -> str:
    if one.lead is None or one.said.startswith(FAQ):
        return one.said
    return one.known if one.lead >= shift else one.foreign


def by_language(readings: Sequence[Reading]) -> Mapping[str, list[Reading]]:
    """English first."""
    found: dict[str, list[Reading]] = {}
    for one in sorted(
        readings, key=lambda one: (one.example.language != "en", one.example.language)
    ):
        found.setdefault(one.example.language, []).append(one)
    return found
