"""One conversation in which everything happens at once: the customer writes, workers take turns and
die, people claim, answer, resolve and hand back, the clock runs out. Deterministic for a seed.

Between the reading and the writing of every step others may step in: the connection runs them just
before it commits, so that each race there can be is played without a race.
"""

from __future__ import annotations

import json
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

from bot.cases.case import Case, Customer
from bot.cases.dialogue import Dialogue
from bot.cases.phrasing import join_replies
from bot.cases.state import State
from bot.cases.turn import Turn
from bot.cases.understanding import Understanding
from bot.cases.watching import watch
from bot.errors import BadRequest, ConversationBusy
from bot.playbook.content import Content
from bot.store.connection import Connection
from bot.store.conversations import (
    LEASE_SECONDS,
    CaseChanged,
    Claimed,
    Conversations,
    Inbound,
    Line,
)
from bot.store.desk_steps import CLOCK, Handling

CONVERSATION = "rest:ann"
AGENTS = ("u-maria", "u-jonas")
MONDAY = datetime(2026, 3, 2, 10, 0, tzinfo=timezone.utc)
WORDS = {
    "report/billing": "I was charged twice for my order",
    "inform": "my order number is BN-104233",
    "thanks": "thanks",
    "wants_human": "let me talk to a person",
    "not_solved": "it still does not work",
}
_DEEPEST = 2


class Interrupted(Connection):
    """Lets `before_commit` act just before anything is committed."""

    before_commit: Callable[[], Awaitable[None]] | None = None

    async def run(self, script: str, *arguments: str | int | float) -> Any:
        if script == "commit" and self.before_commit is not None:
            await self.before_commit()
        return await super().run(script, *arguments)


