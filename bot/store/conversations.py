"""Messages in, turns out: the durable way of a conversation through Redis.

A message is stored once (`accept`), a worker takes its conversation (`claim`, `load`), and writes
everything the turn prepared in one atomic step (`commit`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

from bot.cases.case import Attachment, Case, Customer, Visibility
from bot.cases.reference import make_reference
from bot.cases.timestamps import write_utc
from bot.cases.turn import Fact, Reply, Turn
from bot.cases.watching import next_event
from bot.errors import ConversationBusy, NightdeskError
from bot.playbook.content import Content
from bot.store.connection import Connection, answering

LEASE_SECONDS = 4.0
"""A dead worker's conversations are in other hands within five seconds: this, and a wink to wake up
and claim them."""

_REPEATS_COUNT_FOR = timedelta(days=14)


@dataclass(frozen=True)
class Inbound:
    """A customer's message as a channel hands it over, already masked.

    `id` is the platform's message id (the idempotency key); `payload` is set when a button was
    pressed, and `text` is then the button's title. `merges`: may become one turn with its
    neighbours (a burst). `private_url` is the way from a public message into private ones.
    `posted`: what is answered has to be posted to the platform, and goes through the outbox.
    """

    id: str
    conversation: str
    channel: str
    customer: Customer
    text: str
    payload: str | None = None
    visibility: Visibility = "private"
    private_url: str = ""
    merges: bool = False
    posted: bool = False
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True)
class Accepted:
    """`line` is the message's place in the transcript; a repeated message has `duplicate` set, and
    `replies` (first, last line) once it was answered."""

    line: int
    duplicate: bool = False
    replies: tuple[int, int] | None = None


@dataclass(frozen=True)
class Line:
    """A line of the transcript, as readers get it. `number` counts from 1; `who` is the agent; `id`
    is the platform's of a customer's message."""

    number: int
    speaker: str
    text: str
    at: str
    kind: str = "text"
    buttons: tuple[tuple[str, str], ...] = ()
    id: str = ""
    who: str = ""
    visibility: Visibility = "private"
    attachments: tuple[Attachment, ...] = ()


@dataclass
class Claimed:
    """A conversation in this worker's hands. `waiting` are (line, message) not handled yet; `case`
    is the one a person holds the conversation by (then its id is in `held`), else the latest that
    is open, else the latest; `cases` are the last ten, `revisions` what they were read at. `due` is
    when the first waiting message was, where that is known."""

    conversation: str
    token: str
    attempts: int
    state: str = ""
    waiting: list[tuple[int, Inbound]] = field(default_factory=list)
    held: str = ""
    case: Case | None = None
    cases: tuple[Case, ...] = ()
    revisions: dict[str, int] = field(default_factory=dict)
    repeat_contacts: int = 0
    due: datetime | None = None


class CaseChanged(NightdeskError):
    """A case was changed by somebody else meanwhile; the turn has to be done again."""


def milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)


class Conversations:
    """All conversations of one prefix."""

    def __init__(self, connection: Connection) -> None:
        self._at = connection

    async def accept(self, message: Inbound, now: datetime, burst_seconds: float = 0.0) -> Accepted:
        """Stores the message durably, once; it is due after the channel's burst window."""
        due = milliseconds(now) + int(burst_seconds * 1000)
        fact = fact_json(
            Fact("message_received", {"message": message.id}), message.conversation, now
        )
        line = _line_json(
            "customer", message.text, now, kind="text", id=message.id, **_beside_text(message)
        )
        with self._at.tallies.timed("accept"):
            new, place = await self._at.run(
                "accept", message.conversation, message.id, inbound_json(message), line, due,
                message.channel, json.dumps(_customer_json(message.customer)), fact,
                "1" if message.posted else "",
            )  # fmt: skip
        if new:
            return Accepted(int(place))
        return Accepted(0, duplicate=True, replies=_span(place))

    async def replies_of(self, conversation: str, message_id: str) -> tuple[int, int] | None:
        """The transcript lines (first, last) that answered a message; None before its turn."""
        key = self._at.keys.conversation(conversation, "ids")
        async with answering():
            return _span(await self._at.redis.hget(key, message_id) or "")

    async def was_done(self, conversation: str, step: str) -> bool:
        """Whether a step that is done once was done."""
        key = self._at.keys.conversation(conversation, "ids")
        async with answering():
            return bool(await self._at.redis.hexists(key, step))

    async def lines(self, conversation: str, first: int = 1, last: int = -1) -> list[Line]:
        """Transcript lines `first` to `last` (-1: the newest)."""
        key = self._at.keys.conversation(conversation, "log")
        async with answering():
            raw = await self._at.redis.lrange(key, first - 1, last - 1 if last > 0 else -1)
        return [_line(first + index, text) for index, text in enumerate(raw)]

    async def unanswered(self, conversation: str) -> bool:
        """Whether messages of the customer wait for their turn."""
        key = self._at.keys.conversation(conversation, "inbox")
        async with answering():
            return bool(await self._at.redis.exists(key))

    async def inbox_lines(self, conversation: str) -> set[int]:
        """The transcript's lines that wait for their turn."""
        key = self._at.keys.conversation(conversation, "inbox")
        async with answering():
            waiting = await self._at.redis.lrange(key, 0, -1)
        return {_waiting(item)[0] for item in waiting}

    async def button(self, conversation: str, payload: str) -> str | None:
        """The title of a button the bot sent in this conversation, None for any other payload."""
        key = self._at.keys.conversation(conversation, "buttons")
        async with answering():
            title: str | None = await self._at.redis.hget(key, payload)
        return title

    async def claim(self, token: str, now: datetime) -> tuple[Claimed | None, datetime | None]:
        """The first due conversation, leased to `token`; else when the next one is due, or
        the next lease ends."""
        at = milliseconds(now)
        name, more = await self._at.run("claim", at, at + int(LEASE_SECONDS * 1000), token)
        if name:
            return Claimed(name, token, int(more)), None
        return None, datetime.fromtimestamp(float(more) / 1000, timezone.utc) if more else None

    async def load(self, claimed: Claimed, now: datetime) -> None:
        """Fills `claimed` with what the next turn starts from."""
        keys, name = self._at.keys, claimed.conversation
        async with answering():
            pipe = self._at.redis.pipeline(transaction=False)
            pipe.hmget(keys.conversation(name, "main"), "state", "held")
            pipe.lrange(keys.conversation(name, "inbox"), 0, -1)
            pipe.zrevrange(keys.conversation(name, "cases"), 0, 9)
            (state, held), inbox, references = await pipe.execute()
        claimed.state, claimed.held = state or "", held or ""
        claimed.waiting = [_waiting(item) for item in inbox]
        claimed.due = _due(inbox[0]) if inbox else None
        known = await self._known([*references, *([held] if held else [])])
        claimed.cases = tuple(case for case, _ in known.values())
        claimed.revisions = {case.id: revision for case, revision in known.values()}
        claimed.case = _in_question(claimed)
        claimed.repeat_contacts = sum(
            now - case.opened_at < _REPEATS_COUNT_FOR and case.status not in ("resolved", "closed")
            for case in claimed.cases
        )

    async def _known(self, references: Sequence[str]) -> dict[str, tuple[Case, int]]:
        found = {reference: await self.case(reference) for reference in dict.fromkeys(references)}
        return {reference: known for reference, known in found.items() if known}

    async def beside(self, conversation: str) -> tuple[str, dict[str, tuple[Case, int]]]:
        """The case by which a person holds the conversation ('' when nobody does), and its last ten
        cases with their revisions."""
        keys = self._at.keys
        async with answering():
            held = await self._at.redis.hget(keys.conversation(conversation, "main"), "held")
            cases = keys.conversation(conversation, "cases")
            references = await self._at.redis.zrevrange(cases, 0, 9)
        return held or "", await self._known([*references, *([held] if held else [])])

    async def case(self, reference: str) -> tuple[Case, int] | None:
        """A case without its transcript, and its revision."""
        async with answering():
            text, revision = await self._at.redis.hmget(
                self._at.keys.case(reference), "json", "revision"
            )
        return (Case.from_json(json.loads(text)), int(revision or 0)) if text else None

    async def reference_for(self, conversation: str, number: int) -> str:
        """The reference of a conversation's n-th case; the same however often it is asked."""
        owner = f"{conversation}|{number}"
        for attempt in range(50):
            candidate = make_reference(conversation, number, attempt)
            async with answering():
                await self._at.redis.hsetnx(self._at.keys.one("refs"), candidate, owner)
                if await self._at.redis.hget(self._at.keys.one("refs"), candidate) == owner:
                    return candidate
        raise NightdeskError("No free case reference was found in 50 tries.")

    async def commit(self, claimed: Claimed, turn: Turn, handled: Sequence[Inbound]) -> bool:
        """Writes the turn in one step; True when more messages wait (the lease is kept).

        Raises ConversationBusy when the lease was lost, CaseChanged when a case was changed, or
        taken in hand or given back by a person, meanwhile; nothing was written then.
        """
        document = {
            "state": turn.state,
            "handled": [message.id for message in handled],
            "lines": [_reply_json(reply, turn.now) for reply in turn.replies],
            "buttons": [list(button) for reply in turn.replies for button in reply.buttons],
            "cases": [
                case_json(
                    case,
                    claimed.revisions.get(case.id, 0),
                    turn.content,
                    turn.opened_from.get(case.id, 1),
                )
                for case in turn.changed.values()
            ],
            "facts": [fact_json(fact, turn.conversation, turn.now) for fact in turn.facts],
            "held": claimed.held,
            "held_else": "",
        }
        with self._at.tallies.timed("commit"):
            outcome = await self.write(turn.conversation, claimed.token, document)
        return outcome == "more"

    async def write(self, conversation: str, token: str, document: Mapping[str, Any]) -> str:
        """Writes what commit.lua describes: `more` or `done`. Raises ConversationBusy, and
        CaseChanged also for a step that was done meanwhile."""
        outcome = await self._at.run("commit", conversation, token, json.dumps(document))
        if outcome == "lost":
            raise ConversationBusy("The conversation was taken over by another worker.")
        if outcome in ("conflict", "known"):
            raise CaseChanged("The case was changed meanwhile.")
        return str(outcome)

    async def renew(self, claimed: Claimed, now: datetime) -> bool:
        """Holds the conversation for another LEASE_SECONDS; False when it was lost."""
        until = milliseconds(now) + int(LEASE_SECONDS * 1000)
        return bool(await self._at.run("renew", claimed.conversation, claimed.token, until))

    async def release(self, claimed: Claimed, at: datetime, failed: bool = False) -> None:
        """Gives the conversation back, to be tried again at `at`. `failed`: its message could not
        be handled, which happens to it so many times at most."""
        due, counts = milliseconds(at), int(failed)
        await self._at.run("release", claimed.conversation, claimed.token, due, counts)


