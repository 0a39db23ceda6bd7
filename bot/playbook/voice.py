"""data/voice.yml: the brand's name, the assistant's, and what they never say."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.playbook.entry import Entry
from bot.playbook.texts import EVERYWHERE, TEXTS

LINK_NAME = re.compile(r"[a-z][a-z0-9_]*")
_TAKEN = EVERYWHERE.union(*TEXTS.values())


@dataclass(frozen=True)
class Voice:
    """How the brand speaks. `links` are names that any text may hold as `{name}`; `banned` are
    phrases no text holds; `max_length` counts the characters of one reply."""

    brand: str
    assistant: str
    signature: str
    banned: tuple[str, ...]
    links: Mapping[str, str]
    max_length: int

    @property
    def everywhere(self) -> dict[str, str]:
        """The placeholders of every text, with their values."""
        return {"brand": self.brand, "assistant": self.assistant, **self.links}


def load_voice(entry: Entry) -> Voice:
    parts = entry.keyed(("brand", "assistant"), ("signature", "banned", "links", "max_length"))
    return Voice(
        brand=parts["brand"].text(),
        assistant=parts["assistant"].text(),
        signature=parts["signature"].text(empty=True),
        banned=tuple(part.text() for part in parts["banned"].listed()),
        links=_links(parts["links"]),
        max_length=parts["max_length"].count(900, minimum=100),
    )


def _links(entry: Entry) -> dict[str, str]:
    found = entry.named(LINK_NAME)
    for name, part in found.items():
        if name in _TAKEN:
            part.refuse(
                f"`{{{name}}}` has another meaning in the texts already",
                f"give the link another name, such as {name}_page",
            )
    return {name: part.url() for name, part in found.items()}
