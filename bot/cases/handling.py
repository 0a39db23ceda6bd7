"""What people do with a case: claim, answer, note, resolve, give back.

Pure: each function says what becomes of the case, what is said and what happened;
`bot.store.desk_steps` writes it in one step.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.cases.case import Case, Note
from bot.cases.filing import dimensions
from bot.cases.masking import Masker
from bot.cases.phrasing import Phrasing
from bot.cases.promise import PROMISE_MOVED, calendar_of, check_at, make_promise, topic_of
from bot.cases.rating import STARS, payload
from bot.cases.targets import customer_waits, person_waits
from bot.cases.timestamps import write_utc
from bot.cases.turn import Fact, Reply
from bot.playbook.content import Content


class NotAllowed(Exception):
    """Why something cannot be done to a case: `code` is a stable word, `holder` who has it, where
    that is the reason."""

    def __init__(self, code: str, message: str, holder: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.holder = holder


@dataclass(frozen=True)
class Said:
    """A line for the customer's transcript by the bot, or by the agent `who`."""

    reply: Reply
    who: str = ""


@dataclass
class Step:
    """One thing that is done to a case by `who`, at `now`: it starts from `case`, and leaves the
    case as it is then, what is said, and facts. `others` are the other cases of its conversation
    that somebody holds; those that change with it are in `changed`. With `to_bot` the bot answers
    what the customer wrote and no person has answered."""

    case: Case
    who: str
    now: datetime
    content: Content
    others: Sequence[Case] = ()
    lines: list[Said] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    changed: dict[str, Case] = field(default_factory=dict)
    to_bot: bool = False

    def put(self, case: Case) -> None:
        """The case as it is from here on."""
        self.case = case
        self.changed[case.id] = case

    def noted(self, what: str, /, **more: str | int | bool | None) -> None:
        """One more history entry."""
        self.put(self.case.noted(self.now, self.who, what, **more))

    def happened(self, type_: str, /, **about: str | int | bool) -> None:
        """A fact of this case."""
        self.facts.append(Fact(type_, {"case": self.case.id, **about}))

    @property
    def say(self) -> Phrasing:
        """The bot's voice in the customer's language."""
        case = self.case
        return Phrasing(self.content, case.customer.language, self.now, variant=len(case.history))

    def bot_says(self, reply: Reply) -> None:
        self.lines.append(Said(reply))

    def agent_says(self, text: str) -> None:
        self.lines.append(Said(Reply(self.masked(text)), self.who))

    def masked(self, text: str) -> str:
        """Card numbers and the like are not kept, whoever writes them."""
        return Masker(self.content.playbook.sensitive).mask(text)


def claim(step: Step, *, take_over: bool = False) -> None:
    """Takes the case in hand. Raises NotAllowed (not_open, held_by): with `take_over` nobody else
    is in the way, and the conversation's other cases come along."""
    case = step.case
    _require_open(case)
    if case.is_held and case.assignee == step.who:
        return
    require_free(step, take_over, step.who)
    give_to(step, step.who)
    step.noted("claimed", before=case.assignee)
    step.happened("case_claimed", agent=step.who, team=case.team)


def reply(step: Step, text: str, *, waits: bool = True) -> None:
    """Answers the customer in their chat. `waits`: the ball is with the customer then; otherwise we
    owe them more. Raises NotAllowed (not_open, held_by, not_yours)."""
    _require_mine(step)
    step.agent_says(text)
    _answered(step, waits)


def note(step: Step, text: str) -> None:
    """Writes a note that customers never see."""
    written = Note(step.now, step.who, step.masked(text))
    step.put(replace(step.case, notes=(*step.case.notes, written)))
    step.noted("noted")
    step.happened("note_added", agent=step.who)


def resolve(step: Step, text: str | None, *, ask_rating: bool = True) -> None:
    """Ends the case, with a closing word to the customer if there is one, and asks how it was.

    A case that nobody has may be resolved at once. Raises NotAllowed (not_open, held_by).
    """
    _require_open(step.case)
    require_free(step, False, step.who)
    if text:
        step.agent_says(text)
        _answered(step, waits=True)
    done = person_waits(step.case, step.now, step.content)
    step.put(replace(done, status="resolved", assignee=step.who))
    step.noted("resolved", asked=ask_rating)
    step.happened("case_resolved", agent=step.who)
    if ask_rating:
        step.bot_says(_rating_question(step))


def give_to_bot(step: Step, text: str | None = None, *, take_over: bool = False) -> None:
    """Lets the bot talk again; the case stays open for the team. What the customer wrote meanwhile
    and nobody answered is the bot's. Raises NotAllowed (not_open, held_by, not_yours)."""
    _require_open(step.case)
    if not step.case.is_held:
        raise NotAllowed("not_yours", "nobody has this case; the bot talks already")
    if step.case.assignee != step.who and not take_over:
        raise held_by(step.case)
    if text:
        note(step, text)
    for other in step.others:
        if other.assignee == step.case.assignee:
            back = queued(other, step.now, step.content)
            step.changed[other.id] = back.noted(step.now, step.who, "returned")
            step.facts.append(Fact("case_returned", {"case": other.id, "agent": step.who}))
    step.put(queued(step.case, step.now, step.content))
    step.noted("returned")
    step.happened("case_returned", agent=step.who)
    step.bot_says(step.say.reply("returned", "returned_to_bot", reference=step.case.id))
    step.to_bot = True


