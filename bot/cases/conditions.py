"""The playbook's conditions, judged against what is known of an intake."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bot.cases.case import Visibility
from bot.cases.understanding import Sentiment
from bot.playbook.model import Condition

_AMOUNT = re.compile(r"\d+(?:[.,' ]\d+)*")


@dataclass(frozen=True)
class Facts:
    """What conditions may ask about. `amounts` are the amounts of money among the fields;
    `followers` is None where it is not known (no threshold holds then)."""

    topic: str
    subtopic: str = ""
    cues: frozenset[str] = frozenset()
    sentiment: Sentiment = "neutral"
    fields: Mapping[str, str] = field(default_factory=dict)
    amounts: tuple[float, ...] = ()
    visibility: Visibility = "private"
    followers: int | None = None
    repeat_contacts: int = 0


def holds(condition: Condition, facts: Facts) -> bool:
    """Whether the facts satisfy the condition. `any` of nothing is false, `all` of nothing true."""
    return _TESTS[condition.kind](condition, facts)


_TESTS: Mapping[str, Callable[[Condition, Facts], bool]] = {
    "always": lambda condition, facts: True,
    "any": lambda condition, facts: any(holds(part, facts) for part in condition.parts),
    "all": lambda condition, facts: all(holds(part, facts) for part in condition.parts),
    "not": lambda condition, facts: not any(holds(part, facts) for part in condition.parts),
    "cue": lambda condition, facts: any(word in facts.cues for word in condition.words),
    "topic": lambda condition, facts: facts.topic in condition.words,
    "subtopic": lambda condition, facts: facts.subtopic in condition.words,
    "sentiment": lambda condition, facts: facts.sentiment in condition.words,
    "field": lambda condition, facts: any(facts.fields.get(word) for word in condition.words),
    "visibility": lambda condition, facts: facts.visibility in condition.words,
    "amount_at_least": lambda condition, facts: max(facts.amounts, default=-1) >= condition.number,
    "followers_at_least": lambda condition, facts: (
        facts.followers is not None and facts.followers >= condition.number
    ),
    "repeat_contacts_at_least": lambda condition, facts: facts.repeat_contacts >= condition.number,
}


def read_amount(text: str) -> float | None:
    """The first amount of money in a text: `EUR 1.299,00`, `1,299.00` and `$1299` are all 1299.

    A single separator before exactly three digits parts thousands, any other one the cents.
    """
    match = _AMOUNT.search(text)
    if match is None:
        return None
    *whole, last = re.split(r"[.,' ]", match.group())
    if not whole:
        return float(last)
    return float("".join([*whole, last]) if len(last) == 3 else "".join(whole) + "." + last)
