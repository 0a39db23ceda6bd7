"""How well triage agrees with labels: the figures, and what is confused with what."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.cases.conditions import read_amount
from bot.insights.evaluation.labels import SENTIMENTS, SEVERITIES, Label
from bot.insights.intervals import (
    NOTHING,
    Counts,
    Estimate,
    counted,
    f1_of,
    macro_f1,
    share,
)  # fmt: skip
from bot.playbook.model import FieldKind, Playbook

_FEWEST_IN_COMMON = 3
_YES, _NO = "yes", "no"


@dataclass(frozen=True)
class Judged:
    """A conversation as it was labelled and as `nightdesk triage` reads it: `line` is its line,
    `text` what the customer wrote."""

    label: Label
    line: Mapping[str, Any]
    text: str = ""


@dataclass(frozen=True)
class Figure:
    """`name` stands in JSON, `title` in tables."""

    name: str
    title: str
    estimate: Estimate


@dataclass(frozen=True)
class Confusion:
    """`counts` has a row for what is right and a column for what was read."""

    name: str
    title: str
    classes: tuple[str, ...]
    counts: Counts
    pairs: tuple[Mistaken, ...]


@dataclass(frozen=True)
class Mistaken:
    """What was read as something else, and in which conversations."""

    truth: str
    said: str
    ids: tuple[str, ...]


Kinds = Mapping[str, FieldKind]
"""The playbook's fields -> their kinds."""


@dataclass(frozen=True)
class Part:
    """Some of what was measured (all, the held out ones, those of one language): how many, and
    their figures."""

    name: str
    size: int
    figures: tuple[Figure, ...]

    def to_json(self) -> dict[str, Any]:
        """Figure -> its value, bounds and number of cases."""
        return {"size": self.size, **{one.name: _json(one.estimate) for one in self.figures}}


@dataclass(frozen=True)
class Scorecard:
    """`parts` begin with all conversations; `fields` are those that are labelled."""

    judged: tuple[Judged, ...]
    parts: tuple[Part, ...]
    confusions: tuple[Confusion, ...]
    fields: Mapping[str, tuple[Estimate, Estimate]]
    """Field -> precision, recall."""

    def to_json(self) -> dict[str, Any]:
        return {part.name: part.to_json() for part in self.parts}


def score(judged: Sequence[Judged], playbook: Playbook, held_out_from: str | None) -> Scorecard:
    """From the conversation `held_out_from` on they are told apart, too. It is among them."""
    kinds = {name: field.kind for name, field in playbook.fields.items()}
    parts = {"all": tuple(judged)}
    if held_out_from is not None:
        first = [one.label.id for one in judged].index(held_out_from)
        parts[f"before {held_out_from}"] = tuple(judged[:first])
        parts[f"from {held_out_from}"] = tuple(judged[first:])
    return Scorecard(
        tuple(judged),
        tuple(Part(name, len(own), tuple(figures_of(own, kinds))) for name, own in parts.items()),
        tuple(confusions_of(judged, tuple(playbook.topics))),
        {
            name: (share(right, found), share(right, meant))
            for name, (right, found, meant) in field_counts(judged, kinds).items()
        },
    )


def _json(estimate: Estimate) -> dict[str, float | int | None]:
    value = None if estimate.value is None else round(estimate.value, 4)
    bounds = {"low": round(estimate.low, 4), "high": round(estimate.high, 4)}
    return {"value": value, **bounds, "of": estimate.of}


def figures_of(judged: Sequence[Judged], kinds: Kinds) -> list[Figure]:
    """All figures; those that nothing is labelled for count over 0 cases."""
    found = {
        **_of_topics(judged),
        **_of_severities(judged),
        **_of_sentiments(judged),
        **_of_wishes(judged),
        "language": _agreement(judged, "language"),
        **_of_fields(judged, kinds),
        "faq_found": _share_of(judged, lambda one: bool(one.line["faq"])),
        "page_offered": _share_of(judged, lambda one: bool(one.line["resource"])),
    }
    return [Figure(name, _TITLES[name], estimate) for name, estimate in found.items()]


_TITLES = {
    "topic_exact": "Topic exact",
    "topic_accepted": "Topic, or another that is fine",
    "topic_macro_f1": "Topic, mean F1",
    "severity_exact": "Severity exact",
    "severity_macro_f1": "Severity, mean F1",
    "severity_two_too_low": "Severity two levels too low",
    "severity_two_too_high": "Severity two levels too high",
    "sentiment": "Sentiment",
    "sentiment_macro_f1": "Sentiment, mean F1",
    "wants_human_precision": "Wants a person, precision",
    "wants_human_recall": "Wants a person, recall",
    "wants_human_f1": "Wants a person, F1",
    "language": "Language",
    "fields_precision": "Details, precision",
    "fields_recall": "Details, recall",
    "faq_found": "An FAQ is found",
    "page_offered": "A page is offered",
}


_SCORED = {
    "topic": "Topic",
    "severity": "Severity",
    "sentiment": "Sentiment",
    "wants_human": "Wants a person",
    "language": "Language",
}


def confusions_of(judged: Sequence[Judged], topics: Sequence[str]) -> list[Confusion]:
    """Of topics, severities, sentiments and the wish for a person, so far as they are labelled."""
    kinds = {
        "topic": tuple(topics),
        "severity": SEVERITIES,
        "sentiment": SENTIMENTS,
        "wants_human": (_NO, _YES),
    }
    return [
        _confusion(name, classes, known)
        for name, classes in kinds.items()
        if (known := _labelled(judged, name))
    ]


