"""What happens beside an open case: more of the same, another matter, its state, its end."""

from __future__ import annotations

from dataclasses import replace

from bot.cases import details
from bot.cases.case import Case
from bot.cases.filing import Filed, add_to_case, dimensions
from bot.cases.intake import IntakeSteps
from bot.cases.problem import FALLBACK_TOPIC, RESIDUAL_TOPICS
from bot.cases.promise import calendar_of, topic_of
from bot.cases.speaker import MOST_REMEMBERED
from bot.cases.state import Intake
from bot.cases.targets import person_waits
from bot.cases.understanding import Understanding
from bot.playbook.model import Severity

SAME, NEW = "/same_matter", "/new_matter"
"""Payloads of the buttons."""

_SAME_BUTTONS = (("button_same", SAME), ("button_new", NEW))
_SURE_OTHER_TOPIC = 0.45


class BesideCase(IntakeSteps):
    """What is said while a case is open: more of it, or another matter."""

    async def _beside_the_case(self) -> bool:
        """A report while a case is open: the same matter, or a new one?"""
        case = self._open_case()
        assert case is not None
        if self._just_praise():
            self._add("praise", "thanks")
            return True
        if self._is_another_matter(case):
            self._state.held = self._heard
            topic = self._say.topic(topic_of(case, self._content))
            self._put(
                self._say.reply(
                    "same_or_new",
                    "same_or_new",
                    buttons=_SAME_BUTTONS,
                    reference=case.id,
                    topic=topic,
                )
            )
            return True
        self._add_to_open_case(self._heard)
        return True

    def _just_praise(self) -> bool:
        alone = self._judge(Intake(said=[self._heard]))
        calm = alone.severity < Severity.CRITICAL
        return calm and self._book.topics[alone.topic].handling == "acknowledge"

    def _is_another_matter(self, case: Case) -> bool:
        topic = self._heard_topic()
        known = (case.topic, *case.secondary_topics)
        unsure = topic_of(case, self._content).name == FALLBACK_TOPIC
        if topic in known or topic in RESIDUAL_TOPICS or unsure:
            return False
        return not self._is_urgent() and self._heard.confidence >= _SURE_OTHER_TOPIC

    def _is_urgent(self) -> bool:
        return self._judge(Intake(said=[self._heard])).severity == Severity.CRITICAL

    async def _same_or_new(self) -> None:
        held = self._state.held
        assert held is not None
        self._state.held = None
        if self._heard.family in ("new_matter", "deny") or self._open_case() is None:
            await self._take_up(held)
        else:
            self._add_to_open_case(held)

    async def _take_up(self, heard: Understanding) -> None:
        """Begins an intake with what was said before."""
        intake = self._begin()
        intake.said.append(heard)
        details.read(heard, intake, self._book)
        self._heard = heard
        await self._next(intake)

    async def _settle_held(self) -> bool:
        """No answer to "same matter or a new one?": what was held goes to the open case. Where that
        was done meanwhile it begins an intake; True then, for it is answered now."""
        held = self._state.held
        answers = ("same_matter", "new_matter", "affirm", "deny")
        if held is None or self._heard.family in answers:
            return False
        self._state.held = None
        if self._open_case() is not None:
            self._file_with_case(held)
            return False
        self._read(self._begin())
        await self._take_up(held)
        return True

    def _add_to_open_case(self, heard: Understanding, *, tell_state: bool = False) -> None:
        filed, worse = self._file_with_case(heard)
        if worse:
            self._say_urgent(filed.triage)
        calendar = calendar_of(filed.case.team, self._content)
        due = self._say.moment(filed.case.sla.respond_by, calendar)
        if worse:
            self._add("added_escalated", "added", reference=filed.case.id, due=due)
        elif tell_state:
            self._tell_state(filed.case)
        else:
            self._add("added", "added", reference=filed.case.id)

    def _file_with_case(self, heard: Understanding) -> tuple[Filed, bool]:
        case = self._open_case()
        assert case is not None
        intake = self._intake_of(case)
        intake.said = [*intake.said, heard][-MOST_REMEMBERED:]
        details.read(heard, intake, self._book)
        self._state.filed, self._state.filed_case = intake, case.id
        filed = add_to_case(case, intake, self._turn, self._content)
        self._turn.put(filed.case)
        worse = filed.case.severity > case.severity
        fact = "message_for_person" if case.is_held else "case_extended"
        self._turn.happened(fact, case=case.id, **dimensions(filed.case))
        return filed, worse

    def _intake_of(self, case: Case) -> Intake:
        """What was taken in for the case, as far as this conversation remembers it; the details
        are the case's, for people correct them."""
        filed = self._state.filed
        if filed is None or self._state.filed_case not in ("", case.id):
            filed = Intake()
        return replace(filed, details=dict(case.details))

    def _tell_state(self, case: Case) -> None:
        calendar = calendar_of(case.team, self._content)
        self._add(
            "status", "status", reference=case.id,
            topic=self._say.topic(topic_of(case, self._content)),
            state=self._say.text(f"state_{case.status}"),
            due=self._say.moment(case.sla.respond_by, calendar),
        )  # fmt: skip

    def _close(self, case: Case) -> None:
        now = self._turn.now
        closed = replace(person_waits(case, now, self._content), status="closed")
        self._turn.put(closed.noted(now, "customer", "closed"))
        self._turn.happened("case_closed", case=case.id)
        self._add("closed_by_customer", "solved", reference=case.id)
