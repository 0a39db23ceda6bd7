"""What actions return is accepted and refused as Rasa accepts and refuses it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import ValidationError
from rasa.core.actions.action import RemoteAction

from bot.engine import quick_validation

ACTION = RemoteAction("action_any", None)
GOOD: list[Any] = [
    {"events": [], "responses": []},
    {"events": [{"event": "slot", "name": "a", "value": None, "timestamp": None}]},
    {"responses": [{"text": "hi", "buttons": [{"title": "Yes", "payload": "/yes"}]}]},
]
BAD: list[Any] = [
    [], "text", {"events": {}}, {"events": [{"name": "a"}]}, {"events": [1]}, {"responses": "hi"},
    {"responses": [1]}, {"events": [{"event": 3}]},
]  # fmt: skip


def adapted(result: Any) -> bool:
    """Whether the adaptation accepts it."""
    try:
        return quick_validation._validate_action_result(ACTION, result)
    except ValidationError:
        return False


def original(result: Any) -> bool:
    try:
        return bool(quick_validation._original(ACTION, result))
    except ValidationError:
        return False


@pytest.mark.parametrize("result", [*GOOD, *BAD], ids=str)
def test_result_is_judged_as_rasa_judges_it(result: Any) -> None:
    assert adapted(result) is original(result) is (result in GOOD)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["events", "responses", "event", "name", "text"]), inner)
    ),
    max_leaves=8,
)


@settings(max_examples=30, deadline=None)
@given(anything)
def test_any_result_is_judged_as_rasa_judges_it(result: Any) -> None:
    assert adapted(result) is original(result)
