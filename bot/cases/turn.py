"""One turn of a conversation: what it starts from, and what it prepares to be written at once.

A worker fills the first half, the assistant (Rasa and the actions) the second; then the store
writes everything in one atomic step. Nothing in here talks to a database or a framework.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.cases.case import Case, Customer, Visibility
from bot.playbook.content import Content


@dataclass(frozen=True)
class Reply:
    """Something the bot says. `buttons` are (title, payload); `kind` is what it is for, one of
    text, answer, offer, ask, receipt, human, safety, ladder, ..."""

    text: str
    buttons: tuple[tuple[str, str], ...] = ()
    kind: str = "text"


@dataclass(frozen=True)
class Fact:
    """Something that happened, for the event stream: ids, types and numbers, never text."""

    type: str
    about: Mapping[str, str | int | bool] = field(default_factory=dict)


@dataclass
class Turn:
    """What the worker fills in: `text` is what Rasa gets (a button's payload, or the words) and
    `shown` what the customer sees of it; `private_url` is the platform's deep link into private
    messages, for public ones; `state` is Rasa's compact state ('' when new), replaced by the turn;
    `case` is the one a person holds the conversation by, else its latest open one, else its latest,
    and `cases` are all that are known of it; `reference(n)` gives the reference of its n-th case,
    however often it is asked; `repeat_contacts` counts the customer's cases that were not solved;
    `line` is the turn's first line in the transcript.

    What the turn leaves: cases it opened or changed in `changed`, where the transcript of a new one
    begins in `opened_from`, facts, and replies. `answered` is set when the dialogue was asked; what
    it says is in `prepared`, and in `replies` when it went through Rasa's output channel. What the
    work took is in `understand_seconds` and, a part of it, `encode_seconds` (None: not done); a
    sentence vector was found in memory `recalled` times. `judged` is the memory of filing.judge.
    """

    conversation: str
    channel: str
    customer: Customer
    text: str
    shown: str
    now: datetime
    content: Content
    reference: Callable[[int], Awaitable[str]]
    visibility: Visibility = "private"
    private_url: str = ""
    state: str = ""
    case: Case | None = None
    cases: tuple[Case, ...] = ()
    repeat_contacts: int = 0
    answered: bool = False
    prepared: list[Reply] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    changed: dict[str, Case] = field(default_factory=dict)
    line: int = 1
    opened_from: dict[str, int] = field(default_factory=dict)
    understand_seconds: float | None = None
    encode_seconds: float | None = None
    recalled: int = 0
    judged: list[tuple[Any, ...]] = field(default_factory=list, repr=False)

    def happened(self, type_: str, /, **about: str | int | bool) -> None:
        """Notes a fact for the event stream."""
        self.facts.append(Fact(type_, about))

    def put(self, case: Case) -> None:
        """Opens or changes a case; it becomes the conversation's latest."""
        self.case = case
        self.changed[case.id] = case


_in_hand: ContextVar[Turn] = ContextVar("turn")


@contextmanager
def turn_in_hand(turn: Turn) -> Iterator[Turn]:
    """Makes `turn` the current one for everything called inside."""
    token = _in_hand.set(turn)
    try:
        yield turn
    finally:
        _in_hand.reset(token)


def current_turn() -> Turn:
    """The turn being handled. Raises LookupError outside one."""
    return _in_hand.get()


def note_understanding(seconds: float) -> None:
    """What the understanding of the current turn took; nothing is noted outside one."""
    turn = _in_hand.get(None)
    if turn is not None:
        turn.understand_seconds = (turn.understand_seconds or 0.0) + seconds


def note_encoding(seconds: float, recalled: bool) -> None:
    """A sentence vector was wanted in the current turn, and encoded or found in memory."""
    turn = _in_hand.get(None)
    if turn is None:
        return
    if recalled:
        turn.recalled += 1
    else:
        turn.encode_seconds = (turn.encode_seconds or 0.0) + seconds
