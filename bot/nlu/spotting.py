"""Finds the playbook's details in what a customer writes: one spaCy pipeline, one value a field.

Details already given are never asked for again, and a wrong one misleads an agent; so each finder
is strict, and no character counts for two details.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

import spacy
from spacy.tokens import Doc

from bot.nlu.found import Found, without_overlaps
from bot.nlu.patterns import (
    REGIONS,
    find_amounts,
    find_emails,
    find_links,
    find_patterns,
    find_phones,
)
from bot.nlu.time_phrases import TimePhrases
from bot.playbook.model import Field

_HANDLE = re.compile(r"(?<![\w.])@\w+")
_ENDLESS = re.compile(r"\S{80,}")
"""No detail of a catalogue or a calendar; spaCy takes seconds over a thousand emoji in a row."""
_CORRECTION = re.compile(
    r"\b(?:i mean|i meant|sorry|actually|correction|should be|but)\W*$", re.IGNORECASE
)
_DENIED = re.compile(r"\bnot\s+(?:the\s+|my\s+)?$", re.IGNORECASE)
_OWN_LINK = "\0link"
_FIRST = ("link", "email", "pattern", "phone", "amount")


class FieldSpotter:
    """Knows the fields of one playbook; holds no text and may be shared."""

    def __init__(self, fields: Mapping[str, Field]) -> None:
        self._by_kind = {kind: [f for f in fields.values() if f.kind == kind] for kind in _KINDS}
        self._patterns = {
            field.name: [re.compile(pattern, re.IGNORECASE) for pattern in field.patterns]
            for field in self._by_kind["pattern"]
        }
        phones = self._by_kind["phone"]
        self._regions = (phones[0].regions if phones else ()) or REGIONS
        self._language = spacy.blank("en")
        self._add_catalogues(self._by_kind["catalogue"])
        self._times = TimePhrases(self._language)

    def find(self, text: str) -> list[Found]:
        """The details of a text, at most one a field, in the order of the text."""
        shaped = list(without_overlaps(self._shaped(text)))
        doc = self._language(_blanked(text, shaped))
        found = [*shaped, *self._dates(doc), *self._catalogued(doc)]
        return sorted(_one_a_field(text, found), key=lambda detail: detail.start)

    def _shaped(self, text: str) -> Iterator[Found]:
        """Details with a shape, the surest kind first; links are found even if nobody asks."""
        yield from find_links(self._name("link") or _OWN_LINK, text)
        yield from find_emails(self._name("email") or "\0email", text)
        for name, patterns in self._patterns.items():
            yield from find_patterns(name, patterns, text)
        yield from find_amounts(self._name("amount") or "\0amount", text)
        if phone := self._name("phone"):
            yield from find_phones(phone, text, self._regions)

    def _dates(self, doc: Doc) -> Iterator[Found]:
        """The best reading goes to the first date field; a second one is never guessed."""
        if name := self._name("date"):
            yield from self._times.find(name, doc)

    def _catalogued(self, doc: Doc) -> Iterator[Found]:
        for entity in doc.ents:
            yield Found(entity.label_, entity.start_char, entity.end_char, entity.ent_id_)

    def _name(self, kind: str) -> str | None:
        fields = self._by_kind[kind]
        return fields[0].name if fields else None

    def _add_catalogues(self, fields: Iterable[Field]) -> None:
        ruler = self._language.add_pipe("entity_ruler", config={"phrase_matcher_attr": "LOWER"})
        patterns = [
            {"label": field.name, "pattern": spelling, "id": value}
            for field in fields
            for value, synonyms in field.values.items()
            for spelling in _spellings((value, *synonyms))
        ]
        ruler.add_patterns(patterns)  # type: ignore[attr-defined]


_KINDS = ("pattern", "email", "phone", "amount", "date", "catalogue", "link", "text")


def _spellings(names: Iterable[str]) -> list[str]:
    """A name in one word, with spaces and with hyphens, and its plural."""
    parts = [re.split(r"[\s-]+", name.lower().strip()) for name in names]
    joined = chain.from_iterable((" ".join(p), "".join(p), "-".join(p)) for p in parts)
    singular = dict.fromkeys(joined)
    return list(dict.fromkeys(chain.from_iterable((name, f"{name}s") for name in singular)))


def _blanked(text: str, found: Iterable[Found]) -> str:
    """The text with spaces for handles, endless words and what is found: positions stay."""
    spans = [(detail.start, detail.end) for detail in found]
    spans += [match.span() for match in (*_HANDLE.finditer(text), *_ENDLESS.finditer(text))]
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def masked(text: str, found: Iterable[Found]) -> str:
    """The text with § for each detail. One sign weighs little: a problem told with four details
    stays a problem, and "§, since §" is an answer."""
    for detail in sorted(found, key=lambda detail: -detail.start):
        text = f"{text[: detail.start]} § {text[detail.end :]}"
    return text


def _one_a_field(text: str, found: Iterable[Found]) -> list[Found]:
    """The best of each field: not denied, corrected, better reading, earliest, longest."""
    best: dict[str, Found] = {}
    asked = (f for f in found if not f.field.startswith("\0") and not _is_denied(text, f))
    for detail in sorted(asked, key=lambda f: _order(text, f)):
        best.setdefault(detail.field, detail)
    return list(best.values())


def _order(text: str, detail: Found) -> tuple[bool, int, int, int]:
    corrected = _follows(_CORRECTION, text, detail)
    return (not corrected, detail.rank, detail.start, detail.start - detail.end)


def _is_denied(text: str, detail: Found) -> bool:
    """Numbers and addresses only: "not BN-104233"; but "it is not my iPhone" does name a device."""
    return bool(re.search(r"[\d@]", detail.value)) and _follows(_DENIED, text, detail)


def _follows(pattern: re.Pattern[str], text: str, detail: Found) -> bool:
    return bool(pattern.search(text[max(0, detail.start - 30) : detail.start]))
