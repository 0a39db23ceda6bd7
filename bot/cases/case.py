"""The case: what an agent finds in the morning, complete enough to start at once.

Its JSON form is fixed by `case.schema.json` beside this file; `"schema": 2` is its version.
Version 1, from before people worked in the desk, is still read.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from jsonschema import Draft202012Validator

from bot.cases.timestamps import aware, read_utc, write_utc
from bot.cases.understanding import Sentiment
from bot.playbook.model import Severity

SCHEMA_VERSION = 2

Json = dict[str, Any]
Scalar = str | int | float | bool | None
Visibility = Literal["public", "private"]
Status = Literal["new", "claimed", "waiting", "resolved", "closed"]
Source = Literal["said", "asked", "edited", "missing"]
Speaker = Literal["customer", "bot", "agent"]
AttachmentKind = Literal["image", "video", "audio", "file", "post", "location", "other"]


@dataclass(frozen=True)
class Customer:
    """`id` is the platform's; `language` is ISO 639-1; `followers` may be unknown."""

    id: str
    name: str | None = None
    handle: str | None = None
    followers: int | None = None
    language: str = "en"


@dataclass(frozen=True)
class Sla:
    """`respond_by` is what the customer was promised; while a person owes an answer it is when the
    next one is due. The platform's messaging window, where there is one, closes at
    `window_closes_at`.

    The team's own targets, in its open time: `first_response_by`, `next_response_by` (while the
    customer waits for a further answer), and `resolve_by`, which stands still while the customer is
    waited for: then `resolve_left` holds the open seconds that are left (below zero: it was late).
    """

    respond_by: datetime
    window_closes_at: datetime | None = None
    first_response_by: datetime | None = None
    next_response_by: datetime | None = None
    resolve_by: datetime | None = None
    resolve_left: int | None = None


@dataclass(frozen=True)
class Detail:
    """A detail that was `said` unasked, given when `asked`, `edited` by an agent, or is `missing`
    (value None)."""

    value: str | None
    source: Source


@dataclass(frozen=True)
class Line:
    """One message of the transcript; `speaker` is called `from` in JSON."""

    speaker: Speaker
    at: datetime
    text: str


@dataclass(frozen=True)
class Attachment:
    kind: AttachmentKind
    url: str
    name: str | None = None


@dataclass(frozen=True)
class Note:
    """What agents tell each other; customers never see it."""

    at: datetime
    who: str
    text: str


@dataclass(frozen=True)
class Entry:
    """One thing that happened to the case. `who` is `bot`, `customer` or an agent's id; `more`
    holds what else belongs to it and stands beside at, who and what in JSON."""

    at: datetime
    who: str
    what: str
    more: Mapping[str, Scalar] = field(default_factory=dict)


