"""Gaps are named with the line that a content owner has to look at."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.errors import Problem
from bot.insights.evaluation.coverage import find_gaps, judge_all, subtopic_covers
from bot.insights.evaluation.readings import Reading
from bot.playbook.content import load_content, open_sources

from .reading import read

SAMPLE = Path(__file__).parents[2] / "playbook" / "sample"


def gaps_of(readings: list[Reading], root: Path = SAMPLE) -> list[Problem]:
    content = load_content(root, {})
    return find_gaps(judge_all(readings, content), content, open_sources(root, []))


def line_of(file: str, text: str, root: Path = SAMPLE) -> int:
    lines = (root / file).read_text("utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


def refunds(number: int) -> list[Reading]:
    text = "you charged me twice and the refund is late"
    return [
        read("report/billing", "report/billing", text, line=line, topics=(("billing", 0.9),))
        for line in range(1, number + 1)
    ]


def test_few_examples_are_named_where_they_begin() -> None:
    few = [gap for gap in gaps_of(refunds(3)) if gap.key == "report/billing"]
    assert [(gap.file, gap.line) for gap in few] == [("data/nlu/en/x.yml", 1)]
    assert few[0].message == "3 examples in en"
    assert not [gap for gap in gaps_of(refunds(10)) if gap.key == "report/billing"]


def test_examples_of_a_second_language_may_be_few() -> None:
    german = read("report/billing", "report/billing", language="de")
    assert "report/billing" not in [gap.key for gap in gaps_of([*refunds(10), german])]


def test_subtopic_that_no_example_reaches_is_named_in_the_playbook() -> None:
    reached = {gap.key for gap in gaps_of(refunds(1))}
    unreached = [gap for gap in gaps_of([]) if ".subtopics." in gap.key]
    assert unreached
    for gap in unreached:
        name = gap.key.rpartition(".")[2]
        assert (gap.file, gap.line) == ("data/playbook.yml", line_of(gap.file, f"{name}:"))
    assert {gap.key for gap in unreached} - reached, "an example reaches one of them"


def test_expressions_that_match_are_counted() -> None:
    covers = {
        f"{one.topic}/{one.name}": one
        for one in subtopic_covers(refunds(2), load_content(SAMPLE, {}))
    }
    reached = [one for one in covers.values() if one.examples]
    assert [one.examples for one in reached] == [2]
    assert 0 < reached[0].matched <= reached[0].cues


@pytest.mark.parametrize(
    ("found", "named"), [((), True), ((("refund_time", 0.9),), False)], ids=["lost", "found"]
)
def test_question_that_is_never_found_is_named(
    found: tuple[tuple[str, float], ...], named: bool
) -> None:
    gaps = gaps_of([read("faq/refund_time", "greet", faqs=found)])
    lost = [gap for gap in gaps if "none of its" in gap.message]
    assert [gap.file for gap in lost] == (["data/faq/orders.yml"] if named else [])


def test_details_cues_and_rules_that_nothing_shows_are_named() -> None:
    told = {gap.message for gap in gaps_of([])}
    assert "the detail `email` is found in no example" in told
    assert "the cue `safety` is found in no example" in told
    shown = read("inform", "inform", fields={"email": "jo@example.com"}, cues=frozenset({"safety"}))
    left = {gap.message for gap in gaps_of([shown])}
    assert {"the detail `email` is found in no example"} <= told - left
    assert any(message.startswith("the rule") for message in told - left)


def test_page_that_can_never_fit_is_told_from_one_without_an_example(tmp_path: Path) -> None:
    root = tmp_path / "project"
    shutil.copytree(SAMPLE, root)
    pages = root / "data" / "resources.yml"
    pages.write_text(
        pages.read_text("utf-8")
        + "  - id: stray\n    title: Stray\n    url: https://help.example/stray\n"
        + "    description: Nobody gets here.\n    topics: [billing]\n",
        "utf-8",
    )
    named = {gap.key: gap for gap in gaps_of([], root) if gap.file == "data/resources.yml"}
    stray = next(gap for key, gap in named.items() if "stray" in key)
    assert "neither subtopics nor cues" in stray.message
    assert stray.line == line_of("data/resources.yml", "id: stray", root)
