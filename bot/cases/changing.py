"""Corrections by people: another topic, severity, tags, details, another team or person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.cases.case import Detail
from bot.cases.filing import dimensions
from bot.cases.handling import NotAllowed, Step, give_to, held_by, note, require_free
from bot.cases.promise import topic_of
from bot.cases.targets import customer_waits, retarget
from bot.playbook.model import Severity

MOST_TAGS = 20
_NO_REASON = "Set by an agent"


@dataclass(frozen=True)
class Changes:
    """What to change; None leaves it. A detail whose value is None becomes missing."""

    topic: str | None = None
    subtopic: str | None = None
    severity: Severity | None = None
    reason: str | None = None
    tags: Sequence[str] | None = None
    details: Mapping[str, str | None] | None = None


def change(step: Step, changes: Changes) -> None:
    """Corrects the case; each change stands in the history with what was there before. A topic of
    another team takes a case that nobody has to that team. Raises NotAllowed (bad_topic,
    bad_subtopic, bad_details, bad_tags) for what the playbook does not know."""
    before = step.case
    for apply in (_topic, _subtopic, _severity, _tags, _details):
        apply(step, changes)
    after = step.case
    if after == before:
        return
    step.put(retarget(before, after, step.now, step.content))
    step.happened("case_changed", agent=step.who, **dimensions(step.case))


def to_team(step: Step, team: str, text: str | None, *, take_over: bool = False) -> None:
    """Moves the case into another team's queue. Raises NotAllowed (bad_team, not_open, held_by)."""
    _require_movable(step, take_over)
    if team not in step.content.playbook.teams:
        raise NotAllowed("bad_team", _valid("team", step.content.playbook.teams))
    if text:
        note(step, text)
    before = step.case
    moved = retarget(before, replace(before, team=team), step.now, step.content)
    moved = customer_waits(moved, step.now, step.content)
    step.put(replace(moved, status="new", assignee=None))
    step.noted("transferred", team=team, before=before.team)
    step.happened("case_transferred", agent=step.who, team=team, to="")


def to_person(step: Step, person: str, text: str | None, *, take_over: bool = False) -> None:
    """Gives the case to somebody, and what else is held of its conversation. Raises NotAllowed
    (not_open, held_by)."""
    _require_movable(step, take_over)
    require_free(step, take_over, step.who, person)
    if text:
        note(step, text)
    before = step.case.assignee
    give_to(step, person)
    step.noted("transferred", person=person, before=before)
    step.happened("case_transferred", agent=step.who, team=step.case.team, to=person)


def _require_movable(step: Step, take_over: bool) -> None:
    if not step.case.is_open:
        raise NotAllowed("not_open", f"this case is {step.case.status}; reopen it first")
    if step.case.is_held and step.case.assignee != step.who and not take_over:
        raise held_by(step.case)


def _topic(step: Step, changes: Changes) -> None:
    if changes.topic is None or changes.topic == step.case.topic:
        return
    playbook = step.content.playbook
    if changes.topic not in playbook.topics:
        raise NotAllowed("bad_topic", _valid("topic", playbook.topics))
    topic = playbook.topics[changes.topic]
    before = step.case
    secondary = tuple(name for name in before.secondary_topics if name != topic.name)
    after = replace(before, topic=topic.name, subtopic=list(topic.subtopics)[-1])
    step.put(replace(after, secondary_topics=secondary))
    step.noted("changed", field="topic", before=before.topic, after=topic.name)
    if not before.is_held and before.is_open and topic.team != before.team:
        step.put(replace(step.case, team=topic.team))
        step.noted("changed", field="team", before=before.team, after=topic.team)


def _subtopic(step: Step, changes: Changes) -> None:
    case = step.case
    if changes.subtopic is None or changes.subtopic == case.subtopic:
        return
    known = topic_of(case, step.content).subtopics
    if changes.subtopic not in known:
        raise NotAllowed("bad_subtopic", _valid("subtopic", known))
    step.put(replace(case, subtopic=changes.subtopic))
    step.noted("changed", field="subtopic", before=case.subtopic, after=changes.subtopic)


def _severity(step: Step, changes: Changes) -> None:
    case, severity = step.case, changes.severity
    if severity is None or severity == case.severity:
        return
    reasons = ((changes.reason or "").strip() or _NO_REASON,)
    step.put(replace(case, severity=severity, severity_reasons=reasons))
    step.noted("changed", field="severity", before=case.severity.word, after=severity.word)


def _tags(step: Step, changes: Changes) -> None:
    if changes.tags is None:
        return
    tags = tuple(dict.fromkeys(tag.strip().lower() for tag in changes.tags if tag.strip()))
    if len(tags) > MOST_TAGS or any(len(tag) > 40 for tag in tags):
        raise NotAllowed("bad_tags", f"a case has up to {MOST_TAGS} tags of up to 40 characters")
    case = step.case
    if tags == case.tags:
        return
    step.put(replace(case, tags=tags))
    step.noted("changed", field="tags", before=", ".join(case.tags), after=", ".join(tags))


def _details(step: Step, changes: Changes) -> None:
    fields = step.content.playbook.fields
    for name, value in (changes.details or {}).items():
        if name not in fields:
            raise NotAllowed("bad_details", _valid("detail", fields))
        case = step.case
        known = case.details.get(name)
        before = known.value if known else None
        given = value.strip() if value and value.strip() else None
        if before == given:
            continue
        detail = Detail(given, "edited" if given else "missing")
        step.put(replace(case, details={**case.details, name: detail}))
        step.noted("changed", field=name, before=before, after=given)


def _valid(what: str, names: Sequence[str] | Mapping[str, object]) -> str:
    return f"unknown {what}; valid are {', '.join(names)}"
