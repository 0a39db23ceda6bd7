"""A conversation with the real assistant, without a server: messages in, replies out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.cases.case import Case, Customer, Visibility
from bot.cases.reference import make_reference
from bot.cases.turn import Fact, Reply, Turn
from bot.engine.assistant import Assistant
from bot.playbook.content import Content


@dataclass
class Talk:
    """One customer's conversation. `now` is the clock and moves only when told to."""

    assistant: Assistant
    content: Content
    now: datetime
    name: str = "customer"
    visibility: Visibility = "private"
    private_url: str = ""
    state: str = ""
    case: Case | None = None
    cases: dict[str, Case] = field(default_factory=dict)
    turns: int = 0
    replies: list[Reply] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    buttons: dict[str, str] = field(default_factory=dict)

    async def say(self, text: str) -> list[Reply]:
        """Sends a message (or a payload of a button that was offered); returns the replies."""
        turn = self._turn(text)
        await self.assistant.handle(turn)
        self.state, self.case, self.facts = turn.state, turn.case, turn.facts
        self.cases.update(turn.changed)
        self.turns += 1
        self.replies = turn.replies
        for reply in turn.replies:
            self.buttons.update({payload: title for title, payload in reply.buttons})
        return turn.replies

    def _turn(self, text: str) -> Turn:
        async def reference(number: int) -> str:
            return make_reference(self.name, number)

        return Turn(
            conversation=f"rest:{self.name}",
            channel="rest",
            customer=Customer(self.name),
            text=text,
            shown=self.buttons.get(text, text),
            now=self.now,
            content=self.content,
            reference=reference,
            visibility=self.visibility,
            private_url=self.private_url,
            state=self.state,
            case=self.case,
            line=self.turns + 1,
        )

    def wait(self, time: timedelta) -> None:
        self.now += time

    @property
    def text(self) -> str:
        """Everything the bot said last."""
        return "\n".join(reply.text for reply in self.replies)

    @property
    def kinds(self) -> list[str]:
        return [reply.kind for reply in self.replies]

    @property
    def payloads(self) -> list[str]:
        return [payload for reply in self.replies for _, payload in reply.buttons]

    @property
    def asked(self) -> list[str]:
        """The details the last turn asked for."""
        found = [str(fact.about["fields"]) for fact in self.facts if fact.type == "details_asked"]
        return [name for fields in found for name in fields.split(",")]
