"""The chat page in the language of the customer's browser."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.playbook.content import Content, load_content

from .house import House

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def content() -> Content:
    return load_content(ROOT, {})


@pytest.mark.parametrize(
    ("asked", "language", "send", "opening"),
    [
        ("en-GB,en;q=0.9,de;q=0.8", "en", "Send", "We're back on Monday at 09:00."),
        ("de-CH,de;q=0.9,en;q=0.8", "de", "Senden", "Wir sind am Montag um 09:00 Uhr wieder da."),
        ("pt-BR,pt;q=0.9", "pt", "Enviar", "Voltamos na segunda-feira às 09:00."),
        ("pt-PT", "pt", "Enviar", "Voltamos na segunda-feira às 09:00."),
        ("ko-KR,ko;q=0.9,en-US;q=0.8", "ko", "보내기", "담당자는 월요일 09:00에 돌아와요."),
        ("fr-FR,fr;q=0.9,pt;q=0.5,de;q=0.7", "de", "Senden", "Wir sind am Montag um 09:00 Uhr"),
    ],
)
async def test_page_is_in_the_language_of_the_browser(
    house: House, asked: str, language: str, send: str, opening: str
) -> None:
    async with house.client() as anybody:
        wanted = {"Accept-Language": asked}
        shown = (await anybody.get("/chat/config", headers=wanted)).json()
        assert (shown["language"], shown["texts"]["send"]) == (language, send)
        assert shown["opening"].startswith(opening)
        page = await anybody.get("/chat", headers=wanted)
        assert f'<html lang="{language}"' in page.text
        assert f"<title>{shown['title']}</title>" in page.text
        assert page.headers["vary"] == "Accept-Language"


@pytest.mark.parametrize("language", ["de", "pt", "ko"])
async def test_brands_own_page_decides_the_language(house: House, language: str) -> None:
    async with house.client() as anybody:
        for path in (f"/chat?language={language}", f"/chat/config?language={language}"):
            answer = await anybody.get(path, headers={"Accept-Language": "en"})
            assert f'{language}"' in answer.text
