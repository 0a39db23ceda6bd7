"""What the bot understood of one turn: the seam between the understanding and the domain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Sentiment = Literal["negative", "neutral", "positive"]


@dataclass(frozen=True)
class Understanding:
    """`intent` is the full name: `report/<topic>`, `faq/<id>` or a dialogue intent (`affirm`).

    `topics` ranks all topics with their probabilities, best first, whatever the intent is.
    `faqs` holds (FAQ id, score) above the threshold, best first. `resources` holds (page id,
    score) of those that are near in meaning, best first; from 1 on the meaning alone is enough.
    `fields` maps field names of the playbook to normalised values. `cues` names the playbook
    cues found in the text. `language` is the message's, "" when it shows none, and
    `language_share` how clearly; from the dialogue on it is the conversation's.
    """

    text: str
    intent: str
    confidence: float
    topics: tuple[tuple[str, float], ...] = ()
    faqs: tuple[tuple[str, float], ...] = ()
    resources: tuple[tuple[str, float], ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)
    cues: frozenset[str] = frozenset()
    sentiment: Sentiment = "neutral"
    language: str = "en"
    language_share: float = 0.0
    wants_human: bool = False

    @property
    def family(self) -> str:
        """`report`, `faq` or the dialogue intent itself."""
        return self.intent.split("/", 1)[0]
