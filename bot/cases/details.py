"""Reads details out of what a customer says, and knows which are still missing."""

from __future__ import annotations

from collections.abc import Iterable

from bot.cases.case import Detail
from bot.cases.state import Intake
from bot.cases.understanding import Understanding
from bot.playbook.model import Playbook, Topic

CORRECTION_CUE = "correction"
_REPLACEABLE = frozenset({"pattern", "email", "phone"})
_FREE = frozenset({"text", "date", "catalogue"})
_LONGEST_ANSWER = 12


def read(heard: Understanding, intake: Intake, playbook: Playbook) -> list[str]:
    """Takes the details of one message into the intake; returns the names that are new or changed.

    A detail that is known is replaced when it was just asked for, when the message corrects itself,
    or when it is a precise one (order number, e-mail, phone) given again.
    """
    source = "asked" if intake.awaiting == "details" else "said"
    changed = []
    for name, value in heard.fields.items():
        known = intake.details.get(name)
        if known is None or known.value is None or _replaces(name, heard, intake, playbook):
            if known is None or known.value != value:
                intake.details[name] = Detail(value, source if name in intake.asked else "said")
                changed.append(name)
    return changed


def _replaces(name: str, heard: Understanding, intake: Intake, playbook: Playbook) -> bool:
    kind = playbook.fields[name].kind if name in playbook.fields else "text"
    corrects = CORRECTION_CUE in heard.cues
    return name in intake.asked or corrects or kind in _REPLACEABLE


def take_literally(heard: Understanding, intake: Intake, playbook: Playbook) -> list[str]:
    """A short answer to a question about one free detail is its value as written; returns it."""
    open_ = [name for name in intake.asked if not _given(name, intake)]
    if len(open_) != 1 or playbook.fields[open_[0]].kind not in _FREE:
        return []
    text = heard.text.strip()
    if not text or len(text.split()) > _LONGEST_ANSWER:
        return []
    intake.details[open_[0]] = Detail(text, "asked")
    return open_


def _given(name: str, intake: Intake) -> bool:
    return name in intake.details and intake.details[name].value is not None


def missing(intake: Intake, topic: Topic, tries: int) -> list[str]:
    """Required details that are not known and may still be asked for."""
    return [
        name
        for name in topic.required
        if name not in intake.details and intake.tries.get(name, 0) < tries
    ]


def give_up(intake: Intake, names: Iterable[str]) -> None:
    """Marks details as missing: asked for in vain, or refused."""
    for name in names:
        if not _given(name, intake):
            intake.details[name] = Detail(None, "missing")


def known(intake: Intake) -> dict[str, str]:
    """The details that have a value."""
    return {name: detail.value for name, detail in intake.details.items() if detail.value}
