"""The abuse ladder."""

from __future__ import annotations

from typing import Any

import pytest

from bot.cases.ladder import Verdict, gets_through_mute, judge, step_at
from bot.playbook.model import Playbook


@pytest.mark.parametrize(
    ("before", "action"),
    [(0, "calm"), (1, "warn"), (2, "warn"), (3, "mute"), (4, "mute"), (99, "mute")],
)
def test_ladder_climbs_with_every_mere_insult(
    before: int, action: str, say: Any, playbook: Playbook
) -> None:
    verdict = judge(say("you idiots", "report/abuse", cues=["abuse"]), before, playbook)

    assert verdict.abusive
    assert verdict.count == before + 1
    assert verdict.step is not None
    assert verdict.step.action == action


@pytest.mark.parametrize(
    ("text", "intent", "more"),
    [
        ("you idiots lost my parcel", "report/delivery", {}),
        ("refund me idiots", "report/abuse", {"billing": 0.3}),
        ("smoke idiots", "report/abuse", {"cues": ["abuse", "safety"]}),
        ("it is BN-104233 idiots", "inform", {"fields": {"order_number": "BN-104233"}}),
        ("a person you idiots", "wants_human", {"wants_human": True}),
    ],
)
def test_insult_with_a_problem_is_handled_and_not_counted(
    text: str, intent: str, more: dict[str, Any], say: Any, playbook: Playbook
) -> None:
    turn = say(text, intent, **{"cues": ["abuse"], **more})

    assert judge(turn, 3, playbook) == Verdict(abusive=True, count=3, step=None)
    assert gets_through_mute(turn, playbook)


def test_advertising_is_told_what_the_chat_is_for_until_it_is_muted(
    say: Any, playbook: Playbook
) -> None:
    turn = say("double your bitcoin", "report/other", cues=["spam"])
    steps = [judge(turn, before, playbook).step for before in range(4)]

    assert [step.text for step in steps if step] == ["spam", "spam", "spam", "abuse_mute"]
    assert not gets_through_mute(turn, playbook)


@pytest.mark.parametrize(
    ("intent", "more"),
    [
        ("report/billing", {}),
        ("report/praise", {}),
        ("faq/opening", {}),
        ("report/other", {"sentiment": "negative"}),
        ("report/other", {"wants_human": True}),
        ("report/other", {"cues": ["spam", "hacked"]}),
        ("report/other", {"fields": {"order_number": "BN-104233"}}),
    ],
)
def test_what_only_sounds_like_advertising_is_no_business_of_the_ladder(
    intent: str, more: dict[str, Any], say: Any, playbook: Playbook
) -> None:
    turn = say("I invested in your lamps", intent, **{"cues": ["spam"], **more})

    assert judge(turn, 0, playbook).step is None


def test_civil_turn_is_no_business_of_the_ladder(say: Any, playbook: Playbook) -> None:
    assert judge(say("hello", "greet"), 2, playbook) == Verdict(abusive=False, count=2, step=None)


def test_mute_keeps_out_insults_and_small_talk_only(say: Any, playbook: Playbook) -> None:
    assert not gets_through_mute(say("idiots", "report/abuse", cues=["abuse"]), playbook)
    assert not gets_through_mute(say("lol", "greet"), playbook)
    assert gets_through_mute(say("my parcel is late", "report/delivery"), playbook)


def test_no_step_is_reached_below_the_first(playbook: Playbook) -> None:
    assert step_at(0, playbook.ladder) is None
    assert step_at(5, ()) is None
    assert step_at(1, tuple(reversed(playbook.ladder))) == playbook.ladder[0]
