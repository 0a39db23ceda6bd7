"""Folds the facts of the event stream, one after the other, into what the report needs of them.

Pure, and it keeps no fact: a case, a contact and a use of something each leave one small record.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from sys import intern
from typing import Any

from bot.cases.timestamps import read_utc
from bot.insights.records import CONTACT_GAP, CaseRecord, Contact, Uses

Fact = Mapping[str, Any]


class Ledger:
    """Everything told so far: cases by reference in the order of their opening, and the contacts of
    each conversation in theirs."""

    def __init__(self) -> None:
        self.cases: dict[str, CaseRecord] = {}
        self.contacts: dict[str, list[Contact]] = {}
        self.quick_replies: dict[str, Uses] = defaultdict(Uses)
        self.faqs: dict[str, Uses] = defaultdict(Uses)
        self.offers: dict[str, Uses] = defaultdict(Uses)
        self.solutions: dict[str, Uses] = defaultdict(Uses)

    def take(self, fact: Fact, as_of: datetime | None = None) -> bool:
        """Adds the next fact; False, and nothing is added, when it is later than `as_of`.

        One of an unknown type, without a moment, or about nothing we know of is passed over; so is
        a value that is missing or of another kind.
        """
        handle = _HANDLERS.get(_text(fact, "type"))
        at = _moment(fact) if handle else None
        if handle is None or at is None:
            return True
        if as_of is not None and at > as_of:
            return False
        handle(self, fact, at)
        return True

    def case_of(self, fact: Fact) -> CaseRecord | None:
        return self.cases.get(_text(fact, "case"))


def fold(facts: Iterable[Fact], as_of: datetime | None = None) -> Ledger:
    """The ledger of these facts, without those later than `as_of`."""
    ledger = Ledger()
    for fact in facts:
        ledger.take(fact, as_of)
    return ledger


def _message_received(ledger: Ledger, fact: Fact, at: datetime) -> None:
    conversation = _text(fact, "conversation")
    if not conversation:
        return
    contacts = ledger.contacts.setdefault(conversation, [])
    if contacts and at - contacts[-1].last_at < CONTACT_GAP:
        contacts[-1].last_at = max(at, contacts[-1].last_at)
        contacts[-1].messages += 1
    else:
        contacts.append(Contact(conversation, at, at))


def _turn_answered(ledger: Ledger, fact: Fact, _: datetime) -> None:
    contacts = ledger.contacts.get(_text(fact, "conversation"))
    if contacts:
        contacts[-1].language = _word(fact, "language") or contacts[-1].language
        contacts[-1].answered |= _number(fact, "replies") > 0


def _case_opened(ledger: Ledger, fact: Fact, at: datetime) -> None:
    reference, conversation = _text(fact, "case"), _text(fact, "conversation")
    if not reference or reference in ledger.cases:
        return
    case = CaseRecord(
        id=reference,
        conversation=conversation,
        opened_at=at,
        channel=_word(fact, "channel") or intern(conversation.partition(":")[0]),
        language=_word(fact, "language"),
        sentiment=_word(fact, "sentiment"),
    )
    ledger.cases[reference] = case
    _told(case, fact, at, promise=True)
    _needed_a_person(ledger, conversation, at)
    contacts = ledger.contacts.get(conversation)
    if contacts and contacts[-1].case is None:
        contacts[-1].case = case


def _needed_a_person(ledger: Ledger, conversation: str, at: datetime) -> None:
    for contact in reversed(ledger.contacts.get(conversation, ())):
        if contact.decided_at < at:
            return
        contact.aided = True


def _told(case: CaseRecord, fact: Fact, at: datetime, promise: bool = False) -> None:
    """Takes over what the fact tells of the case; with `promise`, by when it is to be answered."""
    case.topic = _word(fact, "topic") or case.topic
    case.subtopic = _word(fact, "subtopic") or case.subtopic
    case.severity = _word(fact, "severity") or case.severity
    case.team = _word(fact, "team") or case.team
    if promise:
        _promised(case, fact, at)


def _promised(case: CaseRecord, fact: Fact, at: datetime) -> None:
    respond_by = _moment(fact, "respond_by")
    if respond_by is not None:
        case.promises += ((at, respond_by),)


def _extended(case: CaseRecord, fact: Fact, at: datetime) -> None:
    _told(case, fact, at, promise=True)
    case.go_on(at)
    case.asked(at)


def _for_person(case: CaseRecord, fact: Fact, at: datetime) -> None:
    _told(case, fact, at)
    case.go_on(at)
    case.asked(at)


def _changed(case: CaseRecord, fact: Fact, at: datetime) -> None:
    _told(case, fact, at, promise=True)


def _claimed(case: CaseRecord, fact: Fact, _: datetime) -> None:
    case.agent = _word(fact, "agent") or case.agent


def _agent_replied(ledger: Ledger, fact: Fact, at: datetime) -> None:
    case = ledger.case_of(fact)
    if case is not None:
        case.replied(at, waits=fact.get("waits") is True)
    conversation = _text(fact, "conversation") or (case.conversation if case else "")
    _needed_a_person(ledger, conversation, at)


def _transferred(case: CaseRecord, fact: Fact, at: datetime) -> None:
    case.team = _word(fact, "team") or case.team
    case.agent = _word(fact, "to") or case.agent
    case.go_on(at)


def _back(case: CaseRecord, _: Fact, at: datetime) -> None:
    case.go_on(at)


def _resolved(case: CaseRecord, _: Fact, at: datetime) -> None:
    case.ended(at, by_customer=False)


def _closed(case: CaseRecord, _: Fact, at: datetime) -> None:
    case.ended(at, by_customer=True)


def _reopened(case: CaseRecord, fact: Fact, at: datetime) -> None:
    _told(case, fact, at)
    case.reopened(at)
    if _text(fact, "by") == "customer":
        case.asked(at)


def _rated(case: CaseRecord, fact: Fact, _: datetime) -> None:
    case.rating = _number(fact, "rating") or case.rating


def _promise_moved(case: CaseRecord, fact: Fact, at: datetime) -> None:
    _promised(case, fact, at)
    case.promise_moved = True


def _breached(case: CaseRecord, fact: Fact, _: datetime) -> None:
    case.breached |= {_word(fact, "target")}


Handler = Callable[[Ledger, Fact, datetime], None]
CaseHandler = Callable[[CaseRecord, Fact, datetime], None]


def _on_case(handle: CaseHandler, needs_a_person: bool = False) -> Handler:
    """`needs_a_person`: the customer wants more of a case, which is a person's to give."""

    def on_case(ledger: Ledger, fact: Fact, at: datetime) -> None:
        case = ledger.case_of(fact)
        if case is None:
            return
        handle(case, fact, at)
        if needs_a_person:
            _needed_a_person(ledger, case.conversation, at)

    return on_case


