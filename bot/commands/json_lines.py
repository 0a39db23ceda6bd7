"""Conversations as JSON lines: {"id", "messages": [text]} or {"id", "turns": [{from, text}]}."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from itertools import takewhile
from pathlib import Path
from typing import Any, TypeVar

from bot.errors import BadRequest

T = TypeVar("T")
_VALID = (
    "not a conversation -> valid: "
    '{"id": "a1", "messages": ["text", ...]} or {"id": ..., "turns": [{"from", "text"}]}'
)


def read_json_lines(path: Path) -> Iterator[dict[str, Any]]:
    """Each conversation. Raises BadRequest naming file and line."""
    return (record for _, record in read_lines(path, _conversation))


def read_lines(path: Path, read: Callable[[Any], T]) -> Iterator[tuple[str, T]]:
    """Each line as `read` makes it, with its place (`labels.jsonl:3`); empty ones are passed over.

    Raises BadRequest naming the place for a line that is no JSON, and with the message of the
    ValueError that `read` raises; that message holds no customer's words.
    """
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                place = f"{path.name}:{number}"
                yield place, _read(line, place, read)


def _read(line: bytes, place: str, read: Callable[[Any], T]) -> T:
    try:
        record = json.loads(line.decode("utf-8-sig"))
    except ValueError:
        message = "no JSON -> valid: one JSON object a line, in UTF-8"
        raise BadRequest("bad_line", f"{place}: {message}") from None
    try:
        return read(record)
    except ValueError as error:
        raise BadRequest("bad_line", f"{place}: {error}") from None


def _conversation(record: Any) -> dict[str, Any]:
    try:
        customer_messages(record)
        return {**record, "id": str(record["id"])}
    except (ValueError, TypeError, KeyError, AttributeError):
        raise ValueError(_VALID) from None


def customer_messages(record: Mapping[str, Any]) -> list[str]:
    """What the customer wrote before the first answer of an agent.

    Raises KeyError or TypeError for a record of another shape, ValueError when nothing was written.
    """
    if "messages" in record:
        texts = list(record["messages"])
    else:
        before = takewhile(lambda turn: turn["from"] == "customer", record["turns"])
        texts = [turn["text"] for turn in before]
    if not all(isinstance(text, str) for text in texts) or not any(t.strip() for t in texts):
        raise ValueError("no messages")
    return [text for text in texts if text.strip()]
