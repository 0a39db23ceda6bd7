"""What asks nothing of the brand: kind words, insults and advertising, in four languages."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.talking import Talk

Talks = Callable[..., Talk]


@pytest.mark.parametrize(
    "words",
    [
        "our new bulbs are gorgeous, thank you so much",
        "Die neue Kamera ist großartig, vielen Dank!",
        "A câmera nova é maravilhosa, muito obrigada!",
        "새 카메라 정말 최고예요 감사합니다!",
    ],
)
async def test_kind_words_are_thanked_without_case(talk: Talks, words: str) -> None:
    customer = talk()
    await customer.say(words)
    assert customer.kinds[-1] in ("thanks", "small_talk")
    assert not customer.cases


@pytest.mark.parametrize(
    "words",
    [
        "triple your bitcoin by friday, join our telegram channel",
        "Verdreifache deine Bitcoin bis Freitag, komm in unseren Telegram-Kanal",
        "Triplique seu bitcoin até sexta, entre no nosso canal do Telegram",
        "금요일까지 비트코인 세 배 수익 보장 텔레그램 채널로 오세요",
    ],
)
async def test_advertising_is_told_what_the_chat_is_for_and_then_muted(
    talk: Talks, words: str
) -> None:
    customer = talk()
    kinds = []
    for _ in range(3):
        await customer.say(words)
        kinds.append(customer.kinds[-1])
    assert kinds == ["ladder", "ladder", "mute"]
    assert not customer.cases


async def test_who_was_taken_for_an_advertiser_is_heard_with_a_problem(talk: Talks) -> None:
    customer = talk()
    for _ in range(3):
        await customer.say("triple your bitcoin by friday, join our telegram channel")
    await customer.say("my order BN-104233 has not arrived, it was due on monday")
    assert customer.kinds[-1] == "offer"
