"""One alert at a time: decides what is due, sends it, and writes down what became of it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.cases.case import Case
from bot.cases.on_call import Attempt, wake
from bot.cases.timestamps import read_utc, write_utc
from bot.cases.turn import Fact
from bot.errors import NotifierFailed
from bot.handoff.alerts import Alert, Alerts
from bot.handoff.chain import (
    addresses,
    reachable_chain,
    regular_attempts,
    unreachable_steps,
    with_vigil,
)
from bot.handoff.notice import Notice, Notifier
from bot.playbook.model import OnCallStep, Playbook

RETRY_AFTER = timedelta(seconds=10)
LONGEST_RETRY = timedelta(seconds=60)
_LOOK_AGAIN = timedelta(minutes=1)
_GIVE_UP_AFTER = timedelta(hours=24)

_log = logging.getLogger("nightdesk.handoff")


@dataclass(frozen=True)
class _Plan:
    """What to send now (`to`: way -> address, empty when nothing is due), and when the chain goes
    on."""

    attempt: Attempt
    to: Mapping[str, str]
    tries: int
    next_at: datetime | None


class Delivery:
    """Sends what is due of an alert. `notifiers` are the usable ways: webhook, email."""

    def __init__(
        self,
        alerts: Alerts,
        playbook: Callable[[], Playbook],
        notifiers: Mapping[str, Notifier],
        link: Callable[[str], str],
    ) -> None:
        self._alerts = alerts
        self._playbook = playbook
        self._notifiers = notifiers
        self._link = link

    async def deliver(self, alert: Alert, case: Case, now: datetime) -> None:
        """Makes the attempt that is due, or tries again what failed of the last one."""
        playbook = self._playbook()
        noted, facts = self._note_unreachable(alert, playbook)
        chain = reachable_chain(alert.team, playbook, self._notifiers)
        plan = self._plan(alert, with_vigil(chain), now)
        if plan is None:
            return await self._wait_for_an_address(alert, noted, facts, now)
        noted, more = _note_exhausted(noted, plan, regular_attempts(chain))
        outcome = await self._send(alert, case, plan, now)
        failed = [way for way, reason in outcome.items() if reason]
        after = replace(
            noted, attempt=plan.attempt.number, failed=",".join(failed), tries=plan.tries
        )
        facts = [*facts, *more, *_outcome_facts(after, outcome)]
        await self._write(alert, after, _next(after, plan, now), facts, now)

    def _plan(self, alert: Alert, chain: tuple[OnCallStep, ...], now: datetime) -> _Plan | None:
        woken = wake(chain, read_utc(alert.begins_at), None, now)
        attempt = woken.attempt
        if attempt is None:
            return None
        to = addresses(attempt.step, self._notifiers)
        if attempt.number > alert.attempt:
            return _Plan(attempt, to, 1, woken.next_at)
        again = {way: to[way] for way in alert.failed_ways if way in to}
        return _Plan(attempt, again, alert.tries + 1, woken.next_at)

    def _note_unreachable(self, alert: Alert, playbook: Playbook) -> tuple[Alert, list[Fact]]:
        """Once an alert: which steps of the team nobody can be reached by."""
        if alert.has_noted("checked"):
            return alert, []
        steps = unreachable_steps(alert.team, playbook, self._notifiers)
        for step in steps.values():
            _log.warning("nobody can be reached by step %s of team %s", step.name, alert.team)
        facts = [alert.fact("alert_unreachable", team=alert.team, step=number) for number in steps]
        return alert.note("checked"), facts

    async def _wait_for_an_address(
        self, alert: Alert, noted: Alert, facts: list[Fact], now: datetime
    ) -> None:
        """Nobody at all can be reached: looks again each minute for a day, as somebody may mend the
        settings, and starts with the first step then."""
        if not alert.has_noted("nobody"):
            _log.error("nobody can be reached for the critical case %s", alert.case)
            noted = noted.note("nobody")
            facts = [*facts, alert.fact("alert_unreachable", team=alert.team, step=0)]
        over = now - read_utc(alert.created_at) > _GIVE_UP_AFTER
        after = replace(noted, begins_at=write_utc(now + _LOOK_AGAIN))
        await self._write(alert, after, None if over else now + _LOOK_AGAIN, facts, now)

    async def _send(self, alert: Alert, case: Case, plan: _Plan, now: datetime) -> dict[str, str]:
        """Way -> what went wrong, '' when it was taken. One way's failure does not stop another."""
        topic = self._playbook().topics.get(case.topic)
        notice = Notice(
            alert=alert.id,
            attempt=plan.attempt.number,
            sent_at=now,
            case=case,
            topic=topic.label.get("en", case.topic) if topic else case.topic,
            step=plan.attempt.step.name,
            acknowledge_url=self._link(alert.token),
        )
        sending = [self._try(way, address, notice) for way, address in plan.to.items()]
        return dict(zip(plan.to, await asyncio.gather(*sending), strict=True))

    async def _try(self, way: str, address: str, notice: Notice) -> str:
        try:
            await self._notifiers[way].send(address, notice)
        except NotifierFailed as error:
            _log.warning(
                "alert %s, attempt %d, failed by %s: %s", notice.alert, notice.attempt, way, error
            )
            return str(error)
        return ""

    async def _write(
        self, alert: Alert, after: Alert, due: datetime | None, facts: list[Fact], now: datetime
    ) -> None:
        """What was sent was sent, also when somebody acknowledged meanwhile."""
        if not await self._alerts.change(alert, after, due, facts, now):
            await self._alerts.note(facts, now)


def _note_exhausted(alert: Alert, plan: _Plan, regular: int) -> tuple[Alert, list[Fact]]:
    """Once an alert: that its chain is at the end and nobody has acknowledged."""
    if plan.attempt.number <= regular or alert.has_noted("exhausted"):
        return alert, []
    _log.error("nobody on call has acknowledged the critical case %s", alert.case)
    return alert.note("exhausted"), [alert.fact("alert_exhausted", team=alert.team)]


def _outcome_facts(alert: Alert, outcome: Mapping[str, str]) -> Iterable[Fact]:
    for way, reason in outcome.items():
        if reason:
            yield alert.fact("alert_failed", attempt=alert.attempt, way=way, reason=reason)
        else:
            yield alert.fact("alert_sent", attempt=alert.attempt, way=way)


def _next(alert: Alert, plan: _Plan, now: datetime) -> datetime | None:
    """When the alert is due again: soon for what failed, else when the chain goes on."""
    if plan.next_at is None or not alert.failed:
        return plan.next_at
    pause = min(RETRY_AFTER * (1 << min(alert.tries - 1, 10)), LONGEST_RETRY)
    return min(plan.next_at, now + pause)
