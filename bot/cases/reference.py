"""Case references: short enough to read out, and the same however often a step is retried."""

from __future__ import annotations

import hashlib
import re

PREFIX = "ND-"
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without I, L, O, U, 0 and 1, which are misread for each other or make words."""

LENGTH = 7

PATTERN = re.compile(
    rf"(?<![\w-])ND(?:\s?[-\u2010-\u2015\u2212]\s?|(?=\s?[A-Z]*\d)\s?)([{ALPHABET}]{{{LENGTH}}})(?![\w-])",
    re.IGNORECASE,
)
"""A reference as people write it: in any case, with any dash; without one if it has a digit."""


def make_reference(conversation: str, intake: int, attempt: int = 0) -> str:
    """The reference of the conversation's `intake`-th intake, such as `ND-7KQ2M4X`.

    Deterministic; there are 30^7 (2.2e10) of them. Where one is taken by another case, the caller
    asks for the next `attempt`.
    """
    seed = f"{conversation}\n{intake}\n{attempt}".encode("utf-8", "surrogatepass")
    number = int.from_bytes(hashlib.sha256(seed).digest(), "big")
    letters = []
    for _ in range(LENGTH):
        number, digit = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[digit])
    return PREFIX + "".join(letters)


def find_reference(text: str) -> str | None:
    """The first reference in a text, in its normal spelling."""
    match = PATTERN.search(text)
    return PREFIX + match[1].upper() if match else None
