"""What people and the clock do to cases, each written in one atomic step: the case, what the
customer reads, and the facts. Of two at once one wins; the other starts again from what it finds.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.cases import changing, handling
from bot.cases.case import Case
from bot.cases.changing import Changes
from bot.cases.handling import NotAllowed, Said, Step
from bot.errors import BadRequest, NightdeskError
from bot.playbook.content import Content
from bot.store.connection import Connection
from bot.store.conversations import (
    CaseChanged,
    Conversations,
    Inbound,
    Line,
    case_json,
    fact_json,
    inbound_json,
    said_json,
)

CLOCK = "bot"
"""Who did what came by the clock, in a case's history."""

_NO_ANSWERS = ("promise", "returned")
"""Kinds of lines by the bot that leave open what the customer wrote before."""

_TRIES = 20
Deed = Callable[[Step], None]


async def _same(who: str) -> str:
    return who


@dataclass(frozen=True)
class Handling:
    """The steps of one prefix. `name_of` gives the name of who holds a case, for messages.

    Every method returns the case as written and raises BadRequest: unknown_case (404), and 409 for
    what the case does not allow (held_by, not_yours, not_open, not_resolved) or 400 for a value the
    playbook does not know. `id` is made by the caller; a step with a known id is not done again.
    """

    connection: Connection
    content: Callable[[], Content]
    now: Callable[[], datetime]
    name_of: Callable[[str], Awaitable[str]] = _same

    async def claim(self, reference: str, who: str, *, take_over: bool = False) -> Case:
        return await self.do(reference, who, lambda step: handling.claim(step, take_over=take_over))

    async def reply(
        self, reference: str, who: str, id: str, text: str, *, waits: bool = True
    ) -> Case:
        return await self.do(
            reference, who, lambda step: handling.reply(step, text, waits=waits), f"reply:{id}"
        )

    async def note(self, reference: str, who: str, id: str, text: str) -> Case:
        return await self.do(reference, who, lambda step: handling.note(step, text), f"note:{id}")

    async def change(self, reference: str, who: str, changes: Changes) -> Case:
        return await self.do(reference, who, lambda step: changing.change(step, changes))

    async def to_team(
        self, reference: str, who: str, team: str, note: str | None, *, take_over: bool = False
    ) -> Case:
        return await self.do(
            reference, who, lambda step: changing.to_team(step, team, note, take_over=take_over)
        )

    async def to_person(
        self, reference: str, who: str, person: str, note: str | None, *, take_over: bool = False
    ) -> Case:
        return await self.do(
            reference, who, lambda step: changing.to_person(step, person, note, take_over=take_over)
        )

    async def resolve(
        self, reference: str, who: str, id: str, text: str | None, *, ask_rating: bool = True
    ) -> Case:
        def deed(step: Step) -> None:
            handling.resolve(step, text, ask_rating=ask_rating)

        return await self.do(reference, who, deed, f"resolve:{id}")

    async def give_to_bot(
        self, reference: str, who: str, note: str | None, *, take_over: bool = False
    ) -> Case:
        return await self.do(
            reference, who, lambda step: handling.give_to_bot(step, note, take_over=take_over)
        )

    async def reopen(self, reference: str, who: str) -> Case:
        return await self.do(reference, who, handling.reopen)

    async def do(self, reference: str, who: str, deed: Deed, once: str = "") -> Case:
        """Applies `deed` to the case as it is and writes the outcome; starts again when somebody
        else was faster. A deed that `who` did before by the name `once` is not done again."""
        for _ in range(_TRIES):
            try:
                return await self._try(reference, who, deed, once)
            except CaseChanged:
                continue
            except NotAllowed as refusal:
                raise await self._refused(refusal) from None
        raise NightdeskError("A case was changed all the time; the step was not done.")

    async def _try(self, reference: str, who: str, deed: Deed, once: str) -> Case:
        conversations = Conversations(self.connection)
        found = await conversations.case(reference)
        if found is None:
            raise BadRequest("unknown_case", "there is no case with this reference", 404)
        conversation, name = found[0].conversation, f"step:{reference}:{who}:{once}"
        if once and await conversations.was_done(conversation, name):
            return found[0]
        held, known = await conversations.beside(conversation)
        before, _ = known.setdefault(reference, found)
        others = [other for other, _ in known.values() if other.is_held and other.id != reference]
        step = Step(before, who, self.now(), self.content(), others)
        deed(step)
        if not (step.changed or step.lines or step.facts):
            return before
        revisions = {name: revision for name, (_, revision) in known.items()}
        document = _document(step, before, held, revisions)
        if once:
            document["once"] = name
        if step.to_bot and not document["held_else"]:
            document["inbox"] = await self._for_the_bot(conversations, before)
        await conversations.write(conversation, "", document)
        return step.case

    async def _for_the_bot(self, conversations: Conversations, case: Case) -> list[str]:
        """What the customer wrote behind the last words of a person, as one message whose answer is
        the bot's; nothing when the bot has answered it all."""
        lines = await conversations.lines(case.conversation)
        due = await conversations.inbox_lines(case.conversation)  # the bot's anyway
        open_lines = [line for line in _unanswered(lines) if line.number not in due]
        if not open_lines:
            return []
        first = open_lines[0]
        message = Inbound(
            id=f"returned:{case.id}:{first.number}",
            conversation=case.conversation,
            channel=case.channel,
            customer=case.customer,
            text="\n".join(line.text for line in open_lines),
            visibility=case.visibility,
        )
        return [json.dumps({"line": first.number, "message": inbound_json(message)})]

    async def _refused(self, refusal: NotAllowed) -> BadRequest:
        holder = await self.name_of(refusal.holder) if refusal.holder else ""
        status = 400 if refusal.code.startswith("bad_") else 409
        return BadRequest(refusal.code, refusal.message.replace("{holder}", holder), status)


