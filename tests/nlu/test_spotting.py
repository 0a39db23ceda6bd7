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
        ("anna punkt maier ät example punkt de", {"email": "anna.maier@example.de"}),
        ("ana arroba example ponto com", {"email": "ana@example.com"}),
        ("anna 골뱅이 example 닷컴이에요", {"email": "anna@example.com"}),
        ("jane underscore doe at gmail dot com", {"email": "jane_doe@gmail.com"}),
        ("BN 1 0 4 2 3 3", {"order_number": "BN104233"}),
        ("bn eins null vier zwo drei drei", {"order_number": "BN104233"}),
        ("BN-104233이에요", {"order_number": "BN-104233"}),
        ("29,99 € weg", {"amount": "29.99 EUR"}),
        ("cobraram R$ 1.120,50", {"amount": "1120.50 BRL"}),
        ("35.000원 나갔어요", {"amount": "35000 KRW"}),
        ("3만 5천원", {"amount": "35000 KRW"}),
        ("zwanzig Euro", {"amount": "20 EUR"}),
        ("5,90€ Versand, obwohl ab 50 Euro frei", {"amount": "5.90 EUR"}),
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
        ("geht seit gestern Abend nicht", "gestern Abend"),
        ("seit dem letzten Update tot", "dem letzten Update"),
        ("kaputt seit drei Wochen", "drei Wochen"),
        ("parou de funcionar ontem à noite", "ontem à noite"),
        ("está assim há três dias", "há três dias"),
        ("desde a última atualização", "a última atualização"),
        ("지난주부터 안돼요", "지난주부터"),
        ("3일 전부터 꺼져요", "3일 전부터"),
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
        "are you open on sunday",
        "it should arrive on Monday",
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


@pytest.mark.parametrize(
    ("text", "language", "phone"),
    [
        ("Rückruf bitte 0171 2345678", "de", "+491712345678"),
        ("liguem para o 912 345 678", "pt", "+351912345678"),
        ("meu celular é (11) 91234-5678", "pt", "+5511912345678"),
        ("010-1234-5678로 전화 주세요", "ko", "+821012345678"),
        ("call 020 7946 0018", "en", "+442079460018"),
    ],
)
def test_phone_is_of_the_country_of_the_language(
    spotter: FieldSpotter, text: str, language: str, phone: str
) -> None:
    assert {d.field: d.value for d in spotter.find(text, language)} == {"phone": phone}
