"""How satisfied the customer was: 1 to 5, by a button or a bare digit, once a case is resolved."""

from __future__ import annotations

import re

from bot.cases.case import Case
from bot.cases.understanding import Understanding

STARS = range(1, 6)
GOOD = 4
FIELD, OF_CASE = "rating", "of_case"
"""The names of the values in a button's payload."""

_TYPED = re.compile(
    r"\W*([1-5])\s*(?:(?:/|of|out of)\s*5)?\s*(?:stars?|points?)?\W*", re.IGNORECASE
)
_PRESSED = re.compile(rf'/inform{{"{FIELD}":"([1-5])","{OF_CASE}":"([\w-]+)"}}')


def payload(stars: int, reference: str) -> str:
    """What the button of so many stars sends."""
    return f'/inform{{"{FIELD}":"{stars}","{OF_CASE}":"{reference}"}}'


def pressed(text: str) -> tuple[int, str] | None:
    """The stars and the case's reference when `text` is what a rating's button sends. It is read
    here, as Rasa passes over values that are no entities of domain.yml."""
    match = _PRESSED.fullmatch(text)
    return (int(match[1]), match[2]) if match else None


def typed_stars(heard: Understanding) -> int | None:
    """The stars of a message that is nothing but a rating ("5", "4 stars", "3/5")."""
    match = _TYPED.fullmatch(heard.text)
    return int(match[1]) if match else None


def asked_for(case: Case) -> bool:
    """Whether the customer was asked to rate the case and has not yet."""
    endings = [entry for entry in case.history if entry.what == "resolved"]
    asked = bool(endings) and endings[-1].more.get("asked") is True
    return asked and case.status == "resolved" and case.rating is None


def quick_reply(payload: str) -> str:
    """The name of a button for the event stream: its intent, or `/rating/4`."""
    stars = pressed(payload)
    return f"/rating/{stars[0]}" if stars else payload.partition("{")[0].strip()
