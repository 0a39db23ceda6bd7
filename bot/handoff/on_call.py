"""Wakes the on-call person for each critical case, again and up the chain, until somebody takes it.

Any number of processes may run an `OnCallDesk`: each fact reaches one of them, and a due alert is
leased to one at a time. An alert is stored before its fact is marked as read, and its next sending
is set before this one leaves, so that a crash makes a sending late or double, never lost.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta, timezone

from bot.cases.case import Case, Entry
from bot.cases.timestamps import write_utc
from bot.errors import StoreUnavailable
from bot.handoff.alerts import Alert, Alerts
from bot.handoff.delivery import Delivery
from bot.handoff.fact_reader import FactReader, StreamFact
from bot.handoff.notice import Notifier
from bot.handoff.settings import HandoffSettings
from bot.handoff.smtp import Mail
from bot.handoff.webhook import Webhook
from bot.playbook.model import Playbook, Severity
from bot.store.connection import Clock, Connection
from bot.store.conversations import Conversations
from bot.tasks import end_tasks, keep_going, report

GROUP = "on_call"
ACKNOWLEDGE_PATH = "/on-call/acknowledge"

_FACTS = ("case_opened", "case_extended", "message_for_person")
_GIVEN_BACK = "case_given_back"
_AT_ONCE = 20
_LOOK_EVERY_SECONDS = 0.5
_OLD = timedelta(hours=24)


def notifiers(settings: HandoffSettings) -> dict[str, Notifier]:
    """The ways that the settings allow: webhook, email."""
    ways: dict[str, Notifier] = {}
    if settings.webhook_secrets:
        ways["webhook"] = Webhook(settings.webhook_secrets)
    if settings.smtp and settings.mail_from:
        ways["email"] = Mail(settings.smtp, settings.mail_from)
    return ways


class OnCallDesk:
    """The on-call side of one prefix. `who` is this process's name, another one for each; `ways`
    are those of `settings` by default."""

    def __init__(
        self,
        connection: Connection,
        playbook: Callable[[], Playbook],
        settings: HandoffSettings,
        who: str,
        ways: Mapping[str, Notifier] | None = None,
        clock: Clock = time.time,
    ) -> None:
        self.alerts = Alerts(connection)
        self._conversations = Conversations(connection)
        self._reader = FactReader(connection, GROUP, who)
        self._clock = clock
        self._bell = asyncio.Event()
        self._sending: set[asyncio.Task[None]] = set()
        self._delivery = Delivery(
            self.alerts,
            playbook,
            notifiers(settings) if ways is None else ways,
            lambda token: f"{settings.public_url}{ACKNOWLEDGE_PATH}/{token}",
        )

    async def run(self) -> None:
        """Reads facts and sends alerts until cancelled; survives outages of the store."""
        try:
            await asyncio.gather(
                keep_going("reading facts for on-call", self.read_facts),
                keep_going("sending alerts", self._send_due),
            )
        finally:
            await end_tasks(*self._sending)

    async def acknowledge(self, token: str, now: datetime) -> str | None:
        """The reference of the case whose alert ends with this; None for an unknown token. The
        second and later times change nothing."""
        while alert := await self.alerts.find(token):
            if alert.acknowledged_at or await self._end(alert, "link", now):
                return alert.case
        return None

    async def read_facts(self) -> None:
        """Takes the facts that are there (waits up to a second for one) and makes their alerts."""
        facts = await self._reader.next()
        await self._reader.done([fact for fact in facts if await self._dealt_with(fact)])

    async def send_due(self) -> None:
        """Sends all that is due now and waits until it is sent."""
        await self._start_due()
        await asyncio.gather(*self._sending)

    def now(self) -> datetime:
        """The desk's clock."""
        return datetime.fromtimestamp(self._clock(), timezone.utc)

    async def _dealt_with(self, fact: StreamFact) -> bool:
        """False when a mistake of ours kept the fact from being read: it will be tried again."""
        try:
            if fact.type in _FACTS and fact.about.get("severity") == Severity.CRITICAL.word:
                await self._open(str(fact.about.get("case")))
            elif fact.type == _GIVEN_BACK:
                await self._open(str(fact.about.get("case")), again=True)
        except StoreUnavailable:
            raise
        except Exception as error:
            report(f"the event {fact.entry}", error)
            return False
        return True

    async def _open(self, reference: str, again: bool = False) -> None:
        """Makes the case's alert, if it has none yet and nobody has the case in hand. `again`: one
        that was acknowledged begins anew, for whoever had the case has fallen silent."""
        now = self.now()
        found = await self._conversations.case(reference)
        if found is None or _in_hand(found[0]) or _long_closed(found[0], now):
            return
        if found[0].severity < Severity.CRITICAL:
            return
        alert = Alert.new(reference, found[0].team, now)
        if await self.alerts.open(alert, now) or (again and await self._begin_again(alert, now)):
            self._bell.set()

    async def _begin_again(self, alert: Alert, now: datetime) -> bool:
        before = await self.alerts.of_case(alert.case)
        if before is None or before.acknowledged_at is None:
            return False
        return await self.alerts.change(before, alert, now, [], now)

    async def _send_due(self) -> None:
        await self._start_due()
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._bell.wait(), _LOOK_EVERY_SECONDS)
        self._bell.clear()

    async def _start_due(self) -> None:
        room = _AT_ONCE - len(self._sending)
        for alert in await self.alerts.take(self.now(), room) if room > 0 else []:
            task = asyncio.create_task(self._send(alert))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)

    async def _send(self, alert: Alert) -> None:
        """A failure of ours leaves the lease to run out, and the alert is taken again."""
        try:
            found = await self._conversations.case(alert.case)
            now = self.now()
            if found is None:
                await self.alerts.change(alert, alert, None, [], now)
            elif _in_hand(found[0]):
                await self._end(alert, "desk", now)
            else:
                await self._delivery.deliver(alert, found[0], now)
        except Exception as error:
            report(f"the alert {alert.id}", error)

    async def _end(self, alert: Alert, by: str, now: datetime) -> bool:
        after = replace(alert, acknowledged_at=write_utc(now))
        facts = [alert.fact("alert_acknowledged", by=by, attempt=alert.attempt)]
        return await self.alerts.change(alert, after, None, facts, now)


def _in_hand(case: Case) -> bool:
    """Whether an agent takes care of the case: one who has it and did something since it is
    critical, or who resolved it. That its customer called it solved is not enough, nor that it got
    critical in the hands of somebody who may be away."""
    if not case.is_held:
        return case.assignee is not None or case.status == "resolved"
    since = next((place for place, entry in enumerate(case.history) if _alarms(entry)), 0)
    return any(
        case.assignee in (entry.who, entry.more.get("person")) for entry in case.history[since:]
    )


def _alarms(entry: Entry) -> bool:
    critical = Severity.CRITICAL.word
    more = entry.more
    return more.get("severity") == critical or (
        more.get("field") == "severity" and more.get("after") == critical
    )


def _long_closed(case: Case, now: datetime) -> bool:
    """Such cases turn up when the desk reads an old stream for the first time."""
    return case.status == "closed" and now - case.opened_at > _OLD
