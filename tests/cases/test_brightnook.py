"""The demo brand's own playbook through cues, triage, ladder, masking and promises."""

from __future__ import annotations

import time
from datetime import datetime, timezone
from pathlib import Path

import pytest

from bot.cases.cues import CueFinder
from bot.cases.ladder import judge
from bot.cases.masking import Masker
from bot.cases.on_call import chain_for
from bot.cases.promise import make_promise
from bot.cases.sentiment import sentiment_of
from bot.cases.triage import Context, Triage, triage
from bot.cases.understanding import Understanding
from bot.playbook.content import Content, load_content
from bot.playbook.model import Severity

ROOT = Path(__file__).parents[2]
RESERVED = {
    "safety", "self_harm", "threat", "wants_human", "abuse", "legal", "fraud", "hacked", "outage",
    "repeat_contact", "deadline", "blocked", "money_lost", "furious", "profanity", "user_content",
}  # fmt: skip


@pytest.fixture(scope="module")
def content() -> Content:
    return load_content(ROOT, {"ONCALL_WEBHOOK": "https://hook.example"})


@pytest.fixture(scope="module")
def finder(content: Content) -> CueFinder:
    return CueFinder(content.playbook.cues)


def heard(finder: CueFinder, text: str, topic: str) -> Understanding:
    """What the NLU would say of a text whose topic it got right."""
    cues = finder.find_cues(text)
    topics = ((topic, 0.8), ("other", 0.1))
    return Understanding(
        text, f"report/{topic}", 0.8, topics, cues=cues, sentiment=sentiment_of(text, cues)
    )


def decide(content: Content, finder: CueFinder, text: str, topic: str) -> Triage:
    return triage([heard(finder, text, topic)], content.playbook, Context())


@pytest.mark.parametrize(
    ("text", "topic", "case", "severity", "texts"),
    [
        ("My Nook Plug is on fire", "defective_product",
         ("incident", "safety"), Severity.CRITICAL, ("safety",)),
        ("I want to kill myself", "complaint",
         ("incident", "safety"), Severity.CRITICAL, ("self_harm",)),
        ("I will find you and kill you all", "abuse",
         ("abuse", "threat"), Severity.CRITICAL, ("threat",)),
        ("You will hear from my lawyer", "complaint",
         ("incident", "legal"), Severity.CRITICAL, ()),
        ("Somebody hacked my account and changed the password", "account_access",
         ("account_access", "hacked"), Severity.CRITICAL, ()),
        ("There is a phishing site that uses your name", "incident",
         ("incident", "fraud"), Severity.CRITICAL, ()),
        ("Mein Nook Plug brennt!", "defective_product",
         ("incident", "safety"), Severity.CRITICAL, ("safety",)),
        ("quero morrer", "other",
         ("incident", "safety"), Severity.CRITICAL, ("self_harm",)),
        ("\ub108\ud76c \ub2e4 \uc8fd\uc5ec\ubc84\ub9b4 \uac70\uc57c", "complaint",
         ("abuse", "threat"), Severity.CRITICAL, ("threat",)),
        ("Jemand hat sich in mein Konto eingeloggt", "account_access",
         ("account_access", "hacked"), Severity.CRITICAL, ()),
        ("Cobraram duas vezes o plano", "billing",
         ("billing", "double_charge"), Severity.HIGH, ()),
        ("I have been on hold for an hour", "other",
         ("other", "general"), Severity.HIGH, ()),
        ("My bulb does not connect to the wifi", "technical_issue",
         ("technical_issue", "connection"), Severity.NORMAL, ()),
        ("I was charged twice", "billing",
         ("billing", "double_charge"), Severity.HIGH, ()),
    ],
)  # fmt: skip
def test_customer_message_becomes_the_case_the_brand_decided(
    text: str,
    topic: str,
    case: tuple[str, str],
    severity: Severity,
    texts: tuple[str, ...],
    content: Content,
    finder: CueFinder,
) -> None:
    decided = decide(content, finder, text, topic)

    assert (decided.topic, decided.subtopic) == case
    assert decided.severity is severity
    assert decided.texts == texts
    assert all(reason[0].isupper() for reason in decided.severity_reasons)


def test_playbook_defines_every_cue_the_conversation_uses(content: Content) -> None:
    assert content.playbook.cues.keys() >= RESERVED


def test_insult_alone_climbs_the_ladder_and_one_with_a_problem_does_not(
    content: Content, finder: CueFinder
) -> None:
    mere = heard(finder, "you are all idiots", "abuse")
    problem = heard(finder, "you idiots charged me twice", "billing")

    step = judge(mere, 2, content.playbook).step
    assert step is not None
    assert step.action == "mute"
    assert judge(problem, 2, content.playbook).step is None


def test_every_topic_has_a_due_time_in_its_teams_hours_and_somebody_to_wake(
    content: Content,
) -> None:
    now = datetime(2026, 3, 7, 23, 14, tzinfo=timezone.utc)
    for topic in content.playbook.topics.values():
        calendar = content.calendars[content.playbook.teams[topic.team].calendar]
        promises = [make_promise(now, severity, topic, calendar) for severity in Severity]

        assert sorted(promises, key=lambda p: p.respond_by, reverse=True) == promises
        assert promises[-1].respond_by > now
        assert chain_for(topic.team, content.playbook)


def test_masking_leaves_what_an_agent_needs(content: Content) -> None:
    masker = Masker(content.playbook.sensitive)
    needed = "order BN-104233, ana@example.com, +44 20 7946 0958, SW1A 1AA, EUR 129.90, 2026-03-01"

    assert masker.mask(needed) == needed
    assert "3704" not in masker.mask("refund to DE89 3704 0044 0532 0130 00 please")
    assert masker.mask("my card 4111 1111 1111 1111") == "my card [card 1111]"


def test_cues_of_the_playbook_take_about_a_millisecond(finder: CueFinder) -> None:
    text = "My Nook Cam has been offline since Monday and nobody answers my e-mails about it. " * 2
    times = []
    for _ in range(20):
        started = time.process_time()
        finder.find_cues(text)
        times.append(time.process_time() - started)

    assert min(times) < 0.002
