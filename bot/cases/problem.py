"""What a single turn tells of: its topic, abuse, and whether there is a problem in it."""

from __future__ import annotations

from bot.cases.cues import SHOUTING, clean, count_matches
from bot.cases.understanding import Understanding
from bot.playbook.model import Playbook, Topic

FALLBACK_TOPIC = "other"
RESIDUAL_TOPICS = frozenset({"complaint", FALLBACK_TOPIC})
"""What a turn is when nothing more specific fits."""

ABUSE_CUE = "abuse"
_MOODS = frozenset({ABUSE_CUE, SHOUTING, "profanity", "furious", "user_content"})
"""Cues that tell how somebody feels, not what happened."""

_ANSWERS = frozenset(
    {"inform", "affirm", "deny", "solved", "not_solved", "same_matter", "new_matter", "case_status"}
)
_SURE_ANSWER = 0.6
_WORDS_OF_A_STORY = 8


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
    """Insults by cue, or a report whose topic is on the abuse ladder."""
    topic = own_topic(turn, playbook)
    on_ladder = topic is not None and playbook.topics[topic].handling == "ladder"
    return on_ladder or ABUSE_CUE in turn.cues


def carries_problem(turn: Understanding, playbook: Playbook) -> bool:
    """Whether there is something in the turn an agent or the intake must not miss.

    A report of a specific topic does. A vague or abusive one does when it gives a detail, asks for
    a person, holds a cue that is no mere mood, matches a subtopic, or (vague) tells a story; praise
    does not. Of other turns the answers do, and whatever gives a detail or such a cue.
    """
    topic = own_topic(turn, playbook)
    if topic is None:
        answers = turn.family in _ANSWERS and turn.confidence >= _SURE_ANSWER
        return answers or turn.family == "faq" or _has_evidence(turn, playbook)
    if not opens_case(topic, playbook):
        return playbook.topics[topic].handling == "ladder" and _has_evidence(turn, playbook)
    if topic not in RESIDUAL_TOPICS or not is_abusive(turn, playbook):
        return True
    return len(turn.text.split()) >= _WORDS_OF_A_STORY or _has_evidence(turn, playbook)


def _has_evidence(turn: Understanding, playbook: Playbook) -> bool:
    if turn.wants_human or turn.fields or turn.cues - _MOODS:
        return True
    cleaned = clean(turn.text)
    taken_in = (topic for topic in playbook.topics.values() if topic.handling == "case")
    return any(_matches_subtopic(topic, cleaned) for topic in taken_in)


def _matches_subtopic(topic: Topic, cleaned: str) -> bool:
    return any(count_matches(subtopic.cues, cleaned) for subtopic in topic.subtopics.values())
