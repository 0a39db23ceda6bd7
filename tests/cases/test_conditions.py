"""Conditions against facts."""

from __future__ import annotations

import typing

import pytest

from bot.cases.conditions import Facts, holds, read_amount
from bot.playbook.model import Condition, ConditionKind

FACTS = Facts(
    topic="billing",
    subtopic="refund",
    cues=frozenset({"deadline", "furious"}),
    sentiment="negative",
    fields={"amount": "120", "email": ""},
    amounts=(120.0, 3.0),
    visibility="public",
    followers=10_000,
    repeat_contacts=2,
)
YES = Condition("always")
NO = Condition("not", parts=(YES,))


@pytest.mark.parametrize(
    ("kind", "true", "false"),
    [
        ("cue", ("safety", "furious"), ("safety",)),
        ("topic", ("delivery", "billing"), ("delivery",)),
        ("subtopic", ("refund",), ("invoice", "billing")),
        ("sentiment", ("negative",), ("positive", "neutral")),
        ("field", ("amount", "phone"), ("email", "phone")),
        ("visibility", ("public",), ("private",)),
    ],
)
def test_condition_of_words_holds_when_one_of_them_does(
    kind: ConditionKind, true: tuple[str, ...], false: tuple[str, ...]
) -> None:
    assert holds(Condition(kind, words=true), FACTS)
    assert not holds(Condition(kind, words=false), FACTS)


@pytest.mark.parametrize(
    ("kind", "number"),
    [("amount_at_least", 120), ("followers_at_least", 10_000), ("repeat_contacts_at_least", 2)],
)
def test_threshold_holds_from_its_number_on(kind: ConditionKind, number: int) -> None:
    assert holds(Condition(kind, number=number), FACTS)
    assert not holds(Condition(kind, number=number + 0.01), FACTS)


def test_thresholds_do_not_hold_when_nothing_is_known() -> None:
    assert not holds(Condition("followers_at_least", number=0), Facts("billing"))
    assert not holds(Condition("amount_at_least", number=0), Facts("billing"))


@pytest.mark.parametrize(
    ("condition", "result"),
    [
        (Condition("any", parts=(NO, YES)), True),
        (Condition("any", parts=(NO, NO)), False),
        (Condition("any"), False),
        (Condition("all", parts=(YES, YES)), True),
        (Condition("all", parts=(YES, NO)), False),
        (Condition("all"), True),
        (Condition("not", parts=(NO,)), True),
        (Condition("not", parts=(YES,)), False),
        (Condition("all", parts=(Condition("not", parts=(Condition("any"),)), YES)), True),
    ],
)
def test_conditions_combine_as_logic_does(condition: Condition, result: bool) -> None:
    assert holds(condition, FACTS) is result


@pytest.mark.parametrize("kind", typing.get_args(ConditionKind))
def test_every_kind_of_condition_can_be_judged(kind: ConditionKind) -> None:
    assert isinstance(holds(Condition(kind, words=("x",), parts=(YES,)), FACTS), bool)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("49.90", 49.9), ("49,90 EUR", 49.9), ("EUR 1.299,00", 1299.0), ("$1,299.00", 1299.0),
        ("1,299", 1299.0), ("1 299", 1299.0), ("12.5", 12.5), ("$1299", 1299.0),
        ("1.234.567", 1234567.0), ("nothing", None), ("", None),
    ],
)  # fmt: skip
def test_amount_is_read_however_it_is_written(text: str, amount: float | None) -> None:
    assert read_amount(text) == amount
