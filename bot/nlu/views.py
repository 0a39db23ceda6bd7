"""Other ways to look at the same text, each with the way back to the customer's own characters.

`loosened` parts Korean particles from what they hang on ("iPhone에서", "카메라가"), `digits_joined`
writes numbers in one piece that were written or spoken digit by digit ("BN 1 0 4 2 3 3", "bn eins
null vier zwo drei drei").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_HANGUL = re.compile("[가-힣]")
_SEAM = re.compile(r"(?<=[a-z0-9])(?=[가-힣])|(?<=[가-힣])(?=[a-z0-9])", re.IGNORECASE)
PARTICLES = (
    "은|는|이|가|을|를|에|에서|의|로|으로|도|만|와|과|랑|이랑|하고|한테|인데|이에요|예요|입니다|이요|요|들|부터|까지"
    "|께서|처럼|보다|라고|이라고|에만|에도|에는|에서는|에서도|이나|나"
)

_WORDS = {
    "0": "zero|oh|null|zéro|공|영", "1": "one|eins|um|uma|일", "2": "two|zwei|zwo|dois|duas|이",
    "3": "three|drei|três|tres|삼", "4": "four|vier|quatro|사", "5": "five|fünf|fuenf|cinco|오",
    "6": "six|sechs|seis|meia|육|륙", "7": "seven|sieben|sete|칠", "8": "eight|acht|oito|팔",
    "9": "nine|neun|nove|구",
}  # fmt: skip
_DIGIT_OF = {word: digit for digit, words in _WORDS.items() for word in words.split("|")}
_LATIN = "|".join(word for word in _DIGIT_OF if not _HANGUL.match(word))
_SINO = "[" + "".join(word for word in _DIGIT_OF if _HANGUL.match(word)) + "]"
_DIGIT = rf"(?:(?:double|triple|doppel)\s(?:{_LATIN}|\d)|{_LATIN}|\d{{1,8}}|{_SINO})"
_GAP = r"(?:\s*[-–,]\s*|\s+)"
_RUN = re.compile(
    rf"(?<![\w@/])(?P<letters>(?!(?:{_LATIN})\b)[A-Za-z](?:[\s.-]{{0,2}}[A-Za-z]){{0,2}}(?:[\s-]*(?:dash|hyphen|minus"
    rf"|strich|bindestrich|traço|hífen|대시|다시|하이픈))?(?:\s*[-–]\s*|\s+)?)?"
    rf"(?P<digits>(?:{_DIGIT}(?:{_GAP}|(?<={_SINO})(?={_SINO})))+{_DIGIT})(?![\d/@]|[.,-]\d|[a-z])",
    re.IGNORECASE,
)
_PIECE = re.compile(_DIGIT, re.IGNORECASE)
_MAYBE_RUN = re.compile(rf"\d\D{{1,3}}\d|(?:(?:{_LATIN})\W+){{3}}|{_SINO}{{4}}", re.IGNORECASE)
_ISO_DATE = re.compile(r"(?:19|20)\d\d-\d\d-\d\d")
_FEWEST = 4
_MOST = 14


@dataclass(frozen=True)
class View:
    """`places[i]` is where the i-th character of `text` begins in the original; one more place
    is its end."""

    text: str
    places: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """A span of the view as a span of the original."""
        return self.places[start], self.places[end - 1] + 1 if end > start else self.places[start]


def plain(text: str) -> View:
    return View(text, tuple(range(len(text) + 1)))


def loosened(text: str, names: re.Pattern[str] | None = None) -> View:
    """With a space between Korean and Latin letters or digits, and behind each of `names` that a
    Korean particle follows. A text without Korean is left as it is."""
    if not _HANGUL.search(text):
        return plain(text)
    seams = {match.start() for match in _SEAM.finditer(text)}
    if names is not None:
        seams |= {match.end() for match in names.finditer(text)}
    return _view((" " + char if place in seams else char, place) for place, char in enumerate(text))


def korean_names(names: Iterable[str]) -> re.Pattern[str] | None:
    """What `loosened` looks for: those of the names that are Korean, with a particle behind."""
    korean = sorted((name for name in names if _HANGUL.search(name)), key=len, reverse=True)
    if not korean:
        return None
    spelt = "|".join(re.escape(name) for name in korean)
    return re.compile(rf"(?<![가-힣])(?:{spelt})(?=(?:{PARTICLES})+(?![가-힣]))")


def digits_joined(text: str) -> View | None:
    """With every such number in one piece, and the one to three letters before it (`BN`); None
    where there is none."""
    if not _MAYBE_RUN.search(text):
        return None
    parts: list[tuple[str, int]] = []
    end = 0
    for match in _RUN.finditer(text):
        if written := _joined(match):
            parts += [(char, end + i) for i, char in enumerate(text[end : match.start()])]
            parts += _spread(written, match.start(), match.end())
            end = match.end()
    if not end:
        return None
    return _view([*parts, *((char, end + i) for i, char in enumerate(text[end:]))])


def _joined(match: re.Match[str]) -> str:
    """Empty when it is no number that was taken apart."""
    if _ISO_DATE.search(match["digits"]):
        return ""
    digits = "".join(_digits(piece) for piece in _PIECE.findall(match["digits"]))
    letters = re.sub(r"[^A-Za-z]", "", re.split(r"\s(?=\w{4})", match["letters"] or "")[0])
    return f"{letters}{digits}" if _FEWEST <= len(digits) <= _MOST else ""


def _digits(piece: str) -> str:
    words = piece.lower().split()
    times = {"double": 2, "doppel": 2, "triple": 3}.get(words[0], 1)
    return _DIGIT_OF.get(words[-1], words[-1]) * times


def _spread(written: str, start: int, end: int) -> Iterator[tuple[str, int]]:
    """The characters of a new spelling: the first begins where the old one did, the last ends
    where that ended."""
    last = len(written) - 1
    for i, char in enumerate(written):
        yield char, end - 1 if i == last else min(start + i, end - 1)


def _view(parts: Iterable[tuple[str, int]]) -> View:
    """From (characters, the place of the last of them)."""
    chars, places = [], []
    for written, place in parts:
        chars.append(written)
        places += [place] * len(written)
    return View("".join(chars), (*places, places[-1] + 1 if places else 0))
