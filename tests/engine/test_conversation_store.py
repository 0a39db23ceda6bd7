"""A conversation kept as one compact state goes on exactly as one kept as all its events."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rasa.core.tracker_store import InMemoryTrackerStore

from bot.cases.intake import NOT_SOLVED, SOLVED
from bot.engine.assistant import Assistant
from bot.playbook.content import Content
from tests.conftest import NIGHT, ROOT
from tests.talking import Talk

DIALOGUES = {
    "asked for all that is missing": [
        "My Nook Cam shows nothing", NOT_SOLVED, "E-214, since monday, ann@example.com", "skip",
        "skip", "any news?",
    ],
    "everything at once": [
        "you took £15.99 twice on 3 November, kel.dawes@example.org", NOT_SOLVED, "skip", "thanks",
    ],
    "a question in the middle": [
        "order BN-730416 has not come", "how do I reset my password?", NOT_SOLVED, "LS6 2QB",
        "skip", "skip",
    ],
    "a person in the middle": ["My Nook Bell is cracked", "let me talk to a human", "skip", "skip"],
    "solved by ourselves": ["I forgot my password", SOLVED, "thank you", "hello again"],
    "two matters": [
        "My Nook Bell came cracked, BN-118259, jo@example.com", NOT_SOLVED, "skip", "skip", "skip",
        "by the way I was charged twice", "skip", "skip",
    ],
}  # fmt: skip


@pytest.fixture(scope="session")
def full_assistant(trained_model: Path) -> Assistant:
    """The same model over Rasa's own store, which keeps and replays every event."""
    made = Assistant.load(ROOT, trained_model)
    processor: Any = made._processor
    processor.tracker_store = InMemoryTrackerStore(processor.domain)
    return made


async def told(talk: Talk, messages: list[str]) -> list[Any]:
    """What the customer got, and what became of it, turn by turn."""
    turns = []
    for message in messages:
        replies = await talk.say(message)
        case = talk.case.to_json() if talk.case else None
        facts = [(fact.type, dict(fact.about)) for fact in talk.facts]
        turns.append(([(r.kind, r.text, r.buttons) for r in replies], case, facts))
    return turns


@pytest.mark.parametrize("name", DIALOGUES)
async def test_customer_sees_no_difference(
    talk: Callable[..., Talk], full_assistant: Assistant, brightnook: Content, name: str
) -> None:
    compact = await told(talk(name), DIALOGUES[name])
    full = await told(Talk(full_assistant, brightnook, NIGHT, name), DIALOGUES[name])
    assert compact == full
    assert all(replies for replies, _, _ in compact)


async def test_state_does_not_grow_with_the_conversation(talk: Callable[..., Talk]) -> None:
    customer, sizes = talk("long"), []
    for _ in range(12):
        await customer.say("thanks")
        sizes.append(len(json.loads(customer.state)["events"]))
    assert max(sizes[2:]) == min(sizes[2:])


@pytest.mark.parametrize("state", ["{", "[]", '{"rasa": 1}', '{"rasa": 1, "events": [{}]}'])
async def test_state_that_cannot_be_read_is_no_new_conversation(
    talk: Callable[..., Talk], state: str
) -> None:
    customer = talk("broken")
    customer.state = state
    with pytest.raises((ValueError, TypeError, KeyError, AttributeError)):
        await customer.say("hello")
