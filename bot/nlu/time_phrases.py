"""When it happened or began, as customers say it: "since last night", "3 days ago", "on the 12th".

Token patterns for spaCy's Matcher. The value is the phrase as written, without "since" or "on".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from typing import Any

from spacy.language import Language
from spacy.matcher import Matcher
from spacy.tokens import Doc

from bot.nlu.found import Found
from bot.nlu.time_context import tells_since

Token = dict[str, Any]

_UNITS = "sec|second|min|minute|hr|hour|day|night|week|wk|weekend|month|year|yr"
_COUNTS = "an?|one|two|three|four|five|six|seven|eight|nine|ten|few|couple|several|many|half|dozen"
_WEEKDAYS = "mon|tues?|wed|weds|thu|thurs?|fri|(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_SEASONS = "spring|summer|autumn|winter|christmas|easter"
_MONTHS = (
    "jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|january|february|march|april|june|july|august"
    "|september|october|november|december"
)


def _word(*words: str, optional: bool = False) -> Token:
    token: Token = {"LOWER": {"IN": list(words)}}
    return {**token, "OP": "?"} if optional else token


def _like(pattern: str, op: str = "{1}") -> Token:
    return {"LOWER": {"REGEX": f"^(?:{pattern})$"}, "OP": op}


_UNIT = _like(f"(?:{_UNITS})s?")
_LEADS: list[list[Token]] = [
    [],
    [_word("about", "around", "almost", "nearly", "over", "like", "approximately", "roughly")],
    [_word("more"), _word("than")],
    [_word("at"), _word("least")],
]
_QUANTITIES: list[list[Token]] = [
    [_like(rf"\d+(?:[/.,-]\d+)?|{_COUNTS}", "{1,3}"), _word("of", optional=True), _UNIT],
    [_like(rf"\d+(?:{_UNITS})s?")],
]
_THE = _word("the", "this", "these", optional=True)
_PAST = [_word("past", "last"), _like(rf"\d+|{_COUNTS}", "*"), _word("of", optional=True), _UNIT]
_NAMED_DAYS: list[list[Token]] = [
    [_word("yesterday", "yday"), _word("morning", "afternoon", "evening", "night", optional=True)],
    [
        _word("last"),
        _like(f"night|week|weekend|month|year|{_SEASONS}|{_WEEKDAYS}|{_MONTHS}"),
    ],
    [_like(_WEEKDAYS), _word("morning", "afternoon", "evening", "night", optional=True)],
]
_DAY_OF_MONTH = _like(r"\d{1,2}(?:st|nd|rd|th)?")
_YEAR = _like(r"(?:19|20)\d\d", "?")
_DATES: list[list[Token]] = [
    [_THE, _DAY_OF_MONTH, _word("of", optional=True), _like(f"{_MONTHS}|may"), _YEAR],
    [_like(f"{_MONTHS}|may"), _DAY_OF_MONTH, _word(",", optional=True), _YEAR],
    [_like(f"{_MONTHS}|may"), {**_YEAR, "OP": "{1}"}],
    [_like(r"\d{1,2}[/.]\d{1,2}[/.](?:19|20)?\d\d")],
    [_like(r"20\d\d"), _word("-"), _like(r"\d\d"), _word("-"), _like(r"\d\d")],
    [_word("the"), _like(r"\d{1,2}(?:st|nd|rd|th)")],
]
_MONTH = [_like(_MONTHS)]
_TODAY: list[list[Token]] = [
    [_word("today", "tonight")],
    [_word("this"), _word("morning", "afternoon", "evening", "week", "month", "weekend")],
    [_word("all"), _word("day", "night", "morning", "week", "weekend", "month")],
]
_NEWS = "update|upgrade|patch|release|version|firmware|outage|install|reset|delivery|storm"
_ON = [_word("on", "last", optional=True), _word("last", optional=True), _like(_WEEKDAYS)]
_EVENT = [
    _word("the", "your", "my", "this", "a", optional=True),
    _like("last|latest|new|newest|recent|power|firmware|app|ios|software|system", "*"),
    _like(f"(?:{_NEWS})s?|cut|move"),
]
_DID = [
    _word("i", "we"),
    _like("started|began|bought|got|updated|upgraded|installed|ordered|moved|changed|switched|reset"
          "|downloaded|received|replaced"),
    {"IS_PUNCT": False, "IS_SPACE": False, "LOWER": {"NOT_IN": ["and", "but", "it", "i"]},
     "OP": "{0,4}"},
]  # fmt: skip

_READINGS: tuple[tuple[list[Token], list[list[Token]]], ...] = (
    # (words before that are not part of the value, the value); the best reading first
    (
        [_word("since", "from")],
        [*_NAMED_DAYS, *_DATES, _MONTH, *_TODAY, _EVENT, [*_EVENT, *_ON], _DID],
    ),
    ([], [[*lead, *much, _word("ago", "back")] for lead, much in product(_LEADS, _QUANTITIES)]),
    ([], [[_UNIT, _word("ago")]]),
    (
        [_word("for", "since", "been", "waited", "waiting", "like")],
        [[*lead, *much] for lead, much in product(_LEADS, _QUANTITIES)],
    ),
    ([_word("for", "since", "over", "in", "these", optional=True), _THE], [_PAST]),
    ([_word("for")], [[_like("(?:hour|day|week|month|year|age)s")]]),
    ([], [*_NAMED_DAYS, *_DATES]),
    ([_word("in", "since", "from", "during")], [_MONTH]),
    ([_word("since", "after", "on", "from")], [_EVENT]),
    ([], _TODAY),
)
_MAYBE = re.compile(
    rf"(?:{_UNITS})s?\b|\b(?:{_WEEKDAYS}|{_MONTHS}|may|since|yesterday|yday|today|tonight)\b"
    rf"|\b(?:after|last|this|all|{_NEWS})\b|\d[/.-]\d|\d(?:st|nd|rd|th)\b",
    re.IGNORECASE,
)
"""A text without any of these holds no time phrase and is not matched."""
_ALONE = len(_READINGS)
_LASTING = (3, _ALONE)
_NOT_BEFORE = frozenset("by until till next every each within before tomorrow in than 'til".split())
_NOT_BEHIND = frozenset("behind later apart delay lag warranty trial old".split())
_LOYAL = frozenset("customer user member subscriber fan loyal client".split())
_FEW = 3


class TimePhrases:
    """Finds time phrases in a tokenised text; rank 0 is "since ...", the last a bare duration."""

    def __init__(self, language: Language) -> None:
        self._matcher = Matcher(language.vocab)
        for rank, (before, values) in enumerate(_READINGS):
            for number, value in enumerate(values):
                self._matcher.add(f"{rank}/{len(before)}/{number}", [[*before, *value]])
        durations = [[*lead, *much] for lead, much in product(_LEADS, _QUANTITIES)]
        self._matcher.add(f"{_ALONE}/0/0", durations)

    def find(self, field: str, doc: Doc) -> Iterator[Found]:
        """Candidates for `field`, in no particular order, overlapping ones included."""
        if not _MAYBE.search(doc.text):
            return
        for key, start, end in self._matcher(doc):
            rank = int(doc.vocab.strings[key].split("/")[0])
            if self._is_meant(doc, start, end, rank):
                yield _found(field, doc, start, end, rank)

    def _is_meant(self, doc: Doc, start: int, end: int, rank: int) -> bool:
        before = [token.lower_ for token in doc[max(0, start - 5) : start]]
        if before and before[-1] in _NOT_BEFORE:
            return False
        if rank == _ALONE and len(doc) - (end - start) > _FEW:
            return False
        behind = doc[end].lower_ if end < len(doc) else ""
        if behind in _NOT_BEHIND or not tells_since(doc.text, doc[start].idx, _end(doc, end), rank):
            return False
        return not (rank in _LASTING and _LOYAL.intersection(before))


def _end(doc: Doc, end: int) -> int:
    last = doc[end - 1]
    return int(last.idx) + len(last)


_LEADING = frozenset("since from for been waited waiting in after with on during".split())


def _found(field: str, doc: Doc, start: int, end: int, rank: int) -> Found:
    while start < end - 1 and doc[start].lower_ in _LEADING:
        start += 1
    span = doc[start:end]
    return Found(field, span.start_char, span.end_char, span.text, rank)
