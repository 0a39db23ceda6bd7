"""The worker: takes accepted messages through Rasa, one conversation at a time each, in order."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol
from uuid import uuid4

from bot.cases.filing import customer_wrote, file_case
from bot.cases.phrasing import Phrasing
from bot.cases.rating import quick_reply
from bot.cases.state import Intake
from bot.cases.turn import Reply, Turn
from bot.cases.understanding import Understanding
from bot.clock import Now, now_utc
from bot.errors import ConversationBusy, StoreUnavailable, place_of
from bot.playbook.content import Content
from bot.store.connection import Connection, answering
from bot.store.conversations import (
    LEASE_SECONDS,
    CaseChanged,
    Claimed,
    Conversations,
    Inbound,
)
from bot.tasks import end_tasks

log = logging.getLogger("nightdesk.worker")

SIDE_BY_SIDE = 4
_MOST_TRIES = 3
_LONGEST_NAP_SECONDS = 1.0
_RETRY_SECONDS = 1.0
_SET_ASIDE_NUMBER = 1_000_000


class Handles(Protocol):
    """Who understands and decides: bot.engine.assistant.Assistant, or a stand-in."""

    async def handle(self, turn: Turn) -> None:
        """Fills the second half of `turn`."""


@dataclass(frozen=True)
class Worker:
    """Handles turns until stopped. `assistant` understands and decides, `content` is what it
    knows; both come from the same training."""

    connection: Connection
    assistant: Handles
    content: Content
    now: Now = now_utc
    longest_turn_seconds: float = 30.0

    async def run(self, stop: asyncio.Event) -> None:
        """Works until `stop` is set; the turns in hand are finished first."""
        outage = _Outage()
        hands = [self._work(stop, outage) for _ in range(SIDE_BY_SIDE)]
        await asyncio.gather(self._wake_at_the_end(stop), *hands)

    async def _wake_at_the_end(self, stop: asyncio.Event) -> None:
        await stop.wait()
        with suppress(StoreUnavailable):
            async with answering():
                bell = self.connection.keys.one("bell")
                await self.connection.redis.rpush(bell, *["stop"] * SIDE_BY_SIDE)

    async def _work(self, stop: asyncio.Event, outage: _Outage) -> None:
        conversations = Conversations(self.connection)
        held: Claimed | None = None
        while not stop.is_set():
            try:
                if held is not None:  # the store went away in the middle of its turn
                    await conversations.release(held, self.now())
                held, due = await conversations.claim(uuid4().hex, self.now())
                outage.over()
                await (self._serve(conversations, held) if held else self._rest(due))
                held = None
            except StoreUnavailable as error:
                outage.note(error)
                await asyncio.sleep(_RETRY_SECONDS)

    async def _rest(self, due: datetime | None) -> None:
        """Sleeps until the bell rings or the next conversation is due."""
        nap = _LONGEST_NAP_SECONDS
        if due is not None:
            nap = min(nap, max((due - self.now()).total_seconds(), 0.01))
        async with answering():
            await self.connection.redis.blpop([self.connection.keys.one("bell")], timeout=nap)

    async def _serve(self, conversations: Conversations, claimed: Claimed) -> None:
        """Handles the conversation's waiting messages, turn after turn."""
        try:
            async with self._holding(conversations, claimed):
                while await self._turn(conversations, claimed):
                    pass
        except (ConversationBusy, CaseChanged) as error:
            log.info("%s (%s)", error, claimed.conversation)
            self.connection.tallies.count("turn:superseded")
            await conversations.release(claimed, self.now())
        except StoreUnavailable:
            raise
        except Exception as error:  # a poison message must not stop the others
            log.error("A turn failed with %s at %s.", type(error).__name__, place_of(error))
            self.connection.tallies.count("turn:failed")
            again = self.now() + _pause(claimed.attempts)
            await conversations.release(claimed, again, failed=True)

    @asynccontextmanager
    async def _holding(self, conversations: Conversations, claimed: Claimed) -> AsyncIterator[None]:
        """Renews the lease as long as the block takes."""
        renewing = asyncio.create_task(self._renew(conversations, claimed))
        try:
            yield
        finally:
            await end_tasks(renewing)

    async def _renew(self, conversations: Conversations, claimed: Claimed) -> None:
        held = True
        while held:
            await asyncio.sleep(LEASE_SECONDS / 3)
            with suppress(StoreUnavailable):
                held = await conversations.renew(claimed, self.now())

    async def _turn(self, conversations: Conversations, claimed: Claimed) -> bool:
        """Handles the next messages and writes the turn; True when more wait."""
        await conversations.load(claimed, self.now())
        if not claimed.waiting:
            await conversations.release(claimed, self.now())
            return False
        line, messages = _one_turn(claimed.waiting)
        turn = self._prepare(conversations, claimed, line, messages)
        _note_quick_reply(turn, messages[0])
        began = time.perf_counter()
        set_aside = claimed.attempts > _MOST_TRIES
        if set_aside:
            await self._set_aside(turn)
        else:
            await asyncio.wait_for(self.assistant.handle(turn), self.longest_turn_seconds)
        seconds = time.perf_counter() - began
        milliseconds = int(seconds * 1000)
        turn.happened(
            "turn_answered", replies=len(turn.replies), ms=milliseconds,
            language=turn.customer.language,
        )  # fmt: skip
        more = await conversations.commit(claimed, turn, messages)
        if set_aside:
            self.connection.tallies.count("turn:set_aside")
        else:
            self._tally(claimed, turn, seconds)
        claimed.attempts = 1
        return more

    def _tally(self, claimed: Claimed, turn: Turn, seconds: float) -> None:
        """Counts a turn that is written, and what its parts took."""
        tallies = self.connection.tallies
        tallies.count("turn:answered")
        if claimed.due is not None:
            tallies.took("wait", max((turn.now - claimed.due).total_seconds(), 0.0))
        if turn.understand_seconds is not None:
            tallies.took("understand", turn.understand_seconds)
        if turn.encode_seconds is not None:
            tallies.took("encode", turn.encode_seconds)
            tallies.count("vector:encoded")
        tallies.count("vector:remembered", turn.recalled)
        tallies.took("decide", max(seconds - (turn.understand_seconds or 0.0), 0.0))

    def _prepare(
        self, conversations: Conversations, claimed: Claimed, line: int, messages: list[Inbound]
    ) -> Turn:
        first = messages[0]
        shown = "\n".join(message.text for message in messages)

        async def reference(number: int) -> str:
            return await conversations.reference_for(claimed.conversation, number)

        return Turn(
            conversation=claimed.conversation,
            channel=first.channel,
            customer=first.customer,
            text=first.payload or _as_plain_text(shown),
            shown=shown,
            now=self.now(),
            content=self.content,
            reference=reference,
            visibility=first.visibility,
            private_url=first.private_url,
            state=claimed.state,
            case=claimed.case,
            cases=claimed.cases,
            repeat_contacts=claimed.repeat_contacts,
            line=line,
        )

    async def _set_aside(self, turn: Turn) -> None:
        """A message that failed three times: an apology and a case, without Rasa. While a person
        holds the conversation it is theirs, and the bot is silent."""
        if turn.case is not None and turn.case.is_held:
            theirs = customer_wrote(turn.case, turn.now, self.content)
            turn.put(theirs.noted(turn.now, "bot", "set_aside"))
            turn.happened("message_set_aside", case=theirs.id)
            return
        intake = Intake(said=[Understanding(turn.shown, "report/other", 0.0)], line=turn.line)
        if turn.case is not None:  # what the conversation remembers is not read here
            turn.customer = replace(turn.customer, language=turn.case.customer.language)
        reference = await turn.reference(_SET_ASIDE_NUMBER + turn.line)
        case = file_case(reference, intake, turn, self.content).case
        turn.put(case.noted(turn.now, "bot", "set_aside"))
        turn.opened_from[case.id] = turn.line
        say = Phrasing(self.content, case.customer.language, turn.now)
        turn.replies.append(Reply(say.text("apology", reference=case.id), (), "receipt"))
        turn.happened("message_set_aside", case=case.id)


