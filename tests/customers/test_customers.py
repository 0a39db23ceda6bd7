"""Sixty scripted customers, written by eyes that saw neither code nor content, against the bot."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path

import pytest
import yaml

from bot.engine.assistant import Assistant
from bot.playbook.content import Content
from tests.customers.player import Played, play
from tests.talking import Talk

SCRIPTS = yaml.safe_load((Path(__file__).parent / "customers.yml").read_text("utf-8"))["customers"]
NIGHT = datetime(2026, 11, 22, 23, 30, tzinfo=timezone.utc)
COOPERATING = ("says_all_at_once", "answers_after_ten_hours", "two_problems")
"""Tempers that answer a question fully; the others dither, correct, refuse or digress by design."""


@pytest.fixture(scope="session")
async def played(assistant: Assistant, brightnook: Content) -> list[Played]:
    return [
        await play(script, Talk(assistant, brightnook, NIGHT, name=script["id"]))
        for script in SCRIPTS
    ]


def test_there_are_sixty_customers() -> None:
    assert len(SCRIPTS) == 60


def test_every_customer_ends_in_a_case_and_is_answered_every_time(played: list[Played]) -> None:
    assert [customer.id for customer in played if customer.case is None] == []
    assert [customer.id for customer in played if customer.silent] == []


def test_no_fact_is_asked_for_after_it_was_given(played: list[Played]) -> None:
    again = {customer.id: customer.asked_again for customer in played if customer.asked_again}
    assert again == {}


def test_details_are_right_in_95_of_100(played: list[Played]) -> None:
    given = sum(len(customer.given) for customer in played)
    wrong = {customer.id: customer.wrong for customer in played if customer.wrong}
    share = 1 - sum(len(names) for names in wrong.values()) / given
    print(f"{given} facts given, {share:.1%} right; wrong: {wrong}")  # noqa: T201
    assert share >= 0.95, wrong


def test_customers_who_cooperate_need_at_most_three_turns(played: list[Played]) -> None:
    turns = _turns_by_temper(played)
    print(turns)  # noqa: T201
    assert max(turn for temper in COOPERATING for turn in turns[temper]) <= 3


def test_whoever_refuses_still_gets_a_case(played: list[Played]) -> None:
    refusers = [customer for customer in played if customer.temper == "refuses"]
    assert len(refusers) == 7
    assert all(customer.case is not None for customer in refusers)


def test_a_second_problem_becomes_a_case_of_its_own(played: list[Played]) -> None:
    two = [customer for customer in played if customer.temper == "two_problems"]
    assert [customer.id for customer in two if customer.second is None] == []


def test_no_conversation_goes_on_for_ever(played: list[Played]) -> None:
    assert max(customer.turns_to_case for customer in played) <= 8


def _turns_by_temper(played: Sequence[Played]) -> dict[str, list[int]]:
    turns: defaultdict[str, list[int]] = defaultdict(list)
    for customer in played:
        turns[customer.temper].append(customer.turns_to_case)
    return dict(turns)
