"""Cues: words and phrases of the playbook that mean something whatever the classifier says."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Mapping

from bot.cases.needles import Haystack

SHOUTING = "shouting"
"""The cue that needs no words: capitals, or !!! and ???."""

_ACCENTS = re.compile("[\u0300-\u036f]")
_NOT_WORDS = re.compile(r"(?<!\w)@\w+|(?:https?:\s?//|www\.)\S+", re.IGNORECASE)
_SPACES = re.compile(r"\s+")
_APOSTROPHES = str.maketrans("\u2018\u2019\u02bc\u00b4`", "'''''")
_ESCAPES = re.compile(r"(\\.|\(\?P)", re.DOTALL)
_GROUPS = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\((?!\?)", re.DOTALL)
_REFERENCES = re.compile(r"\\[1-9]|\(\?\(\d")
_MARKS = re.compile(r"[!?\uff01\uff1f]{3,}")
_WORDS = re.compile(r"(?<!\w)[^\W\d_]{2,}(?!\w)")
_UNSPACED = {
    scripts: re.compile(f"[{scripts}]")
    for scripts in ("\u0e00-\u0e7f", "\u3040-\u30ff", "\u3400-\u9fff", "\uac00-\ud7a3")
}
"""Thai, kana, Han, Hangul: a word's neighbours and particles join it without a space."""
_SHOUTED_WORDS = 3
_SHOUTED_LETTERS = 10
_SHOUTED_SHARE = 0.7


def clean(text: str) -> str:
    """The text as cues see it: composed Unicode, plain apostrophes, single spaces, without mentions
    and links."""
    composed = unicodedata.normalize("NFC", text).translate(_APOSTROPHES)
    return _SPACES.sub(" ", _NOT_WORDS.sub(" ", composed)).strip()


@functools.lru_cache(maxsize=2048)
def _compile(patterns: tuple[str, ...], unspaced: str = "") -> re.Pattern[str]:
    """Any of a cue's patterns between word borders, for folded text.

    Ignoring case in the expression instead takes half as long again, and groups that capture four
    times as long. Beside a letter of a script without spaces there is always a border; a pattern
    that wants a stricter one says so. `unspaced` are those of these scripts that the text holds:
    with all of them an expression takes three times as long to compile as with none.
    """
    either = "|".join(f"(?:{_uncaptured(_fold_pattern(pattern))})" for pattern in patterns)
    if not unspaced:
        return re.compile(rf"(?<!\w)(?:{either})(?!\w)")
    begin = rf"(?:(?<![^\W{unspaced}])|(?=[{unspaced}]))"
    end = rf"(?:(?![^\W{unspaced}])|(?<=[{unspaced}]))"
    return re.compile(rf"{begin}(?:{either}){end}")


def _unspaced_in(text: str) -> str:
    if text.isascii():
        return ""
    return "".join(scripts for scripts, letter in _UNSPACED.items() if letter.search(text))


def _fold(text: str) -> str:
    """Lower case, ss and no accents: customers leave them out ("nao", "heiss")."""
    lower = text.lower()
    if lower.isascii():
        return lower
    bare = _ACCENTS.sub("", unicodedata.normalize("NFD", lower.replace("\u00df", "ss")))
    return unicodedata.normalize("NFC", bare)


def _fold_pattern(pattern: str) -> str:
    """All but its escapes (\\S) and the P of named groups."""
    parts = _ESCAPES.split(pattern.translate(_APOSTROPHES))
    return "".join(part if at % 2 else _fold(part) for at, part in enumerate(parts))


def _uncaptured(pattern: str) -> str:
    """With (?:...) for (...), unless the pattern refers to a group by its number."""
    if _REFERENCES.search(pattern):
        return pattern
    return _GROUPS.sub(lambda match: "(?:" if match[0] == "(" else match[0], pattern)


def count_matches(patterns: tuple[str, ...], cleaned: str) -> int:
    """How many different pieces of a cleaned text the patterns match.

    Raises re.error for a pattern that is no regular expression.
    """
    if not patterns:
        return 0
    folded = _fold(cleaned)
    pattern = _compile(patterns, _unspaced_in(folded))
    return len({match.group() for match in pattern.finditer(folded)})


def is_shouting(cleaned: str) -> bool:
    """Three and more marks in a row, or at least three words mostly in capitals.

    Letters without case (Korean) and words with digits (order numbers) do not count.
    """
    if _MARKS.search(cleaned):
        return True
    words = [word for word in _WORDS.findall(cleaned) if word.lower() != word.upper()]
    letters = "".join(words)
    capitals = sum(letter.isupper() for letter in letters)
    long_enough = len(words) >= _SHOUTED_WORDS and len(letters) >= _SHOUTED_LETTERS
    return long_enough and capitals >= _SHOUTED_SHARE * len(letters)


class CueFinder:
    """The cues of a playbook; a message takes well under a millisecond.

    They match without regard to case and accents, between word borders. An expression is compiled
    when a text comes in which it may match: all of them at once take half a second.
    """

    def __init__(self, cues: Mapping[str, tuple[str, ...]]) -> None:
        """Raises re.error for a pattern that is no regular expression."""
        self._patterns = [(name, pattern) for name in cues for pattern in cues[name]]
        self._haystack = Haystack([_fold_pattern(pattern) for _, pattern in self._patterns])
        self._compiled: dict[tuple[int, str], re.Pattern[str]] = {}

    def find_cues(self, text: str) -> frozenset[str]:
        """The names of the cues that a customer's text holds."""
        cleaned = clean(text)
        folded = _fold(cleaned)
        unspaced = _unspaced_in(folded)
        found = {SHOUTING} if is_shouting(cleaned) else set()
        for number in self._haystack.likely(folded):
            name = self._patterns[number][0]
            if name not in found and self._compile(number, unspaced).search(folded):
                found.add(name)
        return frozenset(found)

    def _compile(self, number: int, unspaced: str) -> re.Pattern[str]:
        place = number, unspaced
        if place not in self._compiled:
            self._compiled[place] = _compile((self._patterns[number][1],), unspaced)
        return self._compiled[place]
