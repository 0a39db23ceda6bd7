"""No match is missed for the sake of speed."""

from __future__ import annotations

import re

import pytest

from bot.cases.cues import SHOUTING, CueFinder, _compile, _fold, _unspaced_in, clean, is_shouting
from bot.cases.needles import Haystack, needles_of
from bot.playbook.content import load_content
from tests.conftest import ROOT


@pytest.mark.parametrize(
    ("pattern", "needles"),
    [
        ("refund", {"refund"}),
        ("refunds?", {"refund"}),
        ("(refund|money back)( please)?", {"refund", "money back"}),
        ("(?:double |twice )?charged", {"charged"}),
        ("(come|gone)+ by", {"come", "gone"}),
        ("환불", {"환불"}),
        (r"\w+ (불|연기)", {"불", "연기"}),
        (r"[ab]\d+|xyz", set()),
        ("(?i:REFUND)", set()),
        ("(?!no)c", set()),
    ],
)
def test_match_holds_one_of_the_needles(pattern: str, needles: set[str]) -> None:
    assert _told(pattern) == needles


def _told(pattern: str) -> set[str]:
    found = needles_of(pattern)
    return set(found) if list(Haystack([pattern]).likely("")) == [] else set()


def test_broken_expression_is_refused() -> None:
    with pytest.raises(re.error):
        CueFinder({"broken": ("refund(",)})


def test_cues_are_those_that_a_search_for_every_expression_finds() -> None:
    content = load_content(ROOT)
    cues, finder = content.playbook.cues, CueFinder(content.playbook.cues)
    texts = [example.text for example in content.examples[::7]]
    texts += [label for topic in content.playbook.topics.values() for label in topic.label.values()]
    texts += [
        "환불 안 해주면 고소할 거예요 ㅡㅡ",
        "앱error가 또 났어요 불이 났어요",
        "¯\\_(ツ)_/¯ HELP ME NOW",
    ]

    assert [finder.find_cues(text) for text in texts] == [_searched(cues, text) for text in texts]


def _searched(cues: dict[str, tuple[str, ...]], text: str) -> frozenset[str]:
    cleaned = clean(text)
    folded = _fold(cleaned)
    patterns = {name: _compile(own, _unspaced_in(folded)) for name, own in cues.items()}
    found = {name for name, pattern in patterns.items() if pattern.search(folded)}
    return frozenset(found | {SHOUTING} if is_shouting(cleaned) else found)
