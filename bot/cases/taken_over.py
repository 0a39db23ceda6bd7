"""What the customer says while a person has the case, and after it was done."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.cases import rating
from bot.cases.beside import BesideCase
from bot.cases.case import Case
from bot.cases.filing import dimensions
from bot.cases.handling import reopened
from bot.cases.promise import calendar_of
from bot.cases.self_service import doubtful_small_talk

_GOES_ON = frozenset({"report", "inform", "not_solved", "wants_human", "nlu_fallback"})
"""What a customer says who is not done after all; thanks and questions do not open a case again."""


class TakenOver(BesideCase):
    """Silence while a person holds the conversation; ratings; cases that come back."""

    def _held_by_a_person(self) -> bool:
        """While a person holds the conversation every message is theirs: it is noted, and the bot
        says nothing. What the bot was in the middle of goes to the person, too."""
        case = self._turn.case
        if case is None or not case.is_held:
            return False
        intake, self._state.intake = self._state.intake, None
        asked, self._state.held = self._state.held, None
        if intake is not None:
            mine = self._intake_of(case)
            mine.said = [*mine.said, *intake.said]
            self._state.filed, self._state.filed_case = mine, case.id
        if asked is not None:
            self._file_with_case(asked)
        self._file_with_case(self._heard)
        return True

    def _rates(self) -> bool:
        """Stars for a case that was resolved, by its button or as the bare digit asked for."""
        case, stars = self._rated_case()
        if stars is None:
            return False
        if case is not None:
            rated = replace(case, rating=stars).noted(
                self._turn.now, "customer", "rated", rating=stars
            )
            self._turn.changed[case.id] = rated
            if self._turn.case is not None and self._turn.case.id == case.id:
                self._turn.case = rated
            self._turn.happened("case_rated", case=case.id, rating=stars)
        self._add("rating_thanks" if stars >= rating.GOOD else "rating_sorry", "thanks")
        return True

    def _rated_case(self) -> tuple[Case | None, int | None]:
        if button := rating.pressed(self._turn.text):
            stars, reference = button
            done = [
                case
                for case in self._turn.cases
                if case.id == reference and case.status == "resolved"
            ]
            return next(iter(done), None), stars
        case = self._turn.case
        if case is None or self._state.intake is not None or not rating.asked_for(case):
            return None, None
        return case, rating.typed_stars(self._heard)

    def _comes_back(self) -> bool:
        """More about a case that was done lately: it is opened again."""
        case = self._turn.case
        if case is None or self._state.intake is not None or not self._goes_on_about(case):
            return False
        now = self._turn.now
        running = reopened(case, now, self._content).noted(now, "customer", "reopened")
        self._turn.put(running)
        filed, worse = self._file_with_case(self._heard)
        self._turn.happened("case_reopened", case=case.id, by="customer", **dimensions(filed.case))
        if worse:
            self._say_urgent(filed.triage)
        calendar = calendar_of(filed.case.team, self._content)
        promise = self._say.promise(filed.promise, calendar)
        self._add("reopened", "added", reference=case.id, promise=promise)
        return True

    def _goes_on_about(self, case: Case) -> bool:
        if case.is_open or self._turn.now - _done_at(case) > self._book.reopen_within:
            return False
        says_more = self._heard.family in _GOES_ON and not self._says_nothing()
        if not says_more and not doubtful_small_talk(self._heard):
            return False
        return not self._just_praise() and not self._is_another_matter(case)


def _done_at(case: Case) -> datetime:
    endings = [entry.at for entry in case.history if entry.what in ("resolved", "closed")]
    return endings[-1] if endings else case.opened_at
