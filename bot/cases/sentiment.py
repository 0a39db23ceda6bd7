"""Whether a customer's message is annoyed, calm or kind.

The words of trouble (error, lost, hacked) are what customer service is about and say nothing about
the mood; courtesies say little. So VADER (Hutto & Gilbert 2014) reads the text with a lexicon that
has neither, and plain signals of annoyance are counted beside it. What was learned from examples in
any language (data/signals) is added to these points. Signals and thresholds were chosen on 400
labelled conversations (d000-d399 of the development set).
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Mapping

from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from bot.cases.cues import SHOUTING, clean
from bot.cases.understanding import Sentiment

NO_MOODS: Mapping[str, float] = {}
"""Nothing was learned, or the message has no sentence vector."""

_NEGATIVE_POINTS = 2
_LEARNED_WEIGHT = 0.5
"""Points for a unit of log odds; on d000-d399 0.3 to 0.7 do equally well."""
_LEARNED_NEGATIVE = 1.75
_LEARNED_NEGATIVE_WORDLESS = 0.6
"""In languages whose words are not counted: a point less, roughly what the words bring."""
_LEARNED_POSITIVE = 0.6
_VADER_NEGATIVE = -0.45
_VADER_POSITIVE = 0.6
"""Compound scores, -1 to 1."""

_ANGRY_CUES = frozenset({"furious", "profanity", "abuse"})
_UNEASY_CUES = frozenset({SHOUTING, "repeat_contact"})

_TROUBLE = """
abuse accidentally alert alone attack ban banned blocked broke broken bug bugs cancel canceled
cancelled cancelling charged confused confusing crash crashed crashes crashing crisis criminal cut
cutting damage damaged dead death defect defective delay delayed demand denied deny die difficulty
disappeared disappears emergency error errors fail failed failing fails failure fault fight forget
forgot forgotten fraud freeze freezing frozen ghost hacked harassment hard harm kill killed lack
lag leave legal lose loss lost low lower mess missing negative no pay problem problems refuse
refused refusing rejected removed restricted restriction risk scam shock spam stop stopped stops
struggling stuck suspend suspended trouble unable unsuccessful urgent virus vulnerabilities
vulnerability war warn warning wars worry wrong
"""
_COURTESY = """
accept accepted active adventure agree agreed allow amazon appreciate appreciated benefit best
better bonus care chance clear cleared committed cool create created creating creative credit
credits dear easy energy ensure fair fit free friend friends fun funny gain gift giving god good
grand haha hand hello help helping hey hi hope hopefully important improve improved improvement
increase interested join kind like lmao lobby lol loyal number ok okay original party play played
player playing plays please pls plz popular positive premium pretty prevent prize promise promised
protect redeemed regards relief resolve resolved resolving respect restore reward rewards safe
save saved secure secured security share shared sharing sincerely smart solid solve solved
strength strong super support sure thank thanks thx top treasure true value want welcome well
wells win wise won yes
"""

_ANGER = re.compile(
    r"""(?<!\w)(?:annoy\w+|frustrat\w+|ridiculous\w*|absurd\w*|ludicrous|terrible|horrible|awful
    |worst|worse|pathetic|disgust\w+|disgrac\w+|unacceptable|outrageous|shame\w*|joke|garbage
    |crap\w*|sucks?|(?:sick|tired)\ of|fed\ up|disappoint\w+|angry|mad|furious|unfair|wrongful\w*
    |bullshit|stupid|dumb|insane|crazy|nightmare|beyond|dissatisf\w+|upset|unhappy|hates?
    |poor(?:ly)?|greed\w*|goug\w+|rip.?off|scum|crooks?|incompeten\w+|misleading|lie[sd]?|lying|liars?
    |wast\w+|shenanigans|bother\w*|violat\w+|refus\w+
    |not\ (?:a\ )?(?:fair|ok|okay|acceptable|happy|good|right)
    )(?!\w)""",
    re.VERBOSE,
)
_AGAIN = re.compile(
    r"""(?<!\w)(?:still|again|keeps?|keep\ on|constantly|every\ (?:single\ )?(?:time|day|week)
    |over\ and\ over|always|any\ ?more|yet\ another|\d+(?:st|nd|rd|th)\ time|\w+\ times)(?!\w)""",
    re.VERBOSE,
)
_UNHEARD = re.compile(
    r"""(?<!\w)(?:no\ (?:one|body|answer|reply|response|solution|help|luck|avail|way)|nobody|never
    |nothing\ (?:works?|worked|happens|happened|helps)|ignor\w+|on\ hold|wait(?:ing|ed)
    |not\ (?:been\ )?(?:respond\w+|repl\w+|addressed|fixed|helpful)|hasn'?t\ been)(?!\w)""",
    re.VERBOSE,
)
_REPROACH = re.compile(
    r"""(?<!\w)(?:why\ (?:do|does|have|has|is|are|would|can'?t|isn'?t|the|am|did|not)
    |how\ (?:come|is\ it)|supposed\ to|seriously|really\?|what(?:'?s|\ is)\ (?:going\ on|wrong|up)
    |come\ on|omg|wtf|what\ the|makes?\ (?:no|any)\ sense|do\ (?:i|you)\ really|you\ guys
    |what\ (?:am|are)\ (?:i|we|you))(?!\w)""",
    re.VERBOSE,
)
_DESPAIR = re.compile(
    r"""(?<!\w)(?:heee+lp+\w*|desperate\w*|impossible|everything|nothing|at\ all|asap|immediately
    |no\ longer|useless|literally|begging|urgently|can'?t\ even|don'?t\ even|won'?t\ let|not\ even
    |completely|simply|somehow|unable)(?!\w)""",
    re.VERBOSE,
)
_FACES = re.compile(r"[:;=]'?-?[(\[/\\|]|[🤦🙄😢😭😔😞😡😠🤬😤😩😫🙃😕🙁☹😒😑💔👎😖😣😥😓🤨🤯😱]")
_CAPITALS = re.compile(
    r"(?<!\w)(?:[A-Z]{5,}|NOT|ALL|HELP|FIX|WHY|STILL|EVER|NOW|MORE|NO|NEED|STOP|JUST|VERY|ANY|ONLY"
    r"|HOW|WHAT|LOST)(?!\w)"
)
_TROUBLED = re.compile(
    r"""(?<!\w)(?:not|no|can'?t|cannot|won'?t|\w+n't|issues?|problems?|errors?|wrong|however|fix
    |lost|missing|never|stuck|refund|why|unable|crash\w*|broken|fail\w*|hack\w*|charged|suspend\w*
    |scam\w*|phish\w*|need|help\ me|please)(?!\w)|\?""",
    re.VERBOSE,
)


