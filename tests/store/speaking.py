"""Plays both sides of the store by hand: a channel that accepts, a worker that answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.cases.case import Case, Customer
from bot.cases.filing import file_case
from bot.cases.state import Intake
from bot.cases.turn import Reply, Turn
from bot.cases.understanding import Understanding
from bot.playbook.content import Content
from bot.store.connection import Connection
from bot.store.conversations import Accepted, Claimed, Conversations, Inbound
from bot.store.desk_steps import Handling

ANN = "rest:ann"


@dataclass
class Speaking:
    """`now` is the clock of both sides."""

    connection: Connection
    content: Content = field(repr=False)
    now: datetime

    def __post_init__(self) -> None:
        self.store = Conversations(self.connection)

    def later(self, **by: float) -> None:
        self.now += timedelta(**by)

    async def accept(
        self, text: str, id_: str = "", conversation: str = ANN, burst: float = 0, **more: Any
    ) -> Accepted:
        name = conversation.partition(":")[2]
        more = {"merges": burst > 0, **more}
        message = Inbound(id_ or text, conversation, "rest", Customer(name), text, **more)
        return await self.store.accept(message, self.now, burst)

    async def claim(self, token: str = "one") -> Claimed | None:
        """The next conversation that is due, loaded."""
        claimed, _ = await self.store.claim(token, self.now)
        if claimed is not None:
            await self.store.load(claimed, self.now)
        return claimed

    async def take(self, token: str = "one") -> Claimed:
        claimed = await self.claim(token)
        assert claimed is not None, "no conversation is due"
        return claimed

    def turn(self, claimed: Claimed, *replies: str) -> Turn:
        """A turn over the first waiting message."""
        line, message = claimed.waiting[0]

        async def reference(number: int) -> str:
            return await self.store.reference_for(claimed.conversation, number)

        turn = Turn(
            claimed.conversation,
            "rest",
            message.customer,
            message.text,
            message.text,
            self.now,
            self.content,
            reference,
            state=claimed.state,
            case=claimed.case,
            cases=claimed.cases,
            line=line,
        )
        turn.replies.extend(Reply(text) for text in replies)
        return turn

    async def open_case(self, turn: Turn, number: int = 1) -> Case:
        said = [Understanding(turn.shown, "report/billing", 0.9)]
        intake = Intake(said=said, line=turn.line)
        case = file_case(await turn.reference(number), intake, turn, self.content).case
        turn.put(case)
        turn.opened_from[case.id] = turn.line
        return case

    async def commit(self, claimed: Claimed, turn: Turn, handled: Sequence[Inbound] = ()) -> bool:
        first = [claimed.waiting[0][1]]
        return await self.store.commit(claimed, turn, handled or first)

    async def case_for(self, conversation: str = ANN, text: str = "charged twice") -> Case:
        """A whole conversation that leaves a case."""
        await self.accept(text, f"{conversation} {text}", conversation)
        claimed = await self.take(f"worker of {conversation}")
        turn = self.turn(claimed, "noted")
        case = await self.open_case(turn)
        await self.commit(claimed, turn)
        return case

    def handling(self) -> Handling:
        """What people do, on the same clock."""
        return Handling(self.connection, lambda: self.content, lambda: self.now)

    async def waiting(self) -> list[str]:
        claimed = await self.take("looking")
        await self.store.release(claimed, self.now)
        return [message.text for _, message in claimed.waiting]
