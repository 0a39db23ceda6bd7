"""In which language a conversation goes on: that of the last message that clearly had one."""

from __future__ import annotations

from collections.abc import Container

SURE = 0.75
"""A message must be this clearly in another language for the conversation to switch; 1.0 is a
language that was asked for. Our choice: half a dozen words, or two that no other language has."""

FIRST = 0.5
"""The share that is enough while nothing of the customer's is known yet."""


def settle(heard: str, share: float, before: str, given: str, enabled: Container[str]) -> str:
    """The language to answer in. `heard` is that of the message ("" when it shows none) with its
    `share`, `before` the conversation's ("" at its beginning), `given` the channel's."""
    if heard in enabled and share >= (SURE if before else FIRST):
        return heard
    return before or (given if given in enabled else "en")
