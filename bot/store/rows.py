"""A case as one row of the desk: what lists show and filter by, and what a search looks in."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from sys import intern
from typing import Any

from bot.cases.case import Case
from bot.cases.queue import queue_score, runs_out
from bot.cases.timestamps import write_utc

_READ = ("claimed", "replied")
_WRITTEN = ("customer_replied", "message_added")
MOST_CHARACTERS = 4_000
"""Of a case's folded text; of a longer one the beginning and the end can be found."""


@dataclass(frozen=True, slots=True)
class Row:
    """`place` sorts as the queue does, `opened` by age; `assignee` is '' where nobody has the case;
    `text` is what a search looks in, folded; `shown` the row's JSON text. Words that many rows
    share are one object, which makes counting them three times as fast."""

    id: str
    place: tuple[int, datetime, str] = field(repr=False)
    opened: tuple[datetime, str] = field(repr=False)
    status: str
    team: str
    topic: str
    subtopic: str
    severity: str
    channel: str
    language: str
    conversation: str
    assignee: str
    tags: tuple[str, ...]
    text: str = field(repr=False)
    shown: str = field(repr=False)

    def to_json(self) -> dict[str, Any]:
        """The CaseRow of the API."""
        document: dict[str, Any] = json.loads(self.shown)
        return document


def make_row(case: Case, said: Iterable[str]) -> Row:
    """The row of a case whose customer wrote `said`."""
    return Row(
        id=case.id,
        place=(queue_score(case), case.opened_at, case.id),
        opened=(case.opened_at, case.id),
        status=intern(case.status),
        team=intern(case.team),
        topic=intern(case.topic),
        subtopic=intern(case.subtopic),
        severity=intern(case.severity.word),
        channel=intern(case.channel),
        language=intern(case.customer.language),
        conversation=case.conversation,
        assignee=intern(case.assignee or ""),
        tags=tuple(map(intern, case.tags)),
        text=_searched(case, said),
        shown=json.dumps(_shown(case), ensure_ascii=False),
    )


def fold(text: str) -> str:
    """The text without case and accents, for comparing: `Größe` and `GROSSE` are the same."""
    if text.isascii():
        return text.lower()
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(part for part in parts if not unicodedata.combining(part)).casefold()


def is_unread(case: Case) -> bool:
    """Whether nobody has the case yet, or its customer wrote after it was claimed or answered."""
    if case.status != "claimed":
        return case.status == "new"
    told = [entry.what for entry in case.history if entry.what in (*_READ, *_WRITTEN)]
    return bool(told) and told[-1] in _WRITTEN


def _searched(case: Case, said: Iterable[str]) -> str:
    """A line each: reference, customer, summary, details, and what was said."""
    customer = case.customer
    handle = f"@{customer.handle.lstrip('@')}" if customer.handle else ""
    values = (detail.value or "" for detail in case.details.values())
    head = [case.id, customer.name or "", handle, case.summary, *values]
    text = fold("\n".join([*head, *said]))
    if len(text) <= MOST_CHARACTERS:
        return text
    half = MOST_CHARACTERS // 2
    return f"{text[:half]}\n{text[1 - half :]}"


def _shown(case: Case) -> dict[str, Any]:
    due = runs_out(case)
    return {
        "id": case.id,
        "summary": case.summary,
        "topic": case.topic,
        "subtopic": case.subtopic,
        "severity": case.severity.word,
        "severity_reasons": case.severity_reasons,
        "team": case.team,
        "assignee": case.assignee,
        "status": case.status,
        "channel": case.channel,
        "conversation": case.conversation,
        "language": case.customer.language,
        "tags": case.tags,
        "sentiment": case.sentiment,
        "customer": {"name": case.customer.name, "handle": case.customer.handle},
        "opened_at": write_utc(case.opened_at),
        "updated_at": write_utc(case.history[-1].at if case.history else case.opened_at),
        "sla": _sla(case),
        "due": write_utc(due[1]) if due else None,
        "due_kind": due[0] if due else None,
        "missing": case.missing,
        "rating": case.rating,
        "unread": is_unread(case),
    }


def _sla(case: Case) -> dict[str, Any]:
    return {
        name: write_utc(value) if isinstance(value, datetime) else value
        for name, value in vars(case.sla).items()
    }
