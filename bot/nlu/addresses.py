"""E-mail addresses and links, also as people spell them out in four languages: "jo dot doe at
example dot com", "anna punkt maier ät example punkt de", "ana arroba ...", "anna 골뱅이 ..."."""

# ruff: noqa: E501  (an alternation is easier to check in one line)

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.nlu.found import Found

_TLDS = "com|net|org|io|info|app|co|uk|de|eu|at|ch|pt|br|kr|us|ie|me|tv|example"
_PATH = r"[^\s<>\"가-힣]"
_LINK = re.compile(
    rf"(?<![\w@.])(?:https?:\s?//|www\.){_PATH}+|(?<![\w@.-])(?:[a-z0-9-]+\.)+(?:{_TLDS})/{_PATH}*",
    re.IGNORECASE,
)
_BARE_LINK = re.compile(
    rf"(?<![\w@.-])(?:[a-z0-9-]{{2,}}\.)+(?:{_TLDS})(?![\w@-]|\.\w)", re.IGNORECASE
)
_LETTER = r"[a-z0-9à-öø-ÿ_]"
_EMAIL = re.compile(
    rf"(?<![a-z0-9à-öø-ÿ_.+-])(?:{_LETTER}|[.+-])*(?:{_LETTER}|[+-])@(?:(?:{_LETTER}|-)+\.)+[a-z]{{2,}}",
    re.IGNORECASE,
)
_BRACKETED = r"\s*[\[({{<]\s*(?:{0})\s*[\])}}>]\s*"
_DOT_WORDS = "dot|punkt|ponto|닷|점|쩜"
_AT_WORDS = "at|ät|aet|klammeraffe|arroba|골뱅이|앳|엣"
_SIGN_WORDS = {
    "underscore": "_", "unterstrich": "_", "sublinhado": "_", "underline": "_", "언더바": "_",
    "밑줄": "_", "hyphen": "-", "dash": "-", "bindestrich": "-", "minus": "-", "hífen": "-",
    "hifen": "-", "traço": "-", "tracinho": "-", "하이픈": "-", "대시": "-", "plus": "+",
}  # fmt: skip
_DOT = rf"(?:{_BRACKETED.format(rf'{_DOT_WORDS}|[.]')}|\s+(?:{_DOT_WORDS})\s+|\.|\s\.\s|\s*(?:닷|쩜)\s*)"
_SIGN = rf"\s+(?:{'|'.join(_SIGN_WORDS)})\s+"
_AT = rf"(?:{_BRACKETED.format(rf'{_AT_WORDS}|@')}|\s+(?:{_AT_WORDS})\s+|\s*골뱅이\s*|\s@\s|@)"
_NAME = r"[a-z0-9à-öø-ÿ_+-]+"
_TLD = r"(?:[a-z]{2,}(?![a-z0-9_@])|컴|넷|케이알|com)"
_SPELT_EMAIL = re.compile(
    rf"(?<![a-z0-9à-öø-ÿ_.+-])({_NAME}(?:(?:{_DOT}|{_SIGN}){_NAME})*){_AT}"
    rf"({_NAME}(?:(?:{_DOT}|{_SIGN}){_NAME})*?{_DOT}{_TLD}(?:{_DOT}(?:uk|br|kr|de)(?![a-z]))?)(?!@)",
    re.IGNORECASE,
)
_MAYBE_SPELT = re.compile(
    rf"[@(\[<]|mail|메일|\b(?:{_DOT_WORDS}|arroba|ät|aet|klammeraffe)\b|닷|쩜|골뱅이", re.IGNORECASE
)
_SPELT_OUT = re.compile(
    rf"\b(?:{_DOT_WORDS}|ät|aet|arroba|klammeraffe)\b|닷|쩜|골뱅이|[\[(<@]|{_SIGN}", re.IGNORECASE
)
_MAIL_WORD = re.compile(r"(?:e-?mail|mail|endereço|adresse|address|메일)[^.!?]*$", re.IGNORECASE)
_NOT_NAMES = frozenset(
    "me us you look looking am is was order ordered bought shop site up at é meu e die ist".split()
)
_HANGUL_TLD = {"컴": "com", "넷": "net", "케이알": "kr"}
_ANY_DOT = re.compile(_DOT, re.IGNORECASE)
_ANY_SIGN = re.compile(_SIGN, re.IGNORECASE)


def find_links(field: str, text: str) -> Iterator[Found]:
    """Addresses with a scheme, with www., with a path behind a usual domain, or (the weaker
    reading) such a domain alone."""
    for match in _LINK.finditer(text):
        link = match.group().rstrip(".,;:!?)'\"]")
        yield Found(field, match.start(), match.start() + len(link), link.replace(" ", ""))


def find_sites(field: str, text: str) -> Iterator[Found]:
    """A usual domain without anything around it: the weaker reading of a link."""
    for match in _BARE_LINK.finditer(text):
        yield Found(field, match.start(), match.end(), match.group(), rank=1)


def find_emails(field: str, text: str) -> Iterator[Found]:
    """In lower case; what is spelt out is the weaker reading."""
    for match in _EMAIL.finditer(text):
        yield Found(field, match.start(), match.end(), match.group().lower())
    for match in _SPELT_EMAIL.finditer(text) if _MAYBE_SPELT.search(text) else ():
        name, domain = (_written(part) for part in match.groups())
        announced = _MAIL_WORD.search(text[max(0, match.start() - 30) : match.start()])
        if (announced or _SPELT_OUT.search(match.group())) and name not in _NOT_NAMES:
            yield Found(field, match.start(), match.end(), f"{name}@{domain}", rank=1)


def _written(spelt: str) -> str:
    """ "anna punkt maier" -> "anna.maier"."""
    dotted = _ANY_DOT.sub(".", spelt.lower())
    signed = _ANY_SIGN.sub(lambda match: _SIGN_WORDS[match.group().strip()], dotted)
    *before, last = signed.split(".")
    return ".".join([*before, _HANGUL_TLD.get(last, last)])
