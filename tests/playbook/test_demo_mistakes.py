"""The mistakes content owners make most, made in the demo brand's own files."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.playbook.check import check

ROOT = Path(__file__).parents[2]
BOOK = "data/playbook.yml"
HOURS = "data/hours.yml"


@dataclass(frozen=True)
class Mistake:
    """In `file` the first match of `pattern` becomes `new`; the line that holds `at` is named."""

    name: str
    file: str
    pattern: str
    new: str
    at: str
    message: str
    fix: str


MISTAKES = [
    Mistake("unknown key", BOOK, r"\brequired: \[", "requird: [", "requird:",
            "unknown key `requird`", "did you mean `required`? Valid: "),
    Mistake("wrong type", BOOK, r"\brequired: \[.*\]", "required: {a: b}", "{a: b}",
            "this must be a list", "- item"),
    Mistake("bad YAML", BOOK, r"\n  tries: 2\n", "\n  tries: 2: 2\n", "2: 2", "this is no YAML",
            "a space after each colon"),
    Mistake("unknown team", BOOK, r"\n      team: \w+", "\n      team: nobody", "team: nobody",
            "unknown team `nobody`", "Valid: "),
    Mistake("text missing", "data/texts/en/small_talk.yml", r"\n  thanks:(\n    - .*)+", "",
            "greeting:", "the text `thanks` is missing", "add `thanks: ...`"),
    Mistake("placeholder unknown", "data/texts/en/conversation.yml", r"\{reference\}",
            "{refrence}", "{refrence}", "unknown placeholder {refrence}",
            "did you mean `reference`?"),
    Mistake("bad pattern", BOOK, r"patterns:\n        - '.*'", "patterns:\n        - '(x'", "'(x'",
            "no regular expression", "mend it"),
    Mistake("overlapping hours", HOURS, r"mon: \[.*\]", 'mon: ["09:00-12:00", "11:00-18:00"]',
            '"11:00', "11:00-18:00 overlaps 09:00-12:00", "let the first end"),
    Mistake("bad time zone", HOURS, r"timezone: \S+", "timezone: Europe/Londn", "Londn",
            "unknown time zone", "did you mean `Europe/London`"),
    Mistake("unknown field in a rule", BOOK, r"\n      when: \{cue: \w+\}\n",
            "\n      when: {field: emale}\n", "emale", "unknown field `emale`",
            "did you mean `email`?"),
    Mistake("severity unknown", BOOK, r"raise_to: critical", "raise_to: urgent", "raise_to: urgent",
            "unknown severity `urgent`", "Valid: critical, high, low, normal"),
    Mistake("FAQ without answer", "data/nlu/en/faq.yml", r"\nnlu:\n",
            "\nnlu:\n- intent: faq/lost\n  examples: |\n    - zyx wvu\n    - tsr qpo\n",
            "faq/lost", "the FAQ `lost` has no answer", "add `- id: lost`"),
    Mistake("example in two intents", "data/nlu/en/dialogue.yml", r"\nnlu:\n",
            "\nnlu:\n- intent: thanks\n  examples: |\n    - zyx wvu tsr\n"
            "- intent: greet\n  examples: |\n    - Zyx  WVU tsr\n",
            "Zyx  WVU", "is an example of `thanks` too", "remove it from the other"),
    Mistake("Rasa key in a playbook", BOOK, r"playbook:\n", "stories: []\nplaybook:\n",
            "stories:", "is a key of Rasa's", "`playbook:`"),
]  # fmt: skip


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "data", tmp_path / "data")
    shutil.copy(ROOT / "domain.yml", tmp_path)
    return tmp_path


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_demo_owner_is_told_place_and_mending_when_a_file_is_wrong(
    project: Path, mistake: Mistake
) -> None:
    path = project / mistake.file
    text, count = re.subn(mistake.pattern, mistake.new, path.read_text(), count=1)
    assert count == 1
    path.write_text(text)
    line = next(n for n, written in enumerate(text.splitlines(), 1) if mistake.at in written)
    [problem] = check(project)
    assert (problem.file, problem.line) == (mistake.file, line)
    assert mistake.message in problem.message
    assert mistake.fix in problem.fix


def test_demo_owner_is_told_the_topic_when_nobody_reports_it(project: Path) -> None:
    for examples in (project / "data/nlu").glob("*/report*.yml"):
        told = re.sub(r"- intent: report/praise\n(?:  .*\n)+", "", examples.read_text("utf-8"))
        examples.write_text(told, "utf-8")
    (project / "data/nlu/en/report_praise.yml").unlink()
    [problem] = check(project)
    lines = (project / BOOK).read_text().splitlines()
    assert (problem.file, problem.line) == (BOOK, lines.index("    praise:") + 1)
    assert "add `- intent: report/praise`" in problem.fix


def test_demo_owner_is_told_nothing_when_all_is_well() -> None:
    assert check(ROOT) == []
