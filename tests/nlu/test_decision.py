from pathlib import Path

import pytest

from bot.nlu.decision import IntentModel, Thresholds
from bot.nlu.encoder import Floats
from bot.nlu.hints import Hints
from bot.nlu.lexical import Recipe
from tests.nlu.meaning import Dictionary

Examples = list[tuple[str, str]]


@pytest.fixture(scope="module")
def model(examples: Examples) -> IntentModel:
    texts = [text for text, _ in examples]
    return IntentModel.fit(texts, texts, [name for _, name in examples])


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("its BN-220011", "inform"),
        ("hello", "greet"),
        ("yes", "affirm"),
        ("I was charged twice by you last month and want my money back", "report/billing"),
        ("Hello, thanks for being there. My parcel has not arrived yet, please help me.",
         "report/delivery"),
    ],
)  # fmt: skip
def test_customer_is_understood_when_writing(model: IntentModel, text: str, intent: str) -> None:
    assert model.decide(text, text).intent == intent


@pytest.mark.parametrize("text", ["", "   ", "qwzx vbjk", "ㅋㅋㅋ", "@somebody"])
def test_customer_is_asked_again_when_nothing_is_likely(model: IntentModel, text: str) -> None:
    assert model.decide(text, text).intent == "nlu_fallback"


def test_answer_is_a_report_when_it_tells_a_problem(examples: Examples) -> None:
    texts, intents = zip(*examples, strict=True)
    hints = Hints({"delivery/late": (r"(has not|hasn't) (come|arrived)",)})
    model = IntentModel.fit(texts, texts, intents, Recipe(hints=hints))
    shape = "§, the blue one, since § it hasn't come"
    assert model.decide(shape, shape).intent.startswith("report/")


def test_topics_are_ranked_when_the_message_is_no_report(model: IntentModel) -> None:
    topics = dict(model.decide("hello", "hello").topics)
    assert set(topics) == {"billing", "delivery", "technical_issue"}
    assert sum(topics.values()) == pytest.approx(1)


def test_model_decides_the_same_when_loaded(model: IntentModel, tmp_path: Path) -> None:
    model.save(tmp_path)
    text = "the app crashes all the time"
    assert IntentModel.load(tmp_path).decide(text, text).intent == model.decide(text, text).intent


@pytest.fixture(scope="module")
def meaning(examples: Examples) -> IntentModel:
    texts, intents = zip(*examples, strict=True)
    names = [("billing", "money and payments"), ("praise", "praise")]
    return IntentModel.fit(texts, texts, intents, encoded=Dictionary().encode, names=names)


class Asked:
    """Tells whether the vector of a text was asked for."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.times = 0

    def __call__(self) -> Floats | None:
        self.times += 1
        vector: Floats = Dictionary().encode([self.text])[0]
        return vector


def test_customer_is_understood_in_another_language_when_there_are_vectors(
    meaning: IntentModel,
) -> None:
    text = (
        "hallo, mein paket ist seit zwei wochen nicht gekommen und die lieferung fehlt immer noch"
    )
    asked = Asked(text)
    assert meaning.decide(text, text, asked).intent == "report/delivery"
    assert asked.times == 1


@pytest.mark.parametrize(
    ("text", "shape"),
    [("BN-104233 20 EUR", " § § "), ("Good   evening", "Good   evening"), ("😡", "😡"), ("", "")],
)
def test_nothing_is_encoded_when_words_are_enough(
    meaning: IntentModel, text: str, shape: str
) -> None:
    asked = Asked(text)
    meaning.decide(text, shape, asked)
    assert asked.times == 0


def test_nothing_is_encoded_when_the_cascade_is_sure(
    meaning: IntentModel, examples: Examples, tmp_path: Path
) -> None:
    meaning.save(tmp_path)
    for cascade, times in ((0.0, 1), (1.0, 0)):
        loaded = IntentModel.load(tmp_path, Thresholds(cascade=cascade))
        asked = Asked("the parcel has not arrived")
        loaded.decide(asked.text, asked.text, asked)
        assert asked.times == times


def test_model_with_vectors_decides_by_words_when_the_encoder_fails(
    meaning: IntentModel, model: IntentModel
) -> None:
    text = "I was charged twice by you last month and want my money back"
    assert meaning.decide(text, text, lambda: None).intent == model.decide(text, text).intent


def test_doubt_tells_both_sides_of_the_threshold(meaning: IntentModel) -> None:
    moved = []
    for text in ("hallo geld", "what about the driver", "tell me a story", "and then"):
        doubt = meaning.doubt(text, text, Asked(text))
        said = meaning.decide(text, text, Asked(text)).intent
        if doubt.lead is not None:
            assert said == (doubt.known if doubt.lead >= 0 else doubt.foreign)
            moved.append(doubt.known != doubt.foreign == "nlu_fallback")
    assert any(moved)


def test_threshold_is_not_asked_without_a_vector(meaning: IntentModel) -> None:
    assert meaning.doubt("tell me a story", "tell me a story").lead is None
