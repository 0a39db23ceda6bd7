"""Finds the playbook's details in what a customer writes: one spaCy pipeline, one value a field.

Details already given are never asked for again, and a wrong one misleads an agent; so each finder
is strict, and no character counts for two details.
"""

# ruff: noqa: E501  (an alternation is easier to check in one line)

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain

import spacy
from spacy.tokens import Doc

from bot.nlu.addresses import find_emails, find_links, find_sites
from bot.nlu.amounts import find_amounts
from bot.nlu.found import Found, without_overlaps
from bot.nlu.patterns import find_in_view, find_patterns
from bot.nlu.phones import REGIONS, find_phones
from bot.nlu.time_phrases import TimePhrases
from bot.nlu.time_words import find_time_words
from bot.nlu.views import View, digits_joined, korean_names, loosened
from bot.playbook.model import Field

_HANDLE = re.compile(r"(?<![\w.])@\w+")
_ENDLESS = re.compile(r"\S{80,}")
"""No detail of a catalogue or a calendar; spaCy takes seconds over a thousand emoji in a row."""
_CORRECTION = re.compile(
    r"(?:\b(?:i mean|i meant|sorry|actually|correction|should be|but|ich mein(?:e|te)|sondern|korrektur"
    r"|quis dizer|quero dizer|na verdade|aliás|mas sim|corrigindo)|아니라|아니고|정정)\W*$",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"\b(?:not|nicht|kein|não)\s+(?:the\s+|my\s+|die\s+|der\s+|é\s+|o\s+|a\s+)?$", re.IGNORECASE
)
_ASIDE_BEFORE = re.compile(
    r"(?:\b(?:works|working|fine|perfect(?:ly)?|okay|ok|einwandfrei|problemlos|super|funktioniert(?: es)?|geht(?: es)?"
    r"|läuft(?: es)?|funciona|normal|bem|perfeit[oa](?:mente)?|win|won|ganhei|ganhar|gewinn\w*)"
    r"(?: (?:fine|ok|okay|perfectly|well|just fine|great|all right|einwandfrei|problemlos|super|bem|normal|normalmente|perfeitamente"
    r"|tudo|prima|gut|alles))*"
    r" ?(?:on|with|in|auf|mit|am|im|no|na|em|com|a|an|um|uma|ein|eine|einen)?(?: (?:my|the|our|meinem|meiner|dem|der|meu|minha|o|a|um|uma|other|another|old))*"
    r") ?$",
    re.IGNORECASE,
)
_ASIDE_BEHIND = re.compile(
    r"^(?:[^.,;!?\n]{0,12}\b(?:gewonnen|works fine|funktioniert (?:es|alles)|geht (?:es|alles)|läuft (?:es|alles))"
    r"| ?(?:으로는|로는|에서는|에선|은|는)? ?(?:잘|괜찮|정상|문제없|멀쩡|준다|당첨))",
    re.IGNORECASE,
)
_CALL = re.compile(r"\b(?:on|over) the phone$|\bby phone$", re.IGNORECASE)
"""A device on which all is well, or that somebody won: not what the message is about."""
_DIALLED = re.compile(
    r"(?:phone|mobile|handy|celular|telem[oó]vel|telefone|휴대폰|핸드폰)$", re.IGNORECASE
)
_DIALLED_BEFORE = re.compile(
    r"\b(?:call|ring|text|phone|reach|contact|ruft?|anrufen|erreichen|lig(?:a|ue|uem)(?:-me)?|telefonem?)"
    r"(?: (?:me|us|mich|uns|bitte|please|pls|pra mim|para))*(?: (?:on|at|auf|unter|no|ao|pro|o))?(?: (?:my|dem|meinem|meu))?\s*$",
    re.IGNORECASE,
)
_DIALLED_BEHIND = re.compile(
    r"^\s*(?:number|no\.|nummer|번호)|^ ?(?:으?로)? ?(?:좀 )?(?:전화|연락)|^(?: (?:is|ist|é|:))?\s{6,}",
    re.IGNORECASE,
)
"""A telephone to be called on is none on which something fails. A number has been blanked."""
_OWN_LINK = "\0link"