def reopen(step: Step) -> None:
    """Opens a resolved or closed case again, in the hands of who does it. Raises NotAllowed
    (not_resolved, held_by)."""
    if step.case.is_open:
        raise NotAllowed("not_resolved", "this case is open; claim it to work on it")
    require_free(step, False, step.who)
    step.put(replace(queued(step.case, step.now, step.content), status="claimed"))
    give_to(step, step.who)
    step.noted("reopened")
    step.happened("case_reopened", by=step.who, **dimensions(step.case))
    step.happened("case_claimed", agent=step.who, team=step.case.team)


def queued(case: Case, now: datetime, content: Content) -> Case:
    """The case as nobody's, in its team's queue, with us owing an answer from `now` on."""
    waiting = customer_waits(case, now, content)
    return replace(waiting, status="new", assignee=None)


def remind(step: Step) -> None:
    """Tells an agent who is silent that the customer waits; on the desk, not to the customer."""
    step.noted("reminded", agent=step.case.assignee)
    step.happened("agent_reminded", agent=step.case.assignee or "")


def give_back(step: Step) -> None:
    """Puts a case whose agent stayed silent back into its team's queue, and tells the customer by
    when to expect an answer."""
    agent = step.case.assignee or ""
    step.put(queued(step.case, step.now, step.content))
    step.noted("given_back", agent=agent)
    step.happened("case_given_back", agent=agent)
    _renew_promise(step)
    calendar = calendar_of(step.case.team, step.content)
    due = step.say.moment(step.case.sla.respond_by, calendar)
    step.bot_says(step.say.reply("promise", "given_back", reference=step.case.id, due=due))


def require_free(step: Step, take_over: bool, *allowed: str) -> None:
    """Raises NotAllowed (held_by) when somebody but `allowed` holds the case or its conversation,
    unless it is to be taken over."""
    for case in (step.case, *step.others):
        if case.is_held and case.assignee not in allowed and not take_over:
            raise held_by(case)


def held_by(case: Case) -> NotAllowed:
    """`{holder}` in the message stands for the name of who has it."""
    return NotAllowed(
        "held_by", f"{{holder}} has this conversation ({case.id})", str(case.assignee)
    )


def give_to(step: Step, who: str) -> None:
    """Puts the case into somebody's hands, and what else is held of its conversation."""
    for other in step.others:
        if other.assignee != who:
            moved = replace(other, assignee=who)
            entry = {"before": other.assignee, "person": who}
            step.changed[other.id] = moved.noted(step.now, step.who, "transferred", **entry)
            about = {"case": other.id, "agent": step.who, "team": other.team, "to": who}
            step.facts.append(Fact("case_transferred", about))
    status = "claimed" if step.case.status == "new" else step.case.status
    step.put(replace(step.case, assignee=who, status=status))


def _answered(step: Step, waits: bool) -> None:
    case = step.case
    if case.reply_at is None:
        case = replace(case, reply_at=step.now)
    clocked = person_waits(case, step.now, step.content)
    status = "waiting"
    if not waits:
        clocked, status = customer_waits(clocked, step.now, step.content), "claimed"
    step.put(replace(clocked, status=status))  # type: ignore[arg-type]
    step.noted("replied", waits=waits)
    step.happened("agent_replied", agent=step.who, team=case.team, waits=waits)


def _rating_question(step: Step) -> Reply:
    say = step.say
    buttons = tuple(
        (say.text("rating_title", stars=str(stars)), payload(stars, step.case.id))
        for stars in STARS
    )
    return Reply(say.text("ask_rating", reference=step.case.id), buttons, "rating")


def _renew_promise(step: Step) -> None:
    """A due time that is past, or almost, becomes one that can be kept."""
    case, content = step.case, step.content
    topic = topic_of(case, content)
    promise = make_promise(step.now, case.severity, topic, calendar_of(case.team, content))
    if step.now < check_at(case, topic) or promise.respond_by <= case.sla.respond_by:
        return
    before = write_utc(case.sla.respond_by)
    step.put(replace(case, sla=replace(case.sla, respond_by=promise.respond_by)))
    step.noted(PROMISE_MOVED, before=before)
    step.happened("promise_moved", respond_by=write_utc(promise.respond_by))


def _require_open(case: Case) -> None:
    if not case.is_open:
        raise NotAllowed("not_open", f"this case is {case.status}; reopen it first")


def _require_mine(step: Step) -> None:
    _require_open(step.case)
    if step.case.assignee == step.who and step.case.is_held:
        return
    if step.case.is_held:
        raise held_by(step.case)
    raise NotAllowed("not_yours", "claim this case first")
