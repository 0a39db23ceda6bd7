"""The sender: posts what waits in the outboxes, each conversation's lines in their order.

Any number of processes may run one. A line is noted as sent right after the platform took it; a
process that dies in between leaves that one line to be posted again, under the same id.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar
from uuid import uuid4

from bot.cases.timestamps import read_utc
from bot.channels.outgoing import Outgoing, PostedChannel
from bot.clock import Now, now_utc
from bot.errors import ReplyNotTaken, StoreUnavailable, place_of
from bot.store.connection import Connection
from bot.store.conversations import Conversations
from bot.store.outbox import LEASE, Outbox, Posting
from bot.tasks import end_tasks, keep_going, report

log = logging.getLogger("nightdesk.sender")

FIRST_PAUSE = timedelta(seconds=1)
LONGEST_PAUSE = timedelta(minutes=10)
GIVE_UP_AFTER = timedelta(hours=6)
"""From the first try on: an outage of a platform is waited out, but an answer of last night that
comes the next evening would only confuse."""

POST_SECONDS = 10.0
_AT_ONCE = 20
_LONGEST_NAP_SECONDS = 1.0
_AGAIN_SECONDS = 0.5
_LINES_BACK = 50
_STOP_SECONDS = 5.0
T = TypeVar("T")


def pause_before(tries: int, jitter: float) -> timedelta:
    """The pause behind a number of tries in vain: 1 s, doubled each time, at most ten minutes, and
    of that one half to all, by a `jitter` from 0 to 1, so that not all come back at once."""
    whole = min(FIRST_PAUSE * (1 << min(tries - 1, 20)), LONGEST_PAUSE)
    return whole * (0.5 + jitter / 2)


class Sender:
    """Posts for these channels. `jitter` draws from 0 to 1."""

    def __init__(
        self,
        connection: Connection,
        channels: Iterable[PostedChannel],
        now: Now = now_utc,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._outbox = Outbox(connection)
        self._conversations = Conversations(connection)
        self._channels = {channel.name: channel for channel in channels}
        self._now = now
        self._jitter = jitter
        self._hands: set[asyncio.Task[None]] = set()
        self._stopping = False

    async def run(self) -> None:
        """Posts what is due until cancelled; survives outages of the store."""
        try:
            await keep_going("posting replies", self._step)
        finally:
            await end_tasks(*self._hands)

    async def stop(self) -> None:
        """Takes nothing more, and waits for what is being posted, for a moment at most."""
        self._stopping = True
        if self._hands:
            await asyncio.wait(self._hands, timeout=_STOP_SECONDS)
        await asyncio.gather(*(channel.close() for channel in self._channels.values()))

    async def post_due(self) -> datetime | None:
        """Posts all that is due now, and what follows it; returns when the next line is due."""
        due = await self._start_due()
        while self._hands:
            await asyncio.gather(*self._hands)
            due = await self._start_due()
        return due

    async def _step(self) -> None:
        due = None if self._stopping else await self._start_due()
        nap = _LONGEST_NAP_SECONDS
        if due is not None:
            nap = min(nap, max((due - self._now()).total_seconds(), 0.01))
        await self._outbox.rest(nap)

    async def _start_due(self) -> datetime | None:
        room = _AT_ONCE - len(self._hands)
        if room <= 0:
            await asyncio.wait(self._hands, return_when=asyncio.FIRST_COMPLETED)
            return self._now()
        postings, due = await self._outbox.take(uuid4().hex, self._now(), room)
        for posting in postings:
            task = asyncio.create_task(self._serve(posting))
            self._hands.add(task)
            task.add_done_callback(self._hands.discard)
        return due

    async def _serve(self, posting: Posting) -> None:
        """Posts the conversation's lines one after the other. A failure of ours leaves the lease to
        run out, and the line is taken again."""
        following: Posting | None = posting
        try:
            while following is not None:
                following = await self._deliver(following)
                if self._stopping:
                    return
        except StoreUnavailable:
            return
        except Exception as error:
            report("a reply", error)

    async def _deliver(self, posting: Posting) -> Posting | None:
        """Posts one line and notes what became of it; the next line, when there is one."""
        channel, outgoing = await self._prepared(posting)
        speaker = outgoing.line.speaker if outgoing else "bot"
        try:
            platform_id = await self._post(channel, outgoing)
        except ReplyNotTaken as error:
            return await self._noted(partial(self._failed, posting, channel, speaker, error))
        said_at = read_utc(outgoing.line.at) if outgoing else None
        return await self._noted(
            lambda: self._outbox.sent(posting, platform_id, self._now(), self._lease(), said_at)
        )

    async def _prepared(self, posting: Posting) -> tuple[str, Outgoing | None]:
        """The channel's name ('' for an unknown conversation), and the line; None when it is there
        no more."""
        addressee = await self._outbox.addressee(posting.conversation)
        lines = await self._conversations.lines(
            posting.conversation, max(1, posting.line - _LINES_BACK)
        )
        line = next((one for one in lines if one.number == posting.line), None)
        if addressee is None or line is None:
            return addressee.channel if addressee else "", None
        heard = [one for one in lines if one.speaker == "customer"]
        before = [one for one in heard if one.number < posting.line]
        return addressee.channel, Outgoing(
            id=posting.id,
            conversation=posting.conversation,
            customer=addressee.customer,
            line=line,
            answers=before[-1].id if before else "",
            visibility=before[-1].visibility if before else "private",
            heard_at=read_utc(heard[-1].at) if heard else None,
        )

    async def _post(self, name: str, outgoing: Outgoing | None) -> str:
        """Raises ReplyNotTaken, whatever goes wrong."""
        if outgoing is None:
            raise ReplyNotTaken("gone", permanent=True)
        channel = self._channels.get(name)
        if channel is None:
            raise ReplyNotTaken("channel_off")
        if _is_too_late(channel, outgoing, self._now()):
            raise ReplyNotTaken("window_closed", permanent=True)
        try:
            return await asyncio.wait_for(channel.send(outgoing), POST_SECONDS)
        except asyncio.TimeoutError:
            raise ReplyNotTaken("timeout") from None
        except ReplyNotTaken:
            raise
        except Exception as error:
            log.error("Posting by %s: %s at %s.", name, type(error).__name__, place_of(error))
            raise ReplyNotTaken("internal") from None

    async def _failed(
        self, posting: Posting, channel: str, speaker: str, error: ReplyNotTaken
    ) -> Posting | None:
        """Plans the next try, or gives the line up and goes on with the next one."""
        now = self._now()
        pause = max(
            pause_before(posting.tries + 1, self._jitter()),
            timedelta(seconds=error.retry_after_seconds),
        )
        log.warning("A reply by %s was not taken: %s.", channel or "no channel", error.reason)
        if not error.permanent and now + pause <= (posting.since or now) + GIVE_UP_AFTER:
            await self._outbox.later(posting, error.reason, now, now + pause)
            return None
        letter = await self._outbox.letter_of(posting, channel, speaker, error.reason, now)
        return await self._outbox.dead(posting, letter, now, self._lease())

    async def _noted(self, write: Callable[[], Awaitable[T]]) -> T:
        """What became of a line is written down, also when the store is away for a while."""
        while True:
            try:
                return await write()
            except StoreUnavailable:
                if self._stopping:
                    raise
                await asyncio.sleep(_AGAIN_SECONDS)

    def _lease(self) -> datetime:
        """Until when the conversation stays in our hands for its next line."""
        return self._now() if self._stopping else self._now() + LEASE


def _is_too_late(channel: PostedChannel, outgoing: Outgoing, now: datetime) -> bool:
    if channel.window is None or outgoing.heard_at is None:
        return False
    return now >= outgoing.heard_at + channel.window
