"""Whether a single turn carries a problem."""

from __future__ import annotations

from typing import Any

import pytest

from bot.cases.problem import carries_problem, distribution, is_abusive, own_topic
from bot.playbook.model import Playbook

LONG = "you idiots made me stand in the rain for an hour again"
ABUSE = {"cues": ["abuse"]}


@pytest.mark.parametrize(
    ("text", "intent", "more"),
    [
        ("my parcel is late", "report/delivery", {}),
        ("you idiots lost my parcel", "report/delivery", ABUSE),
        ("i am not happy", "report/complaint", {}),
        (LONG, "report/complaint", ABUSE),
        ("idiots, 3rd time", "report/complaint", {"cues": ["abuse", "repeat_contact"]}),
        ("fix my refund idiots", "report/abuse", {"billing": 0.3}),
        ("where is it", "report/abuse", {"delivery": 0.25}),
        ("idiots BN-104233", "report/abuse", {"fields": {"order_number": "BN-104233"}}),
        ("smoke, idiots", "report/abuse", {"cues": ["abuse", "safety"]}),
        ("a human, idiot", "report/abuse", {"wants_human": True}),
        ("great, my hub is on fire", "report/praise", {"cues": ["safety"]}),
        ("how long does a refund take", "faq/refund", {}),
        ("yes idiot", "affirm", ABUSE),
        ("the camera", "goodbye", {"fields": {"product": "Nook Cam"}}),
    ],
)
def test_turn_carries_a_problem_when_it_tells_of_one(
    text: str, intent: str, more: dict[str, Any], say: Any, playbook: Playbook
) -> None:
    assert carries_problem(say(text, intent, **more), playbook)


@pytest.mark.parametrize(
    ("text", "intent", "more"),
    [
        ("you idiots", "report/abuse", ABUSE),
        ("useless idiots", "report/complaint", ABUSE),
        ("idiots, how can you be so dumb", "report/abuse", {"cues": ["abuse", "question"]}),
        ("crashed idiots", "report/abuse", {"technical_issue": 0.1}),
        ("your camera, idiots", "report/abuse", {"fields": {"product": "Nook Cam"}}),
        ("where is it", "report/abuse", {"delivery": 0.15, "complaint": 0.4}),
        ("ok", "thanks", {"delivery": 0.6}),
        ("love you all", "report/praise", {}),
        ("love my refund", "report/praise", {"billing": 0.4}),
        ("hello", "greet", {}),
        ("get lost idiot", "goodbye", ABUSE),
    ],
)
def test_turn_carries_no_problem_when_it_is_mere_mood(
    text: str, intent: str, more: dict[str, Any], say: Any, playbook: Playbook
) -> None:
    assert not carries_problem(say(text, intent, **more), playbook)


def test_answer_with_an_insult_carries_no_problem_when_it_is_unsure(
    say: Any, playbook: Playbook
) -> None:
    assert not carries_problem(say("no idiot", "deny", 0.3, **ABUSE), playbook)


def test_turn_is_abusive_by_cue_or_by_topic(say: Any, playbook: Playbook) -> None:
    assert is_abusive(say("hey", "report/abuse"), playbook)
    assert is_abusive(say("hey", "greet", cues=["abuse"]), playbook)
    assert not is_abusive(say("hey", "report/complaint"), playbook)


def test_topics_the_playbook_no_longer_has_are_left_out(say: Any, playbook: Playbook) -> None:
    turn = say("x", "report/gone")

    assert own_topic(turn, playbook) is None
    assert distribution(turn, playbook) == ()
