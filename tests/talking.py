"""A conversation with the real assistant, without a server: messages in, replies out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.cases.case import Case, Customer, Visibility
from bot.cases.handling import Step
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
        self.state, self.facts = turn.state, turn.facts
        self._put(turn.changed, turn.replies)
        self.turns += 1
        return turn.replies

    def deed(
        self, who: str, deed: Callable[..., None], *more: Any, of: str = "", **options: Any
    ) -> Case:
        """Somebody at the desk, or the clock, does something to a case of this conversation (`of`:
        its reference; the one in question else); returns the case as it is then."""
        case = self.cases[of] if of else self.case
        assert case is not None
        others = [other for other in self.cases.values() if other.is_held and other.id != case.id]
        step = Step(case, who, self.now, self.content, others)
        deed(step, *more, **options)
        self.facts = step.facts
        self._put(step.changed, [said.reply for said in step.lines])
        return step.case

    def _put(self, changed: dict[str, Case], replies: list[Reply]) -> None:
        """The case in question is then the one a person holds, else the latest open, else the
        latest, as bot.store.conversations has it."""
        self.cases.update(changed)
        self.replies = replies
        for reply in replies:
            self.buttons.update({payload: title for title, payload in reply.buttons})
        ranked = [*self._held(), *(case for case in self._latest() if case.is_open)]
        self.case = next(iter([*ranked, *self._latest()]), None)

    def _held(self) -> list[Case]:
        return [case for case in self.cases.values() if case.is_held]

    def _latest(self) -> list[Case]:
        return sorted(reversed(self.cases.values()), key=lambda case: case.opened_at, reverse=True)

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
            cases=tuple(self._latest()),
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
