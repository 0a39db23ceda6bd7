"""What a conversation remembers between two turns, as one JSON-able object."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from bot.cases.case import Detail
from bot.cases.timestamps import read_utc, write_utc
from bot.cases.understanding import Understanding

_MOMENTS = ("greeted_at", "muted_until")

Awaiting = Literal["", "solved", "details"]


@dataclass
class Intake:
    """The taking in of one problem: what was said, what is known, what was offered and asked.

    `tries` counts how often each detail was asked for; `asked` is what the last question was about.
    `offered` holds ids of resources and FAQs (`faq:<id>`) in the order of offering; `line` is
    where its transcript begins.
    """

    said: list[Understanding] = field(default_factory=list)
    details: dict[str, Detail] = field(default_factory=dict)
    offered: list[str] = field(default_factory=list)
    awaiting: Awaiting = ""
    asked: list[str] = field(default_factory=list)
    tries: dict[str, int] = field(default_factory=dict)
    wants_human: bool = False
    line: int = 1


@dataclass
class State:
    """`number` counts the intakes of this conversation; `filed` is the one that became the latest
    case, whose reference is `filed_case`. `held` is a message waiting for the answer to "same
    matter or a new one?". `unclear` counts messages in a row that meant nothing to us. `language`
    is the one the customer writes in, as far as they showed it. `choices` are the FAQs of the
    question "which of these do you mean?", while it is the last thing that was asked."""

    greeted_at: datetime | None = None
    number: int = 0
    intake: Intake | None = None
    filed: Intake | None = None
    filed_case: str = ""
    held: Understanding | None = None
    abuse: int = 0
    muted_until: datetime | None = None
    unclear: int = 0
    language: str = ""
    choices: list[str] = field(default_factory=list)

    def begin(self) -> Intake:
        """The running intake, or a new one."""
        if self.intake is None:
            self.number += 1
            self.intake = Intake()
        return self.intake

    def to_json(self) -> dict[str, Any]:
        """A dictionary that json.dumps takes; empty for a state that remembers nothing."""
        if self == State():
            return {}
        document = _fields(self)
        for name in _MOMENTS:
            document[name] = document[name] and write_utc(document[name])
        document["held"] = self.held and _understanding_json(self.held)
        document["intake"] = self.intake and _intake_json(self.intake)
        document["filed"] = self.filed and _intake_json(self.filed)
        return document

    @classmethod
    def from_json(cls, document: Mapping[str, Any] | None) -> State:
        """Reads what `to_json` wrote."""
        if not document:
            return cls()
        values = dict(document)
        for name in _MOMENTS:
            values[name] = values[name] and read_utc(values[name])
        values["held"] = values["held"] and _understanding(values["held"])
        for name in ("intake", "filed"):
            values[name] = values[name] and _intake(values[name])
        return cls(**values)


def _fields(of: object) -> dict[str, Any]:
    """By name, with lists and dictionaries of its own. dataclasses.asdict looks into each of their
    values, too; that took 0.7 ms a turn."""
    return {name: copy.copy(value) for name, value in vars(of).items()}


def _understanding_json(understanding: Understanding) -> dict[str, Any]:
    return {**_fields(understanding), "cues": sorted(understanding.cues)}


def _understanding(document: Mapping[str, Any]) -> Understanding:
    values = dict(document)
    for ranking in ("topics", "faqs", "resources"):
        values[ranking] = tuple((name, score) for name, score in values.get(ranking, ()))
    values["cues"] = frozenset(values["cues"])
    return Understanding(**values)


def _intake_json(intake: Intake) -> dict[str, Any]:
    said = [_understanding_json(understanding) for understanding in intake.said]
    details = {name: _fields(detail) for name, detail in intake.details.items()}
    return {**_fields(intake), "said": said, "details": details}


def _intake(document: Mapping[str, Any]) -> Intake:
    values = dict(document)
    values["said"] = [_understanding(item) for item in values["said"]]
    values["details"] = {name: Detail(**item) for name, item in values["details"].items()}
    return Intake(**values)