def _span(text: str) -> tuple[int, int] | None:
    first, _, last = text.partition(":")
    return (int(first), int(last)) if last else None


def _customer_json(customer: Customer) -> dict[str, Any]:
    return {
        "id": customer.id,
        "name": customer.name,
        "handle": customer.handle,
        "followers": customer.followers,
        "language": customer.language,
    }


def inbound_json(message: Inbound) -> str:
    """A message as it waits in the inbox."""
    return json.dumps(asdict(message), ensure_ascii=False)


def _waiting(item: str) -> tuple[int, Inbound]:
    outer = json.loads(item)
    values = json.loads(outer["message"])
    values["customer"] = Customer(**values["customer"])
    values["attachments"] = _attachments(values)
    return int(outer["line"]), Inbound(**values)


def _due(item: str) -> datetime | None:
    """None for a message that was put back."""
    ms = json.loads(item).get("due")
    return datetime.fromtimestamp(int(ms) / 1000, timezone.utc) if ms else None


def _beside_text(message: Inbound) -> dict[str, Any]:
    """What the transcript's line tells beside the words, where there is any."""
    told: dict[str, Any] = {}
    if message.visibility == "public":
        told["visibility"] = "public"
    if message.attachments:
        told["attachments"] = [asdict(attachment) for attachment in message.attachments]
    return told


