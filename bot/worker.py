"""The worker: takes accepted messages through Rasa, one conversation at a time each, in order."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from bot.cases.filing import file_case
from bot.cases.phrasing import Phrasing
from bot.cases.state import Intake
from bot.cases.turn import Reply, Turn
from bot.cases.understanding import Understanding
from bot.clock import Now, now_utc
from bot.engine.assistant import Assistant
from bot.errors import ConversationBusy, StoreUnavailable
from bot.playbook.content import Content
from bot.store.connection import Connection, answering
from bot.store.conversations import CaseChanged, Claimed, Conversations, Inbound

log = logging.getLogger("nightdesk.worker")

SIDE_BY_SIDE = 4
_MOST_TRIES = 3
_LONGEST_NAP_SECONDS = 1.0
_RETRY_SECONDS = 1.0
_SET_ASIDE_NUMBER = 1_000_000


@dataclass(frozen=True)
class Worker:
    """Handles turns until stopped. `assistant` understands and decides, `content` is what it
    knows; both come from the same training."""

    connection: Connection
    assistant: Assistant
    content: Content
    now: Now = now_utc

    async def run(self, stop: asyncio.Event) -> None:
        """Works until `stop` is set; the turns in hand are finished first."""
        hands = [asyncio.create_task(self._work(stop)) for _ in range(SIDE_BY_SIDE)]
        await asyncio.gather(*hands)

    async def _work(self, stop: asyncio.Event) -> None:
        conversations = Conversations(self.connection)
        while not stop.is_set():
            try:
                claimed, due = await conversations.claim(uuid4().hex, self.now())
                if claimed is None:
                    await self._rest(due)
                else:
                    await self._serve(conversations, claimed)
            except StoreUnavailable as error:
                log.warning("%s Trying again.", error)
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
            more = True
            while more:
                await conversations.load(claimed, self.now())
                if not claimed.waiting:
                    return await conversations.release(claimed, self.now())
                more = await self._turn(conversations, claimed)
        except (ConversationBusy, CaseChanged) as error:
            log.info("%s (%s)", error, claimed.conversation)
            await conversations.release(claimed, self.now())
        except StoreUnavailable:
            raise
        except Exception as error:  # a poison message must not stop the others
            log.error("A turn failed with %s at %s.", type(error).__name__, _place(error))
            await conversations.release(claimed, self.now() + timedelta(seconds=_RETRY_SECONDS))

    async def _turn(self, conversations: Conversations, claimed: Claimed) -> bool:
        line, messages = _one_turn(claimed.waiting)
        turn = self._prepare(conversations, claimed, line, messages)
        began = time.perf_counter()
        if claimed.attempts > _MOST_TRIES:
            await self._set_aside(turn)
        else:
            await self.assistant.handle(turn)
        milliseconds = int((time.perf_counter() - began) * 1000)
        turn.happened("turn_answered", replies=len(turn.replies), ms=milliseconds)
        more = await conversations.commit(claimed, turn, messages)
        claimed.attempts = 1
        return more

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
            state=claimed.state,
            case=claimed.case,
            repeat_contacts=claimed.repeat_contacts,
            line=line,
        )

    async def _set_aside(self, turn: Turn) -> None:
        """A message that failed three times: an apology and a case, without Rasa."""
        intake = Intake(said=[Understanding(turn.shown, "report/other", 0.0)], line=turn.line)
        reference = await turn.reference(_SET_ASIDE_NUMBER + turn.line)
        case = file_case(reference, intake, turn, self.content).case
        turn.put(case.noted(turn.now, "bot", "set_aside"))
        turn.opened_from[case.id] = turn.line
        say = Phrasing(self.content, turn.customer.language, turn.now)
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


def _as_plain_text(text: str) -> str:
    """Words a customer typed are never taken for a payload: Rasa looks for a leading slash."""
    return text.lstrip("/ \t\r\n") or "?"


def _place(error: BaseException) -> str:
    """Where an error was raised: file and line, without the message (it may hold customer text)."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    if frame is None:
        return "an unknown place"
    return f"{frame.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{frame.tb_lineno}"
