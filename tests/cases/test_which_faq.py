"""What the bot says when two answers come close, and what it makes of the customer's choice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from pathlib import Path

import pytest

from bot.cases.case import Customer
from bot.cases.choice import NONE, payload
from bot.cases.dialogue import Dialogue
from bot.cases.reference import make_reference
from bot.cases.self_service import near_faqs
from bot.cases.state import State
from bot.cases.turn import Reply, Turn
from bot.cases.understanding import Understanding
from bot.playbook.content import load_content

CONTENT = load_content(Path(__file__).parents[2], {})
NIGHT = datetime(2026, 3, 4, 2, 30, tzinfo=timezone.utc)
TIME, COST = "delivery_time", "delivery_cost"
CLOSE = ((TIME, 0.4), (COST, 0.35), ("warranty", 0.02))
CLEAR = ((TIME, 0.8), (COST, 0.05))


def asks(faqs: Iterable[tuple[str, float]] = CLOSE, text: str = "delivery?") -> Understanding:
    ranking = tuple(faqs)
    return Understanding(text, f"faq/{ranking[0][0]}", ranking[0][1], faqs=ranking)


def says(text: str, intent: str = "nlu_fallback", **more: object) -> Understanding:
    return Understanding(text, intent, 0.9, **more)  # type: ignore[arg-type]


TROUBLE = says("my camera is offline", "report/technical_issue", topics=(("technical_issue", 0.9),))


@dataclass
class Chat:
    """A conversation with the dialogue alone, without Rasa; at night unless told."""

    state: State = field(default_factory=State)
    language: str = "en"
    last: Turn | None = None

    async def hear(self, heard: Understanding, pressed: str = "") -> list[Reply]:
        async def reference(number: int) -> str:
            return make_reference("test", number)

        turn = Turn(
            "rest:test", "rest", Customer("test", language=self.language), pressed or heard.text,
            heard.text, NIGHT, CONTENT, reference, case=self.last.case if self.last else None,
        )  # fmt: skip
        self.state = State.from_json(self.state.to_json())
        dialogue = Dialogue(CONTENT, turn, self.state, heard)
        if self.state.intake is not None or heard.family == "report":
            await dialogue.take_in()
        elif heard.family == "faq":
            await dialogue.answer_question()
        elif heard.family in ("deny", "affirm"):
            await dialogue.settle()
        else:
            await dialogue.note()
        self.last = turn
        return turn.prepared

    @property
    def answered(self) -> list[object]:
        assert self.last is not None
        return [fact.about["faq"] for fact in self.last.facts if fact.type == "faq_answered"]

    @property
    def text(self) -> str:
        assert self.last is not None
        return "\n".join(reply.text for reply in self.last.prepared)


@pytest.mark.parametrize(
    ("faqs", "near"),
    [
        (CLOSE, (TIME, COST)),
        (CLEAR, (TIME,)),
        ((("gone", 0.9), (TIME, 0.5)), (TIME,)),
        (((TIME, 0.3), (COST, 0.3), ("warranty", 0.3), ("jobs", 0.3)), (TIME, COST, "warranty")),
    ],
)
def test_only_answers_that_come_close_are_near(
    faqs: tuple[tuple[str, float], ...], near: tuple[str, ...]
) -> None:
    assert near_faqs(asks(faqs), CONTENT) == near


@pytest.mark.parametrize(
    ("language", "titles"),
    [
        ("en", ["Delivery time", "Delivery cost", "None of these"]),
        ("ko", ["배송 기간", "배송비", "해당 없음"]),
    ],
)
async def test_customer_is_asked_which_when_two_answers_come_close(
    language: str, titles: list[str]
) -> None:
    chat = Chat(language=language)
    [reply] = await chat.hear(Understanding("?", f"faq/{TIME}", 0.4, faqs=CLOSE, language=language))
    assert [title for title, _ in reply.buttons] == titles
    assert [sent for _, sent in reply.buttons] == [payload(TIME), payload(COST), NONE]
    assert chat.answered == []


@pytest.mark.parametrize(
    ("heard", "pressed"),
    [
        (says("Delivery cost", "faq"), payload(COST)),
        (says("2", "inform"), ""),
        (says("the second"), ""),
        (says("delivery cost please", "report/billing"), ""),
    ],
)
async def test_choice_is_answered_and_asked_whether_that_helped(
    heard: Understanding, pressed: str
) -> None:
    chat = Chat()
    await chat.hear(asks())
    replies = await chat.hear(heard, pressed)
    assert chat.answered == [COST]
    assert [sent for _, sent in replies[-1].buttons] == ["/solved", "/not_solved"]
    assert chat.state.choices == []


@pytest.mark.parametrize(
    ("heard", "pressed"),
    [
        (says("None of these", "deny"), NONE),
        (says("no", "deny"), ""),
        (says("none of these", "nlu_fallback"), ""),
    ],
)
async def test_none_of_these_goes_on_to_the_case(heard: Understanding, pressed: str) -> None:
    chat = Chat()
    await chat.hear(asks())
    await chat.hear(heard, pressed)
    assert chat.answered == []
    assert chat.last is not None
    assert {fact.type for fact in chat.last.facts} & {"details_asked", "case_opened"}


async def test_customer_is_asked_only_once_when_the_next_question_is_as_vague() -> None:
    chat = Chat()
    await chat.hear(asks())
    await chat.hear(asks(text="well, delivery!"))
    assert chat.answered == [TIME]


async def test_another_question_is_answered_instead_of_the_choice() -> None:
    chat = Chat()
    await chat.hear(asks())
    await chat.hear(asks([("warranty", 0.9)], "how long is the warranty?"))
    assert chat.answered == ["warranty"]


async def test_button_works_long_after_it_was_sent() -> None:
    chat = Chat()
    await chat.hear(asks())
    await chat.hear(TROUBLE)
    await chat.hear(says("Delivery cost", "faq"), payload(COST))
    assert chat.answered == [COST]


async def test_choice_in_the_middle_of_an_intake_goes_back_to_the_open_question() -> None:
    chat = Chat()
    await chat.hear(says("hello, my camera is offline, skip", "report/technical_issue",
                         topics=(("technical_issue", 0.9),), wants_human=False))  # fmt: skip
    await chat.hear(says("no", "not_solved"))
    open_question = chat.state.intake
    assert open_question is not None
    assert open_question.asked
    await chat.hear(asks())
    assert chat.state.choices == [TIME, COST]
    await chat.hear(says("1", "inform"))
    assert chat.answered == [TIME]
    assert chat.state.intake is not None
    assert chat.state.intake.asked == open_question.asked
    assert chat.state.intake.tries == open_question.tries


async def test_statement_in_the_middle_of_a_matter_is_no_question() -> None:
    chat = Chat()
    await chat.hear(TROUBLE)
    await chat.hear(says("no", "not_solved"))
    statement = replace(asks(CLEAR, "the tracking says it is in the depot"), topics=TROUBLE.topics)
    await chat.hear(statement)
    assert chat.answered == []
    await chat.hear(replace(statement, text="how long does delivery take?"))
    assert chat.answered == [TIME]


async def test_number_is_no_choice_when_nothing_was_asked() -> None:
    chat = Chat()
    await chat.hear(asks(CLEAR))
    await chat.hear(says("2", "inform"))
    assert chat.answered == []
