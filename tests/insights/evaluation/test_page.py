"""The pages are one file each, say what was measured, and take nothing for markup."""

from __future__ import annotations

import re

import pytest

from bot.errors import Problem
from bot.insights.evaluation.coverage import SubtopicCover
from bot.insights.evaluation.labels import Label
from bot.insights.evaluation.page import Measured, coded, content_page, labels_page
from bot.insights.evaluation.readings import Near, Reading, figures_of
from bot.insights.evaluation.scores import Judged, Part, score
from bot.playbook.content import load_content

from .reading import FALLBACK, read
from .test_coverage import SAMPLE
from .test_scores import JUDGED, line

TAGS = re.compile(r"<script|\ssrc=|<link|url\((?!#)|@import|https?://(?!www\.w3\.org)")


def readings() -> list[Reading]:
    near = (Near(read("report/other", "report/other", "<i>near</i>", line=7).example, 0.81),)
    return [
        read("report/billing", "report/other", "<b>wrong</b> & $5 to $9", line=3, near=near),
        read("report/other", "report/other", lead=0.5, known="report/other", foreign=FALLBACK),
        read("report/billing", "report/billing", "richtig", "de"),
        read("faq/late", "faq/late", faqs=(("late", 0.7),)),
        read("greet", "greet"),
    ]


@pytest.fixture(scope="module")
def content() -> str:
    found = readings()
    parts = [Part(name, len(found), tuple(figures_of(found))) for name in ("all", "en", "de")]
    gap = Problem("data/playbook.yml", 12, "cues.rain", "the cue `rain` is <missing>", "write it")
    covers = [SubtopicCover("billing", "refund", 2, 5, 3), SubtopicCover("billing", "any", 0, 0, 0)]
    measured = Measured(found, parts, [gap], covers, ("billing", "other"))
    return content_page(measured, "5 examples", "22 November 2026")


@pytest.fixture(scope="module")
def labels() -> str:
    wrong = Judged(
        Label("x", "other", severity="high"),
        line("billing", "low", severity_reasons=["a <reason>"]),
        "<script>alert(1)</script>",
    )
    judged = [Judged(one.label, {**one.line, "severity_reasons": []}) for one in JUDGED]
    scorecard = score([*judged, wrong], load_content(SAMPLE, {}).playbook, "c")
    return labels_page(scorecard, "6 conversations", "22 November 2026", "Train first.")


def test_page_is_one_file_without_scripts(content: str, labels: str) -> None:
    for page in (content, labels):
        assert TAGS.findall(page) == []
        assert "--ground: light-dark(" in page
        ids = re.findall(r'\sid="([^"]+)"', page)
        assert len(ids) == len(set(ids))


def test_mix_up_names_the_examples_that_cause_it(content: str) -> None:
    assert "1 example of report/billing is read as report/other" in content
    assert "&lt;b&gt;wrong&lt;/b&gt; &amp; $5 to $9” <code>data/nlu/en/x.yml:3</code>" in content
    assert "&lt;i&gt;near&lt;/i&gt;” <code>data/nlu/en/x.yml:7</code>" in content
    assert "0.81" in content


def test_gap_stands_with_its_place(content: str) -> None:
    assert "<code>data/playbook.yml:12</code> cues.rain: the cue <code>rain</code>" in content
    assert "is &lt;missing&gt;" in content


def test_figures_stand_beside_each_other(content: str, labels: str) -> None:
    assert re.findall(r'class="number">(\w+) <span class="beside">5', content) == [
        "all",
        "en",
        "de",
    ]
    assert "66.7 %" in content, "two of three problems have their topic right"
    assert "before c" in labels
    assert "Train first." in labels


def test_wrong_conversation_is_told_as_text(labels: str) -> None:
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in labels
    assert "Severity: is high, read as low" in labels
    assert "a &lt;reason&gt;" in labels


def test_threshold_and_topics_are_drawn(content: str) -> None:
    drawn = re.findall(r'<svg[^>]* aria-labelledby="([\w-]+)-title', content)
    assert drawn == ["plot-figures", "plot-threshold", "plot-topics", "plot-examples"]


def test_code_in_a_text_is_marked() -> None:
    assert coded("add `a<b` here") == "add <code>a&lt;b</code> here"
