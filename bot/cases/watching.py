"""What happens to a case by the clock: warnings and breaches of targets, a promise that is about to
break, an agent who stays silent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from bot.cases.case import Case, Entry
from bot.cases.handling import Step, give_back, remind
from bot.cases.phrasing import Phrasing
from bot.cases.promise import (
    calendar_of,
    check_at,
    move_promise,
    next_promise,
    notice_of,
    topic_of,
)
from bot.cases.targets import (
    TARGET_BREACHED,
    TARGET_WARNED,
    Target,
    running,
    wanted_time,
    was_noted,
)
from bot.cases.timestamps import write_utc
from bot.playbook.content import Content
from bot.playbook.model import TakeOver

PROMISE_BROKEN = "promise_broken"
"""The history entry (and fact) of a promise that was not kept, with the moment it was for."""

_WORDS = ("message_added", "customer_replied", "reopened")
"""History entries of what a customer wrote."""


def next_event(case: Case, content: Content) -> datetime | None:
    """When the clock has to look at the case next; a moment in the past means: now. None when
    nothing will come of itself."""
    return min(_events(case, content), default=None)


def watch(step: Step) -> None:
    """Does what is due at `step.now`. Nothing changes when nothing is."""
    case, now = step.case, step.now
    if case.status not in ("new", "claimed"):
        return
    for target, at in running(case).items():
        _watch_target(step, target, at)
    if now >= case.sla.respond_by and not _broken(case):
        step.noted(PROMISE_BROKEN, due=write_utc(case.sla.respond_by))
        step.happened(PROMISE_BROKEN, due=write_utc(case.sla.respond_by))
    _watch_agent(step)
    _move_promise(step)


def silent_since(case: Case) -> datetime | None:
    """Since when the customer hears nothing from the agent who has the case and owes an answer:
    from the agent's last deed on it, or the customer's next words. An agent who answered and owes
    more is silent only from when the next response is due. None when nobody has it."""
    if not case.is_held or case.status != "claimed":
        return None
    deeds = [entry for entry in case.history if _is_deed(entry, case)]
    since = deeds[-1].at if deeds else case.opened_at
    talk = [entry for entry in case.history if entry.what in (*_WORDS, "replied")]
    words = [entry.at for entry in talk if entry.what in _WORDS and entry.at >= since]
    if words:
        return words[0]
    answered = bool(talk) and talk[-1].what == "replied"
    next_by = case.sla.next_response_by
    return max(since, next_by) if answered and next_by is not None else since


def _is_deed(entry: Entry, case: Case) -> bool:
    return case.assignee in (entry.who, entry.more.get("person"))


def _watch_target(step: Step, target: Target, at: datetime) -> None:
    notice = notice_of(wanted_time(step.case, target, step.content))
    if step.now >= at:
        what = TARGET_BREACHED
    elif step.now >= at - notice:
        what = TARGET_WARNED
    else:
        return
    if not was_noted(step.case, what, target, at):
        step.noted(what, target=target, due=write_utc(at))
        step.happened(what, target=target, due=write_utc(at))


def _watch_agent(step: Step) -> None:
    since = silent_since(step.case)
    if since is None:
        return
    rules = step.content.playbook.take_over
    if step.now >= since + rules.give_back_after:
        give_back(step)
    elif step.now >= since + rules.remind_after and not _reminded(step.case, since):
        remind(step)


def _move_promise(step: Step) -> None:
    """The customer hears a new promise before the old one breaks, once a case."""
    case, content = step.case, step.content
    calendar = calendar_of(case.team, content)
    promise = next_promise(case, step.now, topic_of(case, content), calendar)
    if promise is None:
        return
    say = Phrasing(content, case.customer.language, step.now)
    due = say.moment(promise.respond_by, calendar)
    step.put(move_promise(case, promise, step.now))
    step.bot_says(say.reply("promise", "promise_moved", reference=case.id, due=due))
    step.happened("promise_moved", respond_by=write_utc(promise.respond_by))


def _events(case: Case, content: Content) -> Iterator[datetime]:
    if case.status not in ("new", "claimed"):
        return
    for target, at in running(case).items():
        notice = notice_of(wanted_time(case, target, content))
        if not was_noted(case, TARGET_BREACHED, target, at):
            warned = was_noted(case, TARGET_WARNED, target, at)
            yield at if warned else at - notice
    if not _broken(case):
        moved = case.happened("promise_moved")
        yield case.sla.respond_by if moved else check_at(case, topic_of(case, content))
    yield from _agents_times(case, content.playbook.take_over)


def _agents_times(case: Case, rules: TakeOver) -> Iterator[datetime]:
    since = silent_since(case)
    if since is None:
        return
    if not _reminded(case, since):
        yield since + rules.remind_after
    yield since + rules.give_back_after


def _reminded(case: Case, since: datetime) -> bool:
    return any(entry.what == "reminded" and entry.at >= since for entry in case.history)


def _broken(case: Case) -> bool:
    """Whether it is noted that the promise in force broke."""
    due = write_utc(case.sla.respond_by)
    return any(
        entry.what == PROMISE_BROKEN and entry.more.get("due", due) == due for entry in case.history
    )
