"""What careful readers would have put on conversations: the labels that triage is scored against.

Each label is a JSON object: `id`, and any of `topic`, `also_ok` (other topics that count as right),
`severity`, `sentiment`, `language`, `fields` (name -> value as the customer wrote it) and
`wants_human`. What is not labelled is not scored.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from bot.cases.understanding import Sentiment
from bot.playbook.entry import nearest
from bot.playbook.model import Severity

SEVERITIES = tuple(severity.word for severity in Severity)
SENTIMENTS: tuple[str, ...] = get_args(Sentiment)


@dataclass(frozen=True)
class Label:
    """None where the readers said nothing."""

    id: str
    topic: str | None = None
    also_ok: tuple[str, ...] = ()
    severity: str | None = None
    sentiment: str | None = None
    language: str | None = None
    fields: Mapping[str, str] | None = None
    wants_human: bool | None = None


def label_from(record: Any, topics: Collection[str]) -> Label:
    """Raises ValueError that names key, value and what would be valid."""
    if not isinstance(record, dict) or "id" not in record:
        raise ValueError('not a label -> valid: {"id": "a1", "topic": ..., "severity": ..., ...}')
    return Label(
        id=str(record["id"]),
        topic=_word(record, "topic", topics),
        also_ok=_words(record, "also_ok", topics),
        severity=_word(record, "severity", SEVERITIES),
        sentiment=_word(record, "sentiment", SENTIMENTS),
        language=_language(record),
        fields=_fields(record),
        wants_human=_flag(record, "wants_human"),
    )


def _word(record: Mapping[str, Any], key: str, valid: Collection[str]) -> str | None:
    if record.get(key) is None:
        return None
    return _known(record[key], key, valid)


def _words(record: Mapping[str, Any], key: str, valid: Collection[str]) -> tuple[str, ...]:
    named = record.get(key) or []
    if not isinstance(named, list):
        raise ValueError(f"{key}: not a list -> valid: a list of topics, such as []")
    return tuple(_known(name, key, valid) for name in named)


def _known(name: Any, key: str, valid: Collection[str]) -> str:
    if isinstance(name, str) and name in valid:
        return name
    raise ValueError(f"{key}: unknown `{name}` -> {nearest(str(name), valid)}")


def _language(record: Mapping[str, Any]) -> str | None:
    language = record.get("language")
    if language is None or (isinstance(language, str) and language):
        return language
    raise ValueError("language: not a text -> valid: an ISO 639-1 code, such as en")


def _fields(record: Mapping[str, Any]) -> Mapping[str, str] | None:
    fields = record.get("fields")
    if fields is None:
        return None
    if not isinstance(fields, dict):
        raise ValueError('fields: not an object -> valid: {"order_number": "..."}, or {} for none')
    return {str(name): str(value) for name, value in fields.items() if value is not None}


def _flag(record: Mapping[str, Any], key: str) -> bool | None:
    flag = record.get(key)
    if flag is None or isinstance(flag, bool):
        return flag
    raise ValueError(f"{key}: neither true nor false -> valid: true, false")
