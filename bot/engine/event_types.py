"""Finds the class of an event by its name in a dictionary.

Reason: `Event.resolve_by_type` walks all subclasses of Event, recursively, for every event that is
read back; a turn reads some dozens. Gain: 0.08 ms -> 0.5 us an event.
"""

from __future__ import annotations

from rasa.shared.core.events import Event

_original = Event.resolve_by_type
_known: dict[str, type[Event] | None] = {}


def _resolve_by_type(type_name: str, default: type[Event] | None = None) -> type[Event] | None:
    if type_name not in _known:
        found = _original(type_name, default)
        if found is default:
            return found
        _known[type_name] = found
    return _known[type_name]


def install() -> None:
    """Puts the dictionary in front of Rasa's search."""
    Event.resolve_by_type = staticmethod(_resolve_by_type)  # type: ignore[assignment]
