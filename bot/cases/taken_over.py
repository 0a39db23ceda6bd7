"""What the customer says while a person has the case, and after it was done."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.cases import rating
from bot.cases.beside import BesideCase
from bot.cases.case import Case
from bot.cases.filing import dimensions
from bot.cases.handling import queued
from bot.cases.intake import PLEASANTRIES
from bot.cases.problem import FALLBACK_TOPIC, SURE_TOPIC, is_specific
from bot.cases.promise import calendar_of
from bot.cases.self_service import asks_something, doubtful_small_talk, read_as_statement
from bot.cases.state import Intake
from bot.cases.understanding import Understanding

_WANTS_MORE = frozenset({"not_solved", "wants_human", "case_status"})
_TELLS = frozenset({"report", "inform", "nlu_fallback"})
"""What a customer says who is not done after all; thanks and questions do not open a case again."""


class TakenOver(BesideCase):
    """Silence while a person holds the conversation; ratings; cases that come back."""

    def _held_by_a_person(self) -> bool:
        """While a person holds the conversation every message is theirs: it is noted, and the bot
        says nothing. What the bot was in the middle of goes to the person, too. Stars for another
        case are no message."""
        case = self._turn.case
        if case is None or not case.is_held:
            return False
        if rating.pressed(self._turn.text):
            stars, rated, _ = self._stars()
            self._note_rating(rated, stars)
            return True
        intake, self._state.intake = self._state.intake, None
        asked, self._state.held = self._state.held, None
        if intake is not None:
            self._hand_over(intake, case)
        if asked is not None:
            self._file_with_case(asked)
        self._file_with_case(self._heard)
        return True

    def _hand_over(self, intake: Intake, case: Case) -> None:
        """What was said and given in an intake belongs to the case now."""
        given = {name: detail for name, detail in intake.details.items() if detail.value}
        known = {name: detail for name, detail in case.details.items() if detail.value}
        self._turn.put(replace(case, details={**case.details, **given, **known}))
        mine = self._intake_of(case)
        mine.said = [*mine.said, *intake.said]
        self._state.filed, self._state.filed_case = mine, case.id

    def _rates(self) -> bool:
        """Stars for a case that was resolved, by its button or typed. False, too, when the words
        behind them tell more than how it was: these are answered as any other."""
        stars, case, words = self._stars()
        if stars == 0:
            return False
        self._note_rating(case, stars)
        if words and self._tells_of_a_matter():
            return False
        self._add("rating_thanks" if stars >= rating.GOOD else "rating_sorry", "thanks")
        return True

    def _stars(self) -> tuple[int, Case | None, str]:
        """The stars (0: none), the case they are for, and the words behind them. A button rates its
        own case, whatever became of that since."""
        if button := rating.pressed(self._turn.text):
            stars, reference = button
            cases = [case for case in self._turn.cases if case.id == reference]
            return stars, next(iter(cases), None), ""
        case = self._turn.case
        if case is None or self._state.intake is not None or not rating.asked_for(case):
            return 0, None, ""
        stars, words = rating.typed_stars(self._heard.text) or (0, "")
        return stars, case, words

    def _note_rating(self, case: Case | None, stars: int) -> None:
        if case is None:
            return
        rated = replace(case, rating=stars).noted(self._turn.now, "customer", "rated", rating=stars)
        self._turn.changed[case.id] = rated
        if self._turn.case is not None and self._turn.case.id == case.id:
            self._turn.case = rated
        self._turn.happened("case_rated", case=case.id, rating=stars)

    def _tells_of_a_matter(self) -> bool:
        topic, share = self._heard.topics[0] if self._heard.topics else (FALLBACK_TOPIC, 0.0)
        likely = share >= SURE_TOPIC and is_specific(topic, self._book)
        return likely or self._heard.family in _WANTS_MORE or self._is_urgent()

    def _comes_back(self) -> bool:
        """More about a case that was done lately: it is opened again."""
        case = self._turn.case
        if case is None or self._state.intake is not None or not self._goes_on_about(case):
            return False
        self._open_again(case, self._heard)
        return True

    def _open_again(self, case: Case, heard: Understanding) -> None:
        now = self._turn.now
        running = queued(case, now, self._content).noted(now, "customer", "reopened")
        self._turn.put(running)
        filed, worse = self._file_with_case(heard)
        self._turn.happened("case_reopened", case=case.id, by="customer", **dimensions(filed.case))
        if worse:
            self._say_urgent(filed.triage)
        calendar = calendar_of(filed.case.team, self._content)
        promise = self._say.promise(filed.promise, calendar)
        self._add("reopened", "added", reference=case.id, promise=promise)

    async def _same_or_new(self) -> None:
        """Also where the case was done while the customer thought about it."""
        case, held = self._turn.case, self._state.held
        same = self._heard.family in ("same_matter", "affirm")
        if case is None or held is None or not same or not self._done_lately(case):
            return await super()._same_or_new()
        self._state.held = None
        self._open_again(case, held)

    def _goes_on_about(self, case: Case) -> bool:
        if not self._done_lately(case) or not self._says_more() or self._just_praise():
            return False
        if self._heard.family == "faq":
            self._heard = read_as_statement(self._heard)
        return not self._is_another_matter(case) and not self._is_another_emergency(case)

    def _done_lately(self, case: Case) -> bool:
        return not case.is_open and self._turn.now - _done_at(case) <= self._book.reopen_within

    def _says_more(self) -> bool:
        family = self._heard.family
        if family in PLEASANTRIES:
            return doubtful_small_talk(self._heard, self._book)
        if family == "faq":  # "it still isn't here" only resembles a question
            return not asks_something(self._heard)
        return family in _WANTS_MORE or (family in _TELLS and not self._says_nothing())

    def _is_another_emergency(self, case: Case) -> bool:
        """An emergency is a case of its own, unless it is what the case was about."""
        return self._is_urgent() and self._heard_topic() not in (case.topic, *case.secondary_topics)

    def _is_content(self) -> bool:
        """Solved, or "ok" to how it was solved: not the beginning of anything."""
        case, family = self._turn.case, self._heard.family
        return family == "solved" or (
            family == "affirm" and case is not None and self._done_lately(case)
        )


def _done_at(case: Case) -> datetime:
    endings = [entry.at for entry in case.history if entry.what in ("resolved", "closed")]
    return endings[-1] if endings else case.opened_at