class FieldSpotter:
    """Knows the fields of one playbook; holds no text and may be shared."""

    def __init__(self, fields: Mapping[str, Field]) -> None:
        self._by_kind = {kind: [f for f in fields.values() if f.kind == kind] for kind in _KINDS}
        self._patterns = {
            field.name: [re.compile(pattern, re.IGNORECASE) for pattern in field.patterns]
            for field in (*self._by_kind["pattern"], *self._by_kind["text"])
        }
        self._forms = {field.name: field.form for field in fields.values()}
        phones = self._by_kind["phone"]
        self._regions = (phones[0].regions if phones else ()) or REGIONS
        self._pipeline = spacy.blank("xx")
        catalogues = self._by_kind["catalogue"]
        self._add_catalogues(catalogues)
        names = (way for f in catalogues for value, ways in f.values.items() for way in ways)
        self._korean_names = korean_names(names)
        self._times = TimePhrases(self._pipeline)

    def find(self, text: str, language: str = "") -> list[Found]:
        """The details of a text, at most one a field, in the order of the text. `language` is the
        text's, where it is known for sure: phone numbers are read as those of its countries."""
        view = loosened(text, self._korean_names)
        shaped = list(without_overlaps(self._shaped(view.text, language)))
        blanked = _blanked(view.text, shaped)
        doc = self._pipeline(blanked)
        found = [*shaped, *self._dates(doc), *self._catalogued(doc)]
        best = [_in_original(detail, view, text) for detail in _one_a_field(view.text, found)]
        return sorted(best, key=lambda detail: detail.start)

    def _shaped(self, text: str, language: str) -> Iterator[Found]:
        """Details with a shape, the surest kind first; links are found even if nobody asks."""
        yield from find_links(self._name("link") or _OWN_LINK, text)
        yield from find_emails(self._name("email") or "\0email", text)
        yield from find_sites(self._name("link") or _OWN_LINK, text)
        for name, patterns in self._patterns.items():
            yield from find_patterns(name, patterns, text, self._forms[name])
        yield from find_amounts(self._name("amount") or "\0amount", text)
        phone = self._name("phone")
        if phone:
            yield from find_phones(phone, text, self._regions, language)
        if view := digits_joined(text):
            for name, patterns in self._patterns.items():
                yield from find_in_view(name, patterns, view, self._forms[name])
            for found in find_phones(phone, view.text, self._regions, language) if phone else ():
                start, end = view.span(found.start, found.end)
                yield replace(found, start=start, end=end, rank=1)

    def _dates(self, doc: Doc) -> Iterator[Found]:
        """The best reading goes to the first date field; a second one is never guessed."""
        if name := self._name("date"):
            yield from self._times.find(name, doc)
            yield from find_time_words(name, doc.text)

    def _catalogued(self, doc: Doc) -> Iterator[Found]:
        for entity in doc.ents:
            start, end = entity.start_char, entity.end_char
            if not _is_aside(doc.text, start, end):
                yield Found(entity.label_, start, end, entity.ent_id_)

    def _name(self, kind: str) -> str | None:
        fields = self._by_kind[kind]
        return fields[0].name if fields else None

    def _add_catalogues(self, fields: Iterable[Field]) -> None:
        ruler = self._pipeline.add_pipe("entity_ruler", config={"phrase_matcher_attr": "LOWER"})
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


def _is_aside(text: str, start: int, end: int) -> bool:
    before, behind = text[max(0, start - 60) : start], text[end : end + 40]
    if _DIALLED.search(text[start:end]):
        if _DIALLED_BEFORE.search(before) or _DIALLED_BEHIND.search(behind):
            return True
    call = _CALL.search(text[max(0, start - 60) : end])
    return bool(call or _ASIDE_BEFORE.search(before) or _ASIDE_BEHIND.search(behind))


def _in_original(detail: Found, view: View, text: str) -> Found:
    """A detail of the view as one of the text; words that are a value keep their spelling."""
    start, end = view.span(detail.start, detail.end)
    verbatim = detail.value == view.text[detail.start : detail.end]
    return replace(
        detail, start=start, end=end, value=text[start:end] if verbatim else detail.value
    )


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
