"""One line for the agents' queue: the first thing the customer said that tells something."""

from __future__ import annotations

import re
from collections.abc import Sequence

LENGTH = 140
_FEWEST_WORDS = 3

_LINKS = re.compile(r"(?:https?:\s?//|www\.)\S+|#(?=\w)", re.IGNORECASE)
_ADDRESSED = re.compile(r"^(?:[\W_]*@\w+)+|(?:\s@\w+)+\W*$")
_MENTION = re.compile(r"(?<!\w)@(?=\w)")
_SENTENCE_END = re.compile(r"(?<=[.!?\u2026\u3002])[\s\"')]+|\n+")
_GREETING = re.compile(
    r"""^[\W_]*
    (?:(?:hi+|hey+a?|hello+|hiya|yo|dear|greetings|good\ (?:morning|afternoon|evening|day)
      |hallo|guten\ (?:morgen|tag|abend)|moin|servus
      |ol[a\u00e1]|oi|bom\ dia|boa\ (?:tarde|noite)
      |\uc548\ub155(?:\ud558\uc138\uc694|\ud558\uc2ed\ub2c8\uae4c)?)(?!\w)
    (?:\ (?:there|guys|all|team|everyone|folks|sir|madam|zusammen|pessoal))*(?!\w))+[\W_]*""",
    re.IGNORECASE | re.VERBOSE,
)
_FILLER = re.compile(
    r"""\W*(?:
    (?:can|could|would|will)\ (?:you|u|someone|anyone|somebody)(?:\ guys)?(?:\ please|\ pls)?
      \ (?:help|assist)(?:\ me)?(?:\ out)?(?:\ with\ this)?(?:\ please|\ pls)?
    |(?:please|pls|plz)\ help(?:\ me)?(?:\ out)?
    |(?:i\ )?(?:really\ )?need\ (?:some\ |your\ )?help(?:\ please)?
    |i(?:\ have|.ve\ got|.ve)\ (?:a|an)\ (?:problem|question|issue)
    |help(?:\ me)?(?:\ please)?
    |(?:was\ |i\ was\ |just\ |i.m\ )*(?:wondering|hoping)\ if\ (?:you|someone|anyone)
      \ (?:can|could)\ help(?:\ me)?(?:\ out)?
    |how\ are\ you(?:\ doing)?(?:\ today)?
    )\W*""",
    re.IGNORECASE | re.VERBOSE,
)


def summarise(texts: Sequence[str], fallback: str = "") -> str:
    """The first telling sentence of the customer's problem texts, at most 140 characters, without
    links, greetings and mentions (one amid a sentence stays as a name).

    Bare courtesy ("can you help me?") and very short sentences give way to a fuller one; where
    there is no sentence at all it is `fallback`.
    """
    sentences = [sentence for text in texts for sentence in _sentences(text)]
    telling = [sentence for sentence in sentences if _FILLER.fullmatch(sentence) is None]
    full = [sentence for sentence in telling if len(sentence.split()) >= _FEWEST_WORDS]
    best = next(iter(full or telling or sentences), fallback)
    return shorten(best[:1].upper() + best[1:])


def shorten(text: str, length: int = LENGTH) -> str:
    """The text cut at a word border to at most `length` characters, with an ellipsis if it was."""
    if len(text) <= length:
        return text
    cut = text[: length - 1]
    at = cut.rfind(" ")
    return (cut[:at] if at > length // 2 else cut).rstrip(" ,;:-") + "\u2026"


def _sentences(text: str) -> list[str]:
    plain = _MENTION.sub("", _ADDRESSED.sub(" ", _LINKS.sub(" ", text).strip())).strip()
    parts = (" ".join(part.split()) for part in _SENTENCE_END.split(plain))
    sentences = (_GREETING.sub("", part, count=1).lstrip(".,;:-! ") for part in parts)
    return [sentence for sentence in sentences if re.search(r"\w", sentence)]
