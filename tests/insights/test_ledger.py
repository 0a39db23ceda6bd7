"""Facts are folded one after the other, whatever they look like."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.insights.ledger import Ledger, fold

from .telling import Fact, at, message, opened, replied, told

FIXTURE = Path(__file__).with_name("fixture") / "facts.jsonl"


@pytest.fixture(scope="module")
def facts() -> list[Fact]:
    return [json.loads(line) for line in FIXTURE.read_text("utf-8").splitlines()]


def known(ledger: Ledger) -> object:
    return ledger.cases, ledger.contacts, ledger.quick_replies, ledger.faqs, ledger.offers


def test_taking_one_by_one_is_the_same_as_folding_at_once(facts: list[Fact]) -> None:
    ledger = Ledger()
    for fact in facts:
        ledger.take(fact)
    assert known(ledger) == known(fold(facts))


@given(st.data())
def test_taking_in_two_parts_is_the_same_as_folding_at_once(data: st.DataObject) -> None:
    told = [json.loads(line) for line in FIXTURE.read_text("utf-8").splitlines()[:150]]
    cut = data.draw(st.integers(0, len(told)))
    ledger = fold(told[:cut])
    for fact in told[cut:]:
        ledger.take(fact)
    assert known(ledger) == known(fold(told))


@pytest.mark.parametrize(
    "fact",
    [
        {},
        {"type": "case_opened"},
        {"type": "case_opened", "at": "yesterday", "case": "ND-9"},
        {"type": "case_opened", "at": 12, "case": "ND-9"},
        {"type": "case_opened", "at": "2026-03-02T09:00:00", "case": "ND-9"},
        {"type": "case_opened", "at": "2026-03-02T09:00:00Z"},
        {"type": "case_applauded", "at": "2026-03-02T09:00:00Z", "case": "ND-1"},
        {"type": "case_rated", "at": "2026-03-02T09:00:00Z", "case": "ND-8", "rating": 1},
        {"type": "case_rated", "at": "2026-03-02T09:00:00Z", "case": "ND-1", "rating": "five"},
        {"type": "turn_answered", "at": "2026-03-02T09:00:00Z", "replies": 1},
        {"type": "faq_answered", "at": "2026-03-02T09:00:00Z", "faq": "hours"},
        {"type": "message_received", "at": "2026-03-02T09:00:00Z"},
        {"type": ["case_opened"], "at": "2026-03-02T09:00:00Z", "case": "ND-9"},
    ],
)
def test_facts_that_say_nothing_we_know_are_passed_over(fact: Fact) -> None:
    before = fold([message("Mon 09:00"), opened("Mon 09:01")])
    after = fold([message("Mon 09:00"), opened("Mon 09:01"), fact])
    assert known(after) == known(before)


def test_values_that_are_missing_leave_what_was_told_before() -> None:
    ledger = fold([opened("Mon 09:00"), told("case_changed", "Mon 10:00", severity="high")])
    case = ledger.cases["ND-1"]
    assert (case.topic, case.severity, case.team) == ("billing", "high", "support")


def test_case_told_of_twice_is_opened_once() -> None:
    ledger = fold([opened("Mon 09:00"), replied("Mon 10:00"), opened("Mon 11:00")])
    assert ledger.cases["ND-1"].opened_at == at("Mon 09:00")
    assert ledger.cases["ND-1"].replied_at == at("Mon 10:00")


def test_fact_later_than_the_moment_is_refused() -> None:
    ledger = Ledger()
    assert not ledger.take(opened("Mon 09:01"), as_of=at("Mon 09:00"))
    assert ledger.cases == {}
    assert ledger.take(opened("Mon 09:01"), as_of=at("Mon 09:01"))


def test_ledger_keeps_no_fact() -> None:
    """A conversation of a hundred messages leaves as much as one of two."""
    (contact,) = fold(message(f"Mon 09:{n % 60}") for n in range(100)).contacts["webchat:ann"]
    assert contact.messages == 100
    assert not any(isinstance(getattr(contact, name), list) for name in contact.__slots__)
