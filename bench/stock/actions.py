"""The stock bot's action server: the form is validated and ends in a ticket, as in Rasa's form
tutorial. Tickets are kept in memory, which is the fastest there is."""

from __future__ import annotations

from itertools import count
from typing import Any

from rasa_sdk import Action, FormValidationAction, Tracker
from rasa_sdk.events import AllSlotsReset
from rasa_sdk.executor import CollectingDispatcher

_tickets: dict[int, tuple[str, str]] = {}
_numbers = count(1)


class ValidateIntakeForm(FormValidationAction):
    def name(self) -> str:
        return "validate_intake_form"

    def validate_product(
        self, value: str, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        return {"product": value.strip() or None}

    def validate_contact(
        self, value: str, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        return {"contact": value.strip() or None}


class SubmitIntake(Action):
    def name(self) -> str:
        return "action_submit_intake"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        number = next(_numbers)
        _tickets[number] = (tracker.get_slot("product"), tracker.get_slot("contact"))
        dispatcher.utter_message(text=f"Your ticket is ST-{number}. We will be in touch.")
        return [AllSlotsReset()]
