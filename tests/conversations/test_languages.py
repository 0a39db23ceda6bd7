"""In which language a conversation goes on."""

# ruff: noqa: E501  (a customer's line is easier to read in one)

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from bot.cases.intake import NOT_SOLVED
from tests.talking import Talk


def _language(talk: Talk) -> str:
    assert talk.case is not None
    return talk.case.customer.language


async def test_german_is_answered_in_german_and_stays_german(talk: Callable[..., Talk]) -> None:
    customer = talk()
    await customer.say("hallo, ich möchte bitte mit einem Menschen sprechen, es brennt nichts")
    german = customer.text
    await customer.say("BN-104233")
    assert "ß" in german or "wir" in german.lower().split()
    assert "we " not in customer.text.lower()


async def test_language_switches_on_request(talk: Callable[..., Talk]) -> None:
    customer = talk()
    await customer.say("minha câmera não funciona desde ontem")
    await customer.say("English please")
    assert "you" in customer.text.lower().split() or "your" in customer.text.lower().split()


async def test_case_has_the_language_of_the_customer(talk: Callable[..., Talk]) -> None:
    customer = talk()
    await customer.say("어제부터 카메라가 안 돼요. 상담원이랑 얘기하고 싶어요")
    await customer.say("상담원 연결해 주세요")
    await customer.say("몰라요")
    await customer.say("몰라요")
    assert _language(customer) == "ko"


@dataclass(frozen=True)
class Night:
    """What one customer writes, in the order of the intake; `receipt` are words of its end."""

    opening: str
    no_help: str
    since: str
    skip: str
    receipt: str
    thanks: str


NIGHTS = {
    "de": Night(
        "hallo, meine nook cam ist ständig offline", "nö, hat nix gebracht", "seit gestern abend",
        "überspringen", "Vorgangsnummer", "dankeschön",
    ),
    "pt": Night(
        "oi, minha nook cam fica offline toda hora", "não adiantou", "desde ontem à noite",
        "não tenho", "Número do caso", "valeu",
    ),
    "ko": Night(
        "안녕하세요 누크캠 카메라가 자꾸 꺼져요", "아니요 그대로예요", "어제저녁부터요",
        "건너뛰기", "접수 번호", "감사합니다",
    ),
}  # fmt: skip


@pytest.mark.parametrize("language", NIGHTS)
async def test_intake_runs_to_its_receipt_in_the_language_of_the_customer(
    talk: Callable[..., Talk], language: str
) -> None:
    customer, night = talk(), NIGHTS[language]
    await customer.say(night.opening)
    if "offer" in customer.kinds:
        await customer.say(night.no_help)
    assert customer.kinds[-1] == "ask", customer.text
    await customer.say(night.since)
    assert (customer.kinds[-1], customer.asked) == ("ask", ["email"]), customer.text
    await customer.say(night.skip)
    assert night.receipt in customer.text
    assert customer.case is not None
    assert customer.case.missing == ("email",)
    assert customer.case.details["product"].value == "Nook Cam"
    assert customer.case.details["since"].value is not None
    assert _language(customer) == language
    await customer.say(night.thanks)
    assert customer.kinds == ["thanks"]


@pytest.mark.parametrize(
    ("opening", "yes"),
    [
        ("meine nook cam ist ständig offline", "jo, passt wieder"),
        ("minha nook cam fica offline toda hora", "sim por favor, deu certo"),
        ("누크캠이 자꾸 오프라인이 돼요", "네"),
    ],
)
async def test_customer_is_done_when_the_offer_helped(
    talk: Callable[..., Talk], opening: str, yes: str
) -> None:
    customer = talk()
    await customer.say(opening)
    if "offer" in customer.kinds:
        await customer.say(yes)
        assert customer.kinds == ["solved"]


@pytest.mark.parametrize(
    ("opening", "another", "new"),
    [
        ("Wo bleibt mein Paket BN-104233? anna@example.com", "ich habe mein Passwort vergessen und kann mich nicht anmelden", "was neues"),
        ("O meu pedido BN-104233 não chegou, ana@example.com", "esqueci a senha e não consigo entrar na minha conta", "é outra coisa"),
        ("주문 BN-104233 택배가 안 왔어요 anna@example.com", "비밀번호를 잊어버려서 로그인이 안 돼요", "새로운 문의예요"),
    ],
)  # fmt: skip
async def test_second_matter_is_asked_about_in_the_language_of_the_customer(
    talk: Callable[..., Talk], opening: str, another: str, new: str
) -> None:
    customer = talk()
    await customer.say(opening)
    while customer.kinds[-1] != "receipt":
        assert customer.turns < 6
        await customer.say(NOT_SOLVED if NOT_SOLVED in customer.payloads else "BN-104233")
    await customer.say(another)
    assert customer.kinds == ["same_or_new"], customer.text
    await customer.say(new)
    assert customer.kinds[-1] in ("ask", "offer"), customer.text
