from pathlib import Path

import pytest

from bot.nlu.decision import IntentModel
from bot.nlu.hints import Hints
from bot.nlu.lexical import Recipe

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
