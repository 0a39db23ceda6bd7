"""In which language a conversation goes on."""

from collections.abc import Callable

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
