"""What the words around a time say about it: not every time is that since when something is wrong.

Tuned on tests/nlu/times.yml; a time that is bought, planned, or that something merely takes is left
alone, since a wrong detail misleads an agent and a missing one is asked for.
"""

# ruff: noqa: E501  (an alternation is easier to check in one line)

from __future__ import annotations

import re

MERE = 6
"""From this rank on a time is merely named, without a word that says that something began then."""

_BOUGHT_BEHIND = re.compile(
    r"^[^.,;!?\n]{0,25}?\b(?:bestellt|gekauft|comprei|comprado|encomendei|pedi|kunde|cliente|client)\b"
    r"|^\S{0,3} ?[^.,;!?\n]{0,12}?(?:샀|산|구매|구입|주문|고객|쓰고|사용)",
    re.IGNORECASE,
)
_BOUGHT_BEFORE = re.compile(
    r"(?:\b(?:bought|purchased|ordered|got (?:it|this|one|them|mine)|gekauft|bestellt|comprei|encomendei|comprado|pedi"
    r"|kunde|kundin|cliente|customer|uso|usamos|nutze)\b|구매|구입|고객)[^.,;!?\n]{0,25}$",
    re.IGNORECASE,
)
_PROMISED_BEFORE = re.compile(
    r"(?:\b(?:should|supposed|expected|due|scheduled|promised|open(?:ing)?|closed?|deliver(?:y|ed)?|arrive|available|until|till|by"
    r"|sollte|soll|geplant|angekündigt|versprochen|geöffnet|öffnet|offen|lieferung|liefertermin|verfügbar|bis"
    r"|devia|deveria|previst[oa]|prometeram|abert[oa]s?|abrem?|funcionam|entrega|chegaria|até)\b|예정|영업|배송일)[^.!?\n]{0,20}$",
    re.IGNORECASE,
)
_WISHED_BEFORE = re.compile(
    r"\b(?:can(?!'| ?not)|could(?! not)|would|will(?! not)|shall|may i|please|pls|need|want|wanna|would like|like to|meant to"
    r"|(?:call|ring|phone|text|book) (?:me|us|it|in)|könnt|können|könnten|kann(?! (?:\w+ ){0,3}nicht)|bitte|will|möchte|brauche"
    r"|ruft|rufen|meldet euch|podem|podes|pode|poderiam?|quero|queria|preciso|precisamos|(?:me )?liguem?(?:-me)?)\b"
    r"(?:(?!\b(?:because|since|weil|porque)\b)[^.,;!?\n])*$",
    re.IGNORECASE,
)
_PLANS = (
    r"\b(?:fly|flying|travel\w*|holidays?|vacation|away from home|guests|visitors|party|birthday|wedding|meeting|appointment"
    r"|renews?|coming|moving house|we move|i move|sale|opening|open a|gäste|besuch|urlaub|fliege\w*|verreis\w*|termin|feier"
    r"|verlängert|eröffn\w*|umziehen|kündigen|offen|geöffnet|habt ihr|wieder da|viajar|viajo|viagem|férias|visitas|festa"
    r"|casamento|reunião|renova|vem|vêm|chegam?|mudar de casa)\b"
)
_PLANNED = re.compile(_PLANS, re.IGNORECASE)
_KOREAN_WISH = re.compile(
    r"^[^.!?\n]{0,24}?(?:전화 ?(?:좀 )?(?:주|해|부탁)|연락 ?(?:주|해|부탁)|해결해 ?(?:주|줘)|방문|온다|오는|오신|오시|오나요|문 ?(?:여|열)"
    r"|영업|여행|휴가|출장|손님|생일|예약|결혼|이사|주실 ?수|까지|안에)"
)
_KOREAN_PLAN = re.compile(r"^ ?(?:\S+ )?(?:여행|휴가|출장|이사 ?(?:가|할)|영업)")
_CLAUSE_END = re.compile(
    r"[!?;\n]|[.,](?=\s|$)|\b(?:and|but|so|because|und|aber|denn|weil|mas|porque)\b"
)
_PAST = re.compile(
    r"yesterday|yday|last|ago|past|gestern|letzte|vergangene|vorige|vor |ontem|passad|há|faz|어제|어젯|그저께|그제|지난|저번|간밤|전",
    re.IGNORECASE,
)

