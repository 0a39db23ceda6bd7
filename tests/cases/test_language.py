from bot.cases.language import settle

FOUR = ("en", "de", "pt", "ko")


def test_conversation_begins_in_the_language_of_its_first_message() -> None:
    assert settle("de", 0.6, "", "en", FOUR) == "de"


def test_conversation_begins_in_the_language_of_the_page_when_the_message_shows_none() -> None:
    assert settle("", 0.0, "", "pt", FOUR) == "pt"
    assert settle("", 0.0, "", "fr", FOUR) == "en"


def test_conversation_keeps_its_language_when_a_message_is_unclear() -> None:
    assert settle("", 0.0, "de", "en", FOUR) == "de"
    assert settle("en", 0.6, "de", "en", FOUR) == "de"


def test_conversation_switches_when_a_message_is_clear() -> None:
    assert settle("en", 0.9, "de", "en", FOUR) == "en"


def test_conversation_never_switches_to_a_language_that_is_not_enabled() -> None:
    assert settle("ko", 1.0, "de", "en", ("en", "de")) == "de"
