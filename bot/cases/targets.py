"""The team's targets: first response, next response and resolution, in its open time.

They run while a person owes an answer; while the customer is waited for, resolution stands still.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

from bot.cases.case import Case, Sla
from bot.cases.promise import calendar_of, due
from bot.cases.timestamps import write_utc
from bot.playbook.content import Content

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
    calendar = calendar_of(case.team, content)
    resolution = wanted_time(case, "resolution", content)
    return replace(
        case,
        sla=replace(
            case.sla,
            first_response_by=case.sla.respond_by,
            resolve_by=calendar.add_business(case.opened_at, resolution),
        ),
    )


def customer_waits(case: Case, at: datetime, content: Content) -> Case:
    """The clocks from `at` on, when the customer waits for a person: for the next answer where
    there was one, and for the solution."""
    sla = _resumed(case, at, content)
    if sla.next_response_by is None and (case.reply_at is not None or not case.is_open):
        wanted = wanted_time(case, "next_response", content)
        next_by = calendar_of(case.team, content).add_business(at, wanted)
        sla = replace(sla, next_response_by=next_by, respond_by=next_by)
    return replace(case, sla=sla)


def person_waits(case: Case, at: datetime, content: Content) -> Case:
    """The clocks from `at` on, when the customer has our answer: they stand still."""
    sla = replace(case.sla, next_response_by=None)
    if sla.resolve_by is not None:
        left = _open_seconds(case, at, sla.resolve_by, content)
        sla = replace(sla, resolve_by=None, resolve_left=left)
    return replace(case, sla=sla)


def retarget(before: Case, after: Case, now: datetime, content: Content) -> Case:
    """The clocks of a case whose topic, severity or team was changed at `now`.

    Where it got worse they run from `now`, else from where they began; the open time that the
    resolution used stays used. What the customer was promised never moves back.
    """
    worse = after.severity > before.severity
    topic, calendar = content.playbook.topics[after.topic], calendar_of(after.team, content)
    sla = after.sla
    if worse:
        from_now = due(now, after.severity, topic, calendar)
        sla = replace(sla, respond_by=min(sla.respond_by, from_now))
    if after.reply_at is None:
        first_by = due(now if worse else after.opened_at, after.severity, topic, calendar)
        if worse and sla.first_response_by is not None:
            first_by = min(first_by, sla.first_response_by)
        sla = replace(sla, first_response_by=first_by)
    if sla.next_response_by is not None:
        wanted = wanted_time(after, "next_response", content)
        next_by = min(calendar.add_business(now, wanted), sla.next_response_by)
        sla = replace(sla, next_response_by=next_by)
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
        return content.playbook.topics[case.topic].sla[case.severity]
    targets = content.playbook.teams[case.team].targets
    chosen = targets.next_response if target == "next_response" else targets.resolution
    return chosen[case.severity]


def _resolution(before: Case, after: Case, now: datetime, content: Content) -> Sla:
    """The new target less the time that was used of the old one."""
    sla = after.sla
    left = sla.resolve_left
    if sla.resolve_by is not None:
        left = _open_seconds(before, now, sla.resolve_by, content)
    if left is None:
        return sla
    old = wanted_time(before, "resolution", content).total_seconds()
    new = wanted_time(after, "resolution", content).total_seconds()
    paused = replace(sla, resolve_by=None, resolve_left=int(left + new - old))
    if sla.resolve_by is None:
        return paused
    return _resumed(replace(after, sla=paused), now, content)


def _resumed(case: Case, at: datetime, content: Content) -> Sla:
    left = case.sla.resolve_left
    if left is None:
        return case.sla
    calendar = calendar_of(case.team, content)
    resolve_by = calendar.add_business(at, timedelta(seconds=left)) if left > 0 else at
    return replace(case.sla, resolve_by=resolve_by, resolve_left=None)


def _open_seconds(case: Case, at: datetime, until: datetime, content: Content) -> int:
    """The team's open time from `at` until `until`, below zero when that is past."""
    calendar = calendar_of(case.team, content)
    if until >= at:
        return int(calendar.business_between(at, until).total_seconds())
    return -int(calendar.business_between(until, at).total_seconds())
