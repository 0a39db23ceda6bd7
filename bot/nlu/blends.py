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
    told = {
        family: [text for text, own in zip(texts, families, strict=True) if own == family]
        for family in (_REPORT, _INFORM, _GREET)
    }
    answers, greetings = told[_INFORM], told[_GREET]
    if not answers:
        return
    for number, report in enumerate(told[_REPORT][::_EVERY]):
        yield f"{report}, {answers[number % len(answers)]}", _REPORT
    for number, answer in enumerate(answers):
        yield f"{answer}, {answers[(7 * number + 3) % len(answers)]}", _INFORM
        if greetings:
            yield f"{greetings[number % len(greetings)]}, {answer}", _INFORM
