"""Examples joined as customers join them: a problem with its details, a greeting with an answer.

The content has problems and answers apart; without these a problem full of details passes for a
mere answer twice as often (8 against 4 % of left-out blends).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

_REPORT, _INFORM, _GREET = "report", "inform", "greet"
_EVERY = 3
"""Each third report is blended: more take longer to train and add nothing."""


def blended(texts: Sequence[str], families: Sequence[str]) -> Iterator[tuple[str, str]]:
    """(text, family) made of two examples each; none where a family has no examples."""
    for first, second, family in pairs(families):
        yield f"{texts[first]}, {texts[second]}", family


def pairs(families: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """(place of the first example, place of the second, family of both together)."""
    told = {
        family: [place for place, own in enumerate(families) if own == family]
        for family in (_REPORT, _INFORM, _GREET)
    }
    answers, greetings = told[_INFORM], told[_GREET]
    if not answers:
        return
    for number, report in enumerate(told[_REPORT][::_EVERY]):
        yield report, answers[number % len(answers)], _REPORT
    for number, answer in enumerate(answers):
        yield answer, answers[(7 * number + 3) % len(answers)], _INFORM
        if greetings:
            yield greetings[number % len(greetings)], answer, _INFORM
