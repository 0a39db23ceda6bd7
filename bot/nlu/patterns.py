"""Details with a shape of their own: the playbook's patterns, e-mail, phone, amount, link.

Each finder yields what it finds in the order of the text, normalised: an e-mail in lower case, a
phone number in E.164, an amount as "49.99 GBP", a link without the dot of its sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import phonenumbers
from phonenumbers import Leniency

from bot.nlu.found import Found

REGIONS = ("GB", "US", "DE")
"""Where a phone number without a country code may be from, most likely first (ISO 3166)."""

_LINK = re.compile(
    r"\b(?:https?:\s?//|www\.)[^\s<>\"]+|\b(?:[a-z0-9-]+\.)+(?:com|net|org|io|info|co\.uk|de|eu)/[^\s<>\"]+",
    re.IGNORECASE,
)
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]*[\w+-]@(?:[\w-]+\.)+[a-z]{2,}", re.IGNORECASE)
_DOT = r"(?:\s*[\[(]\s*(?:dot|\.)\s*[\])]\s*|\s+dot\s+|\.)"
_SPELT_EMAIL = re.compile(
    rf"(?<![\w.+-])([\w+-]+(?:{_DOT}[\w+-]+)*)(?:\s*[\[(]\s*(?:at|@)\s*[\])]\s*|\s+at\s+|\s*@\s*)"
    rf"([\w-]+(?:{_DOT}[\w-]+)*{_DOT}[a-z]{{2,}})(?![\w@])",
    re.IGNORECASE,
)
_MAYBE_SPELT = re.compile(r"[@(\[]|\bdot\b", re.IGNORECASE)
_NOT_NAMES = frozenset(
    "me us you look looking am is was order ordered bought shop site up at".split()
)
_MONEY = re.compile(
    r"(?<![\w.,])(?:(?P<before>US\$|A\$|C\$|R\$|[£$€¥₹₩]|(?:GBP|EUR|USD)\s)\s?(?P<a>\d[\d.,]*)"
    r"|(?P<b>\d[\d.,]*)\s?(?P<after>[£$€¥₹₩]|(?:quid|pounds?|gbp|dollars?|bucks?|usd|euros?|eur|reais"
    r"|won(?!['’])|rupees?)\b))(?P<thousand>k\b)?",
    re.IGNORECASE,
)
_BARE_MONEY = re.compile(
    r"\b(?:charged|paid|pay|cost|costs|owe|refund of|taken|took)\s+(?:me\s+|us\s+)?"
    r"(\d+(?:,\d{3})*(?:\.\d\d)?)(?![\w./-]|\s?(?:%|times?\b|x\b|days?\b|weeks?\b|months?\b))",
    re.IGNORECASE,
)
_CURRENCIES = {
    "£": "GBP", "quid": "GBP", "pound": "GBP", "gbp": "GBP",
    "$": "USD", "us$": "USD", "dollar": "USD", "buck": "USD", "usd": "USD",
    "€": "EUR", "euro": "EUR", "eur": "EUR",
    "a$": "AUD", "c$": "CAD", "r$": "BRL", "reai": "BRL",
    "¥": "JPY", "₹": "INR", "rupee": "INR", "₩": "KRW", "won": "KRW",
}  # fmt: skip
_VOUCHER = re.compile(
    r"\b(?:voucher|coupon|promo|discount|gift ?card)\W+(?:\w+\W+){0,2}$", re.IGNORECASE
)
_OTHER_NUMBER = re.compile(
    r"\b(?:order|ref(?:erence)?|ticket|case|account|invoice|serial|tracking|card|id|code|error)"
    r"(?:\W+(?:number|num|no|nr|id|is|was|code|#))*\W*$",
    re.IGNORECASE,
)
_PHONE_WORD = re.compile(
    r"\b(?:phone|mobile|cell|tel|telephone|call|ring|text|whatsapp|reach)\b.{0,30}$", re.IGNORECASE
)
_MAYBE_PHONE = re.compile(r"\d(?:[\s().-]*\d){6}")


def find_links(field: str, text: str) -> Iterator[Found]:
    """Addresses with a scheme, with www., or with a path behind a usual domain."""
    for match in _LINK.finditer(text):
        link = match.group().rstrip(".,;:!?)'\"]")
        yield Found(field, match.start(), match.start() + len(link), link.replace(" ", ""))


def find_emails(field: str, text: str) -> Iterator[Found]:
    """Also "jo dot doe at example dot com" and "jo(at)example.com"."""
    for match in _EMAIL.finditer(text):
        yield Found(field, match.start(), match.end(), match.group().lower())
    for match in _SPELT_EMAIL.finditer(text) if _MAYBE_SPELT.search(text) else ():
        name, domain = (re.sub(_DOT, ".", part, flags=re.IGNORECASE) for part in match.groups())
        spelt_out = re.search(r"dot|[\[(]", match.group(), re.IGNORECASE) or "@" in match.group()
        if spelt_out and name.lower() not in _NOT_NAMES:
            yield Found(field, match.start(), match.end(), f"{name}@{domain}".lower(), rank=1)


def find_patterns(field: str, patterns: Sequence[re.Pattern[str]], text: str) -> Iterator[Found]:
    """Matches of the playbook's patterns, save voucher codes and prices. The value is the first
    group (else the match) in capitals when it mixes letters and digits."""
    for match in (match for pattern in patterns for match in pattern.finditer(text)):
        group = 1 if match.re.groups and match.group(1) else 0
        before = text[max(0, match.start(group) - 40) : match.start(group)]
        if not _VOUCHER.search(before) and not before.rstrip().endswith(("£", "$", "€")):
            yield Found(field, *match.span(group), _code(match.group(group)))


def find_phones(field: str, text: str, regions: Sequence[str] = REGIONS) -> Iterator[Found]:
    """Numbers that are not announced as another kind of number; bare digits without a country code
    or leading zero need a word such as "call" or "phone" before them. At home (the first region) a
    number need only be possible, elsewhere it has to be in use."""
    if not _MAYBE_PHONE.search(text):
        return
    for region in regions:
        leniency = Leniency.POSSIBLE if region == regions[0] else Leniency.VALID
        for match in phonenumbers.PhoneNumberMatcher(text, region, leniency):
            if _is_phone(text, match.start, match.raw_string):
                number = phonenumbers.format_number(
                    match.number, phonenumbers.PhoneNumberFormat.E164
                )
                yield Found(field, match.start, match.end, number)


def find_amounts(field: str, text: str) -> Iterator[Found]:
    """Amounts with a currency; "charged me 49.99" without one is the weaker reading."""
    for match in _MONEY.finditer(text):
        digits = (match["a"] or match["b"]).rstrip(".,")
        unit = (match["before"] or match["after"]).strip().lower()
        currency = _CURRENCIES.get(unit) or _CURRENCIES[unit.rstrip("s")]
        value = f"{_number(digits, bool(match['thousand']))} {currency}"
        yield Found(field, match.start(), match.end(), value)
    for match in _BARE_MONEY.finditer(text):
        yield Found(field, *match.span(1), _number(match.group(1), False), rank=1)


def _code(value: str) -> str:
    mixed = re.search(r"\d", value) and re.search(r"[A-Za-z]", value)
    return value.strip().upper() if mixed and not value.lower().startswith("0x") else value.strip()


def _is_phone(text: str, start: int, raw: str) -> bool:
    before = text[max(0, start - 40) : start]
    if raw.startswith("+"):
        return True
    if _OTHER_NUMBER.search(before):
        return False
    return raw.startswith(("0", "(")) or bool(_PHONE_WORD.search(before))


def _number(digits: str, thousand: bool) -> str:
    """Plain decimal notation of "1,299.00", "1.299,00", "49,99"."""
    last = max(digits.rfind("."), digits.rfind(","))
    decimals = len(digits) - last - 1
    whole = re.sub(r"[.,]", "", digits if last < 0 or decimals == 3 else digits[:last])
    if thousand:
        return f"{whole}000"
    return whole if last < 0 or decimals in (0, 3) else f"{whole}.{digits[last + 1 :]}"
