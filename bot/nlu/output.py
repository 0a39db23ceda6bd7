"""The one key under which our components leave what they understood in Rasa's parse result.

`understanding` is JSON: intent (full name), confidence, topics [[topic, probability]], faqs [[id,
score]], resources [[id, score]], fields {name: value}, cues [name], sentiment, language ("" when it
shows none), language_share, wants_human. Each component adds its own part; `bot.nlu.understood`
reads the whole.
"""

from __future__ import annotations

import re
from typing import Any

from rasa.shared.nlu.constants import (
    ENTITIES,
    INTENT,
    INTENT_NAME_KEY,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.found import Found

KEY = "understanding"
FALLBACK = "nlu_fallback"
MAX_CHARACTERS = 2000
"""What stands behind is not looked at: a message of 1 MB would hold the worker for seconds."""


def noted(message: Message) -> dict[str, Any]:
    """What earlier components understood; empty before the first."""
    return dict(message.get(KEY) or {})


def note(message: Message, **parts: Any) -> None:
    """Adds parts to the understanding and keeps it in the parse result."""
    message.set(KEY, {**noted(message), **parts}, add_to_output=True)


def set_intent(message: Message, full_name: str, confidence: float) -> None:
    """Rasa sees the family (`report`), the understanding holds the full name (`report/billing`)."""
    family = full_name.split("/", 1)[0]
    intent = {INTENT_NAME_KEY: family, PREDICTED_CONFIDENCE_KEY: confidence}
    message.set(INTENT, intent, add_to_output=True)
    note(message, intent=full_name, confidence=confidence)


def found_in(message: Message) -> list[Found]:
    """The details that PlaybookEntities left in the message."""
    return [
        Found(entity["entity"], entity["start"], entity["end"], entity["value"])
        for entity in message.get(ENTITIES) or []
    ]


_NO_TEXT = re.compile("[\ud800-\udfff\0]")
"""Halves of a surrogate pair, which no file can hold, and NUL, which ends a C string."""


def text_of(message: Message) -> str:
    """The text, as far as it is looked at; what is no text is a space, so that places stay."""
    return _NO_TEXT.sub(" ", str(message.get(TEXT) or "")[:MAX_CHARACTERS])