def _document(step: Step, before: Case, held: str, revisions: dict[str, int]) -> dict[str, Any]:
    """What commit.lua writes. Cases that somebody holds come last, so that one of them holds the
    conversation."""
    changed = sorted(
        step.changed.values(), key=lambda case: (case.is_held, case.id == step.case.id)
    )
    still_held = [case for case in step.others if step.changed.get(case.id, case).is_held]
    return {
        "handled": [],
        "lines": [_line_json(said, step.now) for said in step.lines],
        "buttons": [list(button) for said in step.lines for button in said.reply.buttons],
        "cases": [
            {
                **case_json(case, revisions[case.id], step.content),
                "holds": case.is_held and (case.id == held or _takes(case, step, before, held)),
            }
            for case in changed
        ],
        "beside": [
            {"id": case.id, "expected": revisions[case.id]}
            for case in still_held
            if case.id not in step.changed
        ],
        "facts": [fact_json(fact, step.case.conversation, step.now) for fact in step.facts],
        "held": held,
        "held_else": still_held[0].id if still_held else "",
    }


def _takes(case: Case, step: Step, before: Case, held: str) -> bool:
    """Whether the customer's next words are about this case: it was taken in hand, or answered, by
    this step. A note or a warning does not turn the talk from another case in the same hands."""
    answered = any(said.who for said in step.lines)
    return not held or (case.id == step.case.id and (answered or not before.is_held))


def _line_json(said: Said, at: datetime) -> str:
    if said.who:
        return said_json("agent", said.reply, at, who=said.who)
    return said_json("bot", said.reply, at)


def _unanswered(lines: list[Line]) -> list[Line]:
    """The customer's lines behind the last line that answers something."""
    answers = (
        line.number for line in lines if line.speaker != "customer" and line.kind not in _NO_ANSWERS
    )
    last = max(answers, default=0)
    return [line for line in lines if line.number > last and line.speaker == "customer"]
