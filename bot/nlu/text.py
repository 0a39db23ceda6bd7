"""One spelling for what customers write in many, before any n-gram is counted.

Handles, links, addresses, amounts and long numbers say *that* they are there, not which they are.
"""

from __future__ import annotations

import functools
import re
import unicodedata

LINK = "xlink"
ADDRESS = "xaddress"
MONEY = "xmoney"
CODE = "xcode"

_QUOTES = str.maketrans({"‘": "'", "’": "'", "`": "'", "´": "'", "“": '"', "”": '"', "…": " . "})
_AMOUNT = r"[£$€]\s?\d[\d.,]*|\b\d[\d.,]*\s?(?:£|€|quid|pounds|dollars|bucks|euros?)"
_MIXED = r"(?<![\w-])(?=(?:[\w-]*\d){3})[\w-]*[a-z][\w-]*\d[\w-]*\b|\b\d{5,}\b"
_SHAPES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?:https?:\s?//|www\.)\S+"), f" {LINK} "),
    (re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), f" {ADDRESS} "),
    (re.compile(r"(?<!\w)@\w+"), " "),
    (re.compile(r"#(?=\w)"), " "),
    (re.compile(_AMOUNT), f" {MONEY} "),
    (re.compile(_MIXED), f" {CODE} "),
    (re.compile(r"\d"), "0"),
    (re.compile(r"(\D)\1{2,}"), r"\1\1"),
    (re.compile(r"\s+"), " "),
)
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?|[^\w\s]")


@functools.lru_cache(maxsize=8)
def normalise(text: str) -> str:
    """Lower case, straight quotes, placeholders for links, addresses, money and codes, digits as 0,
    no letter more than twice in a row, single spaces. Emoji stay. The latest texts are remembered:
    each classifier of a message asks for the same."""
    spelt = unicodedata.normalize("NFKC", text).translate(_QUOTES).lower()
    for pattern, replacement in _SHAPES:
        spelt = pattern.sub(replacement, spelt)
    return spelt.strip()


def words(normalised: str) -> list[str]:
    """The words and single signs ("?", an emoji) of a normalised text, in order."""
    return _WORD.findall(normalised)
