"""Masking: card numbers and what the playbook calls sensitive never reach the store."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

_SEPARATOR = r"[ \u00a0\t.\-\u2010-\u2015]{1,3}"
_DIGITS = re.compile(rf"\d+(?:{_SEPARATOR}\d+)+|\d{{13,}}")
_GROUP = re.compile(r"\d+")
_SHORTEST, _LONGEST = 13, 19
"""Digits of a card number: ISO/IEC 7812-1."""

_SHOWN = 4
"""Trailing digits that may be kept: PCI DSS 3.4 allows the first six and the last four."""

_PRINTED = frozenset(
    [(size,) for size in range(_SHORTEST, _LONGEST + 1)]
    + [(4, 4, 4, size) for size in range(1, 5)]
    + [(4, 4, 4, 4, size) for size in range(1, 4)]
    + [(4, 6, 4), (4, 6, 5)]
)
"""How cards are printed, as the sizes of their groups: in one piece, in fours, or 4-6-5."""

_CARD_STARTS = frozenset("3456")
"""The first digits of payment cards, asked of groupings no card is printed in."""


class Masker:
    """Masks a brand's messages before anything is stored."""

    def __init__(self, sensitive: Mapping[str, str]) -> None:
        """`sensitive` maps names to regular expressions; raises re.error for one that is none."""
        self._sensitive = {name: re.compile(pattern) for name, pattern in sensitive.items()}

    def mask(self, text: str) -> str:
        """The text with the patterns' matches as their name in brackets, then card numbers as
        `[card 1111]` (their last four digits). All else stays as it is."""
        for name, pattern in self._sensitive.items():
            text = pattern.sub(f"[{name}]", text)
        return mask_cards(text)


def mask_cards(text: str) -> str:
    """The text with every card number as `[card 1111]`.

    A card number has 13 to 19 digits, in one piece or with spaces, dots or dashes between, and a
    valid check digit. What stands beside it in the same row of digits (expiry, order number) stays.
    """
    return _DIGITS.sub(_mask_row, text)


def _mask_row(row: re.Match[str]) -> str:
    """A row of digit groups with the cards in it masked; one after a + begins as a phone number."""
    groups = list(_GROUP.finditer(row.group()))
    first = 1 if row.string[row.start() - 1 : row.start()] == "+" else 0
    pieces, written = [], 0
    while first < len(groups):
        count = _groups_of_card(groups, first)
        if count:
            card = groups[first : first + count]
            pieces.append(row.group()[written : card[0].start()])
            pieces.append(f"[card {_digits(card)[-_SHOWN:]}]")
            written = card[-1].end()
        first += count or 1
    return "".join(pieces) + row.group()[written:]


def _groups_of_card(groups: Sequence[re.Match[str]], first: int) -> int:
    """How many groups the longest card number has that begins with group `first`; 0 if none does.

    A whole row may be grouped in any way.
    """
    if first == 0 and len(groups) <= _LONGEST and _digits(groups)[0] in _CARD_STARTS:
        if _is_card(_digits(groups)):
            return len(groups)
    for count in (5, 4, 3, 1):
        window = groups[first : first + count]
        if tuple(len(group.group()) for group in window) in _PRINTED and _is_card(_digits(window)):
            return len(window)
    return 0


def _is_card(digits: str) -> bool:
    return _SHORTEST <= len(digits) <= _LONGEST and passes_luhn(digits)


def _digits(window: Sequence[re.Match[str]]) -> str:
    return "".join(group.group() for group in window)


def passes_luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of the others (ISO/IEC 7812-1, annex B)."""
    doubled = [int(digit) * (1 + index % 2) for index, digit in enumerate(reversed(digits))]
    return sum(number - 9 * (number > 9) for number in doubled) % 10 == 0
