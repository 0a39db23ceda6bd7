"""Case references."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cases.reference import ALPHABET, find_reference, make_reference


@given(st.text(), st.integers(0, 1000), st.integers(0, 5))
def test_reference_is_well_formed_and_found_again_in_any_spelling(
    conversation: str, intake: int, attempt: int
) -> None:
    reference = make_reference(conversation, intake, attempt)

    assert re.fullmatch(rf"ND-[{ALPHABET}]{{7}}", reference)
    for written in (reference, reference.lower(), reference.replace("-", " \u2013 ")):
        assert find_reference(f"any news on {written}?") == reference


def test_reference_alphabet_has_no_letters_that_are_misread() -> None:
    assert set(ALPHABET) == set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") - set("ILOU01")


def test_reference_is_the_same_when_a_step_is_retried() -> None:
    assert make_reference("web:7", 2) == make_reference("web:7", 2) == "ND-V7J74YS"


def test_reference_differs_by_conversation_intake_and_attempt() -> None:
    seeds = [(f"web:{number}", intake, attempt)
             for number in range(200) for intake in range(5) for attempt in range(2)]  # fmt: skip

    assert len({make_reference(*seed) for seed in seeds}) == len(seeds)


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("ND 7KQ2M4X please", "ND-7KQ2M4X"),
        ("it is nd7kq2m4x.", "ND-7KQ2M4X"),
        ("ND-ABCDEFG", "ND-ABCDEFG"),
    ],
)
def test_reference_is_found_when_written_without_its_dash(text: str, reference: str) -> None:
    assert find_reference(text) == reference


@pytest.mark.parametrize(
    "text",
    ["no reference", "my 2nd package", "nd breathe", "ND-12", "ND-7KQ2M4XX", "AND-7KQ2M4X",
     "BN-104233", "ND-7KQ2MOX"],
)  # fmt: skip
def test_reference_is_not_found_where_there_is_none(text: str) -> None:
    assert find_reference(text) is None
