"""Triage: from what the customer said to topic, severity with reasons, tags and team.

Pure: the same turns, playbook and context always give the same triage. `Triage.fired` names the
playbook's rules that held, so that every decision can be traced to a line of the playbook.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.cases.case import Visibility
from bot.cases.conditions import Facts, holds, read_amount
from bot.cases.cues import clean, count_matches
from bot.cases.problem import (
    FALLBACK_TOPIC,
    RESIDUAL_TOPICS,
    carries_problem,
    distribution,
    is_abusive,
    opens_case,
    own_topic,
)
from bot.cases.understanding import Sentiment, Understanding
from bot.playbook.model import Playbook, Severity, SeverityRule, Subtopic, Topic, TopicRule

_RESIDUAL_WEIGHT = 0.25
_TELLING = frozenset({"report", "faq", "wants_human", "not_solved", "case_status"})
"""Turns whose words may tell a mood; the others are mere answers and small talk."""
_COMPLAINT = "report/complaint"
_STRONG_TURN = 0.5
_STRONG_SCORE = 0.35
_UNASKED_SCORE = 0.5
_MOST_SECONDARY = 3
_WORDS_WITH_A_WHY = 9


@dataclass(frozen=True)
class Context:
    """What is known besides the words. `repeat_contacts` counts earlier intakes of this customer
    without a solution; `fields` are the details known before these turns; `topic_hint` is the topic
    where no turn reports a problem, such as that of an FAQ that was no help."""

    visibility: Visibility = "private"
    followers: int | None = None
    repeat_contacts: int = 0
    fields: Mapping[str, str] = field(default_factory=dict)
    topic_hint: str | None = None


@dataclass(frozen=True)
class Triage:
    """`scores` ranks the topics the turns point to, best first, before any rule (0 to 1 each).
    `texts` are keys of texts the customer gets at once. `severity_reasons` are sentences, the
    weightiest first, at least one. `fired` names the topic rule (it is in `fired_topic_rule`, too)
    and the severity rules that held.
    """

    topic: str
    subtopic: str
    secondary_topics: tuple[str, ...]
    severity: Severity
    severity_reasons: tuple[str, ...]
    sentiment: Sentiment
    tags: tuple[str, ...]
    team: str
    texts: tuple[str, ...]
    wants_human: bool
    cues: frozenset[str]
    fired: tuple[str, ...]
    scores: tuple[tuple[str, float], ...]
    fired_topic_rule: str | None = None


def triage(said: Sequence[Understanding], playbook: Playbook, context: Context) -> Triage:
    """Combines the turns of one intake, in the order they were said.

    Cues of all turns count together. The topic is that of the first topic rule that holds, or else
    the best of `rank_topics`; mere answers never change it.
    """
    scores = rank_topics(said, playbook)
    ranked = _classified(said, scores, playbook, context)
    facts = _facts(ranked, said, playbook, context)
    rule = _topic_rule(facts, playbook)
    topic = playbook.topics[rule.topic if rule else ranked]
    subtopic = (rule and rule.subtopic) or choose_subtopic(topic, said)
    facts = replace(facts, topic=topic.name, subtopic=subtopic)
    severity, reasons, rules = _severity(topic, facts, playbook)
    return Triage(
        topic=topic.name,
        subtopic=subtopic,
        secondary_topics=_secondary(topic.name, ranked, scores, said, playbook),
        severity=severity,
        severity_reasons=reasons,
        sentiment=facts.sentiment,
        tags=_tags(topic, rules, _marks(said, facts, playbook)),
        team=topic.team,
        texts=_unique(rule.text for rule in rules if rule.text),
        wants_human=any(turn.wants_human for turn in said),
        cues=facts.cues,
        fired=_unique([*([rule.name] if rule else []), *(rule.name for rule in rules)]),
        scores=scores,
        fired_topic_rule=rule.name if rule else None,
    )


def rank_topics(said: Sequence[Understanding], playbook: Playbook) -> tuple[tuple[str, float], ...]:
    """The topics with their scores, best first; empty when no turn tells of a problem.

    The classifier's distributions over the problem turns are averaged, weighted by confidence.
    Topics that open no case (praise, abuse) stand behind those that do as soon as one turn carries
    a problem, so that an insult never outvotes it. A vague turn (complaint, other) weighs less
    beside a specific one.
    """
    turns = _problem_turns(said)
    own = {topic for turn in turns if (topic := own_topic(turn, playbook))}
    weights = [_weight(turn, bool(own - RESIDUAL_TOPICS), playbook) for turn in turns]
    has_problem = any(carries_problem(turn, playbook) for turn in turns)
    scores = {FALLBACK_TOPIC: 0.0} if has_problem and FALLBACK_TOPIC in playbook.topics else {}
    for turn, weight in zip(turns, weights, strict=True):
        for topic, probability in distribution(turn, playbook):
            scores[topic] = scores.get(topic, 0.0) + weight * probability / sum(weights)
    return tuple(sorted(scores.items(), key=lambda item: _rank(item, has_problem, playbook)))


def choose_subtopic(topic: Topic, said: Sequence[Understanding]) -> str:
    """The subtopic with most different cue matches, the earlier in the file where they tie.

    Problem turns are asked first, then all turns; without any match it is the topic's last one.
    """
    for turns in (_problem_turns(said), said):
        cleaned = clean("\n".join(turn.text for turn in turns))
        best = max(topic.subtopics.values(), key=lambda subtopic: _matches(subtopic, cleaned))
        if _matches(best, cleaned):
            return best.name
    return list(topic.subtopics)[-1]


def _matches(subtopic: Subtopic, cleaned: str) -> int:
    return count_matches(subtopic.cues, cleaned)


def _problem_turns(said: Sequence[Understanding]) -> list[Understanding]:
    """The reports; where there are none, the questions; else a wish for a person that says why."""
    for family in ("report", "faq"):
        turns = [turn for turn in said if turn.family == family]
        if turns:
            return turns
    wishes = [turn for turn in said if turn.family == "wants_human"]
    return [turn for turn in wishes if _says_why(turn)]


def _says_why(turn: Understanding) -> bool:
    """A bare "let me talk to a human" is about nothing yet."""
    likely = bool(turn.topics) and turn.topics[0][1] >= _UNASKED_SCORE
    return likely and len(turn.text.split()) >= _WORDS_WITH_A_WHY


def _weight(turn: Understanding, specific: bool, playbook: Playbook) -> float:
    residual = specific and own_topic(turn, playbook) in RESIDUAL_TOPICS
    return max(turn.confidence, 0.01) * (_RESIDUAL_WEIGHT if residual else 1.0)


def _rank(item: tuple[str, float], has_problem: bool, playbook: Playbook) -> tuple[bool, float]:
    topic, score = item
    return has_problem and not opens_case(topic, playbook), -score


def _classified(
    said: Sequence[Understanding],
    scores: Sequence[tuple[str, float]],
    playbook: Playbook,
    context: Context,
) -> str:
    """The topic before any rule: the hint counts where no turn is a report."""
    reported = any(own_topic(turn, playbook) for turn in said)
    if context.topic_hint in playbook.topics and not reported:
        return str(context.topic_hint)
    if scores:
        return scores[0][0]
    return FALLBACK_TOPIC if FALLBACK_TOPIC in playbook.topics else list(playbook.topics)[-1]


def _facts(
    topic: str, said: Sequence[Understanding], playbook: Playbook, context: Context
) -> Facts:
    fields = dict(context.fields)
    for turn in said:
        fields.update(turn.fields)
    return Facts(
        topic=topic,
        subtopic=choose_subtopic(playbook.topics[topic], said),
        cues=frozenset().union(*(turn.cues for turn in said)),
        sentiment=combine_sentiment(said),
        fields=fields,
        amounts=_amounts(fields, playbook),
        visibility=context.visibility,
        followers=context.followers,
        repeat_contacts=context.repeat_contacts,
    )


def _amounts(fields: Mapping[str, str], playbook: Playbook) -> tuple[float, ...]:
    money = [name for name, known in playbook.fields.items() if known.kind == "amount"]
    amounts = (read_amount(fields[name]) for name in money if name in fields)
    return tuple(amount for amount in amounts if amount is not None)


def _topic_rule(facts: Facts, playbook: Playbook) -> TopicRule | None:
    return next((rule for rule in playbook.topic_rules if holds(rule.when, facts)), None)


def combine_sentiment(said: Sequence[Understanding]) -> Sentiment:
    """Negative when one telling turn is or is a complaint, whose calm words are annoyed all the
    same; positive when at least one is positive and none is neutral."""
    telling = [turn for turn in said if turn.family in _TELLING]
    moods = {turn.sentiment for turn in telling}
    if "negative" in moods or any(turn.intent == _COMPLAINT for turn in telling):
        return "negative"
    return "positive" if moods == {"positive"} else "neutral"


def _secondary(
    topic: str,
    ranked: str,
    scores: Sequence[tuple[str, float]],
    said: Sequence[Understanding],
    playbook: Playbook,
) -> tuple[str, ...]:
    """Other topics that open a case and have a strong turn of their own or a strong score; also the
    classifier's topic where a rule overruled it."""
    own = {own_topic(turn, playbook) for turn in said if turn.confidence >= _STRONG_TURN}
    strong = own | {name for name, score in scores if score >= _STRONG_SCORE} | {ranked}
    others = [name for name, _ in scores if name in strong and name not in (topic, FALLBACK_TOPIC)]
    cases = [name for name in others if opens_case(name, playbook)]
    return tuple(cases[:_MOST_SECONDARY])


