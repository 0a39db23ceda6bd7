"""A detail found in a text, before it is decided which of several is meant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Found:
    """`text[start:end]` says `value` (normalised) of the playbook's field `field`; a lower `rank`
    is the better reading of the same field (0 is the best)."""

    field: str
    start: int
    end: int
    value: str
    rank: int = 0

    def overlaps(self, other: Found) -> bool:
        return self.start < other.end and other.start < self.end


def without_overlaps(candidates: Iterable[Found]) -> Iterator[Found]:
    """Those that share no character with an earlier one of the list."""
    kept: list[Found] = []
    for candidate in candidates:
        if not any(candidate.overlaps(other) for other in kept):
            kept.append(candidate)
            yield candidate
