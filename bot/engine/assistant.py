"""A trained model, loaded and ready to handle turns: the only door to Rasa at message time."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.cases.turn import Reply, Turn, turn_in_hand
from bot.engine.few_services import few_services
from bot.engine.training import prepare
from bot.errors import ModelUnusable


class Assistant:
    """Rasa's message processor with our store, our runner and in-process actions."""

    def __init__(self, processor: Any) -> None:
        self._processor = processor

    @classmethod
    def load(cls, root: Path, model: Path) -> Assistant:
        """Raises ModelUnusable when there is no model or it does not load."""
        if not model.is_file():
            raise ModelUnusable(f"There is no model {model.name}; run `nightdesk train`.")
        prepare(root)
        return cls(_processor(model))

    async def handle(self, turn: Turn) -> None:
        """Takes `turn.text` through understanding, rules and actions; replies land on the turn."""
        from rasa.core.channels.channel import UserMessage

        with turn_in_hand(turn):
            message = UserMessage(
                turn.text, _replies_to(turn), turn.conversation, input_channel=turn.channel
            )
            await self._processor.handle_message(message)

    async def parse(self, text: str) -> Mapping[str, Any]:
        """What the understanding makes of `text`, as Rasa's parse result."""
        from rasa.core.channels.channel import UserMessage

        result: Mapping[str, Any] = await self._processor.parse_message(UserMessage(text))
        return result


def _processor(model: Path) -> Any:
    with few_services():
        import rasa.core.policies.rule_policy
        import rasa.core.processor  # noqa: F401
    from rasa.core.lock_store import InMemoryLockStore
    from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator

    from bot.engine import event_types, quick_validation, silent_logs, straight_runner
    from bot.engine.conversation_store import ConversationStore
    from bot.engine.failing_actions import Processor
    from bot.engine.in_process_actions import InProcessActions

    for adaptation in (event_types, quick_validation, silent_logs, straight_runner):
        adaptation.install()
    store = ConversationStore()
    processor = Processor(
        model, store, InMemoryLockStore(), TemplatedNaturalLanguageGenerator({}), InProcessActions()
    )
    store.domain = processor.domain
    return processor


def _replies_to(turn: Turn) -> Any:
    from rasa.core.channels.channel import OutputChannel

    class ToTurn(OutputChannel):
        """Collects what actions say; `kind` tells what a reply is for."""

        async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
            metadata = message.get("metadata") or {}
            turn.replies.append(
                Reply(
                    text=message.get("text") or "",
                    buttons=tuple((b["title"], b["payload"]) for b in message.get("buttons") or ()),
                    kind=str(message.get("kind") or metadata.get("kind") or "text"),
                )
            )

        @classmethod
        def name(cls) -> str:
            return turn.channel

    return ToTurn()
