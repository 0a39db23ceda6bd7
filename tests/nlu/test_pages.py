from pathlib import Path

import numpy as np
import pytest

from bot.nlu.encoder import Floats
from bot.nlu.pages import Page, PageFinder
from tests.nlu.meaning import Dictionary

PAGES = [
    Page("refund", ["refund invoice", "money for a payment by card"], ["billing"]),
    Page("parcel", ["delivery of a parcel", "courier package"], ["delivery"]),
    Page("camera", ["camera and wifi", "app screen error"], ["technical_issue"]),
]


def vector(text: str) -> Floats:
    return np.asarray(Dictionary().encode([text])[0])


@pytest.fixture
def finder(examples: list[tuple[str, str]]) -> PageFinder:
    told = [
        (intent.removeprefix("report/") if "/" in intent else "", text) for text, intent in examples
    ]
    return PageFinder.fit(PAGES, told, Dictionary().encode)


@pytest.mark.parametrize(("text", "page"), [("wo ist mein paket", "parcel"), ("kamera", "camera")])
def test_page_is_found_by_what_a_message_means(finder: PageFinder, text: str, page: str) -> None:
    (best, score), *others = finder.find(vector(text))
    assert best == page
    assert score >= 1
    assert all(less < 1 for _, less in others)


def test_no_page_is_near_when_a_message_means_nothing_of_them(finder: PageFinder) -> None:
    assert [name for name, score in finder.find(vector("hallo")) if score >= 1] == []


def test_threshold_is_lower_when_the_pages_are_made_for_the_examples(
    examples: list[tuple[str, str]],
) -> None:
    told = [("billing", text) for text, intent in examples if intent == "report/billing"]
    found = {}
    for topics in (["billing"], ["delivery"]):
        pages = [Page("refund", PAGES[0].texts, topics), PAGES[1]]
        found[topics[0]] = dict(PageFinder.fit(pages, told, Dictionary().encode).find(
            vector("refund of my money")))  # fmt: skip
    assert found["billing"]["refund"] > found["delivery"]["refund"]


def test_finder_finds_the_same_when_loaded(finder: PageFinder, tmp_path: Path) -> None:
    finder.save(tmp_path)
    before, after = (one.find(vector("paket"), 2) for one in (finder, PageFinder.load(tmp_path)))
    assert [name for name, _ in before] == [name for name, _ in after]
    assert dict(after) == pytest.approx(dict(before), abs=0.01)
