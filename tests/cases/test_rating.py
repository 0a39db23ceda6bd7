"""What is a rating, and what only begins like one."""

from __future__ import annotations

import pytest

from bot.cases.handling import claim, reopen, resolve
from bot.cases.rating import STARS, asked_for, payload, pressed, quick_reply, typed_stars
from tests.cases.at_the_desk import ANN, Desk


@pytest.mark.parametrize("stars", STARS)
@pytest.mark.parametrize(
    "form",
    ["{}", " {} ", "{}!", "*{}*", "{}/5", "{} / 5", "{} of 5", "{} out of 5", "{} out of five",
     "{} Sterne", "{} von 5 Punkten", "{} estrelas!", "{} de 5", "{}점", "{}점입니다",
     "{} stars", "{} star", "{}/5 stars!!", "{} points", "{}.", "({})"],
)  # fmt: skip
def test_number_alone_is_a_rating_however_it_is_written(form: str, stars: int) -> None:
    assert typed_stars(form.format(stars)) == (stars, "")


@pytest.mark.parametrize(
    ("text", "stars"), [("five", 5), ("Four stars", 4), ("ONE", 1), ("three out of five", 3)]
)
def test_number_may_be_a_word(text: str, stars: int) -> None:
    assert typed_stars(text) == (stars, "")


@pytest.mark.parametrize(
    ("text", "stars", "words"),
    [
        ("5, thanks Ann!", 5, "thanks Ann!"),
        ("2/5: took a week", 2, "took a week"),
        ("1 - still no parcel", 1, "still no parcel"),
        ("4 stars! would write again", 4, "would write again"),
        ("3\nfriendly, but slow", 3, "friendly, but slow"),
    ],
)
def test_words_behind_a_rating_are_kept_apart(text: str, stars: int, words: str) -> None:
    assert typed_stars(text) == (stars, words)


@pytest.mark.parametrize(
    "text",
    [
        "", "0", "6", "10", "55", "-", "4.5", "5,99 was charged", "5 cameras are broken",
        "3 of 5 parcels are missing", "one more thing: my hub is dead", "2nd parcel is missing",
        "my 5 stars", "BN-104233", "1.5 hours", "five cameras", "oneself",
    ],
)  # fmt: skip
def test_number_of_something_is_no_rating(text: str) -> None:
    assert typed_stars(text) is None


@pytest.mark.parametrize("stars", STARS)
def test_button_sends_its_stars_and_case_and_is_a_fact_without_the_case(stars: int) -> None:
    sent = payload(stars, "ND-2345678")
    assert pressed(sent) == (stars, "ND-2345678")
    assert quick_reply(sent) == f"/rating/{stars}"


@pytest.mark.parametrize(
    "text",
    [
        "", "5", "/inform", "/solved", '/inform{"rating":"6","of_case":"ND-2345678"}',
        '/inform{"rating":"5"}', ' /inform{"rating":"5","of_case":"ND-2345678"}',
    ],
)  # fmt: skip
def test_other_payloads_are_no_ratings(text: str) -> None:
    assert pressed(text) is None


def test_quick_reply_is_named_by_its_intent() -> None:
    assert quick_reply('/inform{"order_number": "BN-104233"}') == "/inform"


def test_rating_is_asked_for_from_the_resolution_on_until_the_case_comes_back() -> None:
    desk = Desk()
    desk.does(ANN, claim)
    assert not asked_for(desk.case)
    desk.does(ANN, resolve, None)
    assert asked_for(desk.case)
    assert not asked_for(desk.does(ANN, reopen))


def test_rating_is_not_asked_for_when_the_agent_did_not_want_it() -> None:
    desk = Desk()
    desk.does(ANN, resolve, None, ask_rating=False)
    assert not asked_for(desk.case)
