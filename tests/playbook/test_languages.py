"""Every word the bot says, in every language it speaks; what a language lacks is refused."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.errors import ConfigurationError, Problem
from bot.playbook.check import check
from bot.playbook.content import Content, load_content
from bot.playbook.model import Localized
from bot.playbook.speaking import LANGUAGES, speak_time
from bot.playbook.texts import TEXTS

ROOT = Path(__file__).parents[2]
SAMPLE = Path(__file__).parent / "sample"
LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 3, 4, 2, 30, tzinfo=timezone.utc)
MOMENTS = [NOW + timedelta(hours=hours) for hours in (7, 24 + 7, 4 * 24 + 7, 6 * 24 + 7, 40 * 24)]

BRIGHTNOOK = load_content(ROOT, {})
SPOKEN = BRIGHTNOOK.playbook.languages

UNFILLED = re.compile(r"[{}]|\[\[|\]\]")
DOUBLED = re.compile(r"[.,;:!?]\s*[.,;:!?]|\s[.,;:!?]|[ ]{2}|^\s|\s$")

NUMBERS = {
    "en": {"safety": ["999", "112"], "self_harm": ["116 123", "999"], "threat": ["999"]},
    "de": {"safety": ["112"], "self_harm": ["0800 1110111", "142", "143", "112"],
           "threat": ["112"]},
    "pt": {"safety": ["193", "192", "112"], "self_harm": ["188", "1411", "192", "112"],
           "threat": ["190", "112"]},
    "ko": {"safety": ["119"], "self_harm": ["109", "119", "112"], "threat": ["112"]},
}  # fmt: skip
"""Whom to call: fire, ambulance and police, and who listens day and night."""


@pytest.fixture
def content() -> Content:
    return BRIGHTNOOK


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SAMPLE, tmp_path / "project"))


@pytest.fixture
def brightnook(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "data", tmp_path / "data")
    for name in ("config.yml", "domain.yml"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def localized(content: Content) -> Iterator[tuple[str, Localized]]:
    """All that is said from the playbook, the FAQs and the pages, by the name of its place."""
    book = content.playbook
    for field in book.fields.values():
        yield f"{field.name}.label", field.label
        yield f"{field.name}.question", field.question
    for topic in book.topics.values():
        yield f"{topic.name}.label", topic.label
        for subtopic in topic.subtopics.values():
            yield f"{topic.name}.{subtopic.name}.label", subtopic.label
    for team in book.teams.values():
        yield f"{team.name}.label", team.label
    for faq in content.faqs.values():
        yield f"{faq.id}.title", faq.title
        yield f"{faq.id}.answer", faq.answer
    for page in content.resources.values():
        yield f"{page.id}.title", page.title
        yield f"{page.id}.description", page.description


def possible_values(content: Content, language: str) -> Mapping[str, list[str]]:
    """What may come into each placeholder of a text."""
    book = content.playbook

    def of(texts: list[Localized]) -> list[str]:
        return [text[language] for text in texts]

    moments = [speak_time(at, NOW, LONDON, language) for at in MOMENTS]
    questions = of([field.question for field in book.fields.values()])
    labels = of([field.label for field in book.fields.values()])
    topics = of([topic.label for topic in book.topics.values()])
    promises = [
        content.texts.render("promise_closed", language, opens=moments[0], due=moments[1]),
        content.texts.render("promise_open", language, due=moments[0]),
    ]
    return {
        **dict.fromkeys(("back", "until", "opens", "due"), moments),
        "topic": topics,
        "topics": [", ".join(topics[:2])],
        "team": of([team.label for team in book.teams.values()]),
        "question": questions,
        "questions": ["\n".join(f"• {question}" for question in questions)],
        "missing": [", ".join(labels)],
        "noted": [f"• {labels[0]}: x@brightnook.example\n• {labels[1]}: +44 20 7946 0018"],
        "promise": promises,
        "title": of([page.title for page in content.resources.values()]),
        "description": of([page.description for page in content.resources.values()]),
        "answer": of([faq.answer for faq in content.faqs.values()]),
        "state": [content.texts.render(key, language) for key in TEXTS if key.startswith("state_")],
        "url": ["https://help.brightnook.example/refunds"],
        "reference": ["ND-7K2M9QX"],
        "limit": ["2000"],
        "count": ["3"],
        "stars": ["4"],
    }


def renderings(content: Content, key: str, language: str) -> Iterator[str]:
    """Each variant with each possible value of each of its placeholders."""
    possible = possible_values(content, language)
    most = max((len(possible[name]) for name in TEXTS[key]), default=1)
    for variant in range(len(content.texts.by_language[language][key])):
        for turn in range(most):
            values = {name: possible[name][turn % len(possible[name])] for name in TEXTS[key]}
            yield content.texts.render(key, language, variant=variant, **values)


def test_bot_speaks_all_languages_in_which_it_can_say_a_moment() -> None:
    assert set(SPOKEN) == LANGUAGES


@pytest.mark.parametrize("language", SPOKEN)
@pytest.mark.parametrize("key", TEXTS)
def test_text_is_clean_when_it_is_filled(content: Content, key: str, language: str) -> None:
    for said in renderings(content, key, language):
        assert not UNFILLED.search(said), said
        for line in said.split("\n"):
            assert line, said
            assert not DOUBLED.search(line), said


@pytest.mark.parametrize("language", SPOKEN)
def test_labels_answers_and_pages_are_there_and_clean(content: Content, language: str) -> None:
    for place, texts in localized(content):
        said = texts[language]
        assert not UNFILLED.search(said), place
        assert not DOUBLED.search(said), place
        if place.endswith((".label", ".question", ".title")):
            assert not said.endswith((".", ",", ":", ";")), place
        else:
            assert said.endswith((".", "!", "?", ")")), place


@pytest.mark.parametrize("language", [language for language in SPOKEN if language != "en"])
def test_nothing_is_left_in_english(content: Content, language: str) -> None:
    english = content.texts.by_language["en"]
    same = {key for key, texts in content.texts.by_language[language].items()
            if set(texts) & set(english[key])}  # fmt: skip
    assert same == {"answer_faq"}, "the text that is the answer alone"
    untouched = {texts["en"] for _, texts in localized(content) if texts[language] == texts["en"]}
    assert untouched <= {"link"}


@pytest.mark.parametrize("language", SPOKEN)
def test_customer_in_danger_is_told_whom_to_call(content: Content, language: str) -> None:
    for key, numbers in NUMBERS[language].items():
        said = content.texts.render(key, language)
        assert not [number for number in numbers if number not in said]


@pytest.mark.parametrize("language", SPOKEN)
def test_answers_give_the_same_prices_and_addresses(content: Content, language: str) -> None:
    """The digits of an amount are the same; only its comma and its sign move."""
    for faq in content.faqs.values():
        prices = re.findall(r"£(\d+(?:\.\d+)?)", faq.answer["en"])
        assert not [price for price in prices
                    if price.replace(".", "," if language in ("de", "pt") else ".")
                    not in faq.answer[language]], faq.id  # fmt: skip
        addresses = re.findall(r"https://\S+", faq.answer["en"])
        assert addresses == re.findall(r"https://\S+", faq.answer[language]), faq.id


MISSING = [
    ("data/playbook.yml", r"\n      label: \{en: .*(, de: \"[^\"]*\")", "fields.email.label", "de"),
    ("data/playbook.yml", r"\n      question:\n.*\n.*(\n        pt: .*)", "fields.email.question",
     "pt"),
    ("data/playbook.yml", r"\n    billing:\n      label: .*(, ko: \"[^\"]*\")",
     "topics.billing.label", "ko"),
    ("data/playbook.yml", r"\n        connection:\n          label: .*(, ko: \"[^\"]*\")",
     "topics.technical_issue.subtopics.connection.label", "ko"),
    ("data/playbook.yml", r"\n    support:\n      label: .*(, de: \"[^\"]*\")",
     "teams.support.label", "de"),
    ("data/faq/orders.yml", r"\n    title: .*(, pt: \"[^\"]*\")", "order_status.title", "pt"),
    ("data/faq/orders.yml", r"(\n      pt: .*)", "order_status.answer", "pt"),
    ("data/resources.yml", r"\n    title:\n.*(\n      de: .*)", "help-center.title", "de"),
    ("data/resources.yml", r"\n    description:\n.*\n.*\n.*(\n      ko: .*)",
     "help-center.description", "ko"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "pattern", "key", "language"), MISSING)
def test_content_owner_is_told_where_a_language_lacks_something(
    brightnook: Path, file: str, pattern: str, key: str, language: str
) -> None:
    path = brightnook / file
    text = path.read_text()
    match = re.search(pattern, text)
    assert match, pattern
    path.write_text(text[: match.start(1)] + text[match.end(1) :])
    [problem] = check(brightnook)
    assert (problem.file, problem.key) == (file, key)
    assert problem.message == f"there is no text in {language}"
    assert problem.fix == f'add `{language}: "..."`'
    last = key.rpartition(".")[2]
    assert path.read_text().splitlines()[problem.line - 1].strip().startswith(f"{last}:")
    with pytest.raises(ConfigurationError):
        load_content(brightnook, {})


@pytest.mark.parametrize("language", [language for language in SPOKEN if language != "en"])
@pytest.mark.parametrize("key", ["thanks", "receipt", "chat_send", "safety"])
def test_content_owner_is_told_which_text_a_language_lacks(
    brightnook: Path, key: str, language: str
) -> None:
    folder = brightnook / "data/texts" / language
    for path in folder.glob("*.yml"):
        path.write_text(re.sub(rf"\n  {key}:(.+|(\n    - .*)+)", "", path.read_text()))
    [problem] = check(brightnook)
    assert problem.file.startswith(f"data/texts/{language}/")
    assert (problem.key, problem.message) == (key, f"the text `{key}` is missing")


def test_content_owner_is_told_how_a_plain_text_becomes_one_of_two(project: Path) -> None:
    shutil.copytree(project / "data/texts/en", project / "data/texts/de")
    book = project / "data/playbook.yml"
    book.write_text(book.read_text().replace("languages: [en]", "languages: [en, de]"))
    found = {problem.key: problem for problem in check(project)}
    lines = book.read_text().splitlines()
    assert found["teams.money.label"] == Problem(
        "data/playbook.yml",
        lines.index("    money: {label: billing team, calendar: office}") + 1,
        "teams.money.label",
        "there is no text in de",
        'put the text behind `en:` below this key and add `de: "..."`',
    )
    assert "fields.order_number.label" not in found


def test_cue_by_language_is_sought_in_all_and_one_that_lacks_a_language_is_refused(
    project: Path,
) -> None:
    book = project / "data/playbook.yml"
    plain = book.read_text()
    book.write_text(plain.replace("legal: ['lawyer']", "legal: {en: ['lawyer'], de: ['anwalt']}"))
    assert load_content(project, {}).playbook.cues["legal"] == ("lawyer", "anwalt")

    book.write_text(plain.replace("legal: ['lawyer']", "legal: {de: ['anwalt']}"))
    [problem] = check(project)
    assert (problem.key, problem.message) == ("cues.legal", "there is no expression in en")
    assert problem.fix == "add `en: [...]`"
    assert book.read_text().splitlines()[problem.line - 1].strip().startswith("legal:")


def test_draft_of_a_language_is_not_spoken(project: Path) -> None:
    draft = project / "data/texts/de/interface.yml"
    draft.parent.mkdir()
    draft.write_text('texts:\n  chat_send: "Senden"\n')
    assert check(project) == []
    assert set(load_content(project, {}).texts.by_language) == {"en"}
