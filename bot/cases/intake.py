"""Taking a problem in: parse first, offer help, then ask once for all that is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.cases import choice, details
from bot.cases.filing import Filed, dimensions, file_case, judge_said
from bot.cases.problem import FALLBACK_TOPIC, SURE_TOPIC
from bot.cases.promise import calendar_of
from bot.cases.self_service import (
    asks_something,
    choose_faq,
    choose_resource,
    near_faqs,
    read_as_statement,
)
from bot.cases.speaker import Speaker
from bot.cases.state import Intake
from bot.cases.triage import Triage
from bot.cases.turn import Reply
from bot.playbook.model import Severity

SOLVED, NOT_SOLVED, PERSON = "/solved", "/not_solved", "/wants_human"
"""Payloads of the buttons."""

_OFFER_BUTTONS = (("button_solved", SOLVED), ("button_not_solved", NOT_SOLVED))
_PERSON_BUTTON = (("button_person", PERSON),)
_STORY_WORDS = 4
PLEASANTRIES = ("greet", "thanks", "goodbye", "bot_challenge", "help")
_NO_ANSWERS = ("not_solved", "case_status", *PLEASANTRIES)
_MERE_DETAILS = ("inform", "nlu_fallback")
_SURELY_SOLVED = 0.8
"""Of an "it works now" that nobody asked for: less sure, it is one more line of the story."""


class IntakeSteps(Speaker):
    """Taking a problem in: offer help, ask for what is missing, open the case."""

    _choices: Sequence[str] = ()
    """The FAQs among which this message was asked to choose."""

    async def _start(self) -> bool:
        if self._says_nothing():
            await self._unclear()
            return self._state.intake is None
        intake = self._begin()
        self._read(intake)
        return await self._next(intake)

    def _says_nothing(self) -> bool:
        """A word or two that fit no topic, such as "asdf"."""
        heard = self._heard
        few = len(heard.text.split()) < _STORY_WORDS
        return few and not heard.fields and self._heard_topic() == FALLBACK_TOPIC

    async def _go_on(self, intake: Intake) -> bool:
        """The next message of a running intake."""
        if self._ends(intake):
            return self._solved(intake)
        if self._heard.family == "faq":
            faqs = [name for name in self._faqs() if f"faq:{name}" not in intake.offered]
            if faqs:
                self._answer(faqs)
                return False
            self._heard = read_as_statement(self._heard)
        given = self._read(intake)
        if self._heard.family == "wants_human" or self._heard.wants_human:
            return await self._open(intake)
        if intake.awaiting == "details":
            self._count_answer(intake, given)
        elif self._only_small_talk(given):
            self._add(self._small_talk_key(), "small_talk")
            return self._ask_again(intake)
        return await self._next(intake)

    def _ends(self, intake: Intake) -> bool:
        """Whether all is well. Where nothing but details was told, nothing can be solved."""
        if self._heard.fields:
            return False
        if intake.awaiting == "solved":
            return self._heard.family in ("solved", "affirm", "thanks", "goodbye")
        told = intake.awaiting or any(turn.family not in _MERE_DETAILS for turn in intake.said)
        surely = self._heard.family == "solved" and self._heard.confidence >= _SURELY_SOLVED
        return bool(told) and surely

    def _only_small_talk(self, given: list[str]) -> bool:
        return not given and self._heard.family in PLEASANTRIES

    def _small_talk_key(self) -> str:
        return {"greet": "greeting"}.get(self._heard.family, self._heard.family)

    def _ask_again(self, intake: Intake) -> bool:
        """After an interruption: the open question once more."""
        if intake.awaiting == "solved":
            self._put(self._say.reply("offer", "ask_solved", buttons=_OFFER_BUTTONS))
        else:
            self._add("ask_problem", "ask_problem")
        return False

    def _count_answer(self, intake: Intake, given: list[str]) -> None:
        """Sees what the answer to the last question brought; gives up what was refused, and what
        was asked for often enough. Who answers bit by bit gets all the tries."""
        if self._heard.family == "refuse" and not given:
            details.give_up(intake, intake.asked)
            details.give_up(intake, self._required(self._judge(intake)))
        elif self._heard.family not in _NO_ANSWERS:
            given = given + details.take_literally(self._heard, intake, self._book)
        tries = self._book.tries if given else self._tries(intake)
        details.give_up(intake, [name for name in intake.asked if intake.tries[name] >= tries])

    async def _next(self, intake: Intake) -> bool:
        """Offers help, asks, or opens the case: whatever is next."""
        judged = self._judge(intake)
        if judged.severity == Severity.CRITICAL or intake.wants_human:
            return await self._open(intake)
        if not intake.offered and self._heard.family == "report" and self._may_offer(judged):
            if self._offer(intake, judged):
                return False
        missing = details.missing(intake, self._required(judged), self._book.tries)
        if not missing:
            return await self._open(intake)
        self._ask(intake, missing, judged)
        return False

    def _required(self, judged: Triage) -> tuple[str, ...]:
        """What to ask for: the topic's details, or, while the topic is only a guess, those it
        shares with the next likely one."""
        required = self._book.topics[judged.topic].required
        if self._is_sure(judged):
            return required
        others = [name for name, _ in judged.scores if name != judged.topic]
        second = self._book.topics[others[0]].required if others else ()
        return tuple(name for name in required if name in second) or required[:1]

    def _is_sure(self, judged: Triage) -> bool:
        """Whether the topic was decided by a rule, or is likelier than not."""
        share = dict(judged.scores).get(judged.topic)
        return share is None or share >= SURE_TOPIC or bool(judged.fired_topic_rule)

    def _may_offer(self, judged: Triage) -> bool:
        if not self._is_sure(judged):
            return False
        return not self._people_are_in(judged) and self._turn.visibility == "private"

    def _offer(self, intake: Intake, judged: Triage) -> bool:
        resource = choose_resource(intake.said, judged, self._content, intake.offered)
        if resource is None:
            faq = choose_faq(intake.said, self._content)
            if faq is not None:
                self._offer_faq(intake, faq)
            return faq is not None
        self._acknowledge(judged)
        self._put(self._say.page(resource))
        self._put(self._say.reply("offer", "ask_solved", buttons=_OFFER_BUTTONS))
        self._offered(intake, resource.id)
        return True

    def _offered(self, intake: Intake, name: str) -> None:
        intake.offered.append(name)
        intake.awaiting = "solved"
        self._turn.happened("resource_offered", resource=name)

    def _ask(self, intake: Intake, missing: list[str], judged: Triage) -> None:
        """All that is missing in one message the first time; singly after that."""
        first = not intake.tries
        if first:
            if not intake.offered:
                self._acknowledge(judged)
            self._ask_all(missing, judged)
        else:
            missing = missing[:1]
            again = intake.tries.get(missing[0], 0) > 1
            key = "ask_one_again" if again else "ask_one"
            self._add(key, "ask", question=self._say.question(missing[0]))
        for name in missing:
            intake.tries[name] = intake.tries.get(name, 0) + 1
        intake.asked, intake.awaiting = missing, "details"
        self._turn.happened("details_asked", fields=",".join(missing))

    def _ask_all(self, missing: list[str], judged: Triage) -> None:
        if len(missing) == 1:
            self._add("ask_one", "ask", question=self._say.question(missing[0]))
            return
        key = "ask_details_open" if self._people_are_in(judged) else "ask_details"
        self._add(key, "ask", questions=self._say.questions(missing))

    def _tries(self, intake: Intake) -> int:
        return 1 if self._people_are_in(self._judge(intake)) else self._book.tries

    def _solved(self, intake: Intake) -> bool:
        self._add("solved", "solved")
        last = intake.offered[-1] if intake.offered else ""
        self._turn.happened("solved", resource=last)
        self._state.intake = None
        return True

    async def _open(self, intake: Intake) -> bool:
        """Opens the case and gives the receipt; True, as the intake is done then."""
        filed = await self._file(intake)
        self._say_urgent(filed.triage)
        if intake.wants_human:
            self._add("human_open" if filed.promise.opens_at is None else "human", "human")
        self._receipt(filed, intake)
        return True

    async def _file(self, intake: Intake) -> Filed:
        """The case of an intake, on the turn; what it lacks is marked missing."""
        judged = self._judge(intake)
        details.give_up(intake, self._required(judged))
        reference = await self._turn.reference(self._state.number)
        filed = file_case(reference, intake, self._turn, self._content)
        self._turn.put(filed.case)
        self._turn.opened_from[filed.case.id] = intake.line
        self._state.filed, self._state.filed_case = intake, filed.case.id
        self._state.intake = None
        self._opened(filed)
        return filed

    def _opened(self, filed: Filed) -> None:
        case = filed.case
        self._turn.happened(
            "case_opened", case=case.id, channel=case.channel, sentiment=case.sentiment,
            language=case.customer.language, **dimensions(case),
        )  # fmt: skip

    def _receipt(self, filed: Filed, intake: Intake) -> None:
        case, calendar = filed.case, calendar_of(filed.case.team, self._content)
        parts = [
            self._say.text(
                "receipt",
                reference=case.id,
                topic=self._say.topic(self._book.topics[case.topic]),
                noted=self._say.noted(details.known(intake)),
                team=self._say.local(self._book.teams[case.team].label),
                promise=self._say.promise(filed.promise, calendar),
            )
        ]
        if case.secondary_topics:
            topics = [self._say.topic(self._book.topics[name]) for name in case.secondary_topics]
            parts.append(self._say.text("receipt_secondary", topics=", ".join(topics)))
        if case.missing:
            missing = ", ".join(self._say.field(name) for name in case.missing)
            parts.append(self._say.text("receipt_missing", missing=missing))
        if intake.wants_human and not details.known(intake) and case.topic == FALLBACK_TOPIC:
            parts.append(self._say.text("human_tell_more"))
        if self._content.voice.signature:
            parts.append(self._content.voice.signature)
        self._put(Reply("\n\n".join(parts), (), "receipt"))

    async def _unclear(self) -> None:
        """Asks once what it is about; a second time, or after a longer story, takes it in."""
        self._state.unclear += 1
        if len(self._heard.text.split()) < _STORY_WORDS and self._state.unclear < 2:
            return self._put(
                self._say.reply("not_understood", "not_understood", buttons=_PERSON_BUTTON)
            )
        self._state.unclear = 0
        intake = self._begin()
        self._read(intake)
        await self._next(intake)

    def _faqs(self) -> Sequence[str]:
        """The FAQ the message asks, several when they come close (asked once, then the best is
        taken); none when it states something that only resembles one. With details in it, or in
        the middle of a matter, whatever is not put as a question is a statement. Whoever asks how
        to switch off what is burning needs people, no manual."""
        if judge_said([self._heard], self._content).severity == Severity.CRITICAL:
            return ()
        intake = self._state.intake
        in_the_middle = self._open_case() is not None or (intake is not None and intake.awaiting)
        if (self._heard.fields or in_the_middle) and not asks_something(self._heard):
            return ()
        faqs = near_faqs(self._heard, self._content)
        return faqs[:1] if self._choices else faqs

    def _answer(self, faqs: Sequence[str]) -> None:
        """Answers the question, or asks which of several it is. Beside an open case it is only
        answered; in an intake the open question comes once more; else it begins an intake, which
        goes on if the answer was no help."""
        intake = self._state.intake
        if intake is not None and intake.awaiting:
            return self._answer_between(intake, faqs)
        if intake is None and self._open_case() is not None:
            return self._ask_which(faqs) if len(faqs) > 1 else self._put_answer(faqs[0])
        intake = self._begin()
        self._read(intake)
        return self._ask_which(faqs) if len(faqs) > 1 else self._offer_faq(intake, faqs[0])

    def _answer_between(self, intake: Intake, faqs: Sequence[str]) -> None:
        """An FAQ in the middle of an intake: answered, then the open question once more."""
        self._read_details(intake)
        if len(faqs) > 1:
            return self._ask_which(faqs)
        self._put_answer(faqs[0])
        intake.offered.append(f"faq:{faqs[0]}")
        if intake.awaiting == "solved":
            self._ask_again(intake)
        else:
            questions = self._say.questions(intake.asked)
            self._add("back_to_details", "ask", questions=questions)

    def _ask_which(self, faqs: Sequence[str]) -> None:
        """Two or three titles as buttons, and one for none of them."""
        self._state.choices = list(faqs)
        titled = [(self._title(name), choice.payload(name)) for name in faqs]
        none = (self._say.text("button_none"), choice.NONE)
        self._put(Reply(self._say.text("faq_choice"), (*titled, none), "ask"))

    def _chooses(self) -> bool:
        """The answer to "which of these do you mean?", also long after it was asked. "No" is none
        of them, "yes" the first."""
        faq = choice.pressed(self._turn.text) or self._typed_choice()
        if faq is not None and faq in self._content.faqs:
            self._answer([faq])
            return True
        if self._choices and self._says_none():
            self._heard = replace(self._heard, intent="not_solved")
        return False

    def _typed_choice(self) -> str | None:
        if self._choices and self._heard.family == "affirm":
            return self._choices[0]
        place = choice.typed(self._heard.text, [self._title(name) for name in self._choices])
        return None if place is None else self._choices[place]

    def _says_none(self) -> bool:
        none = choice.typed(self._heard.text, [self._say.text("button_none")]) is not None
        return none or self._heard.family == "deny"

    def _title(self, faq: str) -> str:
        return self._say.local(self._content.faqs[faq].title)

    def _put_answer(self, faq: str) -> None:
        self._put(self._faq_reply(faq, "answer"))

    def _offer_faq(self, intake: Intake, faq: str) -> None:
        self._put(self._faq_reply(faq, "offer"))
        self._put(self._say.reply("offer", "ask_solved", buttons=_OFFER_BUTTONS))
        self._offered(intake, f"faq:{faq}")

    def _faq_reply(self, name: str, kind: str) -> Reply:
        faq = self._content.faqs[name]
        answer = self._say.local(faq.answer)
        self._turn.happened("faq_answered", faq=name)
        if faq.url is None:
            return self._say.reply(kind, "answer_faq", answer=answer)
        return self._say.reply(kind, "answer_faq_link", answer=answer, url=faq.url)
