"""Short moves in four languages: "passt", "blz", "ㅇㅇ", and the words our own texts ask for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.engine.assistant import Assistant
from bot.nlu.understood import understanding_from
from bot.playbook.content import load_content

ROOT = Path(__file__).parents[2]
MOVES: dict[str, dict[str, list[str]]] = yaml.safe_load(
    Path(__file__).with_name("moves.yml").read_text("utf-8")
)
TOLD = {
    "button_solved": "solved", "button_not_solved": "not_solved", "button_same": "same_matter",
    "button_new": "new_matter", "button_person": "wants_human",
}  # fmt: skip
QUOTED = {"ask_one_again": "refuse", "not_understood": "wants_human"}
_QUOTES = re.compile("[„“‘'](\\w[\\w ]+)[“”’']")


def _told_words() -> Iterator[Any]:
    """(language, words, family) of each button and of each word in quotes to be written."""
    texts = load_content(ROOT).texts
    for language in ("en", "de", "pt", "ko"):
        for key, family in TOLD.items():
            yield pytest.param(texts.render(key, language), family, id=f"{language}-{key}")
        for key, family in QUOTED.items():
            for variant in range(2):
                said = texts.render(key, language, variant, question="")
                for words in _QUOTES.findall(said):
                    yield pytest.param(words, family, id=f"{language}-{key}-{variant}")


async def _family(assistant: Assistant, text: str) -> str:
    return understanding_from(await assistant.parse(text)).family


@pytest.mark.parametrize(("words", "family"), list(_told_words()))
async def test_customer_is_understood_when_writing_what_we_asked_for(
    assistant: Assistant, words: str, family: str
) -> None:
    assert await _family(assistant, words) == family
    assert await _family(assistant, words.lower()) == family


@pytest.mark.parametrize("language", MOVES)
async def test_move_is_read_rightly_when_it_is_no_example(
    assistant: Assistant, language: str
) -> None:
    moves = [(words, meant) for meant, said in MOVES[language].items() for words in said]
    read = {words: await _family(assistant, words) for words, _ in moves}
    wrong = {w: read[w] for w, meant in moves if read[w] not in meant.split("|")}
    assert len(wrong) <= 0.08 * len(moves), wrong
