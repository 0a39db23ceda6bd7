"""Mood and cues learned from examples: read from data/signals, refused with their place."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.playbook.check import check
from bot.playbook.content import load_content
from bot.playbook.signals import FEWEST

FILE = "data/signals/en/cues.yml"
THERE = "".join(f"      - the lamp has been dark for {n} days\n" for n in range(FEWEST))
NOT_THERE = "".join(f"      - the lamp comes in {n} colours\n" for n in range(FEWEST))
CUE = f"signals:\n  in_the_dark:\n    examples: |\n{THERE}    counterexamples: |\n{NOT_THERE}"
RULE = "    - {name: dark, when: {cue: in_the_dark}, raise_to: high, reason: Sits in the dark}\n"
BOOK = "data/playbook.yml"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The sample brand with a learned cue and a severity rule that names it."""
    root = Path(shutil.copytree(Path(__file__).parent / "sample", tmp_path / "project"))
    write(root, CUE)
    book = (root / BOOK).read_text("utf-8")
    (root / BOOK).write_text(book.replace("  severity_rules:\n", f"  severity_rules:\n{RULE}"))
    return root


def write(root: Path, text: str, file: str = FILE) -> None:
    (root / file).parent.mkdir(parents=True, exist_ok=True)
    (root / file).write_text(text, "utf-8")


def test_cue_of_examples_may_be_named_in_a_rule(project: Path) -> None:
    assert check(project) == []
    content = load_content(project, {})
    assert content.signals["in_the_dark"]["examples"][3] == "the lamp has been dark for 3 days"
    assert content.playbook.severity_rules[0].when.words == ("in_the_dark",)


def test_examples_of_all_languages_belong_together(project: Path) -> None:
    german = "signals:\n  in_the_dark:\n    examples: |\n      - seit Tagen ist es hier dunkel\n"
    write(project, german, "data/signals/de/cues.yml")
    assert check(project) == []
    assert len(load_content(project, {}).signals["in_the_dark"]["examples"]) == FEWEST + 1


@pytest.mark.parametrize(
    ("old", "new", "at", "message"),
    [
        ("    counterexamples: |", "    contraexamples: |", "contra", "unknown key"),
        ("  in_the_dark:", "  shouting:", "shouting", "is built in"),
        ("  in_the_dark:", "  in the dark:", "in the dark:", "cannot be used as a name"),
        ("      - the lamp comes in 0 colours\n", "", "in_the_dark:", "has 9 examples"),
        ("- the lamp comes in 0", "the lamp comes in 0", "comes in 0", "begins with `- `"),
        ("comes in 0 colours", "has been DARK for 3 days", "DARK", f"stands in {FILE}:7 already"),
        ("signals:", "signal:", "signal:", "unknown key `signal`"),
    ],
)
def test_content_owner_is_told_place_when_a_signal_is_wrong(
    project: Path, old: str, new: str, at: str, message: str
) -> None:
    wrong = CUE.replace(old, new, 1)
    write(project, wrong)
    lines = [line for line, text in enumerate(wrong.splitlines(), 1) if at in text]
    found = [problem for problem in check(project) if problem.file == FILE]
    assert [(problem.line, message in problem.message) for problem in found] == [(lines[0], True)]


def test_examples_of_other_signals_are_counterexamples_where_the_owner_says_so(
    project: Path,
) -> None:
    other = "".join(f"      - red lamp {n}, please\n" for n in range(FEWEST))
    dark = CUE.replace("  in_the_dark:\n", "  in_the_dark:\n    not_in: [wish]\n")
    wish = f"  wish:\n    examples: |\n{other}    counterexamples: |\n{NOT_THERE}"
    write(project, dark + wish)
    signals = load_content(project, {}).signals
    assert "red lamp 4, please" in signals["in_the_dark"]["counterexamples"]
    assert len(signals["in_the_dark"]["counterexamples"]) == 2 * FEWEST
    assert len(signals["wish"]["counterexamples"]) == FEWEST
    write(project, dark.replace("[wish]", "[wihs]") + wish)
    [problem] = check(project)
    assert (problem.line, problem.message) == (3, "unknown signal `wihs`")
    assert problem.fix.startswith("did you mean `wish`?")


def test_rules_are_not_judged_by_a_file_that_cannot_be_read(project: Path) -> None:
    write(project, 'key: "open')
    [problem] = check(project)
    assert problem.file == FILE


def test_sentiment_has_its_three_classes(project: Path) -> None:
    write(project, CUE + f"  sentiment:\n    angry: |\n{THERE.replace('dark', 'off')}")
    messages = [problem.message for problem in check(project)]
    assert "unknown key `angry`" in messages
    write(project, CUE + f"  sentiment:\n    negative: |\n{THERE.replace('dark', 'off')}")
    assert [problem.message for problem in check(project)] == [
        "`neutral` has 0 examples",
        "`positive` has 0 examples",
    ]