def _attachments(values: Mapping[str, Any]) -> tuple[Attachment, ...]:
    return tuple(Attachment(**one) for one in values.get("attachments", ()))


def _line_json(speaker: str, text: str, at: datetime, **more: Any) -> str:
    document = {"from": speaker, "at": write_utc(at), "text": text, **more}
    return json.dumps(document, ensure_ascii=False)


def _reply_json(reply: Reply, at: datetime) -> str:
    return said_json("bot", reply, at)


def said_json(speaker: str, reply: Reply, at: datetime, **more: str) -> str:
    """A line of the transcript, for commit.lua."""
    return _line_json(
        speaker, reply.text, at, kind=reply.kind, buttons=[list(b) for b in reply.buttons], **more
    )


def _line(number: int, text: str) -> Line:
    values = json.loads(text)
    return Line(
        number=number,
        speaker=values["from"],
        text=values["text"],
        at=values["at"],
        kind=values.get("kind", "text"),
        buttons=tuple((title, payload) for title, payload in values.get("buttons", ())),
        id=values.get("id", ""),
        who=values.get("who", ""),
        visibility=values.get("visibility", "private"),
        attachments=_attachments(values),
    )


def _in_question(claimed: Claimed) -> Case | None:
    held = [case for case in claimed.cases if case.id == claimed.held and case.is_held]
    open_ones = [case for case in claimed.cases if case.is_open]
    return next(iter([*held, *open_ones, *claimed.cases]), None)


def case_json(case: Case, expected: int, content: Content, first_line: int = 1) -> dict[str, Any]:
    """A case for commit.lua: written if its revision is still `expected` (0: it is new).
    `first_line` is where the transcript of a new one begins."""
    look_at = next_event(case, content)
    return {
        "id": case.id,
        "json": json.dumps(case.to_json(), ensure_ascii=False),
        "expected": expected,
        "opened": milliseconds(case.opened_at),
        "from": first_line,
        "due": milliseconds(look_at) if look_at else 0,
        "holds": case.is_held,
    }


def fact_json(fact: Fact, conversation: str, at: datetime) -> str:
    """A fact as it stands in the event stream."""
    document = {"type": fact.type, "at": write_utc(at), "conversation": conversation, **fact.about}
    return json.dumps(document)
