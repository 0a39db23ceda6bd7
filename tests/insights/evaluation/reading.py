"""Readings written down by hand."""

from __future__ import annotations

from typing import Any

from bot.cases.understanding import Understanding
from bot.insights.evaluation.readings import Near, Reading
from bot.playbook.examples import Example

FALLBACK = "nlu_fallback"


def read(
    truth: str,
    said: str,
    text: str = "a message",
    language: str = "en",
    line: int = 1,
    known: str = "",
    foreign: str = "",
    lead: float | None = None,
    near: tuple[Near, ...] = (),
    **heard: Any,
) -> Reading:
    example = Example(truth, text, f"data/nlu/{language}/x.yml", line, language)
    understood = Understanding(text, said, 0.9, language=language, **heard)
    return Reading(example, understood, known, foreign, lead, blamed=near)
