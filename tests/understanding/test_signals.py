"""Mood, wish for a person and spam in four languages, in messages that stand nowhere in data/.

Their author knew the English examples; `python bench/signals.py` prints the figures.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bot.engine.assistant import Assistant
from bot.nlu.understood import understanding_from

MESSAGES: dict[str, dict[str, list[str]]] = yaml.safe_load(
    Path(__file__).with_name("signals.yml").read_text("utf-8")
)
MOODS = ("negative", "neutral", "positive")
CUES = ("wants_human", "spam")
LANGUAGES = ("en", "de", "pt", "ko")


async def hits(assistant: Assistant, language: str) -> dict[str, list[bool]]:
    """Kind -> for each of its messages whether it is found; for a cue `no <cue>` tells whether it
    is rightly not found in the other messages."""
    found: dict[str, list[bool]] = {}
    for kind, messages in MESSAGES.items():
        for text in messages[language]:
            heard = understanding_from(await assistant.parse(text))
            cues = heard.cues | ({"wants_human"} if heard.wants_human else set())
            if kind in MOODS:
                found.setdefault(kind, []).append(heard.sentiment == kind)
            for cue in CUES:
                name = cue if cue == kind else f"no {cue}"
                found.setdefault(name, []).append((cue in cues) == (cue == kind))
    return found


@pytest.mark.parametrize("language", LANGUAGES)
async def test_signals_are_found_in_each_language(assistant: Assistant, language: str) -> None:
    found = await hits(assistant, language)
    moods = [hit for mood in MOODS for hit in found[mood]]
    assert sum(moods) / len(moods) >= 0.75
    for cue in CUES:
        assert sum(found[cue]) / len(found[cue]) >= 0.5
        assert sum(found[f"no {cue}"]) / len(found[f"no {cue}"]) >= 0.9
