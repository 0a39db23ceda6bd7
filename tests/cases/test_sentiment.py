"""The mood of messages."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cases.sentiment import sentiment_of


@pytest.mark.parametrize(
    "text",
    [
        "This is ridiculous, I hate it",
        "the delivery is late AGAIN and nobody answers",
        "why does this keep happening",
        "I have written three times and still no reply",
        "FIX THE APP IMMEDIATELY",
        "locked out again \U0001f621",
        "You have been no help at all, I give up on you",
    ],
)
def test_annoyed_message_is_negative(text: str) -> None:
    assert sentiment_of(text) == "negative"


@pytest.mark.parametrize(
    "text",
    [
        "My camera has been offline since Monday, error code 1006",
        "Hello, I was charged twice. Please help. Thanks!",
        "My account was hacked, how do I get it back?",
        "I lost my password",
        "Where is my parcel?",
        "The plug is dead and the screen is broken.",
        "Thanks, but it does not work",
        "Is the great new hub on sale?",
        "see https://help.example/why-is-it-terrible",
        "",
    ],
)
def test_ordinary_problem_told_calmly_is_neutral(text: str) -> None:
    assert sentiment_of(text) == "neutral"


@pytest.mark.parametrize(
    "text",
    [
        "Love my new Nook Cam, thank you!",
        "Shout out to Maria from support, she was brilliant",
        "Best doorbell ever, great job guys",
    ],
)
def test_kind_message_is_positive(text: str) -> None:
    assert sentiment_of(text) == "positive"


@pytest.mark.parametrize("cue", ["furious", "profanity", "abuse"])
def test_message_is_negative_when_an_angry_cue_is_in_it(cue: str) -> None:
    calm = "I was charged twice"

    assert sentiment_of(calm) == "neutral"
    assert sentiment_of(calm, frozenset({cue})) == "negative"
    assert sentiment_of(calm, frozenset({"question"})) == "neutral"


def test_one_sign_of_unease_is_not_enough() -> None:
    assert sentiment_of("my order", frozenset({"shouting"})) == "neutral"
    assert sentiment_of("my order", frozenset({"shouting", "repeat_contact"})) == "negative"


def test_other_languages_are_judged_by_cues_faces_and_capitals_only() -> None:
    german = "Die Kamera hat ein mad terrible Problem"

    assert sentiment_of(german, language="en") == "negative"
    assert sentiment_of(german, language="de") == "neutral"
    assert sentiment_of(german, frozenset({"furious"}), "de") == "negative"
    assert sentiment_of("love love love it", language="pt") == "neutral"


def moods(negative: float, neutral: float, positive: float = 0.0) -> dict[str, float]:
    return {"negative": negative, "neutral": neutral, "positive": positive}


@pytest.mark.parametrize(
    ("text", "language", "learned", "mood"),
    [
        ("the lamp is dark", "en", moods(0.99, 0.01), "negative"),
        ("the lamp is dark", "en", moods(0.6, 0.4), "neutral"),
        ("why is the lamp dark again", "en", moods(0.6, 0.4), "negative"),
        ("why is the lamp dark again", "en", moods(0.02, 0.98), "neutral"),
        ("die Lampe ist dunkel", "de", moods(0.8, 0.2), "negative"),
        ("die Lampe ist dunkel", "de", moods(0.6, 0.4), "neutral"),
        ("die Lampe ist schön", "de", moods(0.2, 0.1, 0.7), "positive"),
        ("the lamp is fine", "en", moods(0.1, 0.2, 0.7), "positive"),
        ("I hate the lamp", "en", moods(0.2, 0.1, 0.7), "negative"),
        ("Love my new lamp, thank you!", "en", moods(0.2, 0.6, 0.2), "neutral"),
    ],
)
def test_learned_mood_counts_with_the_words(
    text: str, language: str, learned: dict[str, float], mood: str
) -> None:
    assert sentiment_of(text, language=language, moods=learned) == mood


@given(st.text())
def test_any_text_has_a_sentiment(text: str) -> None:
    assert sentiment_of(text) in ("negative", "neutral", "positive")


def test_reading_a_message_takes_a_few_milliseconds_at_most() -> None:
    sentiment_of("warm up")
    text = "My order has not arrived and nobody answers, what is going on? " * 8
    times = []
    for _ in range(5):
        started = time.process_time()
        sentiment_of(text)
        times.append(time.process_time() - started)

    assert min(times) < 0.01