def _confusion(name: str, classes: tuple[str, ...], judged: Sequence[Judged]) -> Confusion:
    wrong: dict[tuple[str, str], list[str]] = {}
    for one in judged:
        truth, said = _both(one, name)
        if truth != said:
            wrong.setdefault((truth, said), []).append(one.label.id)
    pairs = [Mistaken(truth, said, tuple(ids)) for (truth, said), ids in wrong.items()]
    pairs.sort(key=lambda pair: -len(pair.ids))
    table = _table(judged, name, classes)
    return Confusion(name, _SCORED[name], classes, table, tuple(pairs))


def is_accepted(one: Judged) -> bool:
    """Whether the topic is the best one or another that a reader would accept."""
    return one.line["topic"] in (one.label.topic, *one.label.also_ok)


def levels_off(one: Judged) -> int:
    """How many levels the severity is too high, negative when it is too low."""
    truth, said = _both(one, "severity")
    return SEVERITIES.index(said) - SEVERITIES.index(truth)


def mistakes_of(one: Judged) -> list[str]:
    """What was read wrongly, such as `severity: is high, read as low`."""
    return [
        f"{title}: is {truth}, read as {said}"
        for name, title in _SCORED.items()
        if getattr(one.label, name) is not None
        for truth, said in [_both(one, name)]
        if truth != said
    ]


def field_counts(judged: Iterable[Judged], kinds: Kinds) -> dict[str, tuple[int, int, int]]:
    """Field -> how often it was right, found, and there to be found; of fields that the playbook
    has and the readers looked for, which shows in at least one label."""
    right: Counter[str] = Counter()
    found: Counter[str] = Counter()
    meant: Counter[str] = Counter()
    for one in judged:
        written, details = one.label.fields, one.line["details"]
        if written is None:
            continue
        found.update(details.keys())
        meant.update(written.keys() & kinds.keys())
        both = details.keys() & written.keys() & kinds.keys()
        right.update(n for n in both if same_value(kinds[n], str(details[n]), written[n]))
    return {
        name: (right[name], found[name], meant[name]) for name in kinds if name in found | meant
    }


def same_value(kind: FieldKind, found: str, written: str) -> bool:
    """Whether a detail is what the customer wrote, who knows no norms: letters and digits count,
    and one may be a part of the other; of amounts the number counts; a date that was written in
    words cannot be compared and passes."""
    if kind == "date":
        return True
    if kind == "amount":
        return read_amount(found) == read_amount(written)
    one, other = sorted((_bare(found), _bare(written)), key=len)
    return one == other or (len(one) >= _FEWEST_IN_COMMON and one in other)


def _bare(value: str) -> str:
    return re.sub(r"[\W_]+", "", value.casefold()).lstrip("0")


def _of_topics(judged: Sequence[Judged]) -> dict[str, Estimate]:
    known = _labelled(judged, "topic")
    named = {word for one in known for word in _both(one, "topic")}
    return {
        "topic_exact": _agreement(judged, "topic"),
        "topic_accepted": _share_of(known, is_accepted),
        "topic_macro_f1": macro_f1(_table(known, "topic", sorted(named))),
    }


def _of_severities(judged: Sequence[Judged]) -> dict[str, Estimate]:
    known = _labelled(judged, "severity")
    return {
        "severity_exact": _agreement(judged, "severity"),
        "severity_macro_f1": macro_f1(_table(known, "severity", SEVERITIES)),
        "severity_two_too_low": _share_of(known, lambda one: levels_off(one) <= -2),
        "severity_two_too_high": _share_of(known, lambda one: levels_off(one) >= 2),
    }


def _of_sentiments(judged: Sequence[Judged]) -> dict[str, Estimate]:
    known = _labelled(judged, "sentiment")
    return {
        "sentiment": _agreement(judged, "sentiment"),
        "sentiment_macro_f1": macro_f1(_table(known, "sentiment", SENTIMENTS)),
    }


def _of_wishes(judged: Sequence[Judged]) -> dict[str, Estimate]:
    table = _table(_labelled(judged, "wants_human"), "wants_human", (_NO, _YES))
    hits = int(table[1, 1])
    return {
        "wants_human_precision": share(hits, int(table[:, 1].sum())),
        "wants_human_recall": share(hits, int(table[1].sum())),
        "wants_human_f1": f1_of(table, 1),
    }


def _of_fields(judged: Sequence[Judged], kinds: Kinds) -> dict[str, Estimate]:
    counts = field_counts(judged, kinds).values()
    right = sum(right for right, _, _ in counts)
    return {
        "fields_precision": share(right, sum(found for _, found, _ in counts)),
        "fields_recall": share(right, sum(meant for _, _, meant in counts)),
    }


def _labelled(judged: Sequence[Judged], name: str) -> list[Judged]:
    return [one for one in judged if getattr(one.label, name) is not None]


def _both(one: Judged, name: str) -> tuple[str, str]:
    """What is right, and what was read."""
    return _word(getattr(one.label, name)), _word(one.line[name])


def _word(value: str | bool) -> str:
    if isinstance(value, bool):
        return _YES if value else _NO
    return value


def _table(judged: Sequence[Judged], name: str, classes: Sequence[str]) -> Counts:
    both = [_both(one, name) for one in judged]
    return counted([truth for truth, _ in both], [said for _, said in both], classes)


def _agreement(judged: Sequence[Judged], name: str) -> Estimate:
    def agrees(one: Judged) -> bool:
        truth, said = _both(one, name)
        return truth == said

    return _share_of(_labelled(judged, name), agrees)


def _share_of(judged: Sequence[Judged], holds: Callable[[Judged], bool]) -> Estimate:
    return share(sum(map(holds, judged)), len(judged)) if judged else NOTHING
