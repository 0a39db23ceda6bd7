"""Numbers in words, as far as customers write them: English, German, Portuguese, Korean."""

# ruff: noqa: E501  (tables)

from __future__ import annotations

_TENS = (
    "twenty=20 thirty=30 forty=40 fifty=50 sixty=60 seventy=70 eighty=80 ninety=90 hundred=100"
    " zwanzig=20 dreißig=30 dreissig=30 vierzig=40 fünfzig=50 fuenfzig=50 sechzig=60 siebzig=70"
    " achtzig=80 neunzig=90 hundert=100 einhundert=100 vinte=20 trinta=30 quarenta=40 cinquenta=50"
    " sessenta=60 setenta=70 oitenta=80 noventa=90 cem=100 duzentos=200 trezentos=300"
)
_UNITS = (
    "one=1 two=2 three=3 four=4 five=5 six=6 seven=7 eight=8 nine=9 ten=10 twelve=12 fifteen=15"
    " um=1 dois=2 duas=2 três=3 quatro=4 cinco=5 seis=6 sete=7 oito=8 nove=9 dez=10 doze=12"
    " quinze=15 zwo=2 zehn=10 zwölf=12 fünfzehn=15"
)
_GERMAN_UNITS = "ein=1 zwei=2 drei=3 vier=4 fünf=5 sechs=6 sieben=7 acht=8 neun=9"
_GERMAN_TENS = (
    "zwanzig=20 dreißig=30 vierzig=40 fünfzig=50 sechzig=60 siebzig=70 achtzig=80 neunzig=90"
)
_KOREAN = "한=1 두=2 세=3 네=4 다섯=5 여섯=6 일곱=7 여덟=8 아홉=9 열=10 열두=12 스무=20 서른=30 마흔=40 쉰=50"


def _table(words: str) -> dict[str, int]:
    return {word: int(value) for word, value in (pair.split("=") for pair in words.split())}


UNITS = {**_table(_UNITS), **_table(_GERMAN_UNITS)}
TENS = _table(_TENS)
_COMPOUND = {
    f"{unit}und{ten}": few + many
    for unit, few in _table(_GERMAN_UNITS).items()
    for ten, many in _table(_GERMAN_TENS).items()
}
NUMBERS = {**UNITS, **_COMPOUND, **TENS, **_table(_KOREAN)}
LATIN = {word: value for word, value in NUMBERS.items() if word[0] < "가"}
"""Those that are not Korean."""