def _one_turn(waiting: Sequence[tuple[int, Inbound]]) -> tuple[int, list[Inbound]]:
    """The messages that make the next turn: a burst together, a button press alone."""
    line, first = waiting[0]
    together = [first]
    if first.payload is None and first.merges:
        for _, message in waiting[1:]:
            if message.payload is not None or not message.merges:
                break
            together.append(message)
    return line, together


def _note_quick_reply(turn: Turn, message: Inbound) -> None:
    """A pressed button is a fact, by the name of what it stands for."""
    if message.payload is not None:
        turn.happened("quick_reply_used", payload=quick_reply(message.payload))


def _as_plain_text(text: str) -> str:
    """Words a customer typed are never taken for a payload: Rasa looks for a leading slash."""
    return text.lstrip("/ \t\r\n") or "?"


def _pause(attempts: int) -> timedelta:
    """How long a message that failed waits for its next try: 1 s, 2 s, 4 s, at most a minute."""
    return timedelta(seconds=min(_RETRY_SECONDS * 2 ** min(attempts - 1, 6), 60.0))


class _Outage:
    """Says once that the store is away, and once that it is back, for all hands."""

    def __init__(self) -> None:
        self._lasts = False

    def note(self, error: StoreUnavailable) -> None:
        if not self._lasts:
            log.warning("%s Trying again every %g s.", error, _RETRY_SECONDS)
        self._lasts = True

    def over(self) -> None:
        if self._lasts:
            log.warning("Redis answers again.")
        self._lasts = False
