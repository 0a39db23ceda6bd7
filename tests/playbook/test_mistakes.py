"""Every mistake a content owner can make is named with its file, line, key and mending."""

from __future__ import annotations

import random
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.errors import ConfigurationError
from bot.playbook.check import check
from bot.playbook.content import load_content
from tests.playbook.mistakes import (
    BOOK,
    FAQ,
    HOURS,
    MISTAKES,
    PAGES,
    REPORT,
    RULES,
    TEXTS,
    VOICE,
    Mistake,
)

SAMPLE = Path(__file__).parent / "sample"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SAMPLE, tmp_path / "project"))


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_content_owner_is_told_place_and_mending_when_a_file_is_wrong(
    project: Path, mistake: Mistake
) -> None:
    edit(project / mistake.file, mistake.old, mistake.new)
    [problem] = check(project)
    place = mistake.place or mistake.file
    assert problem.file == place
    assert problem.line == line_of(project / place, mistake.at)
    assert problem.key == mistake.key
    assert mistake.message in problem.message
    assert mistake.fix in problem.fix


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_load_refuses_when_a_file_is_wrong(project: Path, mistake: Mistake) -> None:
    edit(project / mistake.file, mistake.old, mistake.new)
    if not mistake.early:
        load_content(project, {})
        return
    with pytest.raises(ConfigurationError, match=mistake.place or mistake.file) as refused:
        load_content(project, {})
    assert len(refused.value.problems) == 1


def test_content_owner_is_told_all_mistakes_when_several_files_are_wrong(project: Path) -> None:
    chosen = [mistake for mistake in MISTAKES if mistake.name in ("unknown team", "braces open",
              "overlapping hours", "unknown action", "one example only")]  # fmt: skip
    for mistake in chosen:
        edit(project / mistake.file, mistake.old, mistake.new)
    assert {problem.file for problem in check(project)} == {mistake.file for mistake in chosen}


@pytest.mark.parametrize("name", [BOOK, HOURS, VOICE, PAGES, FAQ, TEXTS, REPORT, RULES])
def test_content_owner_is_told_one_mistake_when_a_file_cannot_be_read(
    project: Path, name: str
) -> None:
    (project / name).write_text('key: "open')
    [problem] = check(project)
    assert (problem.file, problem.line) == (name, 1)
    (project / name).write_bytes(b"\xff\xfe")
    [problem] = check(project)
    assert problem.fix == "save it with the encoding UTF-8"


@pytest.mark.parametrize("name", [BOOK, HOURS, VOICE, PAGES, RULES, "domain.yml"])
def test_content_owner_is_told_when_a_file_is_missing(project: Path, name: str) -> None:
    (project / name).unlink()
    [problem] = check(project)
    assert (problem.file, problem.message) == (name, "the file is missing")


@pytest.mark.parametrize(
    ("name", "fix"),
    [("faq/old.yaml", "rename it to old.yml"), ("notes.txt", "data/ holds playbook.yml")],
)
def test_content_owner_is_told_when_nothing_reads_a_file(
    project: Path, name: str, fix: str
) -> None:
    (project / "data" / name).write_text("x: 1")
    [problem] = check(project)
    assert problem.file == f"data/{name}"
    assert fix in problem.fix


def test_content_owner_is_told_when_a_value_contains_itself(project: Path) -> None:
    edit(project / BOOK, "when: {not:", "when: &loop {not: *loop}\n      x: {not:")
    [problem] = check(project)
    assert problem.message == "this contains itself"


JUNK = [None, [], {}, 7, True, "", [[1]], {"x": {"y": 1}}, "zzz", {"en": None}, 1e400, 10**400]


@pytest.mark.parametrize("seed", range(60))
def test_check_never_breaks_when_a_value_is_something_else(project: Path, seed: int) -> None:
    chance = random.Random(seed)
    path = chance.choice(sorted((project / "data").rglob("*.yml")))
    tree = yaml.safe_load(path.read_text())
    place: Any = {"top": tree}
    key: Any = "top"
    while isinstance(place[key], (dict, list)) and place[key] and chance.random() < 0.85:
        place = place[key]
        key = chance.choice(list(place) if isinstance(place, dict) else range(len(place)))
    place[key] = chance.choice(JUNK)
    path.write_text(yaml.safe_dump(tree, allow_unicode=True, sort_keys=False))
    assert all(problem.fix and problem.message for problem in check(project))


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path.name}"
    path.write_text(text.replace(old, new))


def line_of(path: Path, needle: str) -> int:
    lines = path.read_text().splitlines()
    return next(number for number, line in enumerate(lines, 1) if needle in line)
