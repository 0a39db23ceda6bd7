from pathlib import Path

import pytest

from bot.nlu.questions import FaqFinder


@pytest.fixture(scope="module")
def finder(
    questions: list[tuple[str, str]], answers: dict[str, str], examples: list[tuple[str, str]]
) -> FaqFinder:
    return FaqFinder.fit(questions, answers, [text for text, _ in examples])


@pytest.mark.parametrize(
    ("question", "faq"),
    [
        ("What are your opening hours?", "opening_hours"),
        ("how many days do I have to return an order", "return_period"),
    ],
)
def test_customer_finds_the_answer_when_asking(finder: FaqFinder, question: str, faq: str) -> None:
    (best, score), *_ = finder.find(question)
    assert best == faq
    assert 0 < score <= 1


@pytest.mark.parametrize(
    "text",
    ["my refund has not arrived, I sent it back two weeks ago", "the app crashes", "hi", "", "yes"],
)
def test_customer_gets_no_faq_when_reporting_a_problem(finder: FaqFinder, text: str) -> None:
    assert finder.find(text) == []


def test_finder_finds_the_same_when_loaded(finder: FaqFinder, tmp_path: Path) -> None:
    finder.save(tmp_path)
    question = "when are you open on sunday"
    assert FaqFinder.load(tmp_path).find(question)[0][0] == finder.find(question)[0][0]
