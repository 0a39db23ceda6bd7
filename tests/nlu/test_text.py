import pytest

from bot.nlu.text import normalise, words


@pytest.mark.parametrize(
    ("written", "spelt"),
    [
        ("Hi @NookHelp, it’s BROKEN!!!!", "hi , it's broken!!"),
        ("see https://nook.example/a?b=1 now", "see xlink now"),
        ("mail jo@example.com", "mail xaddress"),
        ("sooooo late 😡😡😡😡", "soo late 😡😡"),
        ("order BN-104233 cost £49.99", "order xcode cost xmoney"),
        ("charged 49.99 on the 12th", "charged 00.00 on the 00th"),
        ("#NookCam  fails\n\nagain", "nookcam fails again"),
    ],
)
def test_text_keeps_what_matters_when_it_is_normalised(written: str, spelt: str) -> None:
    assert normalise(written) == spelt


def test_words_keep_questions_and_emoji_when_a_text_is_cut() -> None:
    assert words("don't know? 😢") == ["don't", "know", "?", "😢"]
