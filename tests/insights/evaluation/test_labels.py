"""Labels are read as they are meant, or refused with what would be valid."""

from __future__ import annotations

from typing import Any

import pytest

from bot.insights.evaluation.labels import Label, label_from

TOPICS = ("billing", "delivery")


def test_label_is_read_with_what_it_says() -> None:
    record = {
        "id": 7, "topic": "billing", "also_ok": ["delivery"], "severity": "high",
        "sentiment": "negative", "language": "en", "fields": {"amount": 12}, "wants_human": True,
    }  # fmt: skip
    assert label_from(record, TOPICS) == Label(
        "7", "billing", ("delivery",), "high", "negative", "en", {"amount": "12"}, True
    )


def test_what_is_not_labelled_is_none() -> None:
    assert label_from({"id": "a"}, TOPICS) == Label("a")


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"topic": "biling"}, "topic: unknown `biling` -> did you mean `billing`"),
        ({"also_ok": "billing"}, "also_ok: not a list"),
        ({"also_ok": ["payment"]}, "also_ok: unknown `payment`"),
        ({"severity": "urgent"}, "severity: unknown `urgent`"),
        ({"sentiment": 1}, "sentiment: unknown `1`"),
        ({"language": 3}, "language: not a text"),
        ({"fields": []}, "fields: not an object"),
        ({"wants_human": "yes"}, "wants_human: neither true nor false"),
    ],
)
def test_wrong_value_is_named_with_what_would_be_valid(wrong: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told) as raised:
        label_from({"id": "a", **wrong}, TOPICS)
    assert "->" in str(raised.value)


@pytest.mark.parametrize("record", [[], "text", {"topic": "billing"}])
def test_what_has_no_id_is_no_label(record: Any) -> None:
    with pytest.raises(ValueError, match="not a label"):
        label_from(record, TOPICS)
