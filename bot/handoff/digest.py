"""Makes each team's digest when its day begins, and sends it to where the playbook says.

Any number of processes may run this: of a team's opening one of them makes the digest, and each
sending is in one's hands at a time. A process that starts up to four hours late makes up for it.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from itertools import takewhile

from bot.cases.case import Case
from bot.cases.timestamps import read_utc, write_utc
from bot.errors import NotifierFailed, StoreUnavailable
from bot.handoff.digest_content import fold_digest
from bot.handoff.digest_letter import DigestLetter
from bot.handoff.digest_times import Opening, latest_opening
from bot.handoff.notice import Notifier
from bot.handoff.on_call import notifiers
from bot.handoff.settings import HandoffSettings
from bot.playbook.content import Content
from bot.playbook.model import Team
from bot.store.cases import Cases
from bot.store.connection import Clock, Connection
from bot.store.digests import Digest, Digests, Sending
from bot.store.index import CaseIndex, Wanted
from bot.tasks import keep_going, report

LATE = timedelta(hours=4)
"""A digest that is this late would tell nobody anything."""

RETRY_AFTER = timedelta(seconds=10)
LONGEST_RETRY = timedelta(minutes=10)
GIVE_UP_AFTER = timedelta(hours=1)
DIGEST_PATH = "/desk/digest"

_OPEN = frozenset(("new", "claimed", "waiting"))
_EVERY_SECONDS = 5.0
_AT_ONCE = 20
_READ_AT_ONCE = 50

_log = logging.getLogger("nightdesk.handoff")


class MorningDigests:
    """The digests of one prefix. `ways` are those of `settings` by default."""

    def __init__(
        self,
        connection: Connection,
        index: CaseIndex,
        content: Callable[[], Content],
        settings: HandoffSettings,
        ways: Mapping[str, Notifier] | None = None,
        clock: Clock = time.time,
    ) -> None:
        self._digests = Digests(connection)
        self._cases = Cases(connection)
        self._index = index
        self._content = content
        self._ways = notifiers(settings) if ways is None else ways
        self._url = f"{settings.public_url}{DIGEST_PATH}"
        self._clock = clock
        self._failing: set[str] = set()

    async def run(self) -> None:
        """Looks every few seconds until cancelled; survives outages of the store."""
        await keep_going("morning digests", self._look_and_rest)

    async def make_due(self) -> None:
        """Makes the digests that are due and were not made. One team's trouble is not another's."""
        for team in self._content().playbook.teams.values():
            try:
                await self._make(team)
                self._failing.discard(team.name)
            except StoreUnavailable:
                raise
            except Exception as error:
                if team.name not in self._failing:
                    report(f"the digest of team {team.name}", error)
                self._failing.add(team.name)

    async def send_due(self) -> None:
        """Sends what is due now and waits until it is sent."""
        sendings = await self._digests.take(self._now(), _AT_ONCE)
        await asyncio.gather(*map(self._send, sendings))

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), timezone.utc)

    async def _look_and_rest(self) -> None:
        await self.make_due()
        await self.send_due()
        await asyncio.sleep(_EVERY_SECONDS)

    async def _make(self, team: Team) -> None:
        now = self._now()
        opening = latest_opening(self._content().calendars[team.calendar], now, LATE)
        if opening is None or await self._digests.exists(team.name, write_utc(opening.at)):
            return
        cases = await self._cases_of(team.name, opening)
        digest = await asyncio.to_thread(fold_digest, team.name, opening, cases, now)
        if await self._digests.make(digest, self._addresses(team), now):
            _log.info("the digest of team %s is made", team.name)

    async def _cases_of(self, team: str, opening: Opening) -> list[Case]:
        """The team's open cases, and those opened since the end of its last hours."""
        await self._index.catch_up()
        its = ("team", frozenset([team]))
        still_open = self._index.find(Wanted((("status", _OPEN), its)), "queue", 0, sys.maxsize)
        newest = self._index.find(Wanted((its,)), "newest", 0, sys.maxsize)
        came = takewhile(lambda row: row.opened[0] >= opening.since, newest.rows)
        wanted = list(dict.fromkeys(row.id for row in (*still_open.rows, *came)))
        cases: list[Case] = []
        for begin in range(0, len(wanted), _READ_AT_ONCE):
            cases += await self._cases.several(wanted[begin : begin + _READ_AT_ONCE])
        return cases

    def _addresses(self, team: Team) -> dict[str, str]:
        """Way -> address, of the ways (webhook, email) that can be used."""
        given = team.digest
        known = {"webhook": given.webhook, "email": given.email} if given else {}
        return {way: address for way, address in known.items() if address and way in self._ways}

    async def _send(self, sending: Sending) -> None:
        """A failure of the store leaves the lease to run out, and it is taken again."""
        try:
            digest = await self._digests.get(sending.team, sending.opens_at)
            team = self._content().playbook.teams.get(sending.team)
            address = self._addresses(team).get(sending.way) if team else None
            if digest is None or address is None:
                return await self._digests.end(sending)
            reason = await self._try(sending, digest, address)
            await self._note(sending, digest, reason)
        except StoreUnavailable as error:
            report(f"the digest of team {sending.team}", error)

    async def _try(self, sending: Sending, digest: Digest, address: str) -> str:
        """What went wrong, in one word; '' when it was taken."""
        try:
            letter = DigestLetter.of(digest, self._content(), self._now(), self._url)
            await self._ways[sending.way].send(address, letter)
        except NotifierFailed as error:
            _log.warning("the digest %s failed by %s: %s", digest.id, sending.way, error)
            return str(error)
        except Exception as error:
            report(f"the digest {digest.id}", error)
            return type(error).__name__
        return ""

    async def _note(self, sending: Sending, digest: Digest, reason: str) -> None:
        """The pauses grow with the time that has passed, from ten seconds to ten minutes."""
        if not reason:
            return await self._digests.end(sending)
        now, made_at = self._now(), read_utc(digest.made_at)
        pause = min(max(now - made_at, RETRY_AFTER), LONGEST_RETRY)
        if now < made_at + GIVE_UP_AFTER:
            until = min(now + pause, made_at + GIVE_UP_AFTER)
            return await self._digests.put_off(sending, until)
        _log.error("the digest %s was not taken by %s", digest.id, sending.way)
        await self._digests.give_up(sending, reason, now)
