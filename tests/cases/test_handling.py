"""What people do with a case: who may, what becomes of it, what is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cases.case import Case, validate
from bot.cases.changing import Changes, change, to_person, to_team
from bot.cases.filing import MOST_IN_A_ROW, customer_wrote
from bot.cases.handling import (
    claim,
    give_back,
    give_to_bot,
    note,
    remind,
    reopen,
    reply,
    resolve,
)
from bot.cases.promise import PROMISE_MOVED
from bot.cases.queue import queue_score, runs_out
from bot.cases.targets import running
from bot.cases.timestamps import write_utc
from bot.cases.watching import next_event
from bot.playbook.model import Severity
from tests.cases.at_the_desk import ANN, BOB, CONTENT, CY, DAY, HOUR, MONDAY, Desk, opened

Deed = Callable[..., None]


def desk_with(state: str) -> Desk:
    """new, mine and theirs (claimed), my and their waiting, resolved (mine), closed."""
    desk = Desk()
    if state == "closed":
        desk.case = replace(desk.case, status="closed")
    elif state != "new":
        who = BOB if state.startswith("their") else ANN
        desk.does(who, claim)
        if state.endswith("waiting"):
            desk.does(who, reply, "Which order?")
        if state == "resolved":
            desk.does(who, resolve, None)
    return desk


STATES = ("new", "mine", "theirs", "my waiting", "their waiting", "resolved", "closed")
DEEDS: dict[str, tuple[Any, ...]] = {
    "claim": (claim,),
    "reply": (reply, "It comes today."),
    "reply, more owed": (partial(reply, waits=False), "I am looking into it."),
    "note": (note, "Call the depot."),
    "resolve": (resolve, "It was delivered."),
    "resolve, no words": (resolve, None),
    "return": (give_to_bot,),
    "reopen": (reopen,),
    "to team": (to_team, "money", None),
    "to person": (to_person, CY, None),
    "change": (change, Changes(tags=("depot",))),
}
TABLE = """
deed              | new            | mine          | theirs        | my waiting    | their waiting | resolved       | closed
claim             | claimed ann    | claimed ann   | held_by bob   | waiting ann   | held_by bob   | not_open       | not_open
reply             | not_yours      | waiting ann   | held_by bob   | waiting ann   | held_by bob   | not_open       | not_open
reply, more owed  | not_yours      | claimed ann   | held_by bob   | claimed ann   | held_by bob   | not_open       | not_open
note              | new            | claimed ann   | claimed bob   | waiting ann   | waiting bob   | resolved ann   | closed
resolve           | resolved ann   | resolved ann  | held_by bob   | resolved ann  | held_by bob   | not_open       | not_open
resolve, no words | resolved ann   | resolved ann  | held_by bob   | resolved ann  | held_by bob   | not_open       | not_open
return            | not_yours      | new           | held_by bob   | new           | held_by bob   | not_open       | not_open
reopen            | not_resolved   | not_resolved  | not_resolved  | not_resolved  | not_resolved  | claimed ann    | claimed ann
to team           | new            | new           | held_by bob   | new           | held_by bob   | not_open       | not_open
to person         | claimed cy     | claimed cy    | held_by bob   | waiting cy    | held_by bob   | not_open       | not_open
change            | new            | claimed ann   | claimed bob   | waiting ann   | waiting bob   | resolved ann   | closed
"""  # noqa: E501
OUTCOMES = [
    (cells[0], state, outcome)
    for line in TABLE.strip().splitlines()[1:]
    for cells in [[cell.strip() for cell in line.split("|")]]
    for state, outcome in zip(STATES, cells[1:], strict=True)
]


@pytest.mark.parametrize(("deed", "state", "outcome"), OUTCOMES)
def test_each_deed_is_done_or_refused_in_each_state(deed: str, state: str, outcome: str) -> None:
    desk = desk_with(state)
    before = desk.case
    code = desk.refuses(ANN, *DEEDS[deed])
    if code:
        assert code.replace("u-", "") == outcome
        assert desk.case == before
    else:
        status, _, who = outcome.partition(" ")
        assert (desk.case.status, desk.case.assignee) == (status, f"u-{who}" if who else None)
        validate(desk.case.to_json())


TAKING = {
    "claim": (claim, {"take_over": True}),
    "return": (give_to_bot, {"take_over": True}),
    "to team": (to_team, "money", None, {"take_over": True}),
    "to person": (to_person, CY, None, {"take_over": True}),
}


@pytest.mark.parametrize("state", ["theirs", "their waiting"])
@pytest.mark.parametrize(
    ("deed", "assignee"), [("claim", ANN), ("return", None), ("to team", None), ("to person", CY)]
)
def test_lead_takes_a_case_out_of_other_hands(deed: str, state: str, assignee: str | None) -> None:
    desk = desk_with(state)
    *done, options = TAKING[deed]
    desk.does(ANN, *done, **options)
    assert desk.case.assignee == assignee


# ---- what is written and told ------------------------------------------------------------------


def last_entry(case: Case) -> dict[str, Any]:
    entry = case.history[-1]
    return {"who": entry.who, "what": entry.what, **entry.more}


def test_claim_is_noted_and_told_with_who_had_it_before() -> None:
    desk = desk_with("theirs")
    desk.does(ANN, claim, take_over=True)
    assert last_entry(desk.case) == {"who": ANN, "what": "claimed", "before": BOB}
    assert desk.fact == {
        "type": "case_claimed", "case": "ND-2345678", "agent": ANN, "team": "support",
    }  # fmt: skip


def test_claim_of_ones_own_case_changes_nothing() -> None:
    desk = desk_with("mine")
    desk.does(ANN, claim)
    assert desk.last is not None
    assert (desk.last.changed, desk.last.facts, desk.last.lines) == ({}, [], [])


@pytest.mark.parametrize("waits", [True, False])
def test_reply_is_said_by_the_agent_noted_and_told(waits: bool) -> None:
    desk = desk_with("mine")
    desk.does(ANN, reply, "It comes today.", waits=waits)
    assert desk.said == [(ANN, "text")]
    assert last_entry(desk.case) == {"who": ANN, "what": "replied", "waits": waits}
    assert desk.fact == {
        "type": "agent_replied", "case": "ND-2345678", "agent": ANN, "team": "support",
        "waits": waits,
    }  # fmt: skip


def test_first_answer_of_a_person_is_remembered_and_later_ones_do_not_move_it() -> None:
    desk = desk_with("mine")
    desk.wait(hours=1).does(ANN, reply, "Hello")
    desk.wait(hours=1).does(ANN, reply, "One more thing")
    assert desk.case.reply_at == MONDAY + HOUR


def test_note_is_kept_and_not_said() -> None:
    desk = desk_with("theirs")
    desk.does(ANN, note, "Call the depot.")
    assert desk.said == []
    assert (desk.case.notes[0].who, desk.case.notes[0].text) == (ANN, "Call the depot.")
    assert desk.fact == {"type": "note_added", "case": "ND-2345678", "agent": ANN}


def test_card_number_in_what_an_agent_writes_is_not_kept() -> None:
    desk = desk_with("mine")
    desk.does(ANN, reply, "Is it 4111 1111 1111 1111?")
    assert desk.last.lines[0].reply.text == "Is it [card 1111]?"
    desk.does(ANN, note, "Paid by 4111111111111111.")
    assert desk.case.notes[-1].text == "Paid by [card 1111]."


def test_resolving_says_the_closing_words_and_asks_how_it_was() -> None:
    desk = desk_with("mine")
    desk.does(ANN, resolve, "It was delivered.")
    assert desk.said == [(ANN, "text"), ("bot", "rating")]
    assert [(entry.what, dict(entry.more)) for entry in desk.case.history[-2:]] == [
        ("replied", {"waits": True}), ("resolved", {"asked": True}),
    ]  # fmt: skip
    assert [fact.type for fact in desk.facts[-2:]] == ["agent_replied", "case_resolved"]
    assert desk.fact == {"type": "case_resolved", "case": "ND-2345678", "agent": ANN}


def test_rating_buttons_name_the_case_and_five_stars() -> None:
    desk = desk_with("mine")
    desk.does(ANN, resolve, None)
    assert desk.last is not None
    buttons = desk.last.lines[0].reply.buttons
    assert [title for title, _ in buttons] == [f"{stars} of 5" for stars in range(1, 6)]
    assert buttons[3][1] == '/inform{"rating":"4","of_case":"ND-2345678"}'


def test_resolving_in_silence_says_nothing_and_is_no_answer() -> None:
    desk = desk_with("new")
    desk.does(ANN, resolve, None, ask_rating=False)
    assert desk.said == []
    assert desk.case.reply_at is None
    assert last_entry(desk.case) == {"who": ANN, "what": "resolved", "asked": False}


def test_return_is_said_by_the_bot_noted_and_told() -> None:
    desk = desk_with("mine")
    desk.does(ANN, give_to_bot, "Only wants our hours.")
    assert desk.said == [("bot", "returned")]
    assert last_entry(desk.case) == {"who": ANN, "what": "returned"}
    assert desk.case.notes[0].text == "Only wants our hours."
    assert desk.fact == {"type": "case_returned", "case": "ND-2345678", "agent": ANN}
    assert desk.last is not None
    assert desk.last.to_bot


def test_reopening_is_told_with_what_reports_group_by() -> None:
    desk = desk_with("resolved")
    desk.does(BOB, reopen)
    assert last_entry(desk.case) == {"who": BOB, "what": "reopened"}
    about = {
        "topic": "delivery", "subtopic": "late", "severity": "high", "team": "support",
        "respond_by": write_utc(desk.case.sla.respond_by),
    }  # fmt: skip
    reopened, claimed = desk.facts[-2:]
    assert reopened.type == "case_reopened"
    assert reopened.about == {"case": "ND-2345678", "by": BOB, **about}
    assert claimed.about == {"case": "ND-2345678", "agent": BOB, "team": "support"}


def test_reminder_is_noted_and_told_and_not_said() -> None:
    desk = desk_with("mine")
    desk.does("bot", remind)
    assert desk.said == []
    assert last_entry(desk.case) == {"who": "bot", "what": "reminded", "agent": ANN}
    assert desk.fact == {"type": "agent_reminded", "case": "ND-2345678", "agent": ANN}


def test_case_that_is_given_back_is_the_teams_and_its_customer_hears_until_when() -> None:
    desk = desk_with("mine")
    desk.does("bot", give_back)
    assert (desk.case.status, desk.case.assignee) == ("new", None)
    assert desk.said == [("bot", "promise")]
    assert last_entry(desk.case) == {"who": "bot", "what": "given_back", "agent": ANN}
    assert desk.fact == {"type": "case_given_back", "case": "ND-2345678", "agent": ANN}


@pytest.mark.parametrize("minutes", [110, 125])
def test_case_given_back_late_gets_a_promise_that_can_be_kept(minutes: int) -> None:
    """Also when it is only almost late: there is no second word about it a minute later."""
    desk = desk_with("mine")
    desk.wait(minutes=minutes).does("bot", give_back)
    assert desk.case.sla.respond_by == desk.now + 2 * HOUR
    assert desk.case.happened(PROMISE_MOVED)
    assert desk.fact["type"] == "promise_moved"
    assert "promise_moved" not in desk.looks()


# ---- two cases of one conversation ---------------------------------------------------------------


def beside(assignee: str) -> Case:
    return replace(opened(id="ND-8765432"), status="claimed", assignee=assignee)


@pytest.mark.parametrize("deed", ["claim", "resolve", "to person"])
def test_conversation_has_one_holder(deed: str) -> None:
    desk = Desk(others=(beside(BOB),))
    assert desk.refuses(ANN, *DEEDS[deed]) == f"held_by {BOB}"


def test_second_case_of_the_conversation_is_for_who_holds_the_first() -> None:
    desk = Desk(others=(beside(ANN),))
    assert desk.does(ANN, claim).assignee == ANN


def test_reopening_waits_for_who_holds_the_conversation() -> None:
    desk = desk_with("resolved")
    desk.others = (beside(BOB),)
    assert desk.refuses(ANN, reopen) == f"held_by {BOB}"


@pytest.mark.parametrize(
    ("deed", "options", "to"),
    [((claim,), {"take_over": True}, ANN), ((to_person, CY, None), {"take_over": True}, CY)],
)
def test_other_cases_of_the_conversation_come_along(
    deed: tuple[Any, ...], options: dict[str, Any], to: str
) -> None:
    desk = Desk(others=(beside(BOB),))
    desk.does(ANN, *deed, **options)
    assert desk.last is not None
    other = desk.last.changed["ND-8765432"]
    assert other.assignee == to
    assert last_entry(other) == {"who": ANN, "what": "transferred", "before": BOB, "person": to}
    told = next(fact for fact in desk.last.facts if fact.about["case"] == other.id)
    assert told.about == {"case": other.id, "agent": ANN, "team": "support", "to": to}


def test_bot_gets_the_whole_conversation_back() -> None:
    desk = desk_with("mine")
    desk.others = (beside(ANN),)
    desk.does(ANN, give_to_bot)
    assert desk.last is not None
    assert [case.status for case in desk.last.changed.values()] == ["new", "new"]
    assert [fact.about["case"] for fact in desk.last.facts] == ["ND-8765432", "ND-2345678"]


# ---- whatever happens, in whatever order ---------------------------------------------------------

hours_later = st.integers(0, 30 * 60).map(lambda minutes: minutes / 60)
whos = st.sampled_from([ANN, BOB])
changes = st.builds(
    Changes,
    topic=st.none() | st.sampled_from(["billing", "delivery", "incident"]),
    severity=st.none() | st.sampled_from(Severity),
    tags=st.none() | st.just(("depot",)),
    details=st.none() | st.fixed_dictionaries({"amount": st.none() | st.just("5")}),
)
others = [deed for name, deed in DEEDS.items() if name != "change"]
back_to_own_team = (to_team, "support", None)
deeds = st.one_of(
    st.sampled_from([*others, back_to_own_team, "customer", "clock", "close"]),
    changes.map(lambda wanted: (change, wanted)),
)


@settings(deadline=None, max_examples=150)
@given(
    st.sampled_from(Severity),
    st.integers(0, 7 * 24).map(lambda hours: MONDAY + hours * HOUR),
    st.lists(st.tuples(hours_later, whos, deeds), max_size=25),
)
def test_case_is_whole_after_any_sequence_of_deeds(
    severity: Severity, at: Any, sequence: list[tuple[float, str, Any]]
) -> None:
    desk = Desk(opened(at, severity), at)
    for hours, who, deed in sequence:
        desk.wait(hours=hours)
        before = desk.case
        if deed == "clock":
            desk.looks()
        elif deed == "customer" and desk.case.is_open:
            desk.customer_writes()
        elif deed == "close" and desk.case.status == "new":
            desk.customer_closes()
        elif isinstance(deed, tuple):
            desk.refuses(who, *deed)
        check(desk.case)
        if isinstance(deed, tuple) and deed[0] is change and before.status in ("new", "claimed"):
            assert desk.case.sla.respond_by <= before.sla.respond_by


def check(case: Case) -> None:
    sla, status = case.sla, case.status
    owed = status in ("new", "claimed")
    assert case.is_held == (status in ("claimed", "waiting"))
    assert status != "new" or case.assignee is None
    assert (sla.resolve_by is not None, sla.resolve_left is not None) == (owed, not owed)
    assert sla.next_response_by is None or owed
    assert not (owed and case.reply_at) or sla.next_response_by is not None
    assert set(running(case)) <= {"first_response", "next_response", "resolution"}
    assert (runs_out(case) is not None) == owed
    assert int(float(queue_score(case))) == queue_score(case)
    next_event(case, CONTENT)
    validate(case.to_json())
    assert Case.from_json(case.to_json()) == case


def test_customer_of_a_closed_case_is_not_waited_for_twice() -> None:
    """What the customer writes makes us owe an answer once, however much they write."""
    desk = desk_with("my waiting")
    first = desk.customer_writes().sla
    again = customer_wrote(desk.case, desk.now + DAY, CONTENT)
    assert (again.status, again.sla) == ("claimed", first)


def test_history_does_not_grow_with_each_message_of_a_flood() -> None:
    desk = desk_with("new")
    before = len(desk.case.history)
    for _ in range(500):
        desk.wait(minutes=1)
        desk.customer_writes()
    assert len(desk.case.history) == before + MOST_IN_A_ROW
    last = desk.case.history[-1]
    assert (last.at, last.more["messages"]) == (desk.now, 500 - MOST_IN_A_ROW + 1)
    desk.does(ANN, note, "they go on and on")
    desk.customer_writes()
    assert [entry.what for entry in desk.case.history[-2:]] == ["noted", "message_added"]
    validate(desk.case.to_json())
