"""Keeps promises honest: before one breaks the customer gets a new one, once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from functools import partial

from bot.cases.case import Case
from bot.cases.filing import calendar_of
from bot.cases.phrasing import Phrasing
from bot.cases.promise import Promise, check_at, is_answered, move_promise, next_promise
from bot.cases.timestamps import read_utc
from bot.cases.turn import Turn
from bot.errors import StoreUnavailable
from bot.handoff.background import keep_going, report
from bot.playbook.content import Content
from bot.store.connection import Clock, Connection, answering
from bot.store.conversations import CaseChanged, Conversations, milliseconds

PROMISE_BROKEN = "promise_broken"
"""The history entry (and fact) of a case that was not answered in time; there is only one."""

HORIZON = timedelta(minutes=20)
"""Cases are looked at so long before they are due; more than any `check_at` asks for."""

_EVERY_SECONDS = 5.0
_LOOK_AGAIN = timedelta(minutes=1)
_NEVER = datetime.max.replace(tzinfo=timezone.utc)
_TRIES = 5


class PromiseKeeper:
    """Any number of processes may run one: a case is changed at the revision it was read at, so
    only one of them moves its promise."""

    def __init__(
        self, connection: Connection, content: Callable[[], Content], clock: Clock = time.time
    ) -> None:
        self._at = connection
        self._conversations = Conversations(connection)
        self._content = content
        self._clock = clock
        self._looks: dict[str, tuple[float, datetime]] = {}

    async def run(self) -> None:
        """Looks every few seconds until cancelled; survives outages of the store."""
        await keep_going("keeping promises", self._look_and_rest)

    async def look(self) -> None:
        """Moves the promises that are about to break now, and notes those that broke."""
        now = datetime.fromtimestamp(self._clock(), timezone.utc)
        due = await self._due(now)
        self._looks = {name: look for name, look in self._looks.items() if name in due}
        for reference, score in due.items():
            known, again_at = self._looks.get(reference, (None, _NEVER))
            if known != score or again_at <= now:
                self._looks[reference] = (score, await self._look_safely(reference, now))

    async def _look_and_rest(self) -> None:
        await self.look()
        await asyncio.sleep(_EVERY_SECONDS)

    async def _due(self, now: datetime) -> dict[str, float]:
        latest = milliseconds(now + HORIZON)
        async with answering():
            found = await self._at.redis.zrangebyscore(
                self._at.keys.one("promises"), "-inf", latest, withscores=True
            )
        return dict(found)

    async def _look_safely(self, reference: str, now: datetime) -> datetime:
        """When to look at the case again, unless its due time changes. A case that cannot be
        handled, such as one of a topic that is no longer there, does not stop the others."""
        try:
            return await self._look_at(reference, now)
        except StoreUnavailable:
            raise
        except Exception as error:
            report(f"the promise of case {reference}", error)
            return now + _LOOK_AGAIN

    async def _look_at(self, reference: str, now: datetime) -> datetime:
        for _ in range(_TRIES):
            found = await self._conversations.case(reference)
            if found is None or is_answered(found[0]):
                return _NEVER
            try:
                return await self._keep(*found, now)
            except CaseChanged:
                continue
        return now

    async def _keep(self, case: Case, revision: int, now: datetime) -> datetime:
        content = self._content()
        topic = content.playbook.topics[case.topic]
        promise = next_promise(case, now, topic, calendar_of(case.team, content))
        breaks = now >= case.sla.respond_by and not case.happened(PROMISE_BROKEN)
        if promise is None and not breaks:
            return _next_look(case, check_at(case, topic), now)
        if await self._agent_spoke(case):
            return now + _LOOK_AGAIN
        turn = self._turn(case, content, now)
        if breaks:
            _note_broken(turn, case)
        if promise is not None:
            _move(turn, turn.case or case, promise)
        await self._conversations.post(turn, case, revision)
        return now + _LOOK_AGAIN

    async def _agent_spoke(self, case: Case) -> bool:
        """Whether a person wrote since the case was opened; a stored case has no transcript."""
        lines = await self._conversations.lines(case.conversation)
        return any(
            line.speaker == "agent" and read_utc(line.at) >= case.opened_at for line in lines
        )

    def _turn(self, case: Case, content: Content, now: datetime) -> Turn:
        return Turn(
            conversation=case.conversation,
            channel=case.channel,
            customer=case.customer,
            text="",
            shown="",
            now=now,
            content=content,
            reference=partial(self._conversations.reference_for, case.conversation),
            visibility=case.visibility,
        )


def _note_broken(turn: Turn, case: Case) -> None:
    turn.put(case.noted(turn.now, "bot", PROMISE_BROKEN))
    turn.happened(PROMISE_BROKEN, case=case.id)


def _move(turn: Turn, case: Case, promise: Promise) -> None:
    say = Phrasing(turn.content, case.customer.language, turn.now)
    due = say.moment(promise.respond_by, calendar_of(case.team, turn.content))
    turn.put(move_promise(case, promise, turn.now))
    turn.replies.append(say.reply("promise", "promise_moved", reference=case.id, due=due))
    turn.happened("promise_moved", case=case.id)


def _next_look(case: Case, check: datetime, now: datetime) -> datetime:
    """At the next moment at which something may be due, at the latest in a minute; never once the
    promise broke and was moved, or cannot be."""
    if case.happened(PROMISE_BROKEN):
        return _NEVER
    ahead = [at for at in (check, case.sla.respond_by) if at > now]
    return min([*ahead, now + _LOOK_AGAIN])
