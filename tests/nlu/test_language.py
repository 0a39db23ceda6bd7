import pytest

from bot.nlu.language import ASKED, LanguageFinder

FOUR = LanguageFinder(["en", "de", "pt", "ko"])


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("my cam is offline", "en"),
        ("Passwort vergessen", "de"),
        ("cadê meu pedido", "pt"),
        ("Nook Cam 안돼요", "ko"),
        ("order BN-104233 is late", "en"),
        ("seit gestern kaputt", "de"),
    ],
)
def test_message_has_its_language_when_it_is_short(text: str, language: str) -> None:
    assert FOUR.find(text)[0] == language


@pytest.mark.parametrize("text", ["ok", "BN-104233", "Nook Cam", "anna@example.com", "👍", ""])
def test_message_has_no_language_when_it_shows_none(text: str) -> None:
    assert FOUR.find(text) == ("", 0.0)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("English please", "en"),
        ("auf Deutsch bitte", "de"),
        ("em português", "pt"),
        ("한국어로 부탁해요", "ko"),
        ("can we speak german?", "de"),
    ],
)
def test_language_is_asked_for(text: str, language: str) -> None:
    assert FOUR.find(text) == (language, ASKED)


def test_only_enabled_languages_are_found() -> None:
    assert LanguageFinder(["en", "pt"]).find("wo ist mein Paket")[0] != "de"
    assert LanguageFinder(["en"]).find("wo ist mein Paket") == ("en", ASKED)
