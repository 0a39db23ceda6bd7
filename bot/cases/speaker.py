"""The part of the dialogue that speaks: the turn in hand, the memory, and the brand's voice."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.cases import details
from bot.cases.case import Case
from bot.cases.filing import judge
from bot.cases.language import settle
from bot.cases.phrasing import Phrasing
from bot.cases.promise import calendar_of
from bot.cases.state import Intake, State
from bot.cases.triage import Triage
from bot.cases.turn import Reply, Turn
from bot.cases.understanding import Understanding
from bot.playbook.content import Content
from bot.playbook.hours import Calendar

MOST_REMEMBERED = 30
_OPEN_STATES = ("new", "claimed", "waiting")
_HELLO_AGAIN_AFTER = timedelta(hours=20)
_CONTACT_FIELDS = ("email", "phone")


class Speaker:
    """What every part of the dialogue needs: the turn, the memory, and a voice."""

    def __init__(self, content: Content, turn: Turn, state: State, heard: Understanding) -> None:
        self._content = content
        self._book = content.playbook
        self._turn = turn
        self._state = state
        self._heard = self._in_language(heard)
        self._say = Phrasing(content, self._heard.language, turn.now, variant=turn.line)

    def _in_language(self, heard: Understanding) -> Understanding:
        """From here on everything is in the conversation's language: the message, the customer."""
        known = self._book.languages
        given = self._turn.customer.language
        before = self._state.language
        language = settle(heard.language, heard.language_share, before, given, known)
        if before or heard.language == language:
            self._state.language = language
        self._turn.customer = replace(self._turn.customer, language=language)
        return replace(heard, language=language)

    def _add(self, key: str, kind: str, /, **values: str) -> None:
        self._put(Reply(self._say.text(key, **values), (), kind))

    def _put(self, reply: Reply) -> None:
        if reply.kind == "safety":
            self._state.greeted_at = self._turn.now
        if self._needs_hello():
            self._state.greeted_at = self._turn.now
            hello = self._say.hello(self._home_calendar())
            reply = replace(reply, text=f"{hello}\n\n{reply.text}")
        self._turn.prepared.append(reply)

    def _needs_hello(self) -> bool:
        if self._turn.visibility == "public":
            return False
        at = self._state.greeted_at
        if at is None:
            return True
        idle = self._state.intake is None and self._open_case() is None
        return idle and self._turn.now - at > _HELLO_AGAIN_AFTER

    def _home_calendar(self) -> Calendar:
        return calendar_of(self._book.topics["other"].team, self._content)

    def _people_are_in(self, judged: Triage) -> bool:
        return calendar_of(judged.team, self._content).is_open(self._turn.now)

    def _open_case(self) -> Case | None:
        case = self._turn.case
        return case if case is not None and case.status in _OPEN_STATES else None

    def _heard_topic(self) -> str:
        return judge(Intake(said=[self._heard]), self._turn, self._content).topic

    def _judge(self, intake: Intake) -> Triage:
        return judge(intake, self._turn, self._content)

    def _begin(self) -> Intake:
        if self._state.intake is None:
            intake = self._state.begin()
            intake.line = self._turn.line
            self._carry_contact_over(intake)
        return self._state.begin()

    def _carry_contact_over(self, intake: Intake) -> None:
        """E-mail and phone of the conversation's last case are known, so never asked for again."""
        before = self._turn.case.details if self._turn.case else {}
        for name in _CONTACT_FIELDS:
            if name in before and before[name].value:
                intake.details[name] = before[name]

    def _read(self, intake: Intake) -> list[str]:
        intake.said = [*intake.said, self._heard][-MOST_REMEMBERED:]
        intake.wants_human = (
            intake.wants_human or self._heard.wants_human or (self._heard.family == "wants_human")
        )
        return self._read_details(intake)

    def _read_details(self, intake: Intake) -> list[str]:
        return details.read(self._heard, intake, self._book)

    def _say_urgent(self, judged: Triage) -> None:
        """What an emergency needs to hear before anything else."""
        for text in judged.texts:
            self._add(text, "safety")

    def _acknowledge(self, judged: Triage) -> None:
        key = "acknowledge_upset" if judged.sentiment == "negative" else "acknowledge"
        self._add(key, "acknowledge", topic=self._say.topic(self._book.topics[judged.topic]))
