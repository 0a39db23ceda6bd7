"""Cues in customers' texts."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cases.cues import CueFinder, clean, count_matches

FINDER = CueFinder(
    {
        "blocked": ("can't (log in|pay)", "locked out"),
        "refund": ("refund(s|ed)?", "R\u00fcckzahlung", r"(?P<word>Money) BACK\S*"),
        "korean": (r"\ud658\ubd88\w*",),
        "empty": (),
    }
)


@pytest.mark.parametrize(
    ("text", "cues"),
    [
        ("I was LOCKED OUT today", {"blocked"}),
        ("I can\u2019t\nlog   in, want my refund", {"blocked", "refund"}),
        ("refunding is prerefund", set()),
        ("@refund https://shop.example/refund", set()),
        ("write to me@refund.example", {"refund"}),
        ("r\u00fcckzahlung bitte", {"refund"}),
        ("R\u0075\u0308CKZAHLUNG", {"refund"}),
        ("MONEY back!", {"refund"}),
        ("\ud658\ubd88\ud574 \uc8fc\uc138\uc694", {"korean"}),
        ("", set()),
    ],
)
def test_cues_are_found_between_word_borders_in_any_case(text: str, cues: set[str]) -> None:
    assert FINDER.find_cues(text) == cues


@pytest.mark.parametrize(
    ("patterns", "text", "found"),
    [
        (("환불",), "빠른환불부탁해요", True),
        (("wi-?fi",), "wifi가 안 돼요", True),
        (("연기",), "Plug에서 연기가 나요", True),
        (("연기",), "GPS연기", True),
        ((r"(?<!이)불이",), "이불이 왔어요", False),
        (("火事",), "台所が火事です", True),
        (("fire",), "campfire가 좋아요", False),
        (("fumaça",), "saindo FUMACA da tomada", True),
        (("nao funciona",), "não funciona", True),
        (("heiß",), "viel zu heiss", True),
        ((r"\S+ (é|e) S\S+",), "isso É sério", True),
        ((r"(very|so) \1",), "so so bad", True),
        ((r"[(]x[)]",), "an (x) here", True),
    ],
)
def test_cues_know_where_words_end_and_that_accents_are_left_out(
    patterns: tuple[str, ...], text: str, found: bool
) -> None:
    assert bool(count_matches(patterns, clean(text))) is found
    assert ("it" in CueFinder({"it": patterns}).find_cues(text)) is found


@pytest.mark.parametrize(
    "text",
    ["FIX. THE. ROKU. APP. NOW.", "where is it???", "what?!?", "\uac00\uc694\uff01\uff01\uff01",
     "@hulu WHY IS THIS SO SLOW ON MY ps4"],
)  # fmt: skip
def test_shouting_is_found_in_capitals_and_rows_of_marks(text: str) -> None:
    assert "shouting" in FINDER.find_cues(text)


@pytest.mark.parametrize(
    "text",
    ["BN-104233", "HP LASERJET", "My PS4 and NBA2K do not work", "really?!", "OK", "1234567890!",
     "\uc5b8\uc81c \ubc1b\uc744 \uc218 \uc788\ub098\uc694 \uc815\ub9d0",
     "@LOUD_BRAND_NAME_HERE hi", "GTA V PS4 EU"],
)  # fmt: skip
def test_shouting_is_not_found_in_names_and_numbers(text: str) -> None:
    assert "shouting" not in FINDER.find_cues(text)


def test_matches_count_once_when_the_same_piece_comes_again() -> None:
    patterns = ("refund", "charged (me )?twice")

    assert count_matches(patterns, "Refund! refund, charged me twice, charged twice") == 3
    assert count_matches((), "refund") == 0


def test_pattern_that_is_no_regular_expression_is_refused() -> None:
    with pytest.raises(re.error):
        CueFinder({"broken": ("(",)})


@given(st.text())
def test_cleaning_twice_changes_nothing_more_and_finding_never_fails(text: str) -> None:
    assert clean(clean(text)).count("  ") == 0
    assert FINDER.find_cues(text) <= {"blocked", "refund", "korean", "shouting"}


def test_finding_takes_under_a_millisecond_with_many_cues() -> None:
    cues = {
        f"cue{n}": tuple(f"word{n}{i}(s|ed)? (\\w+ )?thing" for i in range(20)) for n in range(30)
    }
    finder = CueFinder(cues)
    text = "My order has not arrived and nobody answers, word11 nice thing. " * 3
    times = []
    for _ in range(20):
        started = time.process_time()
        found = finder.find_cues(text)
        times.append(time.process_time() - started)

    assert found == {"cue1"}
    assert min(times) < 0.001
