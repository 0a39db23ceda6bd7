"""Details with a pattern of the playbook: order numbers, error codes, postcodes."""

# ruff: noqa: E501  (an alternation is easier to check in one line)

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.nlu.found import Found
from bot.nlu.number_words import NUMBERS
from bot.nlu.views import View
from bot.playbook.forms import in_form

_NO_DETAIL = (
    r"voucher|coupon|promo|discount|gift ?card|gutschein|rabatt|gutscheincode|rabattcode|aktionscode"
    r"|cupom|cup[ãa]o|voucher|desconto|vale|tracking|parcel number|sendung|sendungsnummer|paketnummer"
    r"|sendungsverfolgung|rastreio|rastreamento|seriennummer|serial|kundennummer|nickname|nick|user ?name"
    r"|benutzername|apelido|usu[aá]rio|utilizador"
)
_VOUCHER_BEFORE = re.compile(
    rf"(?:\b(?:{_NO_DETAIL})\W+(?:\w+\W+){{0,2}}|(?:쿠폰|할인\s?코드|운송장|송장|시리얼|닉네임|아이디)\S*\s*\S*\s?)$",
    re.IGNORECASE,
)
_VOUCHER_BEHIND = re.compile(
    r"^\W*(?:voucher|coupon|gutschein|rabatt|cupom|cupão|쿠폰)", re.IGNORECASE
)
_SIGNS = ("£", "$", "€", "₩")
_FEWEST_DIGITS = 4


def find_patterns(
    field: str, patterns: Sequence[re.Pattern[str]], text: str, form: str = ""
) -> Iterator[Found]:
    """Matches of the playbook's patterns, save voucher codes and prices. The value is the first
    group (else the match) in the field's form; in capitals when it mixes letters and digits."""
    for match in (match for pattern in patterns for match in pattern.finditer(text)):
        group = next((i for i in range(1, match.re.groups + 1) if match.group(i)), 0)
        before = text[max(0, match.start(group) - 40) : match.start(group)]
        behind = text[match.end(group) : match.end(group) + 20]
        if _VOUCHER_BEFORE.search(before) or _VOUCHER_BEHIND.search(behind):
            continue
        if not before.rstrip().endswith(_SIGNS):
            yield Found(field, *match.span(group), _written(match.group(group), form))


def find_in_view(
    field: str, patterns: Sequence[re.Pattern[str]], view: View, form: str = ""
) -> Iterator[Found]:
    """The same in a view where digits were joined: numbers only, and the weaker reading."""
    for found in find_patterns(field, patterns, view.text, form):
        if sum(sign.isdigit() for sign in found.value) >= _FEWEST_DIGITS:
            start, end = view.span(found.start, found.end)
            yield replace(found, start=start, end=end, rank=1)


def _written(value: str, form: str) -> str:
    return in_form(value, form) or _code(value)


def _code(value: str) -> str:
    if value.lower() in NUMBERS:
        return str(NUMBERS[value.lower()])
    mixed = re.search(r"\d", value) and re.search(r"[A-Za-z]", value)
    return value.strip().upper() if mixed and not value.lower().startswith("0x") else value.strip()
