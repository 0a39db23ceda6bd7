"""What a single turn tells of: its topic, abuse, and whether there is a problem in it."""

from __future__ import annotations

from bot.cases.cues import clean, count_matches
from bot.cases.understanding import Understanding
from bot.playbook.model import Playbook, Severity, Topic

FALLBACK_TOPIC = "other"
RESIDUAL_TOPICS = frozenset({"complaint", FALLBACK_TOPIC})
"""What a turn is when nothing more specific fits."""

ABUSE_CUE = "abuse"
SPAM_CUE = "spam"
REQUEST_CUE = "request"
"""Asks for something: help, an answer, a change."""

_EMERGENCIES = frozenset({"safety", "self_harm", "threat", "legal", "fraud", "hacked"})
HAPPENINGS = _EMERGENCIES | {"outage", "repeat_contact", "deadline", "blocked", "money_lost"}
"""The reserved cues (docs/content.md) that tell what happened, not how somebody feels."""

_NOTHING = "nlu_fallback"
"""The intent of what could not be understood."""

_ANSWERS = frozenset(
    {"inform", "affirm", "deny", "solved", "not_solved", "same_matter", "new_matter", "case_status"}
)
_SURE_ANSWER = 0.6
SURE_TOPIC = 0.5
"""From here on at least two topics of three are right (525 labelled conversations)."""

_WORDS_OF_A_STORY = 8
_LIKELY = 0.2


def own_topic(turn: Understanding, playbook: Playbook) -> str | None:
    """The topic a `report/...` turn is about, None for other turns and topics that are no more."""
    family, _, topic = turn.intent.partition("/")
    return topic if family == "report" and topic in playbook.topics else None


def distribution(turn: Understanding, playbook: Playbook) -> tuple[tuple[str, float], ...]:
    """The classifier's ranking of the turn, restricted to topics the playbook has."""
    known = tuple((topic, score) for topic, score in turn.topics if topic in playbook.topics)
    topic = own_topic(turn, playbook)
    return known or (((topic, turn.confidence),) if topic else ())


def opens_case(topic: str, playbook: Playbook) -> bool:
    """Whether the topic is taken in, not only thanked for or put on the abuse ladder."""
    return playbook.topics[topic].handling == "case"


def is_abusive(turn: Understanding, playbook: Playbook) -> bool:
    """Insults by cue, spam, or a report whose topic is on the abuse ladder."""
    topic = own_topic(turn, playbook)
    on_ladder = topic is not None and playbook.topics[topic].handling == "ladder"
    return on_ladder or ABUSE_CUE in turn.cues or is_spam(turn, playbook)


def is_spam(turn: Understanding, playbook: Playbook) -> bool:
    """Advertising by others: the cue, in a message that is no question, is in no bad mood, tells of
    no happening and is surely about nothing that could be urgent."""
    if SPAM_CUE not in turn.cues or turn.wants_human or turn.cues & HAPPENINGS:
        return False
    is_statement = turn.family in ("report", _NOTHING) and turn.sentiment != "negative"
    if not is_statement or _has_number(turn, playbook):
        return False
    topic = own_topic(turn, playbook)
    return topic is None or not _matters(playbook.topics[topic], turn)


def _matters(topic: Topic, turn: Understanding) -> bool:
    """Whether it is kind words, or surely a topic that could be urgent."""
    is_sure = dict(turn.topics).get(topic.name, turn.confidence) >= SURE_TOPIC
    return topic.handling == "acknowledge" or (is_sure and topic.severity > Severity.LOW)


def carries_problem(turn: Understanding, playbook: Playbook) -> bool:
    """Whether there is something in the turn an agent or the intake must not miss.

    A report of a specific topic is, and so are questions, answers and a wish for a person. An
    insult is when it also tells of a problem; a vague report with an insult in it, too, or when it
    is long. Praise is unless it is clearly nothing else.
    """
    topic = own_topic(turn, playbook)
    if turn.wants_human or turn.cues & _EMERGENCIES:
        return True
    if is_spam(turn, playbook):
        return False
    if topic is None:
        return _is_answer(turn) or bool(turn.fields) or _tells_of_problem(turn, playbook)
    if playbook.topics[topic].handling == "acknowledge":
        return not _is_mere_praise(turn, topic)
    if not opens_case(topic, playbook):
        return is_abusive(turn, playbook) and _tells_of_problem(turn, playbook)
    if topic not in RESIDUAL_TOPICS or not is_abusive(turn, playbook):
        return True
    return len(turn.text.split()) >= _WORDS_OF_A_STORY or _tells_of_problem(turn, playbook)


def _is_mere_praise(turn: Understanding, topic: str) -> bool:
    """Clearly so, in no bad mood, and without a request."""
    calm = turn.sentiment != "negative" and REQUEST_CUE not in turn.cues
    return calm and dict(turn.topics).get(topic, turn.confidence) >= SURE_TOPIC


def _is_answer(turn: Understanding) -> bool:
    return turn.family == "faq" or (turn.family in _ANSWERS and turn.confidence >= _SURE_ANSWER)


def _tells_of_problem(turn: Understanding, playbook: Playbook) -> bool:
    """By a cue, by a number only a customer has, or by a likely specific topic: one of its
    subtopics matches, or the report holds no insult by cue (then the classifier may be wrong)."""
    if turn.cues & HAPPENINGS or _has_number(turn, playbook):
        return True
    likely = [topic for topic, score in distribution(turn, playbook) if score >= _LIKELY]
    specific = [topic for topic in likely if is_specific(topic, playbook)]
    if own_topic(turn, playbook) and ABUSE_CUE not in turn.cues:
        return bool(specific)
    cleaned = clean(turn.text)
    return any(
        count_matches(subtopic.cues, cleaned)
        for topic in specific
        for subtopic in playbook.topics[topic].subtopics.values()
    )


def _has_number(turn: Understanding, playbook: Playbook) -> bool:
    numbers = (name for name, field in playbook.fields.items() if field.kind == "pattern")
    return any(name in turn.fields for name in numbers)


def is_specific(topic: str, playbook: Playbook) -> bool:
    """Whether it says what a case is about."""
    return opens_case(topic, playbook) and topic not in RESIDUAL_TOPICS
