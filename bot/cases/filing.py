"""Makes a case out of an intake, and adds what the customer says later to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from bot.cases.case import Case, Entry, Sla, Status
from bot.cases.details import known
from bot.cases.problem import FALLBACK_TOPIC
from bot.cases.promise import Promise, calendar_of, make_promise, promised
from bot.cases.state import Intake
from bot.cases.summary import summarise
from bot.cases.targets import customer_waits, retarget, start
from bot.cases.timestamps import write_utc
from bot.cases.triage import Context, Triage, triage
from bot.cases.turn import Turn
from bot.cases.understanding import Understanding
from bot.playbook.content import Content
from bot.playbook.model import Severity

MOST_IN_A_ROW = 20
"""Messages of a customer that are history entries of their own, where nothing else happens."""

_FAQ = "faq:"
_TELLS_NOTHING = frozenset(
    {"solved", "not_solved", "affirm", "deny", "refuse", "wants_human", "greet", "thanks",
     "goodbye", "bot_challenge", "help"}
)  # fmt: skip


@dataclass(frozen=True)
class Filed:
    """A case, how it was judged, and what its customer is promised."""

    case: Case
    triage: Triage
    promise: Promise


def judge(intake: Intake, turn: Turn, content: Content) -> Triage:
    """The triage of an intake as it stands."""
    context = Context(
        visibility=turn.visibility,
        followers=turn.customer.followers,
        repeat_contacts=turn.repeat_contacts,
        fields=known(intake),
        topic_hint=_hint(intake, content),
    )
    return _remembered(turn, tuple(intake.said), content, context)


def _remembered(
    turn: Turn, said: tuple[Understanding, ...], content: Content, context: Context
) -> Triage:
    """Each step of a turn asks for the triage of the same words: it is found once."""
    for earlier, beside, judged in turn.judged:
        if earlier == said and beside == context:
            return cast(Triage, judged)
    found = triage(said, content.playbook, context)
    turn.judged.append((said, context, found))
    return found


def judge_said(said: Sequence[Understanding], content: Content) -> Triage:
    """The triage of messages alone, of a customer nothing else is known of."""
    return triage(said, content.playbook, Context())


def _hint(intake: Intake, content: Content) -> str | None:
    ids = [name.removeprefix(_FAQ) for name in intake.offered if name.startswith(_FAQ)]
    topics = [content.faqs[name].topic for name in ids if name in content.faqs]
    return topics[-1] if topics else None


def file_case(reference: str, intake: Intake, turn: Turn, content: Content) -> Filed:
    """A new case from an intake, with everything an agent needs."""
    judged = judge(intake, turn, content)
    topic = content.playbook.topics[judged.topic]
    promise = make_promise(turn.now, judged.severity, topic, calendar_of(judged.team, content))
    case = Case(
        id=reference,
        opened_at=turn.now,
        channel=turn.channel,
        conversation=turn.conversation,
        customer=turn.customer,
        visibility=turn.visibility,
        topic=judged.topic,
        secondary_topics=judged.secondary_topics,
        subtopic=judged.subtopic,
        severity=judged.severity,
        severity_reasons=judged.severity_reasons,
        sentiment=judged.sentiment,
        tags=judged.tags,
        team=judged.team,
        sla=Sla(promise.respond_by),
        details=dict(intake.details),
        summary=summarise(_telling(intake), topic.label["en"]),
        resources_offered=tuple(intake.offered),
    ).noted(turn.now, "bot", "opened", severity=judged.severity.word)
    return Filed(start(case, content), judged, promise)


def _telling(intake: Intake) -> list[str]:
    """The customer's words without mere answers such as a button's "No, still there"."""
    telling = [said.text for said in intake.said if said.family not in _TELLS_NOTHING]
    return telling or [said.text for said in intake.said]


def add_to_case(case: Case, intake: Intake, turn: Turn, content: Content) -> Filed:
    """The case after one more message, the last of the intake: details filled in, severity only
    ever raised; the topic (and with it the team) changes where it was not known before, and when
    the new matter is critical. What an agent corrected stands unless the new words tell more."""
    judged = _judge_news(case, intake, turn, content)
    worse = judged.severity > case.severity
    urgent = worse and judged.severity == Severity.CRITICAL
    unknown = case.topic == FALLBACK_TOPIC or case.topic not in content.playbook.topics
    moves = judged.topic not in (case.topic, FALLBACK_TOPIC) and (urgent or unknown)
    topic = judged.topic if moves else case.topic
    changed = replace(
        case,
        customer=replace(case.customer, language=turn.customer.language),
        topic=topic,
        subtopic=judged.subtopic if moves else case.subtopic,
        team=judged.team if moves else case.team,
        severity=max(judged.severity, case.severity),
        severity_reasons=judged.severity_reasons if worse else case.severity_reasons,
        tags=tuple(dict.fromkeys([*case.tags, *judged.tags])),
        details={**case.details, **intake.details},
        secondary_topics=_secondary(case, judged, topic),
    )
    noted = customer_wrote(retarget(case, changed, turn.now, content), turn.now, content)
    return Filed(noted, judged, promised(noted, turn.now, content))


def _judge_news(case: Case, intake: Intake, turn: Turn, content: Content) -> Triage:
    """The triage of an intake with a new message. What an agent corrected is judged as they left
    it, so far as the triage without the message says the same; so is the severity where what was
    said before is forgotten."""
    judged, forgotten = judge(intake, turn, content), len(intake.said) == 1
    corrected = {entry.more.get("field") for entry in case.history if entry.what == "changed"}
    if not corrected and not forgotten:
        return judged
    before = judge(replace(intake, said=intake.said[:-1]), turn, content)
    if judged.severity <= before.severity and ("severity" in corrected or forgotten):
        judged = replace(judged, severity=case.severity)
    if judged.topic == before.topic and "topic" in corrected:
        known = before.secondary_topics
        secondary = tuple(name for name in judged.secondary_topics if name not in known)
        judged = replace(judged, topic=case.topic, secondary_topics=secondary)
    if "tags" in corrected:
        tags = tuple(tag for tag in judged.tags if tag not in before.tags)
        judged = replace(judged, tags=tags)
    return judged


def customer_wrote(case: Case, now: datetime, content: Content) -> Case:
    """The case after the customer wrote: we owe an answer, and the clocks run."""
    waiting = customer_waits(case, now, content)
    status: Status = "claimed" if case.status == "waiting" else case.status
    what = "customer_replied" if case.is_held else "message_added"
    return _noted_in_a_row(replace(waiting, status=status), now, what)


def _noted_in_a_row(case: Case, now: datetime, what: str) -> Case:
    """One more history entry; of a customer who goes on and on, the last one counts on instead: a
    case is written whole, and must not cost more with each message."""
    severity = case.severity.word
    entry = Entry(now, "customer", what, {"severity": severity})
    run = case.history[-MOST_IN_A_ROW:]
    alike = [last for last in run if _same_news(last, entry)]
    if len(alike) < MOST_IN_A_ROW:
        return case.noted(now, "customer", what, severity=severity)
    messages = int(run[-1].more.get("messages") or 1) + 1
    counted = replace(entry, more={**entry.more, "messages": messages})
    return replace(case, history=(*case.history[:-1], counted))


def _same_news(entry: Entry, other: Entry) -> bool:
    same = (entry.who, entry.what) == (other.who, other.what)
    return same and entry.more.get("severity") == other.more["severity"]


def dimensions(case: Case) -> dict[str, str]:
    """What reports group a case by, as a fact carries it."""
    return {
        "topic": case.topic,
        "subtopic": case.subtopic,
        "severity": case.severity.word,
        "team": case.team,
        "respond_by": write_utc(case.sla.respond_by),
    }


def _secondary(case: Case, judged: Triage, topic: str) -> tuple[str, ...]:
    names = [case.topic, *case.secondary_topics, judged.topic, *judged.secondary_topics]
    return tuple(name for name in dict.fromkeys(names) if name not in (topic, FALLBACK_TOPIC))
