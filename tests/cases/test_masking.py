"""Masking: no card survives, nothing else is harmed."""

from __future__ import annotations

import time

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.cases.masking import Masker, mask_cards, passes_luhn

IBAN = r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b"
PRINTED = {16: (4, 4, 4, 4), 19: (4, 4, 4, 4, 3), 15: (4, 6, 5), 14: (4, 6, 4), 13: (4, 4, 4, 1)}


def with_check_digit(body: str) -> str:
    return next(body + digit for digit in "0123456789" if passes_luhn(body + digit))


bodies = st.from_regex(r"[3-6][0-9]{11,17}", fullmatch=True)
cards = bodies.map(with_check_digit)
separators = st.sampled_from([" ", "-", "  ", ".", "\u00a0", "\u2013", " - "])


def split(digits: str, sizes: tuple[int, ...], separator: str) -> str:
    starts = [sum(sizes[:index]) for index in range(len(sizes))]
    groups = (digits[at : at + size] for at, size in zip(starts, sizes, strict=True))
    return separator.join(groups)


@given(cards, st.sampled_from(["", "visa:", "my card is ", "#"]), st.sampled_from(["", " ok", "."]))
def test_card_in_one_piece_is_masked_to_its_last_four(card: str, before: str, after: str) -> None:
    assert mask_cards(before + card + after) == f"{before}[card {card[-4:]}]{after}"


@given(st.sampled_from(sorted(PRINTED)), separators, st.data())
def test_card_is_masked_when_written_as_printed_with_its_expiry(
    length: int, separator: str, data: st.DataObject
) -> None:
    body = data.draw(st.from_regex(rf"[2-6][0-9]{{{length - 2}}}", fullmatch=True))
    card = with_check_digit(body)
    written = split(card, PRINTED[length], separator)

    assert mask_cards(f"card {written}, 12/27") == f"card [card {card[-4:]}], 12/27"
    if length == 16:
        masked = mask_cards(f"order 104233 {written} 12/27")
        assert written not in masked
        assert masked.startswith("order ")


@given(cards, separators, st.data())
def test_card_is_masked_when_grouped_in_any_way(
    card: str, separator: str, data: st.DataObject
) -> None:
    cuts = data.draw(st.sets(st.integers(1, len(card) - 1), max_size=5).map(sorted))
    edges = [0, *cuts, len(card)]
    sizes = tuple(end - start for start, end in zip(edges, edges[1:], strict=False))

    assert mask_cards(split(card, sizes, separator)) == f"[card {card[-4:]}]"


@given(st.text(alphabet="0123456789 -+", max_size=40))
def test_digits_stay_as_they_are_when_they_fail_the_check(text: str) -> None:
    digits = [character for character in text if character.isdigit()]
    windows = ("".join(digits[start:end]) for start in range(len(digits))
               for end in range(start + 13, min(start + 19, len(digits)) + 1))  # fmt: skip
    assume(not any(passes_luhn(window) for window in windows))

    assert mask_cards(text) == text


@given(st.text(alphabet=st.characters(exclude_categories=["Nd"])))
def test_text_without_digits_stays_as_it_is(text: str) -> None:
    assert Masker({}).mask(text) == text


@given(st.text())
def test_masking_twice_changes_nothing_more(text: str) -> None:
    assert mask_cards(mask_cards(text)) == mask_cards(text)


@pytest.mark.parametrize(
    "text",
    [
        "order BN-104233 from 2026-03-01, call +49 151 23456789 or 020 7946 0958",
        "tracking 1Z999AA10123456784 and JD014600003456789012",
        "error 0x80070005 at 12:30:15, version 10.15.7.4.2021",
        "4111 1111 1111 1112 is no card",
        "call +4111111111111111",
    ],
)
def test_numbers_that_are_no_cards_stay_as_they_are(text: str) -> None:
    assert mask_cards(text) == text


def test_all_cards_of_a_message_are_masked() -> None:
    text = "4111 1111 1111 1111 or 5500005555555559 12/27 123"

    assert mask_cards(text) == "[card 1111] or [card 5559] 12/27 123"


def test_sensitive_patterns_are_masked_by_their_name() -> None:
    masker = Masker({"iban": IBAN})

    assert masker.mask("pay to DE89 3704 0044 0532 0130 00 for BN-104233") == (
        "pay to [iban] for BN-104233"
    )


@pytest.mark.parametrize(
    "text",
    ["4111111111111111 " * 10_000, "1 " * 100_000, "9" * 200_000],
    ids=["cards", "single digits", "one number"],
)
def test_masking_stays_quick_when_a_message_is_made_of_digits(text: str) -> None:
    started = time.process_time()

    mask_cards(text)

    assert time.process_time() - started < 4
