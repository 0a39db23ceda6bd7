"""The conversation: what the bot says and does next, given what it remembers and what it heard.

Rasa's rules choose which of the public methods answers a message; the form `intake_form` calls
`take_in` for every message of a running intake. All of it is pure but for the reference of a new
case, which the store gives. Replies and facts land on the turn. The steps of an intake are in
`intake.py`, what happens beside an open case in `beside.py`, what happens while a person has it
and after that in `taken_over.py`.
"""

from __future__ import annotations

from bot.cases import ladder
from bot.cases.intake import PLEASANTRIES
from bot.cases.self_service import doubtful_small_talk, read_as_statement, tells_a_problem
from bot.cases.taken_over import TakenOver
from bot.playbook.model import LadderStep

_SURE_QUESTION = 0.6


class Dialogue(TakenOver):
    """One turn of one conversation. `state` is changed in place; call exactly one method."""

    async def take_in(self) -> bool:
        """A message of a running intake, or one that reports a problem; True when it is done."""
        if await self._handled_before():
            return self._state.intake is None
        if self._state.intake is not None:
            return await self._go_on(self._state.intake)
        if self._open_case() is not None:
            return await self._beside_the_case()
        if self._just_praise():
            self._praise()
            return True
        return await self._start()

    async def _handled_before(self) -> bool:
        """What goes before any other step: a person who has the case, silence, the ladder, the
        rules of public places, what comes after a case, and the message that waited for "same
        matter or a new one?" or an answer to "which of these do you mean?"."""
        self._choices, self._state.choices = self._state.choices, []
        if self._held_by_a_person() or self._rates():
            return True
        if self._silent() or self._on_the_ladder():
            return True
        if self._turn.visibility == "public":
            await self._answer_publicly()
            return True
        return await self._settle_held() or self._chooses() or self._comes_back()

    async def _answer_publicly(self) -> None:
        """In public nothing is asked and nothing repeated: one short reply with the way to private
        messages. The case is opened at once, so that nobody is lost who does not follow."""
        personal = self._heard.wants_human or bool(self._heard.fields)
        faqs = self._faqs() if self._heard.family == "faq" and not personal else ()
        if self._just_praise():
            self._praise()
        elif faqs:
            self._put_answer(faqs[0])
        elif self._heard.family in PLEASANTRIES and not doubtful_small_talk(
            self._heard, self._book
        ):
            self._add(self._small_talk_key(), "small_talk")
        elif self._open_case() is not None:
            self._file_with_case(self._heard)
        else:
            await self._open_publicly()

    async def _open_publicly(self) -> None:
        intake = self._begin()
        self._read(intake)
        filed = await self._file(intake)
        self._say_urgent(filed.triage)
        url = self._turn.private_url or self._content.voice.links["help_center"]
        self._add("public_move", "public_move", url=url)

    def _praise(self) -> None:
        self._add("praise_shared" if "user_content" in self._heard.cues else "praise", "thanks")
        self._turn.happened("praise_received")

    async def answer_question(self) -> None:
        """An FAQ outside an intake: the answer, and whether it was what they needed."""
        if await self._handled_before():
            return
        faqs = self._faqs()
        if not faqs:
            return await self._not_a_question()
        self._answer(faqs)

    async def _not_a_question(self) -> None:
        """Words that resemble an FAQ but ask nothing: mere details, or a problem after all."""
        self._heard = read_as_statement(self._heard)
        if self._heard.family == "report" and self._open_case() is None:
            await self._start()
        elif self._heard.family == "report":
            await self._beside_the_case()
        else:
            await self._note()

    async def small_talk(self) -> None:
        """Greetings, thanks, goodbyes, "are you a bot?", "what can you do?"."""
        if await self._handled_before():
            return
        family = self._heard.family
        if doubtful_small_talk(self._heard, self._book) and self._open_case() is None:
            self._heard = read_as_statement(self._heard)
            await self._start()
            return None
        if family == "greet" and self._open_case() is None:
            return self._add("ask_problem", "ask_problem")
        kinds = {"thanks": "thanks", "help": "ask_problem"}
        self._add(self._small_talk_key(), kinds.get(family, "small_talk"))

    async def hand_to_person(self) -> None:
        """A wish for a person: the case is opened at once, with what is known."""
        if await self._handled_before():
            return
        if self._open_case() is not None and self._state.intake is None:
            return self._add_to_open_case(self._heard, tell_state=True)
        intake = self._begin()
        self._read(intake)
        await self._open(intake)

    async def tell_state(self) -> None:
        """ "Any news?": where the case stands and until when an answer is promised."""
        if await self._handled_before():
            return
        case = self._open_case()
        if case is None and self._heard.confidence < _SURE_QUESTION:
            return await self._unclear()
        if case is None:
            return self._add("status_none", "status")
        self._tell_state(case)

    async def settle(self) -> None:
        """ "Solved", "not solved", "yes", "no", and the answer to "same matter or a new one?"."""
        if await self._handled_before():
            return
        if self._state.held is not None:
            return await self._same_or_new()
        case = self._open_case()
        if case is None and self._is_content():
            self._add("thanks", "small_talk")
        elif case is None:
            self._add("ask_problem", "ask_problem")
        elif self._heard.family == "solved":
            self._close(case)
        else:
            self._add_to_open_case(self._heard)

    async def note(self) -> None:
        """Mere details, a refusal, or something we do not understand, outside an intake."""
        if await self._handled_before():
            return
        await self._note()

    async def _note(self) -> None:
        if self._open_case() is not None:
            return self._add_to_open_case(self._heard)
        if tells_a_problem(self._heard):
            self._heard = read_as_statement(self._heard)
            await self._start()
        elif self._heard.family == "inform" and self._heard.fields:
            intake = self._begin()
            self._read(intake)
            self._add("ask_problem", "ask_problem")
        else:
            await self._unclear()

    def _silent(self) -> bool:
        """While muted nothing is said, unless the message holds a real case."""
        until = self._state.muted_until
        if until is None or self._turn.now >= until:
            self._state.muted_until = None
            return False
        if ladder.gets_through_mute(self._heard, self._book):
            return False
        self._turn.happened("message_muted")
        return True

    def _on_the_ladder(self) -> bool:
        """An insult and nothing else climbs one step of the playbook's ladder."""
        verdict = ladder.judge(self._heard, self._state.abuse, self._book)
        self._state.abuse = verdict.count
        if verdict.step is None:
            return False
        self._climb(verdict.step)
        return True

    def _climb(self, step: LadderStep) -> None:
        values = {}
        if step.action == "mute":
            until = self._turn.now + step.mute_for
            self._state.muted_until = until
            values["until"] = self._say.moment(until, self._home_calendar())
        self._add(step.text, "mute" if step.action == "mute" else "ladder", **values)
        self._turn.happened("abuse_answered", action=step.action)
