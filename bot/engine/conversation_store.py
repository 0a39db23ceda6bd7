"""Rasa's view of a conversation, kept as one compact state instead of an ever longer event list.

Rasa wants a tracker back for every message. Its stock stores append every event and replay all of
them, so each message costs more than the last. We keep what the next turn can see: the value of
each slot, the active form, and the events of the last turn. The full transcript is kept elsewhere
(bot/store), for people. The state is read from and written to the turn being handled; the worker
commits it together with the replies, in one atomic step. Reads fail closed: a state that cannot be
read raises, and never becomes a silent new conversation.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    Event,
    SessionStarted,
    SlotSet,
    UserUttered,
    deserialise_events,
)
from rasa.shared.core.trackers import DialogueStateTracker

from bot.cases.turn import current_turn


class ConversationStore(TrackerStore):
    """Reads and writes `current_turn().state`, a JSON string ('' for a new conversation)."""

    def __init__(self, domain: Domain | None = None) -> None:
        super().__init__(domain)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The tracker of the turn's conversation, None for a new one."""
        state = current_turn().state
        if not state:
            return None
        kept = json.loads(state)["events"]
        events = deserialise_events(kept)
        if len(events) != len(kept):  # Rasa passes over what it cannot read
            raise ValueError("An event of the conversation's state cannot be read.")
        return DialogueStateTracker.from_events(sender_id, events, self.domain.slots)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Leaves the compact state on the turn; nothing is written before the worker commits."""
        events = [event.as_dict() for event in compact(tracker)]
        current_turn().state = json.dumps({"rasa": 1, "events": events}, ensure_ascii=False)


def compact(tracker: DialogueStateTracker) -> list[Event]:
    """The fewest events from which the next turn behaves the same."""
    last = _last_turn(tracker.events)
    stamp = last[0].timestamp if last else None
    slots = [
        SlotSet(name, slot.value, timestamp=stamp)
        for name, slot in tracker.slots.items()
        if slot.value != slot.initial_value
    ]
    loop = tracker.active_loop_name
    loops: list[Event] = [ActiveLoop(loop, timestamp=stamp)] if loop else []
    start: list[Event] = [
        SessionStarted(timestamp=stamp),
        ActionExecuted("action_listen", timestamp=stamp),
    ]
    return [*start, *slots, *loops, *last]


def _last_turn(events: Iterable[Event]) -> list[Event]:
    """From the last user message on, without what the slots and the transcript already hold."""
    found: list[Event] = []
    for event in reversed(list(events)):
        if isinstance(event, (ActionExecuted, UserUttered)):
            found.append(event)
        if isinstance(event, UserUttered):
            break
    return list(reversed(found))