def _on_use(uses_of: Callable[[Ledger], dict[str, Uses]], key: str) -> Handler:
    def on_use(ledger: Ledger, fact: Fact, at: datetime) -> None:
        used, conversation = _text(fact, key), _text(fact, "conversation")
        if used and conversation:
            known = ledger.contacts.get(conversation)
            uses_of(ledger)[used].add(at, known[0].conversation if known else conversation)

    return on_use


_HANDLERS: Mapping[str, Handler] = {
    "message_received": _message_received,
    "turn_answered": _turn_answered,
    "case_opened": _case_opened,
    "agent_replied": _agent_replied,
    "case_extended": _on_case(_extended, needs_a_person=True),
    "message_for_person": _on_case(_for_person, needs_a_person=True),
    "case_changed": _on_case(_changed),
    "case_claimed": _on_case(_claimed),
    "case_transferred": _on_case(_transferred),
    "case_returned": _on_case(_back),
    "case_given_back": _on_case(_back),
    "case_resolved": _on_case(_resolved),
    "case_closed": _on_case(_closed),
    "case_reopened": _on_case(_reopened, needs_a_person=True),
    "case_rated": _on_case(_rated),
    "promise_moved": _on_case(_promise_moved),
    "target_breached": _on_case(_breached),
    "quick_reply_used": _on_use(lambda ledger: ledger.quick_replies, "payload"),
    "faq_answered": _on_use(lambda ledger: ledger.faqs, "faq"),
    "resource_offered": _on_use(lambda ledger: ledger.offers, "resource"),
    "solved": _on_use(lambda ledger: ledger.solutions, "resource"),
}


def _text(fact: Fact, key: str) -> str:
    value = fact.get(key)
    return value if isinstance(value, str) else ""


def _word(fact: Fact, key: str) -> str:
    """A text that comes again and again: kept once."""
    return intern(_text(fact, key))


def _number(fact: Fact, key: str) -> int:
    value = fact.get(key)
    return value if isinstance(value, int) else 0


def _moment(fact: Fact, key: str = "at") -> datetime | None:
    """None when it is missing or no moment in UTC."""
    try:
        return read_utc(_text(fact, key).replace("+00:00", "Z"))
    except ValueError:
        return None
