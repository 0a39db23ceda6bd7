"""Which FAQ is meant when two or three come close: asked by buttons, answered by one of them, by
its number or by its title."""

from __future__ import annotations

import re
from collections.abc import Sequence

MOST = 3
"""More titles than these nobody reads."""
NONE = '/deny{"of":"faq"}'
"""What the button "none of these" sends."""

_PRESSED = re.compile(r'/faq{"id":"([\w-]+)"}')
_NUMBER = re.compile(
    r"\W*(?:(?:n[ro]|number|nummer|option|opção|número)\b\W*)?([1-3])\s*번?\W*", re.IGNORECASE
)
_ORDINALS = (
    re.compile(r"\b(?:first|erste[nrs]?|primeir[ao])\b|첫", re.IGNORECASE),
    re.compile(r"\b(?:second|zweite[nrs]?|segund[ao])\b|두\s?번째", re.IGNORECASE),
    re.compile(r"\b(?:third|dritte[nrs]?|terceir[ao])\b|세\s?번째", re.IGNORECASE),
)
_FEW_WORDS = 5
"""Who writes more tells something else."""


def payload(faq: str) -> str:
    """What the button of a FAQ sends."""
    return f'/faq{{"id":"{faq}"}}'


def pressed(text: str) -> str | None:
    """The FAQ whose button sends `text`. It is read here, as Rasa passes over values that are no
    entities of domain.yml."""
    match = _PRESSED.fullmatch(text)
    return match[1] if match else None


def typed(text: str, titles: Sequence[str]) -> int | None:
    """The place among `titles` of the one that is named, from 0: by its number ("2", "the second
    one") or in its own words. None when it is none of them, or more than one."""
    if number := _NUMBER.fullmatch(text):
        places = [int(number[1]) - 1]
    else:
        places = [place for place, title in enumerate(titles) if _names(text, title)]
        if not places and len(text.split()) <= _FEW_WORDS:
            places = [place for place, words in enumerate(_ORDINALS) if words.search(text)]
    return places[0] if len(places) == 1 and places[0] < len(titles) else None


def _names(text: str, title: str) -> bool:
    said, name = text.casefold(), title.casefold().rstrip("?")
    return name in said and len(said.split()) <= len(name.split()) + _FEW_WORDS
