import pytest

from bot.cases.choice import NONE, payload, pressed, typed

TITLES = ["Delivery time", "When refunds arrive", "Do I need a hub?"]


def test_button_names_its_faq_when_it_is_pressed() -> None:
    assert pressed(payload("return_period")) == "return_period"


@pytest.mark.parametrize(
    "text", [NONE, "/faq", '/faq{"id":""}', '/faq{"id":"a b"}', 'x /faq{"id":"a"}', "delivery_time"]
)
def test_nothing_is_pressed_when_the_text_is_no_button_of_a_faq(text: str) -> None:
    assert pressed(text) is None


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("1", 0),
        ("2.", 1),
        ("number 3", 2),
        ("Nr. 2", 1),
        ("2번", 1),
        ("the second one", 1),
        ("das zweite", 1),
        ("a primeira", 0),
        ("세 번째요", 2),
        ("delivery time", 0),
        ("when refunds arrive, please", 1),
        ("do i need a hub", 2),
    ],
)
def test_customer_chooses_by_number_or_title(text: str, place: int) -> None:
    assert typed(text, TITLES) == place


@pytest.mark.parametrize(
    "text",
    [
        "4",
        "",
        "no",
        "2 of my cameras are broken",
        "delivery time or when refunds arrive",
        "this is the second time I have to ask for my money",
        "the delivery time you gave me for my last order was wrong and nobody says why",
    ],
)
def test_nothing_is_chosen_when_the_words_tell_something_else(text: str) -> None:
    assert typed(text, TITLES) is None


def test_number_chooses_nothing_when_there_are_fewer_titles() -> None:
    assert typed("3", TITLES[:2]) is None
