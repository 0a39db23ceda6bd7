"""Which page is offered, in which words, to whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

import pytest

from bot.cases.filing import judge_said
from bot.cases.phrasing import Phrasing
from bot.cases.self_service import choose_resource
from bot.cases.understanding import Understanding
from bot.playbook.content import Content, load_content
from bot.playbook.model import Resource

NOW = datetime(2026, 3, 4, 2, 30, tzinfo=timezone.utc)
PAGE = Resource(
    id="zugang",
    title={"de": "Wieder ins Konto kommen"},
    url="https://help.brightnook.example/de/zugang",
    description={},
    topics=("account_access",),
    cues=("zugangscode",),
    language="de",
)


@pytest.fixture(scope="module")
def content() -> Content:
    """The demo brand with one German page more, which no topic lists."""
    brightnook = load_content(Path(__file__).parents[2], {})
    return replace(brightnook, resources={**brightnook.resources, PAGE.id: PAGE})


@pytest.mark.parametrize(("language", "offered"), [("de", PAGE), ("en", None), ("", None)])
def test_page_is_offered_to_those_who_can_read_it(
    content: Content, language: str, offered: Resource | None
) -> None:
    said = Understanding(
        text="Zugangscode",
        intent="report/account_access",
        confidence=0.9,
        topics=(("account_access", 0.9),),
        language=language,
    )
    judged = replace(judge_said([said], content), subtopic="zugang")
    assert judged.topic == "account_access"
    assert choose_resource([said], judged, content) == offered


def test_page_without_description_is_offered_by_its_title(content: Content) -> None:
    reply = Phrasing(content, "de", NOW).page(PAGE)
    assert reply.text.endswith(f"„{PAGE.title['de']}“\n{PAGE.url}")


def problem(resources: tuple[tuple[str, float], ...], text: str = "es geht nicht") -> Understanding:
    topics = (("technical_issue", 0.9),)
    return Understanding(text, "report/technical_issue", 0.9, topics, resources=resources)


@pytest.mark.parametrize(
    ("resources", "text", "page"),
    [
        ((("app-reset", 1.2),), "stürzt ab", "app-reset"),
        ((("app-reset", 0.9),), "stürzt ab", None),
        ((("refund-status", 2.0),), "stürzt ab", None),
        (
            (("app-reset", 0.9), ("camera-troubleshooting", 0.5)),
            "the camera",
            "camera-troubleshooting",
        ),
        ((("app-reset", 1.9), ("camera-troubleshooting", 0.5)), "the camera", "app-reset"),
        ((), "the camera", "camera-troubleshooting"),
    ],
    ids=["near", "not near", "other topic", "cue and near", "nearer", "cue alone"],
)
def test_page_is_offered_for_its_meaning_beside_its_cues(
    content: Content, resources: tuple[tuple[str, float], ...], text: str, page: str | None
) -> None:
    said = problem(resources, text)
    judged = replace(judge_said([said], content), subtopic="none of them")
    chosen = choose_resource([said], judged, content)
    assert (chosen and chosen.id) == page


def test_page_that_was_near_to_an_earlier_message_is_offered(content: Content) -> None:
    said = [problem((("app-reset", 1.2),)), problem(())]
    judged = replace(judge_said(said, content), subtopic="none of them")
    chosen = choose_resource(said, judged, content)
    assert chosen == content.resources["app-reset"]
