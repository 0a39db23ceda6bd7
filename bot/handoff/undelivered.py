"""Notes in a case's history which of its replies were given up: agents find out where they look."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from bot.cases.delivery import not_delivered
from bot.clock import Now
from bot.errors import BadRequest
from bot.handoff.fact_reader import FactReader, StreamFact
from bot.playbook.content import Content
from bot.store.connection import Connection
from bot.store.desk_steps import CLOCK, Handling
from bot.tasks import keep_going

GROUP = "undelivered"


class UndeliveredNotes:
    """Any number of processes may run one: each fact reaches one of them, at least once, and is
    noted once."""

    def __init__(
        self, connection: Connection, content: Callable[[], Content], now: Now, who: str
    ) -> None:
        self._reader = FactReader(connection, GROUP, who)
        self._handling = Handling(connection, content, now)

    async def run(self) -> None:
        """Notes until cancelled; survives outages of the store."""
        await keep_going("noting undelivered replies", self.read)

    async def read(self) -> None:
        """Takes the facts that are there (waits up to a second for one)."""
        facts = await self._reader.next()
        for fact in facts:
            if fact.type == "reply_dead" and fact.about.get("case"):
                await self._note(fact)
        await self._reader.done(facts)

    async def _note(self, fact: StreamFact) -> None:
        about = fact.about
        deed = partial(not_delivered, line=int(about["line"]), reason=str(about["reason"]))
        try:
            await self._handling.do(str(about["case"]), CLOCK, deed, f"undelivered:{fact.entry}")
        except BadRequest:
            return  # the case was erased
