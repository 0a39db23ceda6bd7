"""Corrections by people, and what the customer's next words leave of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.cases.case import Case, Customer, Detail
from bot.cases.changing import MOST_TAGS, Changes, change, to_person, to_team
from bot.cases.filing import add_to_case
from bot.cases.handling import claim, reply
from bot.cases.state import Intake
from bot.cases.timestamps import write_utc
from bot.cases.turn import Turn
from bot.cases.understanding import Understanding
from bot.playbook.content import Content
from bot.playbook.model import Severity
from tests.cases.at_the_desk import ANN, BOB, CONTENT, CY, MONDAY, Desk, opened
from tests.cases.conftest import Say


def noted(case: Case) -> list[dict[str, Any]]:
    """What was changed, from the history."""
    return [dict(entry.more) for entry in case.history if entry.what == "changed"]


# ---- topic, severity, tags, details ------------------------------------------------------------


def test_topic_takes_its_last_subtopic_and_a_case_nobody_has_to_its_team() -> None:
    desk = Desk(replace(opened(), secondary_topics=("billing", "complaint")))
    case = desk.does(ANN, change, Changes(topic="billing"))
    assert (case.topic, case.subtopic, case.team) == ("billing", "general", "money")
    assert case.secondary_topics == ("complaint",)
    assert noted(case) == [
        {"field": "topic", "before": "delivery", "after": "billing"},
        {"field": "team", "before": "support", "after": "money"},
    ]


def test_topic_leaves_a_case_that_somebody_has_with_them() -> None:
    desk = Desk()
    desk.does(ANN, claim)
    case = desk.does(ANN, change, Changes(topic="billing"))
    assert (case.topic, case.team, case.assignee) == ("billing", "support", ANN)


def test_topic_and_subtopic_are_changed_together() -> None:
    case = Desk().does(ANN, change, Changes(topic="billing", subtopic="refund"))
    assert (case.topic, case.subtopic) == ("billing", "refund")


def test_severity_has_the_agents_reason() -> None:
    case = Desk().does(ANN, change, Changes(severity=Severity.LOW, reason="Not urgent"))
    assert (case.severity, case.severity_reasons) == (Severity.LOW, ("Not urgent",))
    assert noted(case) == [{"field": "severity", "before": "high", "after": "low"}]


def test_severity_without_a_reason_says_whose_it_is() -> None:
    case = Desk().does(ANN, change, Changes(severity=Severity.LOW, reason=" "))
    assert case.severity_reasons == ("Set by an agent",)


def test_tags_are_lower_case_and_each_there_once() -> None:
    case = Desk().does(ANN, change, Changes(tags=["Depot ", "depot", "", "VIP"]))
    assert case.tags == ("depot", "vip")
    assert noted(case) == [{"field": "tags", "before": "", "after": "depot, vip"}]


def test_details_are_edited_and_emptied() -> None:
    details = {"amount": Detail("5", "said"), "product": Detail("Hub", "said")}
    desk = Desk(replace(opened(), details=details))
    case = desk.does(ANN, change, Changes(details={"amount": " 7 ", "product": ""}))
    assert case.details == {"amount": Detail("7", "edited"), "product": Detail(None, "missing")}
    assert noted(case) == [
        {"field": "amount", "before": "5", "after": "7"},
        {"field": "product", "before": "Hub", "after": None},
    ]


def test_change_is_told_once_with_what_reports_group_by() -> None:
    desk = Desk()
    case = desk.does(ANN, change, Changes(topic="billing", severity=Severity.LOW, tags=["vip"]))
    assert desk.fact == {
        "type": "case_changed", "case": case.id, "agent": ANN, "topic": "billing",
        "subtopic": "general", "severity": "low", "team": "money",
        "respond_by": write_utc(case.sla.respond_by),
    }  # fmt: skip
    assert len(desk.facts) == 1


@pytest.mark.parametrize(
    "changes",
    [
        Changes(), Changes(topic="delivery"), Changes(subtopic="late"), Changes(tags=[]),
        Changes(severity=Severity.HIGH), Changes(details={"amount": None}),
    ],
)  # fmt: skip
def test_change_of_nothing_is_not_written(changes: Changes) -> None:
    desk = Desk()
    desk.does(ANN, change, changes)
    assert desk.last is not None
    assert (desk.last.changed, desk.facts) == ({}, [])


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        (Changes(topic="telegrams"), "bad_topic"),
        (Changes(subtopic="refund"), "bad_subtopic"),
        (Changes(topic="billing", subtopic="late"), "bad_subtopic"),
        (Changes(details={"shoe size": "44"}), "bad_details"),
        (Changes(tags=["x" * 41]), "bad_tags"),
        (Changes(tags=[str(number) for number in range(MOST_TAGS + 1)]), "bad_tags"),
    ],
)
def test_change_to_what_the_playbook_does_not_know_is_refused(changes: Changes, code: str) -> None:
    assert Desk().refuses(ANN, change, changes) == code


# ---- to a team, to a person --------------------------------------------------------------------


def test_transfer_to_a_team_is_noted_and_told() -> None:
    desk = Desk()
    desk.does(ANN, claim)
    case = desk.does(ANN, to_team, "money", "About a refund")
    assert (case.team, case.status, case.assignee) == ("money", "new", None)
    assert dict(case.history[-1].more) == {"team": "money", "before": "support"}
    assert case.notes[0].text == "About a refund"
    assert desk.fact == {
        "type": "case_transferred", "case": case.id, "agent": ANN, "team": "money", "to": "",
    }  # fmt: skip


def test_transfer_to_ones_own_team_puts_the_case_back_into_the_queue() -> None:
    desk = Desk()
    desk.does(ANN, claim)
    before = desk.case.sla
    case = desk.does(ANN, to_team, "support", None)
    assert (case.status, case.assignee, case.sla) == ("new", None, before)


def test_transfer_to_a_person_is_noted_and_told() -> None:
    desk = Desk()
    desk.does(ANN, claim)
    case = desk.does(ANN, to_person, CY, None)
    assert (case.team, case.status, case.assignee) == ("support", "claimed", CY)
    assert dict(case.history[-1].more) == {"person": CY, "before": ANN}
    assert desk.fact == {
        "type": "case_transferred", "case": case.id, "agent": ANN, "team": "support", "to": CY,
    }  # fmt: skip


def test_transfer_to_a_person_leaves_the_ball_where_it_is() -> None:
    desk = Desk()
    desk.does(ANN, claim)
    desk.does(ANN, reply, "Which order?")
    case = desk.does(ANN, to_person, CY, None)
    assert (case.status, case.sla.next_response_by) == ("waiting", None)


def test_transfer_to_an_unknown_team_is_refused() -> None:
    assert Desk().refuses(ANN, to_team, "telegraph", None) == "bad_team"


def test_transfer_to_who_holds_the_conversation_is_allowed() -> None:
    other = replace(opened(id="ND-8765432"), status="claimed", assignee=CY)
    assert Desk(others=(other,)).does(BOB, to_person, CY, None).assignee == CY


# ---- what the customer says next -----------------------------------------------------------------


def goes_on(
    case: Case, before: list[Understanding], heard: Understanding, content: Content = CONTENT
) -> Case:
    """The customer's next message, as the dialogue files it."""

    async def no_reference(_: int) -> str:
        raise AssertionError("no case is opened here")

    turn = Turn("web:1", "web", Customer("1"), "", "", MONDAY, content, no_reference)
    intake = Intake(said=[*before, heard], details=dict(case.details))
    return add_to_case(case, intake, turn, content).case


