"""Details sent in two pieces: "BN-1045", then "62 sorry"; "jo.reed", then "@example.com"."""

from __future__ import annotations

import re

from bot.playbook.forms import in_form
from bot.playbook.model import Field, Playbook

_TAIL = re.compile(r"(\S+?)\.{0,3}…?\s*$")
_HEAD = re.compile(r"\s*(?:\.{2,3}|…)?\s*([^\s,;!?]+)")
_EMAIL = re.compile(r"[\w.+-]+@(?:[\w-]+\.)+[a-z]{2,}", re.IGNORECASE | re.ASCII)


def glued(before: str, text: str, playbook: Playbook) -> dict[str, str]:
    """E-mail addresses and numbers with a `form` that only the end of one message and the beginning
    of the next make whole."""
    tail, head = _TAIL.search(before), _HEAD.match(text)
    if tail is None or head is None:
        return {}
    found = {name: _glued(field, tail[1], head[1]) for name, field in playbook.fields.items()}
    return {name: value for name, value in found.items() if value}


def _glued(field: Field, tail: str, head: str) -> str | None:
    if field.kind == "email" and (tail[-1] in "@." or head[0] in "@."):
        whole = _EMAIL.match(tail + head.rstrip("."))
        return whole.group().lower() if whole and whole.end() > len(tail) else None
    parted = tail[-1].isdigit() or tail[-1] in "-_"
    if field.form and parted and head[0].isdigit() and not head.startswith(tail):
        number = re.match(r"\d+", head)
        fits = any(re.fullmatch(one, tail + head, re.IGNORECASE) for one in field.patterns)
        return in_form(tail + number.group(), field.form) if number and fits else None
    return None