_TOO_SHORT = re.compile(
    r"\bsec(?:ond)?s?\b|\bsekunden?\b|\bsegundos?\b|\d ?초|몇 초", re.IGNORECASE
)
_TAKES_BEFORE = re.compile(
    r"(?<!n't )(?<!nt )(?<!not )(?<!never )\b(?:works?|worked|runs?|ran|lasts?|lasted|plays?|records?|recorded|stays?|spent|spend"
    r"|takes?|took|timer|on hold|covers?|queue|läuft|lief|hält|hielt|dauert|dauerte|hing|warteschleife|funciona|durou|dura|fiquei"
    r"|grava)(?: \w+){0,2} ?$",
    re.IGNORECASE,
)
_OWNED_BEFORE = re.compile(
    r"\b(?:have had|'ve had|ive had|had|own(?:ed)?|using)\s+(?:it|this|one|the|my|mine|these|them)\b"
    r"(?!(?: \w+)? (?:problem|issue|trouble|error|fault|bug)s?)[^.,;!?\n]{0,25}$"
    r"|\bhabe? (?:ich )?(?:den|die|das|es|sie|ihn)\b[^.,;!?\n]{0,20}$",
    re.IGNORECASE,
)
_TAKES_BEHIND = re.compile(
    r"^\s*(?:then|before|at a time|each|max|und dann|dann|e depois|e dps|max|pro tag|(?:되|됐|있)다가|지나|넘어도|이상이면|마다|씩)"
)
_LASTING_DAY = re.compile(r"\ball (?:day|night|morning)$", re.IGNORECASE)
_LASTS = re.compile(
    r"\b(?:been|off|down|dead|out|offline|broken|no|not|\w+n'?t|nothing)\b", re.IGNORECASE
)


def tells_since(text: str, start: int, end: int, rank: int) -> bool:
    """Whether the time at `start` to `end` may be that since when something is wrong. `rank` is
    that of the reading: from MERE on no word says that something began then."""
    if is_purchase(text, start, end) or is_span(text, start, end):
        return False
    return not (is_planned(text, start, end) if rank >= MERE else is_leave(text, start, end))


def is_purchase(text: str, start: int, end: int) -> bool:
    """Whether the time is that of an order or of becoming a customer."""
    before, behind = text[max(0, start - 40) : start], text[end : end + 40]
    return bool(_BOUGHT_BEFORE.search(before) or _BOUGHT_BEHIND.search(behind))


def is_planned(text: str, start: int, end: int) -> bool:
    """Whether something is promised, wished or planned for a time that is merely named."""
    before, behind = _clause(text, start, end)
    if _PROMISED_BEFORE.search(text[max(0, start - 40) : start]):
        return True
    if _PAST.search(text[start:end]):
        return False
    planned = _PLANNED.search(before) or _PLANNED.search(behind)
    return bool(planned or _WISHED_BEFORE.search(before) or _KOREAN_WISH.search(text[end:]))


def is_leave(text: str, start: int, end: int) -> bool:
    """Whether somebody is away from that time on: "I'm on holiday from Monday"."""
    before, behind = _clause(text, start, end)
    away = _PLANNED.search(before) or _PLANNED.search(behind) or _KOREAN_PLAN.search(text[end:])
    return bool(away) and not _PAST.search(text[start:end])


def is_span(text: str, start: int, end: int) -> bool:
    """Whether a duration is how long something takes, works or was owned, not how long it is
    wrong."""
    before = text[max(0, start - 40) : start]
    if _LASTING_DAY.search(text[start:end]):
        return not _LASTS.search(before)
    taken = _TAKES_BEFORE.search(before) or _OWNED_BEFORE.search(before)
    return bool(taken or _TOO_SHORT.search(text[start:end]) or _TAKES_BEHIND.search(text[end:]))


def _clause(text: str, start: int, end: int) -> tuple[str, str]:
    """What stands before and behind the time in its clause."""
    before, behind = text[max(0, start - 60) : start], text[end : end + 40]
    return _CLAUSE_END.split(before)[-1], _CLAUSE_END.split(behind)[0]