def test_severity_that_an_agent_lowered_is_not_raised_by_the_same_old_words(say: Say) -> None:
    smoke = say("there is smoke", "report/incident", cues=["safety"])
    desk = Desk(opened(topic="incident", subtopic="safety", severity=Severity.CRITICAL))
    desk.does(ANN, change, Changes(severity=Severity.NORMAL, reason="It was toast"))
    after = goes_on(desk.case, [smoke], say("ok thanks", "thanks"))
    assert (after.severity, after.severity_reasons) == (Severity.NORMAL, ("It was toast",))


def test_severity_that_an_agent_lowered_is_raised_by_worse_news(say: Say) -> None:
    late = say("it is late", "report/delivery")
    desk = Desk()
    desk.does(ANN, change, Changes(severity=Severity.LOW))
    smoke = say("now there is smoke", "report/incident", cues=["safety"])
    assert goes_on(desk.case, [late], smoke).severity == Severity.CRITICAL


def test_severity_still_rises_with_any_message_where_nobody_corrected_it(say: Say) -> None:
    late = say("it is late and I have a deadline", "report/delivery", cues=["deadline"])
    case = opened(severity=Severity.NORMAL)
    assert goes_on(case, [late], say("hello?", "greet")).severity == Severity.HIGH


def test_topic_and_tags_that_an_agent_took_away_stay_away(say: Say) -> None:
    money = say("charged twice", "report/billing", 0.9)
    desk = Desk(opened(topic="billing", subtopic="double", team="money", tags=("money",)))
    desk.does(ANN, change, Changes(topic="other", tags=["vip"]))
    after = goes_on(desk.case, [money], say("hello?", "greet"))
    assert (after.topic, after.tags, after.secondary_topics) == ("other", ("vip",), ())


def test_new_words_add_topics_and_tags_to_a_corrected_case(say: Say) -> None:
    late = say("it is late", "report/delivery", 0.9)
    desk = Desk()
    desk.does(ANN, change, Changes(topic="technical_issue", tags=["vip"]))
    money = say("and I was charged twice", "report/billing", 0.9)
    after = goes_on(desk.case, [late], money)
    assert after.topic == "technical_issue"
    assert "billing" in after.secondary_topics


def test_mild_case_stays_mild_when_what_was_said_before_is_forgotten(say: Say) -> None:
    """As after a second case of the conversation, where the usual level of a word is higher."""
    topics = CONTENT.playbook.topics
    usual = {**topics, "other": replace(topics["other"], severity=Severity.NORMAL)}
    content = replace(CONTENT, playbook=replace(CONTENT.playbook, topics=usual))
    mild = opened(severity=Severity.LOW)
    assert goes_on(mild, [], say("thanks", "thanks"), content).severity == Severity.LOW
    late = say("by tomorrow", "report/delivery", cues=["deadline"])
    assert goes_on(mild, [], late, content).severity == Severity.HIGH
