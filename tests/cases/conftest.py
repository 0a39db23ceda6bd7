"""A small playbook for the domain's tests, and turns to feed it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from bot.cases.understanding import Understanding
from bot.playbook.model import (
    Condition,
    Field,
    IncidentThresholds,
    LadderStep,
    Playbook,
    Severity,
    SeverityRule,
    Subtopic,
    Team,
    Topic,
    TopicRule,
)

Say = Callable[..., Understanding]
SLA = {
    Severity.CRITICAL: timedelta(minutes=30),
    Severity.HIGH: timedelta(hours=2),
    Severity.NORMAL: timedelta(hours=8),
    Severity.LOW: timedelta(hours=16),
}


def a_topic(name: str, severity: Severity = Severity.NORMAL, **more: Any) -> Topic:
    """`more["subtopics"]` maps names to cues; the default `general` is put behind them."""
    subtopics = {"general": (), **more.pop("subtopics", {})}
    ordered = [*(name for name in subtopics if name != "general"), "general"]
    return Topic(
        name=name,
        label={"en": name.replace("_", " ")},
        subtopics={sub: Subtopic(sub, {"en": sub}, tuple(subtopics[sub])) for sub in ordered},
        severity=severity,
        team=more.pop("team", "support"),
        sla=SLA,
        **more,
    )


def cue(*names: str) -> Condition:
    return Condition("cue", words=names)


TOPICS = [
    a_topic(
        "billing",
        team="money",
        tags=("money",),
        subtopics={"refund": ["refund", "money back"], "double": ["charged twice", "double"]},
    ),
    a_topic("delivery", subtopics={"late": ["late", "not arrived"]}),
    a_topic("technical_issue", subtopics={"crash": ["crash(es|ed)?"]}),
    a_topic("product_information", Severity.LOW),
    a_topic("complaint"),
    a_topic("incident", team="trust", subtopics={"safety": ["smoke"]}),
    a_topic("praise", Severity.LOW, handling="acknowledge"),
    a_topic("abuse", Severity.LOW, handling="ladder", subtopics={"insult": ["idiots?"]}),
    a_topic("other", Severity.LOW),
]

PLAYBOOK = Playbook(
    fields={
        "order_number": Field("order_number", "pattern", {"en": "order"}, {"en": "your order"}),
        "amount": Field("amount", "amount", {"en": "amount"}, {"en": "the amount"}),
        "product": Field("product", "catalogue", {"en": "product"}, {"en": "the product"}),
    },
    topics={topic.name: topic for topic in TOPICS},
    cues={"safety": ("smoke", "on fire"), "abuse": ("idiots?",), "question": ("how",)},
    topic_rules=(
        TopicRule("danger is an incident", cue("safety"), "incident", "safety"),
        TopicRule("smoke again", cue("safety"), "delivery"),
        TopicRule("outage is an incident", cue("outage"), "incident"),
    ),
    severity_rules=(
        SeverityRule("deadline", cue("deadline"), "Has a deadline", raise_to=Severity.HIGH),
        SeverityRule(
            "danger", cue("safety"), "Mentions smoke", Severity.CRITICAL, None, "safety", ("safe",)
        ),
        SeverityRule(
            "large amount",
            Condition("amount_at_least", number=100),
            "It is about 100 or more",
            raise_to=Severity.HIGH,
        ),
        SeverityRule(
            "only asking", cue("question"), "Is a mere question", lower_to=Severity.LOW
        ),
        SeverityRule("small", cue("small"), "Small", raise_to=Severity.LOW),
    ),
    teams={name: Team(name, {"en": name}, "office") for name in ("support", "money", "trust")},
    ladder=(
        LadderStep(1, "calm", "abuse_calm"),
        LadderStep(2, "warn", "abuse_warn"),
        LadderStep(4, "mute", "abuse_mute", timedelta(hours=12)),
    ),
    incidents=IncidentThresholds(timedelta(minutes=30), 5),
    sensitive={},
)  # fmt: skip


@pytest.fixture
def playbook() -> Playbook:
    return PLAYBOOK


@pytest.fixture
def say() -> Say:
    """Builds a turn: `say("text", "report/billing", 0.8, billing=0.7, delivery=0.2)`. The own topic
    gets the confidence unless it is given."""

    def turn(text: str, intent: str, confidence: float = 0.8, /, **more: Any) -> Understanding:
        ranked = {name: more.pop(name) for name in list(more) if name in PLAYBOOK.topics}
        family, _, own = intent.partition("/")
        if family == "report":
            ranked.setdefault(own, confidence)
        topics = tuple(sorted(ranked.items(), key=lambda item: -item[1]))
        more["cues"] = frozenset(more.get("cues", ()))
        return Understanding(text, intent, confidence, topics, **more)

    return turn
