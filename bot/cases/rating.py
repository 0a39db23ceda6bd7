"""How satisfied the customer was: 1 to 5, by a button or typed, once a case is resolved."""

from __future__ import annotations

import re

from bot.cases.case import Case

STARS = range(1, 6)
GOOD = 4
FIELD, OF_CASE = "rating", "of_case"
"""The names of the values in a button's payload."""

_NUMBERS = ("one", "two", "three", "four", "five")
_STARS = rf"\W*(?P<stars>[1-5]|{'|'.join(_NUMBERS)})\s*(?:(?:/|of|out of|von|de)\s*(?:5|five))?\s*"
_UNIT = "stars?|points?|sterne?|punkten?|punkte?|estrelas?|pontos?|점(?:입니다|이에요|요)?|별"
_BREAK = r"(?:[,;:!?]+\s+|\s[-\u2013\u2014]\s|\s*\n)"
_TYPED = re.compile(
    rf"{_STARS}(?:{_UNIT})?(?:\W*$|{_BREAK}(?P<words>.+))", re.IGNORECASE | re.DOTALL
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


def typed_stars(text: str) -> tuple[int, str] | None:
    """The stars of a message that begins with a rating, and the words behind it: "5" or "4 stars"
    have none, "2/5, too slow" has some. None for "5 cameras are broken"."""
    match = _TYPED.fullmatch(text)
    if match is None:
        return None
    stars = match["stars"].lower()
    number = _NUMBERS.index(stars) + 1 if stars in _NUMBERS else int(stars)
    return number, match["words"] or ""


def asked_for(case: Case) -> bool:
    """Whether the last thing the customer was asked is to rate the case; they may change it."""
    endings = [entry for entry in case.history if entry.what == "resolved"]
    asked = bool(endings) and endings[-1].more.get("asked") is True
    return asked and case.status == "resolved"


def quick_reply(payload: str) -> str:
    """The name of a button for the event stream: its intent, or `/rating/4`."""
    stars = pressed(payload)
    return f"/rating/{stars[0]}" if stars else payload.partition("{")[0].strip()
