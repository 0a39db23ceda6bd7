"""What a text must hold for a regular expression to match in it, to see at a glance that most do
not: a message is searched for three thousand expressions, and a handful match.
"""

from __future__ import annotations

import sre_parse
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

_LONGEST = 4
_TELLING = "\u1100"
"""From here on scripts have so many letters that a single one tells texts apart."""

Needles = frozenset[str]
"""Every match holds at least one of them; empty where nothing is known."""


def needles_of(pattern: str) -> Needles:
    """Raises re.error for a pattern that is no regular expression."""
    return _of_sequence(sre_parse.parse(pattern).data)


def _of_sequence(parts: Iterable[Any]) -> Needles:
    """The best that one part of the sequence, or a run of letters in it, gives."""
    found: list[Needles] = []
    run = ""
    for kind, value in parts:
        if kind is sre_parse.LITERAL:
            run += chr(value)
            continue
        found += [frozenset({run}), _of_part(kind, value)]
        run = ""
    return max([*found, frozenset({run})], key=_worth)


def _of_part(kind: Any, value: Any) -> Needles:
    if kind is sre_parse.SUBPATTERN:
        ignores_case = value[1] & sre_parse.SRE_FLAG_IGNORECASE
        return frozenset() if ignores_case else _of_sequence(value[3])
    if kind in (sre_parse.MAX_REPEAT, sre_parse.MIN_REPEAT) and value[0] > 0:
        return _of_sequence(value[2])
    if kind is sre_parse.BRANCH:
        branches = [_of_sequence(branch) for branch in value[1]]
        return frozenset().union(*branches) if all(map(_worth, branches)) else frozenset()
    return frozenset()


def _worth(needles: Needles) -> int:
    """How long the shortest is; 0 when that is too short to tell texts apart."""
    return min((len(n) if len(n) > 1 or n >= _TELLING else 0 for n in needles), default=0)


def _pieces(needle: str) -> list[str]:
    """Its runs of _LONGEST letters; all of it where it has no more."""
    return [needle[at : at + _LONGEST] for at in range(max(1, len(needle) - _LONGEST + 1))]


class Haystack:
    """Says which of many expressions may match in a text: those of whose needles it holds a piece,
    the rarest."""

    def __init__(self, patterns: Sequence[str]) -> None:
        """Raises re.error for a pattern that is no regular expression."""
        self._always = 0
        self._pieces: dict[str, int] = {}
        needles = [needles_of(pattern) for pattern in patterns]
        often = Counter(piece for own in needles for needle in own for piece in _pieces(needle))
        for number, own in enumerate(needles):
            if not _worth(own):
                self._always |= 1 << number
                continue
            for piece in {min(_pieces(needle), key=often.__getitem__) for needle in own}:
                self._pieces[piece] = self._pieces.get(piece, 0) | 1 << number

    def likely(self, text: str) -> Iterator[int]:
        """The numbers of those that may match, in their order."""
        found = self._always
        for length in range(1, _LONGEST + 1):
            for start in range(len(text) - length + 1):
                found |= self._pieces.get(text[start : start + length], 0)
        while found:
            lowest = found & -found
            yield lowest.bit_length() - 1
            found ^= lowest
