"""The conversation: what the bot says and does next, given what it remembers and what it heard.

Rasa's rules choose which of the public methods answers a message; the form `intake_form` calls
`take_in` for every message of a running intake. All of it is pure but for the reference of a new
case, which the store gives. Replies and facts land on the turn.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.cases import details, ladder
from bot.cases.case import Case
from bot.cases.filing import Filed, add_to_case, calendar_of, file_case, judge
from bot.cases.phrasing import Phrasing
from bot.cases.promise import Promise
from bot.cases.self_service import asks_something, choose_faq, choose_resource, read_as_statement
from bot.cases.state import Intake, State
from bot.cases.triage import Triage
from bot.cases.turn import Reply, Turn
from bot.cases.understanding import Understanding
from bot.playbook.content import Content
from bot.playbook.hours import Calendar
from bot.playbook.model import LadderStep, Severity

SOLVED, NOT_SOLVED = "/solved", "/not_solved"
SAME, NEW, PERSON = "/same_matter", "/new_matter", "/wants_human"

_OFFER_BUTTONS = (("button_solved", SOLVED), ("button_not_solved", NOT_SOLVED))
_SAME_BUTTONS = (("button_same", SAME), ("button_new", NEW))
_PERSON_BUTTON = (("button_person", PERSON),)
_OPEN_STATES = ("new", "claimed", "waiting")
_HELLO_AGAIN_AFTER = timedelta(hours=20)
_STORY_WORDS = 4
_SURE_OTHER_TOPIC = 0.45
_NO_ANSWERS = ("not_solved", "case_status", "thanks", "goodbye", "greet", "bot_challenge", "help")
_MOST_REMEMBERED = 30
_CONTACT_FIELDS = ("email", "phone")


class Dialogue:
    """One turn of one conversation. `state` is changed in place; call exactly one method."""

    def __init__(self, content: Content, turn: Turn, state: State, heard: Understanding) -> None:
        self._content = content
        self._book = content.playbook
        self._turn = turn
        self._state = state
        self._heard = heard
        self._say = Phrasing(content, heard.language, turn.now, variant=turn.line)

    # ---- what the rules call ----------------------------------------------------------------

    async def take_in(self) -> bool:
        """A message of a running intake, or one that reports a problem; True when it is done."""
        if self._silent() or self._on_the_ladder():
            return self._state.intake is None
        await self._settle_held()
        if self._state.intake is not None:
            return await self._go_on(self._state.intake)
        if self._open_case() is not None:
            return await self._beside_the_case()
        if self._just_praise():
            self._add("praise_shared" if "user_content" in self._heard.cues else "praise", "thanks")
            self._turn.happened("praise_received")
            return True
        return await self._start()

    async def answer_question(self) -> None:
        """An FAQ outside an intake: the answer, and whether it was what they needed."""
        if self._silent():
            return
        await self._settle_held()
        faq = self._faq()
        if faq is None:
            return await self._not_a_question()
        if self._open_case() is not None:
            return self._put(self._faq_reply(faq, "answer"))
        intake = self._begin()
        self._read(intake)
        self._offer_faq(intake, faq)

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
        if self._silent():
            return
        await self._settle_held()
        family = self._heard.family
        if family == "greet" and self._open_case() is None:
            return self._add("ask_problem", "ask_problem")
        self._add(self._small_talk_key(), "thanks" if family == "thanks" else "small_talk")

    async def hand_to_person(self) -> None:
        """A wish for a person: the case is opened at once, with what is known."""
        if self._silent():
            return
        await self._settle_held()
        if self._open_case() is not None and self._state.intake is None:
            return self._add_to_open_case(self._heard, tell_state=True)
        intake = self._begin()
        self._read(intake)
        await self._open(intake)

    async def tell_state(self) -> None:
        """"Any news?": where the case stands and until when an answer is promised."""
        if self._silent():
            return
        await self._settle_held()
        case = self._turn.case
        if case is None:
            self._add("status_none", "status")
            return
        self._tell_state(case)

    async def settle(self) -> None:
        """"Solved", "not solved", "yes", "no", and the answer to "same matter or a new one?"."""
        if self._silent():
            return
        if self._state.held is not None:
            return await self._same_or_new()
        case = self._open_case()
        if case is None:
            key = "thanks" if self._heard.family == "solved" else "ask_problem"
            self._add(key, "ask_problem" if key == "ask_problem" else "small_talk")
        elif self._heard.family == "solved":
            self._close(case)
        else:
            self._add_to_open_case(self._heard)

    async def note(self) -> None:
        """Mere details, a refusal, or something we do not understand, outside an intake."""
        if self._silent():
            return
        await self._settle_held()
        await self._note()

    async def _note(self) -> None:
        if self._open_case() is not None:
            return self._add_to_open_case(self._heard)
        if self._heard.family == "inform" and self._heard.fields:
            intake = self._begin()
            self._read(intake)
            return self._add("ask_problem", "ask_problem")
        await self._unclear()

    # ---- the intake -------------------------------------------------------------------------

    async def _start(self) -> bool:
        intake = self._begin()
        self._read(intake)
        return await self._next(intake)

    async def _go_on(self, intake: Intake) -> bool:
        """The next message of a running intake."""
        if self._ends(intake):
            return self._solved(intake)
        if self._heard.family == "faq":
            faq = self._faq()
            if faq is not None and intake.awaiting and f"faq:{faq}" not in intake.offered:
                return self._answer_between(intake, faq)
            self._heard = read_as_statement(self._heard)
        given = self._read(intake)
        if self._heard.family == "wants_human" or self._heard.wants_human:
            return await self._open(intake)
        if intake.awaiting == "details":
            self._count_answer(intake)
        elif self._only_small_talk(given):
            self._add(self._small_talk_key(), "small_talk")
            return self._ask_again(intake)
        return await self._next(intake)

    def _ends(self, intake: Intake) -> bool:
        if self._heard.family == "solved":
            return True
        content_with_it = self._heard.family in ("affirm", "thanks", "goodbye")
        return intake.awaiting == "solved" and content_with_it and not self._heard.fields

    def _only_small_talk(self, given: list[str]) -> bool:
        family = self._heard.family
        return not given and family in ("greet", "bot_challenge", "help", "thanks", "goodbye")

    def _small_talk_key(self) -> str:
        return {"greet": "greeting"}.get(self._heard.family, self._heard.family)

    def _ask_again(self, intake: Intake) -> bool:
        """After an interruption: the open question once more."""
        if intake.awaiting == "solved":
            self._put(self._say.reply("offer", "ask_solved", buttons=_OFFER_BUTTONS))
        else:
            self._add("ask_problem", "ask_problem")
        return False

    def _count_answer(self, intake: Intake) -> None:
        """Sees what the answer to the last question brought; gives up what was refused."""
        if self._heard.family == "refuse":
            details.give_up(intake, intake.asked)
            details.give_up(intake, self._book.topics[self._judge(intake).topic].required)
        elif self._heard.family not in _NO_ANSWERS:
            details.take_literally(self._heard, intake, self._book)
        tried = [name for name in intake.asked if intake.tries.get(name, 0) >= self._tries(intake)]
        details.give_up(intake, tried)

    async def _next(self, intake: Intake) -> bool:
        """Offers help, asks, or opens the case: whatever is next."""
        judged = self._judge(intake)
        if judged.severity == Severity.CRITICAL or intake.wants_human:
            return await self._open(intake)
        if not intake.offered and self._heard.family == "report" and self._may_offer(judged):
            if self._offer(intake, judged):
                return False
        topic = self._book.topics[judged.topic]
        missing = details.missing(intake, topic, self._tries(intake))
        if not missing:
            return await self._open(intake)
        self._ask(intake, missing, judged)
        return False

    def _may_offer(self, judged: Triage) -> bool:
        return not self._people_are_in(judged) and self._turn.visibility == "private"

    def _people_are_in(self, judged: Triage) -> bool:
        return calendar_of(judged.team, self._content).is_open(self._turn.now)

    def _offer(self, intake: Intake, judged: Triage) -> bool:
        resource = choose_resource(intake.said, judged, self._content, intake.offered)
        if resource is None:
            faq = choose_faq(intake.said, self._content)
            if faq is not None:
                self._offer_faq(intake, faq)
            return faq is not None
        self._acknowledge(judged)
        self._put(
            self._say.reply(
                "offer", "offer_resource", title=self._say.local(resource.title),
                description=self._say.local(resource.description), url=resource.url,
            )
        )  # fmt: skip
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
            key = "ask_details_open" if self._people_are_in(judged) else "ask_details"
            self._add(key, "ask", questions=self._say.questions(missing))
        else:
            missing = missing[:1]
            again = intake.tries.get(missing[0], 0) > 1
            key = "ask_one_again" if again else "ask_one"
            self._add(key, "ask", question=self._say.question(missing[0]))
        for name in missing:
            intake.tries[name] = intake.tries.get(name, 0) + 1
        intake.asked, intake.awaiting = missing, "details"
        self._turn.happened("details_asked", fields=",".join(missing))

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
        judged = self._judge(intake)
        details.give_up(intake, self._book.topics[judged.topic].required)
        reference = await self._turn.reference(self._state.number)
        filed = file_case(reference, intake, self._turn, self._content)
        self._turn.put(filed.case)
        self._turn.opened_from[filed.case.id] = intake.line
        self._state.filed, self._state.intake = intake, None
        for text in filed.triage.texts:
            self._add(text, "safety")
        if intake.wants_human:
            self._add("human_open" if filed.promise.opens_at is None else "human", "human")
        self._receipt(filed, intake)
        self._opened(filed)
        return True

    def _opened(self, filed: Filed) -> None:
        case = filed.case
        self._turn.happened(
            "case_opened", case=case.id, topic=case.topic, subtopic=case.subtopic,
            severity=case.severity.word, team=case.team, channel=case.channel,
            sentiment=case.sentiment, language=case.customer.language,
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
        if self._content.voice.signature:
            parts.append(self._content.voice.signature)
        self._put(Reply("\n\n".join(parts), (), "receipt"))

    # ---- beside an open case ----------------------------------------------------------------

    async def _beside_the_case(self) -> bool:
        """A report while a case is open: the same matter, or a new one?"""
        case = self._open_case()
        assert case is not None
        if self._just_praise():
            self._add("praise", "thanks")
            return True
        if self._is_another_matter(case):
            self._state.held = self._heard
            topic = self._say.topic(self._book.topics[case.topic])
            self._put(
                self._say.reply(
                    "same_or_new", "same_or_new", buttons=_SAME_BUTTONS, reference=case.id, topic=topic
                )
            )
            return True
        self._add_to_open_case(self._heard)
        return True

    def _is_another_matter(self, case: Case) -> bool:
        topic = self._heard_topic()
        known = (case.topic, *case.secondary_topics)
        if topic in known or topic in ("other", "complaint") or case.topic == "other":
            return False
        alone = Intake(said=[self._heard])
        urgent = judge(alone, self._turn, self._content).severity == Severity.CRITICAL
        return not urgent and self._heard.confidence >= _SURE_OTHER_TOPIC

    def _heard_topic(self) -> str:
        return judge(Intake(said=[self._heard]), self._turn, self._content).topic

    async def _same_or_new(self) -> None:
        held = self._state.held
        assert held is not None
        self._state.held = None
        if self._heard.family in ("new_matter", "deny"):
            intake = self._begin()
            intake.said.append(held)
            details.read(held, intake, self._book)
            await self._next_for(intake, held)
        else:
            self._add_to_open_case(held)

    async def _next_for(self, intake: Intake, heard: Understanding) -> None:
        self._heard = heard
        await self._next(intake)

    async def _settle_held(self) -> None:
        """No answer to "same matter or a new one?": what was held goes to the open case."""
        held, self._state.held = self._state.held, None
        if held is None:
            return
        if self._heard.family in ("same_matter", "new_matter", "affirm", "deny"):
            self._state.held = held
        elif self._open_case() is not None:
            self._file_with_case(held)

    def _add_to_open_case(self, heard: Understanding, *, tell_state: bool = False) -> None:
        filed, worse = self._file_with_case(heard)
        for text in filed.triage.texts if worse else ():
            self._add(text, "safety")
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
        intake = self._state.filed or Intake(details=dict(case.details))
        intake.said = [*intake.said, heard][-_MOST_REMEMBERED:]
        details.read(heard, intake, self._book)
        self._state.filed = intake
        filed = add_to_case(case, intake, self._turn, self._content)
        self._turn.put(filed.case)
        worse = filed.case.severity > case.severity
        self._turn.happened("case_extended", case=case.id, severity=filed.case.severity.word)
        return filed, worse

    def _tell_state(self, case: Case) -> None:
        calendar = calendar_of(case.team, self._content)
        self._add(
            "status", "status", reference=case.id,
            topic=self._say.topic(self._book.topics[case.topic]),
            state=self._say.text(f"state_{case.status}"),
            due=self._say.moment(case.sla.respond_by, calendar),
        )  # fmt: skip

    def _close(self, case: Case) -> None:
        closed = replace(case, status="closed").noted(self._turn.now, "customer", "closed")
        self._turn.put(closed)
        self._turn.happened("case_closed", case=case.id)
        self._add("closed_by_customer", "solved", reference=case.id)

    def _open_case(self) -> Case | None:
        case = self._turn.case
        return case if case is not None and case.status in _OPEN_STATES else None

    # ---- abuse ------------------------------------------------------------------------------

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

    # ---- small pieces -----------------------------------------------------------------------

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
        intake.said = [*intake.said, self._heard][-_MOST_REMEMBERED:]
        intake.wants_human = intake.wants_human or self._heard.wants_human or (
            self._heard.family == "wants_human"
        )
        return self._read_details(intake)

    def _read_details(self, intake: Intake) -> list[str]:
        return details.read(self._heard, intake, self._book)

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

    def _just_praise(self) -> bool:
        alone = self._judge(Intake(said=[self._heard]))
        calm = alone.severity < Severity.CRITICAL
        return calm and self._book.topics[alone.topic].handling == "acknowledge"

    def _faq(self) -> str | None:
        """The FAQ the message asks, None when it states something that only resembles one."""
        if self._heard.fields and not asks_something(self._heard):
            return None
        name = self._heard.intent.partition("/")[2]
        if name in self._content.faqs:
            return name
        return choose_faq([self._heard], self._content)

    def _answer_between(self, intake: Intake, faq: str) -> bool:
        """An FAQ in the middle of an intake: answered, then the open question once more."""
        self._put(self._faq_reply(faq, "answer"))
        intake.offered.append(f"faq:{faq}")
        self._read_details(intake)
        if intake.awaiting == "solved":
            return self._ask_again(intake)
        questions = self._say.questions(intake.asked)
        self._add("back_to_details", "ask", questions=questions)
        return False

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

    def _acknowledge(self, judged: Triage) -> None:
        key = "acknowledge_upset" if judged.sentiment == "negative" else "acknowledge"
        self._add(key, "acknowledge", topic=self._say.topic(self._book.topics[judged.topic]))

    def _judge(self, intake: Intake) -> Triage:
        return judge(intake, self._turn, self._content)

    def _home_calendar(self) -> Calendar:
        return calendar_of(self._book.topics["other"].team, self._content)

    def _add(self, key: str, kind: str, /, **values: str) -> None:
        self._put(self._say.reply(kind, key, **values))

    def _put(self, reply: Reply) -> None:
        if reply.kind == "safety":
            self._state.greeted_at = self._turn.now
        if self._needs_hello():
            self._state.greeted_at = self._turn.now
            hello = self._say.hello(self._home_calendar())
            reply = replace(reply, text=f"{hello}\n\n{reply.text}")
        self._turn.prepared.append(reply)

    def _needs_hello(self) -> bool:
        at = self._state.greeted_at
        if at is None:
            return True
        idle = self._state.intake is None and self._open_case() is None
        return idle and self._turn.now - at > _HELLO_AGAIN_AFTER
