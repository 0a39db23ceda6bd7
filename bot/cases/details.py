"""Reads details out of what a customer says, and knows which are still missing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from bot.cases.case import Detail, Source
from bot.cases.pieces import glued
from bot.cases.problem import HAPPENINGS
from bot.cases.state import Intake
from bot.cases.understanding import Understanding
from bot.playbook.model import Playbook

CORRECTION_CUE = "correction"
FILLER_CUE = "filler"
_FILLER_WORDS = 3
_REPLACEABLE = frozenset({"pattern", "email", "phone"})
_LONGEST = {"text": 12, "date": 10, "catalogue": 5}
"""Kinds whose answer may be taken as written -> how many words it may have."""

_BARE_NUMBER = re.compile(r"(?<![\w.,-])\d{1,6}(?:[.,]\d{2})?(?![\w.,-]*\d)")


def read(heard: Understanding, intake: Intake, playbook: Playbook) -> list[str]:
    """Takes the details of one message into the intake; returns the names that are new or changed.

    A detail that is known is replaced when it was just asked for, when the message corrects itself,
    or when it is a precise one (order number, e-mail, phone) given again.
    """
    changed = []
    before = intake.said[-2].text if len(intake.said) > 1 else ""
    for name, value in {**heard.fields, **glued(before, heard.text, playbook)}.items():
        known = intake.details.get(name)
        if known is None or known.value is None or _replaces(name, heard, intake, playbook):
            if known is None or known.value != value:
                intake.details[name] = Detail(value, _source(name, intake))
                changed.append(name)
    return changed


def _source(name: str, intake: Intake) -> Source:
    return "asked" if intake.awaiting == "details" and name in intake.asked else "said"


def _replaces(name: str, heard: Understanding, intake: Intake, playbook: Playbook) -> bool:
    kind = playbook.fields[name].kind if name in playbook.fields else "text"
    corrects = CORRECTION_CUE in heard.cues
    return name in intake.asked or corrects or kind in _REPLACEABLE


def take_literally(heard: Understanding, intake: Intake, playbook: Playbook) -> list[str]:
    """Reads the rest of an answer as it was asked for; returns the names it filled.

    A bare number is the amount that was asked for; what is left of the answer beside the details
    found in it is the one free detail (text, date, product) that was asked for, if it is short.
    """
    if heard.cues & HAPPENINGS or _is_filler(heard):
        return []
    open_ = [name for name in intake.asked if not _given(name, intake)]
    rest = _rest(heard)
    for name in open_:
        if playbook.fields[name].kind == "amount" and (number := _BARE_NUMBER.search(rest)):
            intake.details[name] = Detail(number.group().replace(",", "."), "asked")
            return [name, *take_literally(replace(heard, text=rest), intake, playbook)]
    free = [name for name in open_ if playbook.fields[name].kind in _LONGEST]
    if len(free) != 1 or not rest or len(rest.split()) > _LONGEST[playbook.fields[free[0]].kind]:
        return []
    intake.details[free[0]] = Detail(rest, "asked")
    return free


def _is_filler(heard: Understanding) -> bool:
    """ "ok", "hmm", "whatever": words without a detail in them."""
    return FILLER_CUE in heard.cues and len(heard.text.split()) <= _FILLER_WORDS


def _rest(heard: Understanding) -> str:
    """The lines of an answer in which no detail was found."""
    values = [value.lower() for value in heard.fields.values()]
    lines = [line.strip() for line in heard.text.splitlines()]
    return " ".join(
        line for line in lines if line and not any(value in line.lower() for value in values)
    )


def _given(name: str, intake: Intake) -> bool:
    return name in intake.details and intake.details[name].value is not None


def missing(intake: Intake, required: Iterable[str], tries: int) -> list[str]:
    """Required details that are not known and may still be asked for."""
    return [
        name
        for name in required
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
