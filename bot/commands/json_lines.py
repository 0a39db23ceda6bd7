"""Conversations as JSON lines: {"id", "messages": [text]} or {"id", "turns": [{from, text}]}."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import takewhile
from pathlib import Path
from typing import Any

from bot.errors import BadRequest


def read_json_lines(path: Path) -> Iterator[dict[str, Any]]:
    """Each record; empty lines are passed over. Raises BadRequest naming file and line."""
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                yield _record(line, f"{path.name}:{number}")


def _record(line: str, place: str) -> dict[str, Any]:
    try:
        record = json.loads(line)
        customer_messages(record)
        record["id"] = str(record["id"])
    except (ValueError, TypeError, KeyError, AttributeError):
        raise BadRequest(
            "bad_line",
            f"{place}: not a conversation -> valid: "
            '{"id": "a1", "messages": ["text", ...]} or {"id": ..., "turns": [{"from", "text"}]}',
        ) from None
    return dict(record)


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
