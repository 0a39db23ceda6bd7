"""Amounts of money as customers of four languages write them, as "49.99 GBP".

English, German, Portuguese and Korean words; any of the signs in `_CURRENCIES`.
"""

# ruff: noqa: E501  (an alternation is easier to check in one line)

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from bot.nlu.found import Found
from bot.nlu.number_words import LATIN, UNITS

_CURRENCIES = {
    "£": "GBP", "quid": "GBP", "pound": "GBP", "pfund": "GBP", "libra": "GBP", "파운드": "GBP",
    "$": "USD", "us$": "USD", "dollar": "USD", "buck": "USD", "dólar": "USD", "dólare": "USD",
    "dolare": "USD", "달러": "USD", "불": "USD",
    "€": "EUR", "euro": "EUR", "eur": "EUR", "유로": "EUR",
    "a$": "AUD", "c$": "CAD", "r$": "BRL", "rs": "BRL", "reai": "BRL", "real": "BRL",
    "conto": "BRL", "헤알": "BRL",
    "¥": "JPY", "₹": "INR", "rupee": "INR", "₩": "KRW", "won": "KRW", "원": "KRW",
}  # fmt: skip
_CODES = "GBP|EUR|USD|BRL|KRW|CHF|AUD|CAD|JPY|INR"
_SIGNS = r"US\$|A\$|C\$|R\$|[£$€¥₹₩]"
_NAMES = (
    r"(?:quid|pounds?|pfund|libras?|dollars?|bucks?|d[óo]lar(?:es)?|euros?|reais|real|contos?"
    rf"|won(?!['’])|rupees?|{_CODES})\b|원|유로|달러|파운드|헤알|불(?=[을이\s,.!?]|$)"
)
_DIGITS = r"\d[\d.,]*(?:(?<=\d)['’ ]\d{3}(?!\d)[\d.,]*)*"
_MONEY = re.compile(
    rf"(?<![\w.,])(?:(?P<before>{_SIGNS}|(?:{_CODES}|RS)\s)\s?(?P<a>{_DIGITS})"
    rf"|(?P<b>{_DIGITS})(?:,?-{{1,2}})?\s?(?P<many>k|mil|tausend|천|만)?\s?(?P<after>{_SIGNS}|{_NAMES}))"
    r"(?P<thousand>k\b)?(?:\s(?P<cents>\d\d)(?!\s?[\w%]))?",
    re.IGNORECASE,
)
_TIMES = {"k": 1000, "mil": 1000, "tausend": 1000, "천": 1000, "만": 10_000}
_CHARGED = (
    r"charged|paid|pay|cost|costs|owe|refund of|taken|took|abgebucht|bezahlt|gezahlt|berechnet"
    r"|gekostet|kostet|paguei|pago|cobraram|cobrou|cobrado|debitaram|custou"
)
_BARE_MONEY = re.compile(
    rf"\b(?:{_CHARGED})\s+(?:(?:me|us|mir|uns)\s+)?"
    r"(\d+(?:,\d{3})*(?:[.,]\d\d)?)(?![\w./-]|\s?(?:%|times?\b|x\b|mal\b|vez|(?:day|week|month|hour)s?\b"
    r"|tage?\b|wochen?\b|monate?\b|dias?\b|semanas?\b|m[eê]s))",
    re.IGNORECASE,
)
_IN_WORDS = re.compile(
    rf"(?<!\w)({'|'.join(LATIN)})(?:[\s-](?:e\s)?({'|'.join(UNITS)}))?\s({_NAMES})",
    re.IGNORECASE,
)
_SINO = {sign: value for value, sign in enumerate("일이삼사오육칠팔구", 1)}
_PLACES = {"십": 10, "백": 100, "천": 1000, "만": 10_000}
_KOREAN = re.compile(
    r"(?<![\w.,])((?:[\d.,]{0,9}\d\s?|[일이삼사오육칠팔구])?[십백천만]"
    r"(?:\s?(?:\d{1,4}|[일이삼사오육칠팔구])[십백천만]?|\s?[십백천만]){0,8})\s?(원|유로|달러)"
)
_KOREAN_PART = re.compile(r"(\d[\d.,]*|[일이삼사오육칠팔구])?\s*([십백천만])?")


_LIMIT_BEFORE = re.compile(
    r"\b(?:ab|über|unter|bis(?: zu)?|over|above|under|below|from|minimum|mindestens|acima de|abaixo de"
    r"|a partir de|mais de|superior(?:es)? a|statt|instead of|em vez de|normalerweise|normally|usually)\s*$",
    re.IGNORECASE,
)
_LIMIT_BEHIND = re.compile(r"^\s*(?:넘|이상|미만|이하|부터|대신)")


def find_amounts(field: str, text: str) -> Iterator[Found]:
    """Amounts with a currency. "charged me 49.99" without one is a weaker reading, the weakest a
    limit or a usual price ("free over 50 euros")."""
    for found in _amounts(field, text):
        before, behind = text[max(0, found.start - 30) : found.start], text[found.end :]
        limit = _LIMIT_BEFORE.search(before) or _LIMIT_BEHIND.search(behind)
        yield replace(found, rank=2) if limit else found


def _amounts(field: str, text: str) -> Iterator[Found]:
    for match in _KOREAN.finditer(text):
        value = f"{_korean(match[1])} {_currency(match[2])}"
        yield Found(field, match.start(), match.end(), value)
    for match in _MONEY.finditer(text):
        number = _number((match["a"] or match["b"]).rstrip(".,"))
        times = _TIMES.get((match["many"] or match["thousand"] or "").lower(), 1)
        if times > 1:
            number = f"{float(number) * times:.0f}"
        elif match["cents"] and match["after"] and "." not in number:
            number = f"{number}.{match['cents']}"
        end = match.end() if match["cents"] is None or "." in number else match.start("cents") - 1
        unit = match["before"] or match["after"]
        yield Found(field, match.start(), end, f"{number} {_currency(unit)}")
    for match in _IN_WORDS.finditer(text):
        number = str(LATIN[match[1].lower()] + UNITS.get((match[2] or "").lower(), 0))
        yield Found(field, match.start(), match.end(), f"{number} {_currency(match[3])}")
    for match in _BARE_MONEY.finditer(text):
        yield Found(field, *match.span(1), _number(match.group(1)), rank=1)


def _currency(unit: str) -> str:
    name = unit.strip().lower()
    return _CURRENCIES.get(name) or _CURRENCIES.get(name.rstrip("s")) or name.upper()


def _number(digits: str) -> str:
    """Plain decimal notation of "1,299.00", "1.299,00", "1 299,00", "49,99"."""
    digits = re.sub(r"['’ ]", "", digits)
    last = max(digits.rfind("."), digits.rfind(","))
    decimals = len(digits) - last - 1
    whole = re.sub(r"[.,]", "", digits if last < 0 or decimals == 3 else digits[:last])
    return whole if last < 0 or decimals in (0, 3) else f"{whole}.{digits[last + 1 :]}"


def _korean(words: str) -> str:
    """ "3만 5천" -> 35000, "1.5만" -> 15000, "이만" -> 20000."""
    total = section = 0.0
    for number, place in _KOREAN_PART.findall(words):
        if number or place:
            value = float(_SINO.get(number) or (_number(number) if number else 1))
            if place == "만":
                total, section = total + (section + (value if number else 0) or 1) * 10_000, 0
            else:
                section += value * _PLACES.get(place, 1)
    return f"{total + section:.0f}"