@dataclass
class Bedlam:
    """One seed's conversation. `now` ticks with each deed, so that moments tell the order."""

    connection: Interrupted
    content: Content
    seed: int
    now: datetime = MONDAY
    depth: int = 0
    sent: int = 0
    deeds: list[str] = field(default_factory=list)
    handed_back: list[list[str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.store = Conversations(self.connection)
        self.handling = Handling(self.connection, lambda: self.content, self.tick)
        self.connection.before_commit = self._interrupt

    def tick(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now

    async def play(self, steps: int) -> None:
        """So many steps, and whatever steps in between; then all that is left is handled."""
        await self.write()
        for _ in range(steps):
            await self.step()
        self.connection.before_commit = None
        self.now += timedelta(seconds=LEASE_SECONDS + 60)
        while await self.work(dies=False):
            pass

    async def step(self) -> None:
        deed = self.random.choices(_DEEDS, _WEIGHTS)[0]
        self.deeds.append(deed.__name__)
        await deed(self)

    async def _interrupt(self) -> None:
        if self.depth < _DEEPEST and self.random.random() < 0.35:
            self.depth += 1
            await self.step()
            self.depth -= 1

    async def write(self) -> None:
        """The customer writes; sometimes the platform delivers it twice."""
        self.sent += 1
        intent = self.random.choice(list(WORDS))
        text = f"m{self.sent} {intent}"
        message = Inbound(f"m{self.sent}", CONVERSATION, "rest", Customer("ann"), text)
        now = self.tick()
        for _ in range(self.random.choice((1, 1, 2))):
            await self.store.accept(message, now)

    async def work(self, dies: bool | None = None) -> bool:
        """A worker takes a turn, or dies in the middle of it; False when nothing is due."""
        claimed, _ = await self.store.claim(f"w{self.random.random()}", self.tick())
        if claimed is None:
            return False
        dies = self.random.random() < 0.2 if dies is None else dies
        try:
            while await self._turn(claimed, dies):
                pass
        except (CaseChanged, ConversationBusy):
            await self.store.release(claimed, self.now)
        return True

    async def _turn(self, claimed: Claimed, dies: bool) -> bool:
        await self.store.load(claimed, self.now)
        if not claimed.waiting:
            await self.store.release(claimed, self.now)
            return False
        line, message = claimed.waiting[0]
        turn = self._begin(claimed, line, message)
        await self._answer(turn)
        if dies:
            return False
        turn.now = self.tick()
        more = await self.store.commit(claimed, turn, [message])
        if turn.replies and any(case.is_held for case in await self.cases()):
            raise AssertionError("the bot answered while a person holds the conversation")
        if message.id.startswith("returned:"):
            self.handed_back.append(message.text.split("\n"))
        return more

    def _begin(self, claimed: Claimed, line: int, message: Inbound) -> Turn:
        async def reference(number: int) -> str:
            return await self.store.reference_for(CONVERSATION, number)

        return Turn(
            CONVERSATION, "rest", message.customer, message.text, message.text, self.tick(),
            self.content, reference, state=claimed.state, case=claimed.case,
            cases=claimed.cases, line=line,
        )  # fmt: skip

    async def _answer(self, turn: Turn) -> None:
        """What actions/conversation.py does, without Rasa."""
        intent = turn.text.split("\n")[-1].split(" ")[1]
        heard = Understanding(WORDS[intent], intent, 0.9, topics=(("billing", 0.9),))
        state = State.from_json(json.loads(turn.state or "{}"))
        dialogue = Dialogue(turn.content, turn, state, heard)
        answers: dict[str, Callable[[], Awaitable[object]]] = {
            "report": dialogue.take_in,
            "wants_human": dialogue.hand_to_person,
            "not_solved": dialogue.settle,
            "thanks": dialogue.small_talk,
            "inform": dialogue.note,
        }
        running = state.intake is not None
        await (dialogue.take_in() if running else answers[heard.family]())
        turn.replies = join_replies(turn.prepared, turn.content.voice.max_length)
        turn.state = json.dumps(state.to_json())

    async def let_time_pass(self) -> None:
        minutes = self.random.choice((0.2, 6, 16, 40, 300, 5000))
        self.now += timedelta(minutes=minutes)

    async def watch(self) -> None:
        """The clock looks at a case, as bot.handoff.watch does."""
        if case := await self._some_case():
            await self.handling.do(case.id, CLOCK, watch)

    async def claim(self) -> None:
        await self._as_agent(lambda case, who: self.handling.claim(case, who))

    async def take_over(self) -> None:
        await self._as_agent(lambda case, who: self.handling.claim(case, who, take_over=True))

    async def reply(self) -> None:
        waits = self.random.random() < 0.8
        name = f"r{len(self.deeds)}"
        await self._as_agent(
            lambda case, who: self.handling.reply(case, who, name, "We are at it.", waits=waits)
        )

    async def resolve(self) -> None:
        text = self.random.choice(("All done.", None))
        name = f"e{len(self.deeds)}"
        await self._as_agent(lambda case, who: self.handling.resolve(case, who, name, text))

    async def hand_back(self) -> None:
        await self._as_agent(lambda case, who: self.handling.give_to_bot(case, who, None))

    async def transfer(self) -> None:
        if self.random.random() < 0.5:
            await self._as_agent(lambda case, who: self.handling.to_team(case, who, "trust", None))
        else:
            to = self.random.choice(AGENTS)
            await self._as_agent(lambda case, who: self.handling.to_person(case, who, to, None))

    async def reopen(self) -> None:
        await self._as_agent(self.handling.reopen)

    async def _as_agent(self, deed: Callable[[str, str], Awaitable[Case]]) -> None:
        """Somebody tries it on some case; what the case does not allow is refused."""
        case = await self._some_case()
        if case is None:
            return
        try:
            await deed(case.id, self.random.choice(AGENTS))
        except BadRequest as refused:
            if refused.status != 409:
                raise

    async def _some_case(self) -> Case | None:
        _, known = await self.store.beside(CONVERSATION)
        return self.random.choice([case for case, _ in known.values()]) if known else None

    async def lines(self) -> list[Line]:
        return await self.store.lines(CONVERSATION)

    async def cases(self) -> list[Case]:
        _, known = await self.store.beside(CONVERSATION)
        return [case for case, _ in known.values()]


_DEEDS: list[Callable[[Bedlam], Awaitable[Any]]] = [
    Bedlam.write, Bedlam.work, Bedlam.claim, Bedlam.take_over, Bedlam.reply, Bedlam.resolve,
    Bedlam.hand_back, Bedlam.transfer, Bedlam.reopen, Bedlam.watch, Bedlam.let_time_pass,
]  # fmt: skip
_WEIGHTS = [8, 9, 5, 1, 4, 2, 2, 1, 1, 3, 4]
