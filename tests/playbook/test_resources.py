"""Pages of several files, pages in one language, and where each may be offered."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.playbook.check import check
from bot.playbook.content import load_content

SAMPLE = Path(__file__).parent / "sample"
GERMAN = """\
resources:
  - id: geraet-startet-nicht
    title: Mein Gerät startet nicht
    url: https://help.lumen.example/de/start
    language: de
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The sample, in English and German, with an empty folder for more pages."""
    root = Path(shutil.copytree(SAMPLE, tmp_path / "project"))
    shutil.copytree(root / "data/texts/en", root / "data/texts/de")
    book = root / "data/playbook.yml"
    book.write_text(book.read_text().replace("languages: [en]", "languages: [en, de]"))
    (root / "data/resources").mkdir()
    return root


def problems(root: Path, pages: str) -> list[tuple[str, int, str]]:
    """What `check` says of data/resources/more.yml once it holds these pages."""
    (root / "data/resources/more.yml").write_text(pages, encoding="utf-8")
    found = [problem for problem in check(root) if problem.file == "data/resources/more.yml"]
    return [(problem.key, problem.line, problem.message) for problem in found]


def add(root: Path, pages: str) -> None:
    (root / "data/resources/more.yml").write_text(pages, encoding="utf-8")


def test_page_of_one_language_needs_no_other(project: Path) -> None:
    assert problems(project, GERMAN) == []


def test_page_without_a_language_needs_all(project: Path) -> None:
    found = problems(project, GERMAN.replace("    language: de\n", ""))
    assert found == [("geraet-startet-nicht.title", 3, "there is no text in de")]


def test_page_in_a_language_nobody_is_answered_in_is_named(project: Path) -> None:
    [(key, line, message)] = problems(project, GERMAN.replace("language: de", "language: fr"))
    assert (key, line) == ("geraet-startet-nicht.language", 5)
    assert "does not speak `fr`" in message


def test_page_of_one_language_has_plain_texts(project: Path) -> None:
    found = problems(project, GERMAN.replace("title: Mein", "title:\n      de: Mein"))
    assert [(key, message.split(",")[0]) for key, _, message in found] == [
        ("geraet-startet-nicht.title", "this must be a text")
    ]


def test_id_of_another_file_is_not_used_again(project: Path) -> None:
    found = problems(project, GERMAN.replace("geraet-startet-nicht", "status-page"))
    assert [message for _, _, message in found] == [
        "the id `status-page` is used in data/resources.yml:9 already"
    ]


@pytest.fixture
def english(tmp_path: Path) -> Path:
    root = Path(shutil.copytree(SAMPLE, tmp_path / "english"))
    (root / "data/resources").mkdir()
    return root


def test_page_no_topic_lists_comes_after_those_it_lists(english: Path) -> None:
    add(english, GERMAN.replace("language: de", "language: en\n    topics: [billing]"))
    content = load_content(english, {})
    pages = {name: [page.id for page in content.pages_for(name)] for name in ("billing", "other")}
    assert pages["billing"] == ["refund-status", "geraet-startet-nicht"]
    assert "geraet-startet-nicht" not in pages["other"]


def test_page_without_topics_is_for_all_and_with_none_for_nobody(english: Path) -> None:
    add(english, GERMAN.replace("language: de", "language: en"))
    content = load_content(english, {})
    for topic in content.playbook.topics:
        assert "geraet-startet-nicht" in [page.id for page in content.pages_for(topic)]
    add(english, GERMAN.replace("language: de", "language: en\n    topics: []"))
    content = load_content(english, {})
    for topic in content.playbook.topics:
        assert "geraet-startet-nicht" not in [page.id for page in content.pages_for(topic)]


def test_texts_link_to_pages_of_all_files(english: Path) -> None:
    add(english, GERMAN.replace("language: de", "language: en"))
    talk = english / "data/texts/en/small_talk.yml"
    linked = "[[resource:geraet-startet-nicht]]"
    text = talk.read_text()
    assert "[[resource:" in text or "[[faq:" in text
    talk.write_text(text.replace(text[text.index("[[") : text.index("]]") + 2], linked, 1))
    assert check(english) == []