@dataclass(frozen=True)
class Case:
    """Topic, subtopic, team and at least one severity reason are never empty, and every moment is
    aware: ValueError otherwise.

    `reply_at` is when a person first answered, `rating` the customer's, 1 to 5. `conversation` is
    its id, `resources_offered` are ids of data/resources.yml in the
    order of offering, `incident` is the id of the incident the case belongs to.
    """

    id: str
    opened_at: datetime
    channel: str
    conversation: str
    customer: Customer
    visibility: Visibility
    topic: str
    subtopic: str
    severity: Severity
    severity_reasons: tuple[str, ...]
    sentiment: Sentiment
    team: str
    sla: Sla
    summary: str
    secondary_topics: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    assignee: str | None = None
    details: Mapping[str, Detail] = field(default_factory=dict)
    resources_offered: tuple[str, ...] = ()
    transcript: tuple[Line, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    incident: str | None = None
    status: Status = "new"
    notes: tuple[Note, ...] = ()
    rating: int | None = None
    reply_at: datetime | None = None
    history: tuple[Entry, ...] = ()

    def __post_init__(self) -> None:
        for name in ("id", "topic", "subtopic", "team", "severity_reasons"):
            if not getattr(self, name):
                raise ValueError(f"a case needs its {name}")
        for at in (self.opened_at, self.reply_at, *_moments(self.sla)):
            if at is not None:
                aware(at)

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do something: a person, or the customer."""
        return self.status in ("new", "claimed", "waiting")

    @property
    def is_held(self) -> bool:
        """Whether a person has it in hand; the bot is silent then."""
        return self.assignee is not None and self.status in ("claimed", "waiting")

    @property
    def missing(self) -> tuple[str, ...]:
        """The details that were asked for and not given."""
        return tuple(name for name, detail in self.details.items() if detail.source == "missing")

    def noted(self, at: datetime, who: str, what: str, /, **more: Scalar) -> Case:
        """The case with one more history entry."""
        return replace(self, history=(*self.history, Entry(at, who, what, more)))

    def happened(self, what: str) -> bool:
        """Whether the history holds an entry of that kind."""
        return any(entry.what == what for entry in self.history)

    def to_json(self) -> Json:
        """A document of case.schema.json, ready for json.dumps."""
        return {
            "schema": SCHEMA_VERSION,
            **{item.name: getattr(self, item.name) for item in fields(self)},
            "opened_at": write_utc(self.opened_at),
            "customer": asdict(self.customer),
            "severity": self.severity.word,
            "severity_reasons": list(self.severity_reasons),
            "secondary_topics": list(self.secondary_topics),
            "tags": list(self.tags),
            "sla": _sla_json(self.sla),
            "details": {name: asdict(detail) for name, detail in self.details.items()},
            "resources_offered": list(self.resources_offered),
            "transcript": [_line_json(line) for line in self.transcript],
            "attachments": [asdict(attachment) for attachment in self.attachments],
            "notes": [_note_json(note) for note in self.notes],
            "reply_at": None if self.reply_at is None else write_utc(self.reply_at),
            "history": [_entry_json(entry) for entry in self.history],
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Case:
        """Reads a document that `validate` accepts; it is not validated again here.

        Raises ValueError for another schema version or an impossible moment, KeyError or TypeError
        for a document that `validate` would have refused.
        """
        values = dict(document)
        version = values.pop("schema", None)
        if version not in (1, SCHEMA_VERSION):
            raise ValueError(f"this is not a case of schema version 1 to {SCHEMA_VERSION}")
        if version == 1:
            target = {"first_response_by": values["sla"]["respond_by"]}
            values |= {"notes": [], "rating": None, "reply_at": None}
            values["sla"] = {**target, **values["sla"]}
        for name in ("severity_reasons", "secondary_topics", "tags", "resources_offered"):
            values[name] = tuple(values[name])
        return cls(**{**values, **_nested(values)})


def _nested(values: Json) -> Json:
    return {
        "opened_at": read_utc(values["opened_at"]),
        "customer": Customer(**values["customer"]),
        "severity": Severity.from_word(values["severity"]),
        "sla": _sla(values["sla"]),
        "details": {name: Detail(**detail) for name, detail in values["details"].items()},
        "transcript": tuple(_line(line) for line in values["transcript"]),
        "attachments": tuple(Attachment(**attachment) for attachment in values["attachments"]),
        "notes": tuple(_note(note) for note in values["notes"]),
        "reply_at": _maybe(values["reply_at"]),
        "history": tuple(_entry(entry) for entry in values["history"]),
    }


def _moments(sla: Sla) -> list[datetime | None]:
    return [getattr(sla, name) for name in _SLA_MOMENTS]


def _sla_json(sla: Sla) -> Json:
    moments = {
        name: None if (at := getattr(sla, name)) is None else write_utc(at) for name in _SLA_MOMENTS
    }
    return {**moments, "resolve_left": sla.resolve_left}


def _sla(document: Json) -> Sla:
    moments = {name: _maybe(document.get(name)) for name in _SLA_MOMENTS}
    return Sla(
        respond_by=read_utc(document["respond_by"]),
        window_closes_at=moments["window_closes_at"],
        first_response_by=moments["first_response_by"],
        next_response_by=moments["next_response_by"],
        resolve_by=moments["resolve_by"],
        resolve_left=document.get("resolve_left"),
    )


_SLA_MOMENTS = (
    "respond_by",
    "window_closes_at",
    "first_response_by",
    "next_response_by",
    "resolve_by",
)


def _maybe(text: str | None) -> datetime | None:
    return None if text is None else read_utc(text)


def _note_json(note: Note) -> Json:
    return {"at": write_utc(note.at), "who": note.who, "text": note.text}


def _note(document: Json) -> Note:
    return Note(read_utc(document["at"]), document["who"], document["text"])


def _line_json(line: Line) -> Json:
    return {"from": line.speaker, "at": write_utc(line.at), "text": line.text}


def _line(document: Json) -> Line:
    return Line(document["from"], read_utc(document["at"]), document["text"])


def _entry_json(entry: Entry) -> Json:
    return {**entry.more, "at": write_utc(entry.at), "who": entry.who, "what": entry.what}


def _entry(document: Json) -> Entry:
    more = {key: value for key, value in document.items() if key not in ("at", "who", "what")}
    return Entry(read_utc(document["at"]), document["who"], document["what"], more)


def schema() -> Json:
    """The JSON Schema (draft 2020-12) of a case."""
    text = Path(__file__).with_name("case.schema.json").read_text(encoding="utf-8")
    loaded: Json = json.loads(text)
    return loaded


@functools.cache
def _validator() -> Draft202012Validator:
    Draft202012Validator.check_schema(schema())
    return Draft202012Validator(schema())


def validate(document: object) -> None:
    """Raises ValueError naming the place and the rule that does not hold, never the value (it may
    be the customer's text)."""
    for error in _validator().iter_errors(document):
        place = "/".join(str(step) for step in error.absolute_path) or "the case"
        raise ValueError(f"{place} does not fit case.schema.json: {error.validator}")
