"""The conditions (`when:`) of the playbook's rules, and the names they may speak of."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import get_args

from bot.playbook.entry import Entry, nearest
from bot.playbook.model import Condition, ConditionKind

BUILT_IN_CUES = frozenset({"shouting"})
KINDS: tuple[ConditionKind, ...] = get_args(ConditionKind)
WORD_KINDS = frozenset({"cue", "topic", "subtopic", "sentiment", "field", "visibility"})


@dataclass(frozen=True)
class Names:
    """Every name the files define, gathered before any is used, so that their order is free.

    `topics` holds each topic's subtopics. What is None could not be read: then any name passes, so
    that one broken file does not make every mention of it a mistake.
    """

    fields: frozenset[str]
    topics: Mapping[str, frozenset[str]] | None
    cues: frozenset[str] | None
    teams: frozenset[str]
    calendars: frozenset[str] | None
    resources: frozenset[str] | None

    def subtopics(self, topics: Collection[str] | None = None) -> frozenset[str] | None:
        """The subtopics of these topics, or of all."""
        if self.topics is None:
            return None
        chosen = self.topics if topics is None else topics
        return frozenset().union(*(self.topics.get(topic, ()) for topic in chosen))

    def words(self, kind: str) -> Collection[str] | None:
        """What the conditions of a kind may name."""
        valid: Mapping[str, Collection[str] | None] = {
            "cue": None if self.cues is None else self.cues | BUILT_IN_CUES,
            "topic": self.topics,
            "subtopic": self.subtopics(),
            "sentiment": ("negative", "neutral", "positive"),
            "field": self.fields,
            "visibility": ("public", "private"),
        }
        return valid[kind]


def load_condition(entry: Entry, names: Names) -> Condition:
    """A mapping with exactly one of the documented keys; `always: true` is the harmless one."""
    parts = entry.named()
    for name in [name for name in parts if name not in KINDS]:
        parts.pop(name).refuse(f"unknown condition `{name}`", nearest(name, KINDS))
        return Condition("always")
    if entry.is_mapping() and len(parts) != 1:
        entry.refuse(
            f"a condition has exactly one key, this has {len(parts)}",
            "combine several with `all: [{...}, {...}]` or `any: [...]`",
        )
    for kind in KINDS:
        if kind in parts:
            return _condition(kind, parts[kind], names)
    return Condition("always")


def _condition(kind: ConditionKind, entry: Entry, names: Names) -> Condition:
    if kind in WORD_KINDS:
        return Condition(kind, words=_words(entry, names.words(kind), kind))
    if kind in ("any", "all"):
        return Condition(kind, parts=_parts(entry, names))
    if kind == "not":
        return Condition(kind, parts=(load_condition(entry, names),))
    if kind == "always":
        if not entry.flag():
            entry.refuse("`always` can only be true", "write `always: true` or another condition")
        return Condition(kind)
    return Condition(kind, number=entry.number())


def _words(entry: Entry, valid: Collection[str] | None, kind: str) -> tuple[str, ...]:
    words = entry.choices(valid, kind)
    if entry.is_list() and not words:
        entry.refuse("the list is empty", f"name at least one {kind}")
    return words


def _parts(entry: Entry, names: Names) -> tuple[Condition, ...]:
    parts = tuple(load_condition(part, names) for part in entry.listed())
    if entry.is_list() and not parts:
        entry.refuse("the list is empty", "put at least one condition into it")
    return parts
