"""The sample project, loaded: what the content owner wrote is what the bot works with."""

from __future__ import annotations

import shutil
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from bot.errors import ConfigurationError
from bot.playbook.check import check
from bot.playbook.content import Content, fingerprint, load_content
from bot.playbook.examples import Example
from bot.playbook.model import (
    NEXT_RESPONSE,
    RESOLUTION,
    Condition,
    DigestAddress,
    Severity,
    TakeOver,
)

SAMPLE = Path(__file__).parent / "sample"
BOOK = "data/playbook.yml"


@pytest.fixture(scope="module")
def content() -> Content:
    return load_content(SAMPLE, {"SAMPLE_WEBHOOK": "http://pager.internal/wake"})


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SAMPLE, tmp_path / "project"))


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_content_owner_is_told_nothing_when_all_is_well() -> None:
    assert check(SAMPLE) == []


def test_playbook_is_what_was_written(content: Content) -> None:
    book = content.playbook
    billing = book.topics["billing"]
    assert (billing.severity, billing.team, billing.handling) == (Severity.NORMAL, "money", "case")
    assert billing.required == ("email", "amount")
    assert billing.sla[Severity.CRITICAL] == timedelta(minutes=30)
    assert billing.sla[Severity.LOW] == timedelta(hours=40)
    assert list(billing.subtopics) == ["refund", "general"]
    assert billing.subtopics["refund"].cues == ("refund(ed)?",)
    assert book.fields["order_number"].patterns == (r"\b(LU-?\d{6})\b",)
    assert book.fields["order_number"].label == {"en": "order number", "de": "Bestellnummer"}
    assert book.fields["product"].values["Lumen One"] == ("lumen one", "the one")
    assert book.fields["email"].label == {"en": "e-mail address"}
    assert (book.ladder[2].action, book.ladder[2].mute_for) == ("mute", timedelta(hours=12))
    assert book.reopen_within == timedelta(hours=72)
    assert book.topic_rules[0].subtopic == "safety"


def test_conditions_are_what_was_written(content: Content) -> None:
    safety, money, calm = content.playbook.severity_rules
    assert safety.when == Condition("cue", words=("safety",))
    assert (safety.raise_to, safety.lower_to, safety.text) == (Severity.CRITICAL, None, "safety")
    assert money.when.kind == "all"
    assert money.when.parts[2] == Condition("amount_at_least", number=100.0)
    assert money.when.parts[3].parts[0] == Condition("cue", words=("legal", "shouting"))
    assert calm.when.kind == "not"
    assert [part.kind for part in calm.when.parts[0].parts] == [
        "visibility", "followers_at_least", "sentiment",
    ]  # fmt: skip


def test_on_call_address_comes_from_the_environment_when_it_is_set(content: Content) -> None:
    step = content.playbook.teams["support"].on_call[0]
    assert step.webhook == "http://pager.internal/wake"
    assert step.email == "oncall@lumen.example"
    assert (step.repeat_every, step.times) == (timedelta(minutes=5), 3)


def test_on_call_address_is_none_when_the_environment_lacks_it() -> None:
    step = load_content(SAMPLE, {}).playbook.teams["support"].on_call[0]
    assert step.webhook is None


def test_on_call_secret_is_not_shown_when_it_is_no_address() -> None:
    with pytest.raises(ConfigurationError, match="no web address") as refused:
        load_content(SAMPLE, {"SAMPLE_WEBHOOK": "s3cret"})
    assert "s3cret" not in str(refused.value)


def test_targets_are_what_was_written_and_otherwise_the_usual_ones(content: Content) -> None:
    support, money = (content.playbook.teams[name].targets for name in ("support", "money"))
    assert support.resolution[Severity.NORMAL] == timedelta(days=2)
    assert support.next_response == money.next_response == NEXT_RESPONSE
    assert (money.first_response, money.resolution) == (None, RESOLUTION)
    for usual in (NEXT_RESPONSE, RESOLUTION):
        assert sorted(usual, reverse=True) == sorted(usual, key=usual.__getitem__)


def test_topic_is_answered_as_soon_as_its_team_says_when_it_says_nothing(content: Content) -> None:
    topics = content.playbook.topics
    assert topics["other"].sla == content.playbook.teams["support"].targets.first_response
    assert topics["other"].sla[Severity.CRITICAL] == timedelta(minutes=15)
    assert topics["incident"].sla[Severity.CRITICAL] == timedelta(minutes=30)


def test_digest_goes_where_the_environment_says(content: Content) -> None:
    assert content.playbook.teams["support"].digest == DigestAddress(None, "team@lumen.example")
    assert content.playbook.teams["money"].digest is None
    filled = load_content(SAMPLE, {"SAMPLE_DIGEST": "https://chat.internal/morning"})
    support = filled.playbook.teams["support"].digest
    assert support
    assert support.webhook == "https://chat.internal/morning"


