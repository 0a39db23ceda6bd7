"""Since when, as customers say it in German, Portuguese and Korean: "seit gestern Abend", "há três
dias", "지난주부터".

The value is the phrase as written. "seit" and "desde" stand before it; "vor", "há", "전" and "부터"
are part of it.
"""

# ruff: noqa: E501  (an alternation is easier to check in one line)

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.nlu.found import Found
from bot.nlu.time_context import tells_since

_LONE = 10
"""The rank of a bare duration, which counts in a short answer only."""
_SHORT = 30
_SHARE = 0.25


@dataclass(frozen=True)
class _Language:
    """`readings` are (rank, pattern); the group `value`, else the match, is the value."""

    hint: re.Pattern[str]
    readings: tuple[tuple[int, re.Pattern[str]], ...]
    not_before: re.Pattern[str]
    not_behind: re.Pattern[str]


def _readings(*written: tuple[int, str]) -> tuple[tuple[int, re.Pattern[str]], ...]:
    return tuple((rank, re.compile(pattern, re.IGNORECASE)) for rank, pattern in written)


def _any(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_DE_UNIT = r"(?:sekunden?|minuten?|min|stunden?|std|tage?n?|n[aä]chte?n?|wochen?|wochenenden?|monate?n?|jahre?n?)\b"
_DE_COUNT = (
    r"(?:\d+(?:[.,-]\d+)?|ein(?:e[mnr]?)?|zwei|zwo|drei|vier|fünf|fuenf|sechs|sieben|acht|neun|zehn|elf|zwölf"
    r"|(?:ein )?paar|einigen?|mehreren?|vielen?|wenigen?|halbe[nr]?|anderthalb|eineinhalb|etlichen|zig)"
)
_DE_LEAD = r"(?:(?:etwa|ca\.?|circa|ungefähr|fast|gut|über|mehr als|knapp|rund|mindestens|so|jetzt|nun|bestimmt) )?"
_DE_MUCH = rf"{_DE_LEAD}(?:{_DE_COUNT} (?:ganzen? |vollen? |halben )?){{1,2}}{_DE_UNIT}|\d+ ?{_DE_UNIT}|{_DE_LEAD}(?:stunden|tagen?|wochen|monaten?|jahren?|ewigkeiten)\b"
_DE_PART = r"(?: ?(?:früh|morgen|vormittag|mittag|nachmittag|abend|nacht)s?\b)"
_DE_DAY = r"(?:(?:mon|diens|donners|frei|sams)tag|mittwoch|sonnabend|sonntag)"
_DE_MONTH = (
    r"(?:januar|jänner|februar|märz|april|mai|juni|juli|august|september|oktober|november|dezember)"
)
_DE_DATE = (
    rf"(?:(?:de[mnr] )?\d{{1,2}}\. ?(?:{_DE_MONTH}|\d{{1,2}}\.)(?: ?(?:20)?\d\d\b)?"
    rf"|(?:anfang|mitte|ende) {_DE_MONTH}(?: 20\d\d)?)"
)
_DE_LAST = (
    rf"(?:(?:der |dem |den )?(?:letzte|vergangene|vorige|diese|vorletzte)[nrms]? (?:woche|nacht|monat|jahr|wochenende|{_DE_DAY}"
    rf"|{_DE_MONTH}|sommer|winter|herbst|frühjahr|weihnachten){_DE_PART}?)"
)
_DE_NAMED = rf"(?:(?:vor)?gestern{_DE_PART}?|{_DE_LAST}|{_DE_DAY}{_DE_PART}?)"
_DE_TODAY = rf"(?:heute{_DE_PART}?)"
_DE_EVENT = (
    r"(?:(?:dem|der|den|eurem|euer|eurer|meinem|meiner) (?:[\wäöüß-]+ ){0,3}?[\wäöüß-]*(?:update|aktualisierung|umzug|stromausfall|neustart"
    r"|wechsel|reset|gewitter|installation|einrichtung|version|kauf|wochenende|umstellung|sturm)\b"
    rf"(?: (?:am|vom|gestern|letzte[nrs]?|von)(?: (?:{_DE_DAY}|woche|gestern|{_DE_DATE}))?)?)"
)
_DE = _Language(
    _any(rf"\b(?:seit|seid|vor|ab|vor|gestern|vorgestern|heute|schon|letzte|vergangene|am|\w+tag|{_DE_UNIT})|\d\."),
    _readings(
        (0, rf"\bsei[td](?:dem)? (?:schon |jetzt |genau |nun |circa )*(?:am )?(?P<value>{_DE_EVENT}|{_DE_NAMED}|{_DE_TODAY}|{_DE_DATE}|{_DE_MUCH}|{_DE_MONTH}\b)"),
        (0, rf"\b(?P<value>{_DE_NAMED}|{_DE_TODAY}) (?:an)?ge(?:fangen|gangen)"),
        (1, rf"\b(?P<value>vor (?:{_DE_MUCH}))"),
        (3, rf"\b(?:schon|seit|nun|jetzt|bereits) (?P<value>{_DE_MUCH})"),
        (3, rf"\b(?P<value>{_DE_MUCH})(?= (?:lang|her|schon)\b)"),
        (6, rf"\b(?P<value>{_DE_NAMED})"),
        (6, rf"\b(?P<value>{_DE_DATE})"),
        (8, rf"\b(?:nach|ab|beim) (?P<value>{_DE_EVENT})"),
        (9, rf"\b(?P<value>{_DE_TODAY})"),
        (_LONE, rf"\b(?P<value>{_DE_MUCH})"),
    ),
    _any(r"\b(?:bis|jede[nrs]?|alle|in|nächste[nrs]?|innerhalb|binnen|nach|für|spätestens|zum|kommende[nrs]?|unter|über)(?: zu| von)? $"),
    _any(r"^\s*(?:kund|mitglied|abonnent|nutzer|dabei|bei euch|treue|im monat|garantie|rückgabe|lieferzeit|alt\b)"),
)  # fmt: skip

_PT_UNIT = r"(?:segundos?|minutos?|min|horas?|dias?|noites?|semanas?|m[eê]s(?:es)?|anos?|tempos?)\b"
_PT_COUNT = (
    r"(?:\d+(?:[.,]\d+)?|uma?|dois|duas|tr[eê]s|quatro|cinco|seis|sete|oito|nove|dez|doze|quinze|algu(?:mas|ns)|pouc[oa]s?|bastante"
    r"|v[aá]ri[oa]s|un[s]|umas|mei[oa]|muit[oa]s?|um par de|mais de|quase|cerca de|uns|umas|pelo menos|praticamente)"
)
_PT_MUCH = rf"(?:{_PT_COUNT} ){{1,3}}{_PT_UNIT}(?: e mei[oa])?|\d+ ?{_PT_UNIT}"
_PT_PART = r"(?: (?:à|a|de|da|pela|ao|ao fim da) (?:noite|manhã|manha|tarde|madrugada|meio[- ]dia))"
_PT_DAY = r"(?:segunda|terça|terca|quarta|quinta|sexta)(?:[- ]feira)?|sábado|sabado|domingo"
_PT_MONTH = (
    r"(?:janeiro|fevereiro|março|abril|maio|junho|julho|agosto|setembro|outubro|novembro|dezembro)"
)
_PT_LAST = (
    rf"(?:(?:[oa] |[nd][oa] )?(?:(?:semana|noite|madrugada|tarde|manhã|{_PT_DAY}|mês|ano|fim de semana|fds|fim-de-semana) passad[oa]"
    rf"|últim[oa] (?:semana|noite|mês|fim de semana|{_PT_DAY}))|est[ae] (?:manhã|semana|madrugada|mês|noite|tarde|fim de semana)"
    rf"|hoje{_PT_PART}?|[oa] (?:{_PT_DAY})(?: à noite| de manhã)?|[oa] fim de semana|o (?:natal|verão|inverno))"
)
_PT_NAMED = rf"(?:(?:ante)?ontem{_PT_PART}?|{_PT_LAST})"
_PT_DATE = rf"(?:(?:o )?(?:dia )?\d{{1,2}}(?:º|°)? de {_PT_MONTH}(?: de 20\d\d)?|(?:o )?dia \d{{1,2}}(?:/\d{{1,2}})?\b|(?:o )?(?:início|começo|fim|final|meio) de {_PT_MONTH})"
_PT_EVENT = (
    r"(?:(?:que |[oa] |a minha |o meu |esta |essa )(?:[\wãõçáéíóúâêô-]+ ){0,3}?(?:atualização|actualização|update|queda de (?:luz|energia)|mudança|reinício|temporal"
    r"|apagão|falha de (?:luz|energia)|falta de (?:luz|energia)|instalação|tempestade|troca|corte de (?:luz|energia)|reset)\b"
    rf"(?: (?:de|da|do|na|no) (?:app|aplicação|aplicativo|firmware|semana passada|sistema|{_PT_DAY}|ontem)(?: passad[oa])?)*)"
)
_PT = _Language(
    _any(rf"\b(?:n[ao] (?:[tqd]|s[eáa])|desde|há|ha|faz|h[aá]|a partir|ontem|anteontem|hoje|passad[oa]|últim[oa]|est[ae] |{_PT_UNIT})|\bde {_PT_MONTH}"),
    _readings(
        (0, rf"\bdesde (?:já )?(?P<value>{_PT_EVENT}|{_PT_NAMED}|{_PT_DATE}|(?:{_PT_DAY})\b{_PT_PART}?|{_PT_MONTH}\b|(?:há|faz) (?:{_PT_MUCH}))"),
        (1, rf"\b(?P<value>(?:há|ha|faz|fazem)(?: já| uns| mais de| quase| cerca de)? (?:{_PT_MUCH})(?: atrás)?)"),
        (1, rf"\b(?P<value>(?:{_PT_MUCH}) atrás)"),
        (3, rf"\b(?:já (?:vai|são|fazem)|por|durante|tem) (?P<value>{_PT_MUCH})"),
        (6, rf"\b(?P<value>{_PT_NAMED})"),
        (6, rf"\b(?P<value>{_PT_DATE})"),
        (6, rf"\bn[ao] (?P<value>(?:(?:segunda|terça|quarta|quinta|sexta)[- ]feira|terça|sexta|s[áa]bado|domingo)\b{_PT_PART}?)(?! (?:vez|tentativa))"),
        (8, rf"\b(?:depois|após|a partir) (?:d)?(?P<value>{_PT_EVENT})"),
        (_LONE, rf"\b(?P<value>{_PT_MUCH})"),
    ),
    _any(r"\b(?:até|cada|tod[oa]s?(?: [oa]s)?|em|dentro de|próxim[oa]|daqui a|prazo de|para|antes d[eo]|nos?|de)(?: [oa])? $"),
    _any(r"^\s*(?:que )?(?:sou|fui|cliente|assinante|de garantia|de idade|por mês|úteis)"),
)  # fmt: skip

_KO_COUNT = r"(?:\d+(?:\.\d+)?|한|두|세|서너|네|다섯|여섯|일곱|여덟|아홉|열|몇|일|이|삼|사|오|육|칠|팔|구|십|수)"
_KO_UNIT = r"(?:분|시간|일|주일?|개월|달|년|해|날|밤)"
_KO_MUCH = rf"(?:(?:약|한|거의|벌써) ?)?(?:{_KO_COUNT} ?{_KO_UNIT}|며칠|하루|이틀|사흘|나흘|닷새|열흘|일주일|보름|한참|반년)"
_KO_PART = r"(?: ?(?:아침|오전|점심|낮|오후|저녁|밤|새벽))"
_KO_DAY = r"[월화수목금토일]요일"
_KO_NAMED = (
    rf"(?:(?:어제|그저께|그제|엊그제|엊그저께|오늘|간밤){_KO_PART}?|어젯밤|엊저녁|지난 ?(?:번 ?)?(?:주말|주|달|해|밤|{_KO_DAY}|겨울|여름|가을|봄|\d+월)(?: ?{_KO_DAY})?{_KO_PART}?"
    rf"|이번 ?(?:주말|주|달)(?: ?{_KO_DAY})?|저번 ?(?:주말|주|달)(?: ?{_KO_DAY})?|작년|올해|주말|아까(?= ?부터)|{_KO_DAY}{_KO_PART}?"
    rf"|\d{{1,2}} ?월 ?\d{{1,2}} ?일{_KO_PART}?|\d{{1,2}} ?월(?: ?(?:초|중순|말))?)"
)
_KO_EVENT = r"(?:(?:(?:최근|마지막|지난|저번|이번|앱|펌웨어|새|최신|어제|지난주|정전|공유기)\S* ){0,3}(?:업데이트|정전|이사|펌웨어 업데이트|교체|설치|재부팅|초기화)(?:하고|한|된|되고|했)?)"
_KO = _Language(
    _any(r"부터|전|이후|이래|째|동안|어제|어젯밤|오늘|지난|저번|그저께|그제|엊그|간밤|요일|며칠|하루|이틀|사흘|일주일|\d ?[일월주]|작년|아까|번 ?주"),
    _readings(
        (0, rf"(?<![가-힣])(?P<value>(?:{_KO_EVENT}|{_KO_NAMED}|(?:{_KO_MUCH}) ?(?:전|째)?) ?(?:부터|이후로?|이래로?|이후부터|뒤로|후로|후부터|하고 ?나서부터))"),
        (1, rf"(?<![가-힣])(?P<value>{_KO_MUCH} ?전)(?!화|원|구|기)"),
        (3, rf"(?<![가-힣])(?P<value>{_KO_MUCH} ?(?:째|동안|넘게|가까이|간))"),
        (6, rf"(?<![가-힣])(?P<value>{_KO_NAMED})(?! ?까지)"),
        (8, rf"(?<![가-힣])(?P<value>{_KO_EVENT} ?(?:후|뒤|하고 나서|하고나서|다음))"),
        (_LONE, rf"(?<![가-힣])(?P<value>{_KO_MUCH})(?![가-힣])"),
    ),
    _any(r"(?:매주|매달|매일|다음|내년|내일) ?$"),
    _any(r"^\s*(?:까지|마다|에 ?한 ?번|안에|이내|만에|고객|동안 ?고객)"),
)  # fmt: skip
_LANGUAGES = (_DE, _PT, _KO)


def find_time_words(field: str, text: str) -> Iterator[Found]:
    """Candidates for `field`, in no particular order, overlapping ones included."""
    for language in _LANGUAGES:
        if language.hint.search(text):
            yield from _of(language, field, text)


def _of(language: _Language, field: str, text: str) -> Iterator[Found]:
    for rank, pattern in language.readings:
        for match in pattern.finditer(text):
            if rank == _LONE and not _is_answer(match, text):
                continue
            start, end = match.span("value")
            if language.not_before.search(text[:start]) and rank:
                continue
            if not language.not_behind.search(text[end:]) and tells_since(text, start, end, rank):
                yield Found(field, start, end, text[start:end], rank)


def _is_answer(match: re.Match[str], text: str) -> bool:
    """Whether there is little but the duration in the text."""
    said = len(text.strip())
    return said <= _SHORT and len(match["value"]) >= _SHARE * said