def sentiment_of(
    text: str,
    cues: frozenset[str] = frozenset(),
    language: str = "en",
    moods: Mapping[str, float] = NO_MOODS,
) -> Sentiment:
    """The mood of one message; an ordinary problem told calmly is neutral.

    `cues` are those found in it, `moods` the probabilities of what was learned from examples. In
    other languages than English no words are counted: only cues, faces, capitals and `moods` tell.
    """
    cleaned = clean(text)
    points = _points(cleaned, cues, language)
    if moods:
        return _with_learned(points, moods, language)
    if points >= _NEGATIVE_POINTS:
        return "negative"
    return "positive" if language == "en" and _is_kind(cleaned) else "neutral"


def _with_learned(points: int, moods: Mapping[str, float], language: str) -> Sentiment:
    """Words and what is learned count together; kindness is left to what is learned, which mistakes
    fewer polite reports for praise than the lexicon."""
    odds = math.log(max(moods["negative"], 1e-6) / max(moods["neutral"], 1e-6))
    needed = _LEARNED_NEGATIVE if language == "en" else _LEARNED_NEGATIVE_WORDLESS
    if points < _NEGATIVE_POINTS and moods["positive"] >= _LEARNED_POSITIVE:
        return "positive"
    return "negative" if points + _LEARNED_WEIGHT * odds >= needed else "neutral"


def _points(cleaned: str, cues: frozenset[str], language: str) -> int:
    """Two points for anger, one for each sign of unease."""
    points = 2 * len(cues & _ANGRY_CUES) + len(cues & _UNEASY_CUES)
    points += bool(_FACES.search(cleaned)) + (cleaned.count("?") > 1)
    points += min(len(_CAPITALS.findall(cleaned)), _NEGATIVE_POINTS)
    return points + (_english_points(cleaned) if language == "en" else 0)


def _english_points(cleaned: str) -> int:
    lower = cleaned.lower()
    patterns = (_AGAIN, _UNHEARD, _REPROACH, _DESPAIR)
    points = sum(pattern.search(lower) is not None for pattern in patterns)
    points += 2 * (_ANGER.search(lower) is not None)
    return points + 2 * (_compound(_moods(), cleaned) <= _VADER_NEGATIVE)


def _is_kind(cleaned: str) -> bool:
    """Kind words, and no word of trouble or question beside them."""
    if _TROUBLED.search(cleaned.lower()):
        return False
    return _compound(_vader(), cleaned) >= _VADER_POSITIVE


def _compound(analyzer: SentimentIntensityAnalyzer, cleaned: str) -> float:
    return float(analyzer.polarity_scores(cleaned)["compound"])


@functools.cache
def _vader() -> SentimentIntensityAnalyzer:
    return SentimentIntensityAnalyzer()


@functools.cache
def _moods() -> SentimentIntensityAnalyzer:
    """VADER without the words that tell of trouble or courtesy."""
    analyzer = SentimentIntensityAnalyzer()
    for word in (_TROUBLE + _COURTESY).split():
        analyzer.lexicon.pop(word, None)
    return analyzer
