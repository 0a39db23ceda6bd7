"""Lets a failed action fail the turn.

Reason: `MessageProcessor._run_action` catches whatever an action raises, logs it (with the
customer's words in the traceback) and goes on without the action's events: the customer's message
would count as handled and stay without an answer. Gain: it is raised out of `handle_message`,
nothing is written, and the worker tries again.
"""

from __future__ import annotations

from typing import Any

from rasa.core.actions.action import Action, ActionExecutionRejection
from rasa.core.channels.channel import UserMessage

from bot.engine.timed_understanding import TimedUnderstanding


class _Failed(BaseException):
    """Carries an action's error past Rasa's `except Exception`."""

    def __init__(self, error: Exception) -> None:
        self.error = error


class Processor(TimedUnderstanding):
    """Rasa's message processor, whose `handle_message` raises what an action raised."""

    async def handle_message(self, message: UserMessage) -> Any:
        try:
            return await super().handle_message(message)
        except _Failed as failed:
            raise failed.error from None

    async def _run_action(self, action: Action, *arguments: Any, **named: Any) -> bool:
        run = action.run

        async def run_or_fail(*arguments: Any, **named: Any) -> Any:
            try:
                return await run(*arguments, **named)
            except ActionExecutionRejection:
                raise  # how a form steps aside
            except Exception as error:
                raise _Failed(error) from None

        action.run = run_or_fail  # type: ignore[method-assign]  # an action object serves once
        return await super()._run_action(action, *arguments, **named)
