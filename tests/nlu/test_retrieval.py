from pathlib import Path

import pytest

from bot.nlu.retrieval import FaqIndex


@pytest.fixture(scope="module")
def index(
    questions: list[tuple[str, str]], answers: dict[str, str], examples: list[tuple[str, str]]
) -> FaqIndex:
    return FaqIndex.fit(questions, answers, [text for text, _ in examples])


@pytest.mark.parametrize(
    ("question", "faq"),
    [
        ("What are your opening hours?", "opening_hours"),
        ("how many days do I have to return an order", "return_period"),
    ],
)
def test_customer_finds_the_answer_when_asking(index: FaqIndex, question: str, faq: str) -> None:
    (best, score), *_ = index.find(question)
    assert best == faq
    assert 0 < score <= 1


@pytest.mark.parametrize(
    "text",
    ["my refund has not arrived, I sent it back two weeks ago", "the app crashes", "hi", "", "yes"],
)
def test_customer_gets_no_faq_when_reporting_a_problem(index: FaqIndex, text: str) -> None:
    assert index.find(text) == []


def test_index_finds_the_same_when_loaded(index: FaqIndex, tmp_path: Path) -> None:
    index.save(tmp_path)
    question = "when are you open on sunday"
    assert FaqIndex.load(tmp_path).find(question)[0][0] == index.find(question)[0][0]
