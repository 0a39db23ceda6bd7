from pathlib import Path

import numpy as np
import pytest

from bot.nlu.encoder import Floats
from bot.nlu.questions import Caution, FaqFinder, Questions
from tests.nlu.meaning import Dictionary

FOREIGN = "geld rechnung?"
"""German that the test's encoder knows and no n-gram does."""


def vector(text: str) -> Floats:
    return np.asarray(Dictionary().encode([text])[0])


@pytest.fixture(scope="module")
def questions(
    questions: list[tuple[str, str]], answers: dict[str, str], examples: list[tuple[str, str]]
) -> Questions:
    invoices = ["can I get an invoice", "where is my invoice", "do you send an invoice by mail"]
    asked = [*questions, *(("invoice", text) for text in invoices)]
    return Questions(asked, list(answers.items()), [text for text, _ in examples])


@pytest.fixture(scope="module")
def finder(questions: Questions) -> FaqFinder:
    return FaqFinder.fit(questions)


@pytest.fixture(scope="module")
def meaning(questions: Questions) -> FaqFinder:
    return FaqFinder.fit(questions, Dictionary().encode)


@pytest.mark.parametrize(
    ("question", "faq"),
    [
        ("What are your opening hours?", "opening_hours"),
        ("how many days do I have to return something", "return_period"),
    ],
)
def test_customer_finds_the_answer_when_asking(
    finder: FaqFinder, meaning: FaqFinder, question: str, faq: str
) -> None:
    for found in (finder.find(question), meaning.find(question, vector(question))):
        (best, score), *others = found
        assert best == faq
        assert 0 < score <= 1
        assert score + sum(share for _, share in others) <= 1


@pytest.mark.parametrize(
    "text",
    ["my refund has not arrived, I sent it back two weeks ago", "the app crashes", "hi", "", "yes"],
)
def test_customer_gets_no_faq_when_reporting_a_problem(
    finder: FaqFinder, meaning: FaqFinder, text: str
) -> None:
    assert finder.find(text) == []
    assert meaning.find(text) == []


def test_question_in_another_language_is_known_by_what_it_means(meaning: FaqFinder) -> None:
    alone = dict(meaning.find(FOREIGN))
    assert dict(meaning.find(FOREIGN, vector(FOREIGN)))["invoice"] > alone.get("invoice", 0.0)


def test_fewer_messages_pass_when_fewer_false_alarms_may(questions: Questions) -> None:
    bold = FaqFinder.fit(questions, caution=Caution(refused=0.0, false_alarms=1.0))
    careful = FaqFinder.fit(questions, caution=Caution(refused=1.0, false_alarms=0.0))
    passing = [[text for text in questions.written if one.find(text)] for one in (careful, bold)]
    assert set(passing[0]) < set(passing[1])


def test_question_of_the_world_is_none_of_ours_when_nothing_near_is_asked(
    meaning: FaqFinder,
) -> None:
    ours, foreign = "when are you open on fridays", "which planet is the largest of all"
    assert meaning.find(ours, vector(ours))
    assert not meaning.find(foreign, vector(foreign))


def test_finder_finds_the_same_when_loaded(
    finder: FaqFinder, meaning: FaqFinder, tmp_path: Path
) -> None:
    question = "when are you open on sunday"
    for number, (one, sentence) in enumerate([(finder, None), (meaning, vector(question))]):
        one.save(tmp_path / str(number))
        loaded = FaqFinder.load(tmp_path / str(number)).find(question, sentence)
        before = one.find(question, sentence)
        assert [name for name, _ in loaded] == [name for name, _ in before]
        assert dict(loaded) == pytest.approx(dict(before), abs=0.02)
