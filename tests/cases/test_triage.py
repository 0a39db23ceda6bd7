"""Triage of whole intakes: what was said in, a case's decisions out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.cases.triage import Context, rank_topics, triage
from bot.cases.understanding import Understanding
from bot.playbook.model import Playbook, Severity

PRIVATE = Context()


def test_problem_gets_topic_subtopic_team_and_reason(say: Any, playbook: Playbook) -> None:
    said = [say("I want my refund", "report/billing", 0.8, billing=0.7, delivery=0.1)]

    decided = triage(said, playbook, PRIVATE)

    assert (decided.topic, decided.subtopic, decided.team) == ("billing", "refund", "money")
    assert decided.severity is Severity.NORMAL
    assert decided.severity_reasons == ("The usual level for billing",)
    assert decided.tags == ("money",)
    assert decided.fired == ()


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("BN-104233 and the delivery was late", "inform"),
        ("yes", "affirm"),
        ("no", "deny"),
        ("thanks", "thanks"),
        ("hello", "greet"),
        ("late?", "faq/delivery_time"),
        ("a person please", "wants_human"),
    ],
)
def test_topic_and_subtopic_stay_when_a_mere_answer_follows(
    text: str, intent: str, say: Any, playbook: Playbook
) -> None:
    problem = say("I want my refund", "report/billing", 0.5, billing=0.5, delivery=0.4)
    answer = say(text, intent, 0.99, delivery=0.99)

    for said in ([problem, answer], [answer, problem]):
        decided = triage(said, playbook, PRIVATE)
        assert (decided.topic, decided.subtopic) == ("billing", "refund")


def test_topic_follows_the_surer_turn_when_two_turns_disagree(say: Any, playbook: Playbook) -> None:
    unsure = say("hm", "report/delivery", 0.3, delivery=0.4, billing=0.35)
    sure = say("charged twice", "report/billing", 0.9, billing=0.9)

    assert triage([unsure, sure], playbook, PRIVATE).topic == "billing"
    assert rank_topics([unsure], playbook)[0] == ("delivery", pytest.approx(0.4))


@pytest.mark.parametrize("vague", ["report/complaint", "report/other", "report/abuse"])
def test_specific_problem_stays_when_an_outburst_follows(
    vague: str, say: Any, playbook: Playbook
) -> None:
    said = [
        say("my parcel is late", "report/delivery", 0.6, delivery=0.6, complaint=0.2),
        say("this is a disgrace", vague, 0.9),
    ]

    assert triage(said, playbook, PRIVATE).topic == "delivery"


def test_insult_with_a_problem_becomes_the_problem_and_is_tagged(
    say: Any, playbook: Playbook
) -> None:
    said = [say("refund me you idiots", "report/abuse", 0.6, billing=0.3, cues=["abuse"])]

    decided = triage(said, playbook, PRIVATE)

    assert (decided.topic, decided.subtopic) == ("billing", "refund")
    assert "abusive" in decided.tags


def test_mere_praise_and_mere_insults_keep_their_topics(say: Any, playbook: Playbook) -> None:
    assert triage([say("love it", "report/praise")], playbook, PRIVATE).topic == "praise"
    assert triage([say("idiots", "report/abuse")], playbook, PRIVATE).topic == "abuse"


def test_praise_gives_way_when_another_turn_tells_a_problem(say: Any, playbook: Playbook) -> None:
    said = [say("love it", "report/praise", 0.95), say("it crashes", "report/technical_issue", 0.4)]

    assert triage(said, playbook, PRIVATE).topic == "technical_issue"


def test_first_topic_rule_that_holds_decides_whatever_the_classifier_says(
    say: Any, playbook: Playbook
) -> None:
    decided = triage([say("smoke!", "report/delivery", cues=["safety"])], playbook, PRIVATE)

    assert (decided.topic, decided.subtopic, decided.team) == ("incident", "safety", "trust")
    assert decided.secondary_topics == ("delivery",)
    assert decided.fired == ("danger is an incident", "danger")


def test_topic_rule_without_a_subtopic_takes_it_from_the_words(
    say: Any, playbook: Playbook
) -> None:
    decided = triage(
        [say("all down, smoke", "report/delivery", cues=["outage"])], playbook, PRIVATE
    )

    assert (decided.topic, decided.subtopic) == ("incident", "safety")


def test_cues_of_all_turns_count_together(say: Any, playbook: Playbook) -> None:
    said = [say("late", "report/delivery"), say("by tomorrow", "inform", cues=["deadline"])]

    decided = triage(said, playbook, PRIVATE)

    assert decided.severity is Severity.HIGH
    assert decided.severity_reasons == ("Has a deadline",)
    assert decided.cues == {"deadline"}


def test_alarm_wins_over_lowering_and_gives_the_weightiest_reason_first(
    say: Any, playbook: Playbook
) -> None:
    said = [say("x", "report/delivery", cues=["question", "deadline", "safety", "small"])]

    decided = triage(said, playbook, PRIVATE)

    assert decided.severity is Severity.CRITICAL
    assert decided.severity_reasons == ("Mentions smoke", "Has a deadline", "Small")
    assert decided.texts == ("safety",)
    assert "safe" in decided.tags
    assert decided.fired == ("danger is an incident", "danger", "deadline", "small", "only asking")


def test_lowering_gives_its_reason_when_it_decides(say: Any, playbook: Playbook) -> None:
    decided = triage([say("x", "report/delivery", cues=["question"])], playbook, PRIVATE)

    assert decided.severity is Severity.LOW
    assert decided.severity_reasons == ("Is a mere question",)


def test_rule_below_the_start_neither_lowers_nor_explains(say: Any, playbook: Playbook) -> None:
    decided = triage([say("x", "report/delivery", cues=["small"])], playbook, PRIVATE)

    assert decided.severity is Severity.NORMAL
    assert decided.severity_reasons == ("The usual level for delivery",)


@pytest.mark.parametrize(
    ("known", "said_now", "severity"),
    [
        ({"amount": "99.99"}, {}, Severity.NORMAL),
        ({"amount": "EUR 1.299,00"}, {}, Severity.HIGH),
        ({"amount": "5"}, {"amount": "120"}, Severity.HIGH),
        ({"order_number": "104233"}, {}, Severity.NORMAL),
    ],
)
def test_amount_counts_when_it_is_known_or_said(
    known: dict[str, str],
    said_now: dict[str, str],
    severity: Severity,
    say: Any,
    playbook: Playbook,
) -> None:
    said = [say("refund", "report/billing", fields=said_now)]

    assert triage(said, playbook, Context(fields=known)).severity is severity


@pytest.mark.parametrize(
    ("text", "subtopic"),
    [
        ("charged twice, double, and a refund", "double"),
        ("refund, charged twice", "refund"),
        ("refund refund refund, charged twice and double", "double"),
        ("something about money", "general"),
    ],
)
def test_subtopic_has_most_different_matches_then_comes_first(
    text: str, subtopic: str, say: Any, playbook: Playbook
) -> None:
    assert triage([say(text, "report/billing")], playbook, PRIVATE).subtopic == subtopic


def test_subtopic_is_taken_from_an_answer_when_the_problem_names_none(
    say: Any, playbook: Playbook
) -> None:
    said = [say("about money", "report/billing"), say("a refund", "inform")]

    assert triage(said, playbook, PRIVATE).subtopic == "refund"


def test_other_strong_topics_become_secondary_but_not_praise_or_other(
    say: Any, playbook: Playbook
) -> None:
    said = [
        say("charged twice", "report/billing", 0.9, billing=0.6, technical_issue=0.01),
        say("and it is late", "report/delivery", 0.6, delivery=0.5),
        say("love you", "report/praise", 0.9),
        say("dunno", "report/other", 0.9),
    ]

    assert triage(said, playbook, PRIVATE).secondary_topics == ("delivery",)


@pytest.mark.parametrize(
    ("moods", "result"),
    [
        ([("report/billing", "neutral"), ("report/billing", "negative")], "negative"),
        ([("report/billing", "positive"), ("wants_human", "negative")], "negative"),
        ([("report/complaint", "neutral")], "negative"),
        ([("report/praise", "positive")], "positive"),
        ([("report/praise", "positive"), ("report/billing", "neutral")], "neutral"),
        (
            [("report/billing", "neutral"), ("inform", "negative"), ("thanks", "positive")],
            "neutral",
        ),
        ([], "neutral"),
    ],
)
def test_sentiment_is_the_worst_of_the_telling_turns(
    moods: list[tuple[str, str]], result: str, say: Any, playbook: Playbook
) -> None:
    said = [say("x", intent, sentiment=mood) for intent, mood in moods]

    decided = triage(said, playbook, PRIVATE)

    assert decided.sentiment == result
    assert (result in decided.tags) is (result != "neutral")


def test_wish_for_a_person_and_publicness_are_tagged(say: Any, playbook: Playbook) -> None:
    said = [say("late", "report/delivery", wants_human=True)]

    decided = triage(said, playbook, Context(visibility="public"))

    assert decided.wants_human
    assert decided.tags == ("wants_human", "public")


def test_hint_gives_the_topic_only_when_no_turn_reports_a_problem(
    say: Any, playbook: Playbook
) -> None:
    context = Context(topic_hint="delivery")
    question = say("how long does it take", "faq/delivery_time", billing=0.4)

    assert triage([question], playbook, context).topic == "delivery"
    assert triage([question], playbook, PRIVATE).topic == "billing"
    assert triage([question, say("x", "report/billing")], playbook, context).topic == "billing"


def test_wish_for_a_person_has_a_topic_when_it_says_why(say: Any, playbook: Playbook) -> None:
    why = "let me talk to a human about my refund, please"
    clear = say(why, "wants_human", billing=0.6)
    unclear = say(why, "wants_human", billing=0.2)
    bare = say("let me talk to a human", "wants_human", billing=0.6)

    assert triage([clear], playbook, PRIVATE).topic == "billing"
    assert triage([unclear], playbook, PRIVATE).topic == "other"
    assert triage([bare], playbook, PRIVATE).topic == "other"


def test_nothing_said_is_something_else_with_a_reason(playbook: Playbook) -> None:
    decided = triage([], playbook, PRIVATE)

    assert (decided.topic, decided.subtopic, decided.severity) == ("other", "general", Severity.LOW)
    assert decided.severity_reasons == ("The usual level for other",)


def test_critical_case_goes_to_the_team_of_the_topic_its_rule_names(
    say: Any, playbook: Playbook
) -> None:
    assert triage([say("x", "report/billing", cues=["safety"])], playbook, PRIVATE).team == "trust"


shares = st.floats(0.01, 1, allow_nan=False)


@st.composite
def turns(draw: st.DrawFn) -> Understanding:
    names = ["billing", "delivery", "complaint", "praise", "abuse", "other", "gone"]
    intents = [f"report/{name}" for name in names] + ["inform", "faq/x", "wants_human", "greet"]
    ranked = draw(st.dictionaries(st.sampled_from(names), shares, max_size=5))
    return Understanding(
        text=draw(st.sampled_from(["refund", "late", "idiots", "", "charged twice"])),
        intent=draw(st.sampled_from(intents)),
        confidence=draw(st.floats(0, 1)),
        topics=tuple(sorted(ranked.items(), key=lambda item: -item[1])),
        cues=draw(st.frozensets(st.sampled_from(["safety", "abuse", "deadline", "question"]))),
        fields=draw(st.dictionaries(st.sampled_from(["amount", "product"]), st.text(max_size=5))),
    )


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=st.lists(turns(), max_size=5))
def test_whatever_is_said_every_needed_part_is_filled(
    said: list[Understanding], playbook: Playbook
) -> None:
    decided = triage(said, playbook, PRIVATE)

    assert decided.subtopic in playbook.topics[decided.topic].subtopics
    assert decided.severity_reasons
    assert decided.team in playbook.teams
    assert decided.topic not in decided.secondary_topics
    assert decided == triage(said, playbook, PRIVATE)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=st.lists(turns(), min_size=1, max_size=4))
def test_danger_is_critical_whatever_else_is_said(
    said: list[Understanding], playbook: Playbook
) -> None:
    alarmed = [replace(said[0], cues=said[0].cues | {"safety"}), *said[1:]]

    assert triage(alarmed, playbook, PRIVATE).severity is Severity.CRITICAL
