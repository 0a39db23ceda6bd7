"""The team's targets: first response, next response and resolution, in its open time.

They run while a person owes an answer; while the customer is waited for, resolution stands still.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

from bot.cases.case import Case, Sla
from bot.cases.promise import calendar_of, team_of, topic_of
from bot.cases.timestamps import write_utc
from bot.playbook.content import Content
from bot.playbook.hours import Calendar
from bot.playbook.model import Severity

Target = Literal["first_response", "next_response", "resolution"]

TARGET_WARNED, TARGET_BREACHED = "target_warned", "target_breached"
"""History entries, with the target and the moment it was due."""


def running(case: Case) -> dict[Target, datetime]:
    """The targets whose clocks run, and when they run out (aware, UTC)."""
    if case.status not in ("new", "claimed"):
        return {}
    sla = case.sla
    clocks: dict[Target, datetime | None] = {"resolution": sla.resolve_by}
    if case.reply_at is None and sla.next_response_by is None:
        clocks["first_response"] = sla.first_response_by
    else:
        clocks["next_response"] = sla.next_response_by
    return {target: at for target, at in clocks.items() if at is not None}


def start(case: Case, content: Content) -> Case:
    """The clocks of a case that was just opened; its promise is the first response's target."""
    resolve_by = _from(case.opened_at, case, "resolution", content)
    sla = replace(case.sla, first_response_by=case.sla.respond_by, resolve_by=resolve_by)
    return replace(case, sla=sla)


def customer_waits(case: Case, at: datetime, content: Content) -> Case:
    """The clocks from `at` on, when the customer waits for a person: for the next answer where
    there was one, and for the solution."""
    sla = _resumed(case, at, content)
    if sla.next_response_by is None and (case.reply_at is not None or not case.is_open):
        next_by = _from(at, case, "next_response", content)
        sla = replace(sla, next_response_by=next_by, respond_by=next_by)
    return replace(case, sla=sla)


def person_waits(case: Case, at: datetime, content: Content) -> Case:
    """The clocks from `at` on, when the customer has our answer: they stand still."""
    sla = replace(case.sla, next_response_by=None)
    if sla.resolve_by is not None:
        left = _open_time(at, sla.resolve_by, calendar_of(case.team, content))
        sla = replace(sla, resolve_by=None, resolve_left=int(left.total_seconds()))
    return replace(case, sla=sla)


def retarget(before: Case, after: Case, now: datetime, content: Content) -> Case:
    """The clocks of a case whose topic, severity or team was changed at `now`.

    Where it got worse they run from `now`; else, and always for the resolution, the open time that
    was used stays used. What the customer was promised never moves back.
    """
    if _aims(before) == _aims(after):
        return after
    sla, worse = after.sla, after.severity > before.severity
    if sla.next_response_by is not None:
        next_by = min(_from(now, after, "next_response", content), sla.next_response_by)
        sla = replace(sla, next_response_by=next_by)
    if worse:
        owed: Target = "first_response" if sla.next_response_by is None else "next_response"
        respond_by = min(_from(now, after, owed, content), sla.respond_by)
        sla = replace(sla, respond_by=respond_by)
    if sla.first_response_by is not None and after.reply_at is None:
        first_by = _moved(before, after, "first_response", sla.first_response_by, now, content)
        if worse:
            first_by = min(_from(now, after, "first_response", content), sla.first_response_by)
        sla = replace(sla, first_response_by=first_by)
    return replace(after, sla=_resolution(before, replace(after, sla=sla), now, content))


def was_noted(case: Case, what: str, target: Target, at: datetime) -> bool:
    """Whether the warning or breach of a target that runs out `at` stands in the history. First
    response and resolution have one each; the next response one for each answer."""
    return any(
        entry.what == what
        and entry.more.get("target") == target
        and (target != "next_response" or entry.more.get("due") == write_utc(at))
        for entry in case.history
    )


def wanted_time(case: Case, target: Target, content: Content) -> timedelta:
    """The open time a target gives."""
    if target == "first_response":
        return topic_of(case, content).sla[case.severity]
    targets = team_of(case.team, content).targets
    chosen = targets.next_response if target == "next_response" else targets.resolution
    return chosen[case.severity]


def _aims(case: Case) -> tuple[str, Severity, str]:
    """What its targets depend on."""
    return case.topic, case.severity, case.team


def _from(at: datetime, case: Case, target: Target, content: Content) -> datetime:
    return calendar_of(case.team, content).add_business(at, wanted_time(case, target, content))


def _moved(
    before: Case, after: Case, target: Target, by: datetime, now: datetime, content: Content
) -> datetime:
    """When a target ends that ran until `by`: the new time less what was used of the old one."""
    left = _open_time(now, by, calendar_of(before.team, content))
    more = wanted_time(after, target, content) - wanted_time(before, target, content)
    return _in_open_time(now, left + more, calendar_of(after.team, content))


def _resolution(before: Case, after: Case, now: datetime, content: Content) -> Sla:
    sla = after.sla
    if sla.resolve_by is not None:
        by = _moved(before, after, "resolution", sla.resolve_by, now, content)
        return replace(sla, resolve_by=by)
    if sla.resolve_left is None:
        return sla
    old, new = (wanted_time(case, "resolution", content) for case in (before, after))
    return replace(sla, resolve_left=sla.resolve_left + int((new - old).total_seconds()))


def _resumed(case: Case, at: datetime, content: Content) -> Sla:
    left = case.sla.resolve_left
    if left is None:
        return case.sla
    by = _in_open_time(at, timedelta(seconds=left), calendar_of(case.team, content))
    return replace(case.sla, resolve_by=by, resolve_left=None)


def _open_time(at: datetime, until: datetime, calendar: Calendar) -> timedelta:
    """The open time from `at` to `until`, below zero when that is past."""
    if until >= at:
        return calendar.business_between(at, until)
    return -calendar.business_between(until, at)


def _in_open_time(at: datetime, left: timedelta, calendar: Calendar) -> datetime:
    """When `left` of open time has passed since `at`; before `at` when it is below zero, so that
    what was late stays as late as it was."""
    if left > timedelta(0):
        return calendar.add_business(at, left)
    back = timedelta(days=1) - left
    while (passed := calendar.business_between(at - back, at)) <= -left:
        back *= 2
    return calendar.add_business(at - back, passed + left)
