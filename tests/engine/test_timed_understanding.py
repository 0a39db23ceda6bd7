"""What a turn's understanding and encoding took is noted on the turn."""

from __future__ import annotations

import time

from bot.cases.case import Customer
from bot.cases.reference import make_reference
from bot.cases.turn import Turn
from bot.engine.assistant import Assistant
from bot.playbook.content import Content
from tests.conftest import NIGHT


async def test_turn_tells_understanding_encoding_and_recall_apart(
    assistant: Assistant, brightnook: Content
) -> None:
    async def reference(number: int) -> str:
        return make_reference("timed", number)

    text = "since the timed morning update nothing in the hallway reacts to me"
    turns = [
        Turn(f"rest:{name}", "rest", Customer(name), text, text, NIGHT, brightnook, reference)
        for name in ("ann", "bob")
    ]
    for turn in turns:
        began = time.perf_counter()
        await assistant.handle(turn)
        assert turn.understand_seconds is not None
        assert 0 < turn.understand_seconds < time.perf_counter() - began
    first, second = turns
    assert first.encode_seconds is not None
    assert 0 < first.encode_seconds < (first.understand_seconds or 0)
    assert first.recalled == 0
    assert (second.encode_seconds, second.recalled) == (None, 1)
