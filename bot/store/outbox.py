"""The outbox: lines that have to be posted to a platform, in order, each until it was taken or is
given up; what was given up waits among the dead letters for somebody to send it again.

`commit.lua` puts references to new lines here in the step that writes them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta, timezone

from bot.cases.case import Customer
from bot.cases.timestamps import write_utc
from bot.cases.turn import Fact
from bot.store.connection import Connection, answering
from bot.store.conversations import fact_json, milliseconds

LEASE = timedelta(seconds=15)
"""Longer than a sender takes for one line before it gives up on that try."""


@dataclass(frozen=True)
class Posting:
    """The first line of a conversation's outbox, in a sender's hands. `tries` were made since
    `since`, in vain."""

    conversation: str
    token: str
    line: int
    tries: int = 0
    since: datetime | None = None

    @property
    def id(self) -> str:
        """The line's own, the same however often it is posted."""
        return hashlib.sha256(f"{self.conversation}|{self.line}".encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Addressee:
    """Whom a conversation's lines are for."""

    channel: str
    customer: Customer


@dataclass(frozen=True)
class DeadLetter:
    """A line that was given up `at` a moment, after `tries`. `reason` is a stable word, `case` the
    reference of the case it belongs to ('' for none), `speaker` who said it: bot or agent."""

    id: str
    conversation: str
    line: int
    channel: str
    case: str
    speaker: str
    reason: str
    at: str
    tries: int


class Outbox:
    """All outboxes of one prefix."""

    def __init__(self, connection: Connection) -> None:
        self._at = connection

    async def take(
        self, token: str, now: datetime, most: int
    ) -> tuple[list[Posting], datetime | None]:
        """Up to `most` conversations with a line that is due, leased to `token`; and when the next
        one is due, if there is any."""
        taken = await self._at.run(
            "outbox_take", milliseconds(now), milliseconds(now + LEASE), token, most
        )
        due, *rest = taken
        postings = [_posting(name, token, item) for name, item in _pairs(rest)]
        return postings, _moment(due) if due else None

    async def addressee(self, conversation: str) -> Addressee | None:
        """None when the conversation is there no more."""
        async with answering():
            channel, customer = await self._at.redis.hmget(
                self._at.keys.conversation(conversation, "main"), "channel", "customer"
            )
        return (
            Addressee(channel, Customer(**json.loads(customer))) if channel and customer else None
        )

    async def sent(
        self,
        posting: Posting,
        platform_id: str,
        now: datetime,
        until: datetime,
        said_at: datetime | None = None,
    ) -> Posting | None:
        """Notes that the platform took the line, which was written at `said_at`. Returns the
        conversation's next, leased until `until`; None when there is none, or when another sender
        has the conversation."""
        fact = Fact("reply_sent", {"reply": posting.id, "tries": posting.tries + 1})
        following = await self._write(posting, "sent", until, fact, now, platform_id)
        self._at.tallies.count("post:sent")
        if said_at is not None:
            self._at.tallies.took("deliver", (now - said_at).total_seconds())
        return following

    async def later(self, posting: Posting, reason: str, now: datetime, again_at: datetime) -> None:
        """Notes a try in vain; the conversation's lines wait for the next one."""
        tries, since = posting.tries + 1, posting.since or now
        item = {"line": posting.line, "tries": tries, "since": milliseconds(since)}
        fact = Fact("reply_failed", {"reply": posting.id, "tries": tries, "reason": reason})
        await self._write(posting, "later", again_at, fact, now, json.dumps(item))
        self._at.tallies.count("post:failed")

    async def dead(
        self, posting: Posting, letter: DeadLetter, now: datetime, until: datetime
    ) -> Posting | None:
        """Gives the line up; the lines behind it go on. Returns as `sent` does."""
        about: dict[str, str | int] = {"reply": posting.id, "line": letter.line}
        about |= {"tries": letter.tries, "reason": letter.reason}
        about |= {"case": letter.case} if letter.case else {}
        fact = Fact("reply_dead", about)
        text = json.dumps(asdict(letter))
        following = await self._write(
            posting, "dead", until, fact, now, letter.id, milliseconds(now), text
        )
        self._at.tallies.count("post:given_up")
        return following

    async def letter_of(
        self, posting: Posting, channel: str, speaker: str, reason: str, now: datetime
    ) -> DeadLetter:
        """What will be known of a line that is given up."""
        return DeadLetter(
            id=posting.id,
            conversation=posting.conversation,
            line=posting.line,
            channel=channel,
            case=await self._case_of(posting.conversation, posting.line),
            speaker=speaker,
            reason=reason,
            at=write_utc(now),
            tries=posting.tries + 1,
        )

    async def letters(self, offset: int = 0, limit: int = 50) -> tuple[list[DeadLetter], int]:
        """Dead letters, the latest first, and how many there are."""
        keys = self._at.keys
        async with answering():
            pipe = self._at.redis.pipeline(transaction=False)
            pipe.zrevrange(keys.one("dead"), offset, offset + limit - 1)
            pipe.zcard(keys.one("dead"))
            ids, total = await pipe.execute()
            ids = ids if limit else []
            texts = await self._at.redis.hmget(keys.one("dead:letters"), ids) if ids else []
        return [DeadLetter(**json.loads(text)) for text in texts if text], total

    async def send_again(self, id: str) -> DeadLetter | None:
        """Takes a letter off the list and puts its line back into the outbox; None when there is no
        such letter (any more)."""
        text = await self._at.run("outbox_again", id)
        return DeadLetter(**json.loads(text)) if text else None

    async def drop(self, id: str) -> DeadLetter | None:
        """Takes a letter off the list for good; None when there is no such letter (any more)."""
        keys = self._at.keys
        async with answering():
            pipe = self._at.redis.pipeline()
            pipe.hget(keys.one("dead:letters"), id)
            pipe.hdel(keys.one("dead:letters"), id)
            pipe.zrem(keys.one("dead"), id)
            text, *_ = await pipe.execute()
        return DeadLetter(**json.loads(text)) if text else None

    async def waiting(self) -> int:
        """How many conversations have lines that are still to be posted."""
        async with answering():
            return int(await self._at.redis.zcard(self._at.keys.one("outbox")))

    async def rest(self, seconds: float) -> None:
        """Sleeps until a line is put into an outbox, at most so long."""
        async with answering():
            await self._at.redis.blpop([self._at.keys.one("outbox:bell")], timeout=seconds)

    async def _write(
        self,
        posting: Posting,
        outcome: str,
        until: datetime,
        fact: Fact,
        now: datetime,
        *more: str | int,
    ) -> Posting | None:
        conversation = posting.conversation
        state, *item = await self._at.run(
            "outbox_write", conversation, posting.token, posting.line, outcome,
            milliseconds(until), fact_json(fact, conversation, now), *more,
        )  # fmt: skip
        return _posting(conversation, posting.token, item[0]) if state == "more" else None

    async def _case_of(self, conversation: str, line: int) -> str:
        """The case by which a person holds the conversation, else the latest that had begun before
        the line."""
        keys = self._at.keys
        async with answering():
            held = await self._at.redis.hget(keys.conversation(conversation, "main"), "held")
            if held:
                return str(held)
            cases = keys.conversation(conversation, "cases")
            for reference in await self._at.redis.zrevrange(cases, 0, 9):
                first = await self._at.redis.hget(keys.case(reference), "from")
                if int(first or 1) <= line:
                    return str(reference)
        return ""


def _pairs(flat: Sequence[str]) -> Iterator[tuple[str, str]]:
    return zip(flat[::2], flat[1::2], strict=True)


def _posting(conversation: str, token: str, item: str) -> Posting:
    known = json.loads(item)
    since = known.get("since")
    tries = int(known.get("tries", 0))
    return Posting(
        conversation, token, int(known["line"]), tries, _moment(since) if since else None
    )


def _moment(ms: str | float) -> datetime:
    return datetime.fromtimestamp(float(ms) / 1000, timezone.utc)
