"""The actions that rules and the form call. All deciding is in `bot.cases.dialogue`."""

from __future__ import annotations

import abc
from dataclasses import replace
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.cases.dialogue import Dialogue
from bot.cases.phrasing import join_replies
from bot.cases.state import State
from bot.cases.turn import current_turn
from bot.nlu.understood import understanding_from

FORM = "intake_form"
INTAKE = "intake"
MEMORY = "memory"

Events = list[dict[str, Any]]


class Conversing(Action, abc.ABC):
    """An action that lets the dialogue answer the latest message."""

    @abc.abstractmethod
    async def converse(self, dialogue: Dialogue) -> None:
        """What this action has the dialogue do."""

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> Events:
        state, dialogue = _open_dialogue(tracker)
        await self.converse(dialogue)
        _utter_replies(dispatcher)
        return [SlotSet(MEMORY, state.to_json()), *_form_events(state, tracker)]


class ValidateIntakeForm(Action):
    """Reads everything in the message; sets `intake` only when nothing is left to do."""

    def name(self) -> str:
        return "validate_intake_form"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> Events:
        if current_turn().answered:
            return [SlotSet(INTAKE, None)]  # the form only begins: an action has answered already
        state, dialogue = _open_dialogue(tracker)
        done = await dialogue.take_in()
        return [SlotSet(MEMORY, state.to_json()), SlotSet(INTAKE, "done" if done else None)]


class AskIntake(Action):
    """Says what the form decided to say: an offer, a question, an answer in between."""

    def name(self) -> str:
        return "action_ask_intake"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> Events:
        _utter_replies(dispatcher)
        return []


class SubmitIntake(Action):
    """Says how the intake ended, and makes room for the next."""

    def name(self) -> str:
        return "action_submit_intake"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> Events:
        _utter_replies(dispatcher)
        return [SlotSet(INTAKE, None)]


class AnswerQuestion(Conversing):
    def name(self) -> str:
        return "action_answer_question"

    async def converse(self, dialogue: Dialogue) -> None:
        await dialogue.answer_question()


class SmallTalk(Conversing):
    def name(self) -> str:
        return "action_small_talk"

    async def converse(self, dialogue: Dialogue) -> None:
        await dialogue.small_talk()


class HandToPerson(Conversing):
    def name(self) -> str:
        return "action_hand_to_person"

    async def converse(self, dialogue: Dialogue) -> None:
        await dialogue.hand_to_person()


class TellState(Conversing):
    def name(self) -> str:
        return "action_tell_state"

    async def converse(self, dialogue: Dialogue) -> None:
        await dialogue.tell_state()


class Settle(Conversing):
    def name(self) -> str:
        return "action_settle"

    async def converse(self, dialogue: Dialogue) -> None:
        await dialogue.settle()


class Note(Conversing):
    def name(self) -> str:
        return "action_note"

    async def converse(self, dialogue: Dialogue) -> None:
        await dialogue.note()


class NotUnderstood(Note):
    """Rasa's fallback: no rule fits."""

    def name(self) -> str:
        return "action_not_understood"


def _open_dialogue(tracker: Tracker) -> tuple[State, Dialogue]:
    turn = current_turn()
    turn.answered = True
    state = State.from_json(tracker.get_slot(MEMORY))
    heard = replace(understanding_from(tracker.latest_message), text=turn.shown)
    return state, Dialogue(turn.content, turn, state, heard)


def _utter_replies(dispatcher: CollectingDispatcher) -> None:
    """Hands the turn's prepared replies to Rasa, which sends them to the turn's output channel."""
    turn = current_turn()
    prepared, turn.prepared = turn.prepared, []
    for reply in join_replies(prepared, turn.content.voice.max_length):
        buttons = [{"title": title, "payload": payload} for title, payload in reply.buttons]
        dispatcher.utter_message(text=reply.text, buttons=buttons, kind=reply.kind)


def _form_events(state: State, tracker: Tracker) -> Events:
    """An intake that began outside the form goes on inside it."""
    if state.intake is None or tracker.active_loop.get("name") == FORM:
        return []
    return [ActiveLoop(FORM), SlotSet("requested_slot", INTAKE)]
