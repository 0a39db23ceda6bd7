"""Phone numbers in E.164: those with a country code, and those of the likely countries."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import phonenumbers
from phonenumbers import Leniency

from bot.nlu.found import Found

REGIONS = ("GB", "US", "DE")
"""Where a phone number without a country code may be from, most likely first (ISO 3166)."""

_OF_LANGUAGE = {"en": ("GB",), "de": ("DE", "AT", "CH"), "pt": ("PT", "BR"), "ko": ("KR",)}

_OTHER_NUMBER = re.compile(
    r"(?:\b(?:order|ref(?:erence)?|ticket|case|account|invoice|serial|tracking|parcel|card|id|code"
    r"|error|(?:bestell|auftrags|sendungs|kunden|rechnungs|serien|ticket|paket|konto|artikel)-?"
    r"(?:nummer|nr|no)|bestellung|sendung|pedido|rastreio|rastreamento|encomenda|cliente|fatura|nota"
    r"|s[ée]rie|protocolo|c[óo]digo|cpf|nif)|(?:주문|운송장|송장|고객|시리얼|접수|배송|계좌)\s?(?:번호)?)"
    r"(?:\W+(?:number|num|no|nr|id|is|was|code|#|ist|lautet|war|é|de|do|da|número|n[ºo°]))*"
    r"(?:은|는|이|가)?\W*$",
    re.IGNORECASE,
)
_PHONE_WORD = re.compile(
    r"(?:\b(?:phone|mobile|cell|tel|telephone|call|ring|text|whatsapp|reach|telefon\w*|handy\w*"
    r"|anruf\w*|rufen|ruft|erreich\w*|mobil\w*|rückruf\w*|telefone|telem[óo]vel|celular|fone|zap"
    r"|lig(?:ue|uem|ar|a)|liguem-me|contato|contacto)\b|전화|연락|휴대폰|핸드폰|폰\s?번호|통화|번호는).{0,30}$",
    re.IGNORECASE | re.DOTALL,
)
_FEWEST_DIGITS = 8
_MAYBE = re.compile(r"\d(?:[\s()./-]*\d){6}")


def find_phones(
    field: str, text: str, regions: Sequence[str] = REGIONS, language: str = ""
) -> Iterator[Found]:
    """Numbers that are not announced as another kind of number; bare digits without a country code
    or leading zero need a word such as "call" or "phone" before them. Best is a number in use in a
    country of the language (where it is not English), then in one of `regions`; one that is merely
    possible at home (the first of these) comes after them."""
    if not _MAYBE.search(text):
        return
    spoken = _OF_LANGUAGE.get(language, ()) if language != "en" else ()
    near = dict.fromkeys((*spoken, *regions))
    others = () if language else [one for many in _OF_LANGUAGE.values() for one in many]
    in_use = [found for one in near for found in _of(field, text, one, Leniency.VALID)]
    yield from sorted(in_use, key=lambda found: found.start - found.end)
    yield from _of(field, text, next(iter(near)), Leniency.POSSIBLE)
    for one in others:
        yield from _of(field, text, one, Leniency.VALID)


def _of(field: str, text: str, region: str, leniency: int) -> Iterator[Found]:
    for match in phonenumbers.PhoneNumberMatcher(text, region, leniency):
        if _is_phone(text, match.start, match.raw_string):
            yield Found(field, match.start, match.end, _e164(match.number))


def _e164(number: phonenumbers.PhoneNumber) -> str:
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _is_phone(text: str, start: int, raw: str) -> bool:
    before = text[max(0, start - 40) : start]
    if raw.startswith("+"):
        return True
    if sum(sign.isdigit() for sign in raw) < _FEWEST_DIGITS:
        return False
    if _OTHER_NUMBER.search(before):
        return False
    return raw.startswith(("0", "(")) or bool(_PHONE_WORD.search(before))