def test_digest_secret_is_not_shown_when_it_is_no_address() -> None:
    with pytest.raises(ConfigurationError, match=r"support.digest.webhook.*no web address") as no:
        load_content(SAMPLE, {"SAMPLE_DIGEST": "s3cret"})
    assert "s3cret" not in str(no.value)


def test_case_is_given_back_after_half_an_hour_when_nothing_else_is_said(project: Path) -> None:
    written = "  take_over: {remind_after: 10m, give_back_after: 45m}\n"
    own = TakeOver(timedelta(minutes=10), timedelta(minutes=45))
    assert load_content(project, {}).playbook.take_over == own
    edit(project / BOOK, written, "")
    usual = TakeOver(timedelta(minutes=15), timedelta(minutes=30))
    assert load_content(project, {}).playbook.take_over == usual


def test_links_and_placeholders_are_filled_when_answers_are_loaded(content: Content) -> None:
    assert content.faqs["refund_time"].answer["en"] == (
        "A refund takes five days, see https://help.lumen.example/refunds; "
        "the rules are here: https://help.lumen.example/returns"
    )
    assert content.faqs["return_period"].answer["de"].endswith("https://help.lumen.example.")
    assert "https://help.lumen.example/returns" in content.texts.render("help", "en")


def test_texts_speak_with_the_voice_and_fall_back_to_english(content: Content) -> None:
    said = content.texts.render("hello_closed", "de", back="today at 18:00")
    assert said == "Hi, I'm Lu of Lumen. We are back today at 18:00."
    assert content.texts.render("ask_problem", "en", variant=3) == "How can I help?"
    assert content.texts.render("button_not_solved", "en") == "No"


def test_texts_of_a_language_are_demanded_when_the_playbook_lists_it(project: Path) -> None:
    edit(project / BOOK, "languages: [en]", "languages: [en, de]")
    with pytest.raises(ConfigurationError) as refused:
        load_content(project, {})
    assert "data/texts/de" in {problem.file for problem in refused.value.problems}
    shutil.copytree(project / "data/texts/en", project / "data/texts/de")
    with pytest.raises(ConfigurationError) as refused:
        load_content(project, {})
    assert {problem.message for problem in refused.value.problems} == {"there is no text in de"}


def test_examples_carry_their_lines_and_no_annotations(content: Content) -> None:
    assert (
        Example("report/praise", "I love my Lumen One", "data/nlu/en/report.yml", 13)
        in content.examples
    )
    lines = (SAMPLE / "data/nlu/en/report.yml").read_text().splitlines()
    for example in content.examples:
        if example.file == "data/nlu/en/report.yml" and "[" not in lines[example.line - 1]:
            assert lines[example.line - 1].strip() == f"- {example.text}"


def test_calendar_knows_the_days_off(content: Content) -> None:
    office = content.calendars["office"]
    unity_day = datetime(2025, 10, 3, 10, tzinfo=timezone.utc)
    assert not office.is_open(unity_day)
    assert not office.is_open(datetime(2026, 12, 24, 10, tzinfo=timezone.utc))
    assert office.is_open(datetime(2026, 12, 26, 10, tzinfo=timezone.utc))


def test_everything_is_named_by_what_exists(content: Content) -> None:
    assert content.resources["refund-status"].subtopics == ("refund",)
    assert content.resources["refund-status"].title["de"] == "Wo ist meine Erstattung?"
    assert content.voice.links == {"help_center": "https://help.lumen.example"}
    assert (content.voice.signature, content.voice.max_length) == ("Your Lumen team", 900)


@pytest.mark.parametrize("name", ["data/texts/en/interface.yml", "config.yml", "domain.yml"])
def test_fingerprint_changes_when_a_file_changes(project: Path, name: str) -> None:
    before = fingerprint(project)
    assert fingerprint(SAMPLE) == before
    (project / name).write_bytes((project / name).read_bytes() + b"\n")
    assert fingerprint(project) != before


def test_fingerprint_stays_when_a_hidden_file_comes(project: Path) -> None:
    before = fingerprint(project)
    (project / "data/.swap").write_text("x")
    assert fingerprint(project) == before
    assert check(project) == []


def test_expressions_are_not_compiled_again_when_the_content_was_found_good(project: Path) -> None:
    edit(project / BOOK, "refund(ed)?", "refund(ed?")

    with pytest.raises(ConfigurationError):
        load_content(project, {})
    proven = load_content(project, {}, proven=True)
    assert proven.playbook.topics["billing"].subtopics["refund"].cues == ("refund(ed?",)


def test_content_loads_in_a_moment() -> None:
    load_content(SAMPLE, {})
    begin = time.process_time()
    load_content(SAMPLE, {})
    assert time.process_time() - begin < 1


@pytest.mark.parametrize("name", ["incident", "praise", "abuse", "other"])
def test_load_refuses_when_a_topic_the_engine_needs_is_missing(project: Path, name: str) -> None:
    edit(project / BOOK, f"    {name}:\n      label", f"    my_{name}:\n      label")
    with pytest.raises(ConfigurationError, match=f"the topic `{name}` is missing"):
        load_content(project, {})
