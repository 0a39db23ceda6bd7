"""What the facts tell of one case, of one contact, and of one thing customers used."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from datetime import datetime, timedelta

CONTACT_GAP = timedelta(hours=24)
"""A message that comes this long after the one before, or later, begins a new contact."""
UNAIDED_AFTER = timedelta(hours=72)
"""So long after its last message a contact may still need a person."""

Interval = tuple[datetime, datetime]


@dataclass(slots=True)
class CaseRecord:
    """A case as its facts tell it. topic, subtopic, team and severity are as told last; channel,
    language and sentiment as at the opening; `agent` is who claimed it or was given it last.

    `promises` are (told at, respond by) in order. `waits` are the customer's waits for a next
    answer that ended; `pauses` the times in which the clock of the resolution stood, and that
    ended; these may overlap. `done_at` is when the case was last resolved or closed, unless it was
    reopened then.
    """

    id: str
    conversation: str
    opened_at: datetime
    channel: str
    language: str
    sentiment: str
    topic: str = ""
    subtopic: str = ""
    team: str = ""
    severity: str = ""
    agent: str = ""
    promises: tuple[Interval, ...] = ()
    promise_moved: bool = False
    replied_at: datetime | None = None
    resolved_at: datetime | None = None
    done_at: datetime | None = None
    unneeded: bool = False
    waits: tuple[Interval, ...] = ()
    pauses: tuple[Interval, ...] = ()
    rating: int | None = None
    breached: frozenset[str] = frozenset()
    asked_since: datetime | None = None
    waiting_since: datetime | None = None
    over_since: datetime | None = None

    @property
    def matter(self) -> str:
        """Such as `billing/refund`; "" for a case nothing was told of."""
        return f"{self.topic}/{self.subtopic}" if self.topic else ""

    @property
    def answered_at(self) -> datetime | None:
        """The answer that counts for the promise: a case that was resolved without any reply was
        answered by that."""
        return self.replied_at or self.resolved_at

    def promise_at(self, moment: datetime) -> datetime | None:
        """By when the customer was to have an answer, as told before or at `moment`."""
        told = [respond_by for told_at, respond_by in self.promises if told_at <= moment]
        return told[-1] if told else None

    def replied(self, at: datetime, waits: bool) -> None:
        """A person answered; `waits`: the ball is with the customer now."""
        self.replied_at = self.replied_at or at
        if self.asked_since is not None:
            self.waits += ((self.asked_since, at),)
            self.asked_since = None
        if not waits:
            self.go_on(at)
        elif self.waiting_since is None:
            self.waiting_since = at

    def asked(self, at: datetime) -> None:
        """The customer wants another answer."""
        if self.replied_at is not None and self.asked_since is None:
            self.asked_since = at

    def go_on(self, at: datetime) -> None:
        """The ball is no longer with the customer."""
        if self.waiting_since is not None:
            self.pauses += ((self.waiting_since, at),)
            self.waiting_since = None

    def ended(self, at: datetime, by_customer: bool) -> None:
        self.go_on(at)
        self.done_at = at
        self.over_since = self.over_since or at
        self.unneeded = by_customer and self.replied_at is None
        if not by_customer:
            self.resolved_at = self.resolved_at or at

    def reopened(self, at: datetime) -> None:
        self.go_on(at)
        if self.over_since is not None:
            self.pauses += ((self.over_since, at),)
        self.done_at = self.over_since = None
        self.unneeded = False


@dataclass(slots=True)
class Contact:
    """A run of a conversation's messages in which each comes less than a day after the one before.

    `case` is the first case opened in it. `answered`: the bot said something. `aided`: a case was
    opened or added to, or a person wrote, from its first message until `UNAIDED_AFTER` its last.
    """

    conversation: str
    first_at: datetime
    last_at: datetime
    messages: int = 1
    language: str = ""
    case: CaseRecord | None = None
    answered: bool = False
    aided: bool = False

    @property
    def channel(self) -> str:
        return self.conversation.partition(":")[0]

    @property
    def decided_at(self) -> datetime:
        """From when on it is known whether it needed a person."""
        return self.last_at + UNAIDED_AFTER


@dataclass(slots=True)
class Uses:
    """How often one thing was used: when (seconds since the epoch), and in which conversation."""

    seconds: array[float] = field(default_factory=lambda: array("d"))
    conversations: list[str] = field(default_factory=list)

    def add(self, at: datetime, conversation: str) -> None:
        self.seconds.append(at.timestamp())
        self.conversations.append(conversation)

    def between(self, start: datetime, end: datetime) -> list[str]:
        """The conversations of the uses from `start` until before `end`, one for each use."""
        first, last = start.timestamp(), end.timestamp()
        pairs = zip(self.seconds, self.conversations, strict=True)
        return [conversation for second, conversation in pairs if first <= second < last]
