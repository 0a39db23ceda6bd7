"""Events are found by name as Rasa finds them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from rasa.shared.core.events import Event, SlotSet, UserUttered
from rasa.shared.utils.common import all_subclasses

from bot.engine import event_types

original = event_types._original


@pytest.fixture(autouse=True)
def _adapted() -> Iterator[None]:
    before = Event.resolve_by_type
    event_types.install()
    yield
    Event.resolve_by_type = staticmethod(before)  # type: ignore[assignment]


NAMES = sorted({cls.type_name for cls in all_subclasses(Event) if hasattr(cls, "type_name")})


@pytest.mark.parametrize("name", [*NAMES, "topic"])
def test_event_is_the_one_rasa_finds(name: str) -> None:
    found = [Event.resolve_by_type(name) for _ in range(2)]
    assert found == [original(name)] * 2


def test_all_events_are_compared() -> None:
    assert {"user", "bot", "slot", "action", "active_loop"} <= set(NAMES)


def test_unknown_event_is_refused_as_rasa_refuses_it() -> None:
    for _ in range(2):
        with pytest.raises(ValueError, match="Unknown event name 'nonsense'"):
            Event.resolve_by_type("nonsense")


def test_default_of_one_caller_is_not_kept_for_the_next() -> None:
    assert Event.resolve_by_type("nonsense", SlotSet) is SlotSet
    assert Event.resolve_by_type("nonsense", UserUttered) is UserUttered
    with pytest.raises(ValueError, match="nonsense"):
        Event.resolve_by_type("nonsense")