def _severity(
    topic: Topic, facts: Facts, playbook: Playbook
) -> tuple[Severity, tuple[str, ...], tuple[SeverityRule, ...]]:
    """The level, its reasons and the rules that held: lowering first, so that an alarm wins.

    A rule's reason is given when the rule supports the level reached or stands above the start.
    """
    held = [rule for rule in playbook.severity_rules if holds(rule.when, facts)]
    lowering = [rule for rule in held if rule.lower_to is not None]
    raising = sorted(
        (rule for rule in held if rule.raise_to is not None), key=lambda rule: -_level(rule)
    )
    lowered = min([topic.severity, *map(_level, lowering)])
    severity = max([lowered, *map(_level, raising)])
    reasons = [rule.reason for rule in raising if _level(rule) >= lowered]
    if severity == lowered < topic.severity:
        reasons += [rule.reason for rule in lowering if rule.lower_to == lowered]
    return severity, _unique(reasons) or (_base_reason(topic),), (*raising, *lowering)


def _level(rule: SeverityRule) -> Severity:
    level = rule.lower_to if rule.raise_to is None else rule.raise_to
    assert level is not None  # the playbook's loader refuses a rule without a level
    return level


def _base_reason(topic: Topic) -> str:
    label = topic.label.get("en") or next(iter(topic.label.values()), topic.name)
    return f"The usual level for {label}"


def _marks(said: Sequence[Understanding], facts: Facts, playbook: Playbook) -> list[str]:
    """The tags that every playbook has: mood, a wish for a person, abuse, and being public."""
    marks = {
        facts.sentiment: facts.sentiment != "neutral",
        "wants_human": any(turn.wants_human for turn in said),
        "abusive": any(is_abusive(turn, playbook) for turn in said),
        "public": facts.visibility == "public",
    }
    return [tag for tag, holds_true in marks.items() if holds_true]


def _tags(topic: Topic, rules: Sequence[SeverityRule], marks: Sequence[str]) -> tuple[str, ...]:
    return _unique([*topic.tags, *(tag for rule in rules for tag in rule.tags), *marks])


def _unique(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))
