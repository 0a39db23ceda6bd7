"""Chooses what may help the customer at once: a self-service page or an FAQ answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.cases import choice
from bot.cases.cues import clean, count_matches
from bot.cases.problem import SURE_TOPIC, opens_case
from bot.cases.triage import Triage
from bot.cases.understanding import Understanding
from bot.playbook.content import Content
from bot.playbook.model import Playbook, Resource

QUESTION_CUE = "question"
_FEW_WORDS = 3
_LIKELY_TOPIC = 0.75
_NEAR = 0.6
"""Where the second answer scores this share of the first, the first is right in less than half of
the questions (demo brand, held out); up to there one question in twenty is asked back."""
_MEANT = 1.0
"""The score from which a page's meaning alone is enough."""
_SUBTOPIC, _CUE, _MOST_CUES = 0.7, 0.2, 3
"""What else speaks for a page, in the same measure: three cues less than its subtopic."""


def choose_resource(
    said: Sequence[Understanding], triage: Triage, content: Content, offered: Sequence[str] = ()
) -> Resource | None:
    """The topic's best page for what was said, None where none is specific enough.

    A page fits when it is made for the subtopic, when one of its cues is in the text, or when its
    meaning alone is near enough. The best has most of the three together; where they tie, the order
    of `Content.pages_for` decides. A page in another language than the customer's is no help.
    """
    text = clean("\n".join(turn.text for turn in said))
    language = said[-1].language or "en"
    best: tuple[float, Resource | None] = (0.0, None)
    for page in content.pages_for(triage.topic):
        if page.is_for(language) and page.id not in offered:
            meant = max(dict(turn.resources).get(page.id, 0.0) for turn in said)
            told = _SUBTOPIC * (triage.subtopic in page.subtopics)
            told += _CUE * min(count_matches(page.cues, text), _MOST_CUES)
            if (told or meant >= _MEANT) and told + meant > best[0]:
                best = (told + meant, page)
    return best[1]


def choose_faq(said: Sequence[Understanding], content: Content) -> str | None:
    """The id of the FAQ that answers the latest message, None when none is close enough."""
    faqs = [name for name, _ in said[-1].faqs if name in content.faqs] if said else []
    return faqs[0] if faqs else None


def near_faqs(heard: Understanding, content: Content) -> tuple[str, ...]:
    """The FAQs that may answer a question: the best, and those that come close to it."""
    known = [(name, score) for name, score in heard.faqs if name in content.faqs]
    near = [name for name, score in known if score >= _NEAR * known[0][1]]
    named = heard.intent.partition("/")[2]
    if not near and named in content.faqs:
        return (named,)
    return tuple(near[: choice.MOST])


def asks_something(heard: Understanding) -> bool:
    """Whether the words are a question: by a mark or by the playbook's cue `question`."""
    return "?" in heard.text or QUESTION_CUE in heard.cues


def tells_a_problem(heard: Understanding) -> bool:
    """Whether what looks like mere details is a problem in so many words."""
    likely = bool(heard.topics) and heard.topics[0][1] >= SURE_TOPIC
    return heard.family == "inform" and likely and len(heard.text.split()) > _FEW_WORDS


def doubtful_small_talk(heard: Understanding, playbook: Playbook) -> bool:
    """Whether "are you down?" only resembles "are you a bot?": a topic that is taken in is surer
    than the talk. Praise is no doubt about thanks."""
    topic, likely = heard.topics[0] if heard.topics else ("", 0.0)
    if topic not in playbook.topics or not opens_case(topic, playbook):
        return False
    return heard.confidence < likely and likely >= _LIKELY_TOPIC


def read_as_statement(heard: Understanding) -> Understanding:
    """What a message is when it is no question after all: a short one gives details, a longer one
    tells of a problem."""
    short = len(heard.text.split()) <= _FEW_WORDS and bool(heard.fields)
    if short or not heard.topics:
        return replace(heard, intent="inform")
    topic, share = heard.topics[0]
    return replace(heard, intent=f"report/{topic}", confidence=share)
