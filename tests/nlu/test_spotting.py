import pytest

from bot.nlu.spotting import FieldSpotter
from bot.playbook.model import Field


@pytest.fixture(scope="module")
def spotter(fields: dict[str, Field]) -> FieldSpotter:
    return FieldSpotter(fields)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("my order bn-104233, mail Jo.Doe@Example.com.",
         {"order_number": "BN-104233", "email": "jo.doe@example.com"}),
        ("it's jane dot doe at example dot com", {"email": "jane.doe@example.com"}),
        ("write to jo(at)example.co.uk", {"email": "jo@example.co.uk"}),
        ("call me on 020 7946 0018 please", {"phone": "+442079460018"}),
        ("my number is +1 212 555 0142", {"phone": "+12125550142"}),
        ("error code 1006 on my pc", {"error_code": "1006", "platform": "Windows"}),
        ("it says CE-34224-5", {"error_code": "CE-34224-5"}),
        ("the nookcams are dead", {"product": "Nook Cam"}),
        ("my #NookCam and the hub on iOS", {"product": "Nook Cam", "platform": "iPhone"}),
        ("charged £49.99 for it", {"amount": "49.99 GBP"}),
        ("49 quid gone", {"amount": "49 GBP"}),
        ("you owe me 1.299,00 €", {"amount": "1299.00 EUR"}),
        ("they charged me 30.50", {"amount": "30.50"}),
        ("see https://nook.example/x?y=1.", {"link": "https://nook.example/x?y=1"}),
        ("it is not BN-104233 but BN-104234", {"order_number": "BN-104234"}),
        ("BN-104233, sorry I meant BN-104234", {"order_number": "BN-104234"}),
    ],
)  # fmt: skip
def test_customer_is_not_asked_again_when_a_detail_is_said(
    spotter: FieldSpotter, text: str, found: dict[str, str]
) -> None:
    assert {detail.field: detail.value for detail in spotter.find(text)} == found


@pytest.mark.parametrize(
    ("text", "since"),
    [
        ("it fails since yesterday", "yesterday"),
        ("broken for over a week now", "over a week"),
        ("I wrote 3 days ago, and today again", "3 days ago"),
        ("on the 12th of February I paid", "the 12th of February"),
        ("died last Tuesday", "last Tuesday"),
        ("it stopped an hour ago", "an hour ago"),
        ("offline since the last update", "the last update"),
        ("it's been about 4/5 days now", "about 4/5 days"),
        ("happens ever since I updated the app", "I updated the app"),
        ("two weeks", "two weeks"),
        ("the past few days it hangs", "the past few days"),
        ("broke on 03/18/2020", "03/18/2020"),
    ],
)
def test_time_is_noted_as_written_when_a_customer_says_it(
    spotter: FieldSpotter, text: str, since: str
) -> None:
    assert {d.field: d.value for d in spotter.find(text)} == {"since": since}


@pytest.mark.parametrize(
    "text",
    [
        "my voucher code BN-104233 does not work",
        "order 2079460018 is late",
        "look at the shop",
        "I am on level 2024 and my id is coolcam22",
        "since I can not log in I am stuck",
        "it renews within 30 days, and every day it asks",
        "loyal customer for ten years",
        "ordered last Tuesday, bought on 03/18/2020",
        "bin seit 2018 Kunde bei euch",
        "sou cliente há dez anos",
        "Gutscheincode BN-104233 geht nicht",
        "Sendungsnummer 00340434161094042557",
        "2019년부터 쓰고 있어요",
        "@NookCam help",
        "it won't start, Windows95 style... 10 won't do",
    ],
)
def test_nothing_is_noted_when_it_only_looks_like_a_detail(
    spotter: FieldSpotter, text: str
) -> None:
    assert spotter.find(text) == []


def test_positions_point_to_the_words_when_a_handle_stands_before(spotter: FieldSpotter) -> None:
    text = "@NookHelp 😀 my hub fails, order BN104233"
    assert [text[d.start : d.end] for d in spotter.find(text)] == ["hub", "BN104233"]
