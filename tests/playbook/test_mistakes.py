"""Every mistake a content owner can make is named with its file, line, key and mending."""

from __future__ import annotations

import random
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.errors import ConfigurationError
from bot.playbook.check import check
from bot.playbook.content import load_content

SAMPLE = Path(__file__).parent / "sample"
BOOK = "data/playbook.yml"
HOURS = "data/hours.yml"
VOICE = "data/voice.yml"
TEXTS = "data/texts/en/conversation.yml"
TALK = "data/texts/en/small_talk.yml"
FAQ = "data/faq/orders.yml"
PAGES = "data/resources.yml"
RULES = "data/rules.yml"
REPORT = "data/nlu/en/report.yml"
QUESTIONS = "data/nlu/en/faq.yml"


@dataclass(frozen=True)
class Mistake:
    """In `file`, `old` becomes `new`. The one problem stands in the line that holds `at` (in
    `place`, by default the same file), says `message` and `fix`; `early`: it stops a load too."""

    name: str
    file: str
    old: str
    new: str
    at: str
    key: str
    message: str
    fix: str
    place: str = ""
    early: bool = True


MISTAKES = [
    Mistake(
        "unknown key", BOOK, "      required: [email, amount]", "      requird: [email, amount]",
        at="requird:", key="topics.billing.requird", message="unknown key `requird`",
        fix="did you mean `required`? Valid: handling, label, optional, required, resources",
    ),
    Mistake(
        "wrong type", BOOK, "required: [email, amount]", "required: {email: amount}",
        at="required: {", key="topics.billing.required", message="must be a list, but it is a map",
        fix="[one, two]",
    ),
    Mistake(
        "number for text", BOOK, "reason: Mentions smoke or fire", "reason: 112",
        at="reason: 112", key="severity_rules[1].reason", message="must be a text",
        fix='put it in quotes: "112"',
    ),
    Mistake(
        "bad YAML", BOOK, "  tries: 2", "  tries: 2: 3", at="tries: 2: 3", key="",
        message="no YAML: mapping values are not allowed", fix="a space after each colon",
    ),
    Mistake(
        "key twice", BOOK, "  tries: 2\n", "  tries: 2\n  tries: 3\n", at="tries: 3", key="tries",
        message="`tries` stands twice, first in line 3", fix="remove or rename",
    ),
    Mistake(
        "unknown team", BOOK, "team: money", "team: moneys", at="team: moneys",
        key="topics.billing.team", message="unknown team `moneys`",
        fix="did you mean `money`? Valid: money, support",
    ),
    Mistake(
        "topic without examples", REPORT,
        "  - intent: report/other\n    examples: |\n      - I have a matter\n"
        "      - something else\n", "",
        place=BOOK, at="    other:", key="topics.other", early=False,
        message="the topic `other` has no examples", fix="add `- intent: report/other`",
    ),
    Mistake(
        "example in two intents", REPORT, "      - something else\n",
        "      - something else\n      -  You charged ME twice\n",
        at="ME twice", key="report/other", early=False,
        message="`You charged ME twice` is an example of `report/billing` too, in " + REPORT + ":6",
        fix="remove it from the other",
    ),
    Mistake(
        "example twice", REPORT, "      - something else\n",
        "      - something else\n      - Something  else\n", at="Something  else",
        key="report/other", early=False, message="stands here twice", fix="remove one",
    ),
    Mistake(
        "text missing", TEXTS, '  solved: "Glad that worked."\n', "", at="ask_solved:",
        key="solved", message="the text `solved` is missing", fix="add `solved: ...` to this file",
    ),
    Mistake(
        "placeholder unknown", TEXTS, "We are back {back}.", "We are back {bakc}.",
        at="{bakc}", key="hello_closed", message="unknown placeholder {bakc}",
        fix="did you mean `back`? Valid: assistant, back, brand, help_center",
    ),
    Mistake(
        "braces open", TEXTS, '"Did that help?"', '"Did {that help?"', at="{that",
        key="ask_solved", message="the braces do not fit", fix="{{ and }}",
    ),
    Mistake(
        "bad pattern", BOOK, r"['\b(LU-?\d{6})\b']", r"['\b(LU-?\d{6}\b']", at=r"(LU-?",
        key="fields.order_number.patterns[1]", message="no regular expression: missing )",
        fix="mend it",
    ),
    Mistake(
        "pattern that matches always", BOOK, "deadline: ['by tomorrow']", "deadline: ['x*']",
        at="deadline:", key="cues.deadline[1]", message="matches the empty text",
        fix="obligatory",
    ),
    Mistake(
        "overlapping hours", HOURS, '"13:30-18:00"', '"12:00-18:00"', at="mon:",
        key="office.week.mon[2]", message="12:00-18:00 overlaps 09:00-12:30",
        fix="let the first end before the second",
    ),
    Mistake(
        "hours end before they begin", HOURS, '["09:00-16:00"]', '["22:00-06:00"]', at="fri:",
        key="office.week.fri[1]", message="ends before it begins", fix='"22:00-24:00"',
    ),
    Mistake(
        "bad time zone", HOURS, "Europe/Berlin", "Europe/Berlim", at="timezone:",
        key="office.timezone", message="unknown time zone `Europe/Berlim`",
        fix="did you mean `Europe/Berlin`",
    ),
    Mistake(
        "unknown holiday country", HOURS, "country: DE, subdivision: BE", "country: Germany",
        at="holidays:", key="office.holidays.country",
        message="unknown holiday country `Germany`", fix="ISO 3166",
    ),
    Mistake(
        "calendar that never opens", HOURS,
        '      mon: ["09:00-12:30", "13:30-18:00"]\n      tue: ["09:00-18:00"]\n'
        '      wed: ["09:00-18:00"]\n      thu: ["09:00-18:00"]\n      fri: ["09:00-16:00"]\n',
        "      mon: []\n", at="office:", key="office", message="never opens",
        fix="at least one day",
    ),
    Mistake(
        "unknown field in a rule", BOOK, "{field: amount}", "{field: amuont}", at="amuont",
        key="severity_rules[2].when.all[2].field", message="unknown field `amuont`",
        fix="did you mean `amount`? Valid: amount, email, order_number, product",
    ),
    Mistake(
        "unknown cue in a rule", BOOK, "[legal, shouting]", "[legl, shouting]", at="legl",
        key="severity_rules[2].when.all[4].any[1].cue[1]", message="unknown cue `legl`",
        fix="did you mean `legal`?",
    ),
    Mistake(
        "unknown condition", BOOK, "{amount_at_least: 100}", "{amount_over: 100}",
        at="amount_over", key="severity_rules[2].when.all[3].amount_over",
        message="unknown condition `amount_over`", fix="amount_at_least",
    ),
    Mistake(
        "two conditions in one", BOOK, "when: {cue: safety}\n      raise_to",
        "when: {cue: safety, topic: billing}\n      raise_to", at="when: {cue: safety, topic",
        key="severity_rules[1].when", message="exactly one key, this has 2", fix="all:",
    ),
    Mistake(
        "severity unknown", BOOK, "raise_to: critical", "raise_to: urgent", at="urgent",
        key="severity_rules[1].raise_to", message="unknown severity `urgent`",
        fix="Valid: critical, high, low, normal",
    ),
    Mistake(
        "rule raises and lowers", BOOK, "lower_to: high", "lower_to: high\n      raise_to: low",
        at="name: calm question", key="severity_rules[3]", message="exactly one of raise_to",
        fix="write one of them",
    ),
    Mistake(
        "FAQ without answer", QUESTIONS, "faq/refund_time\n",
        "faq/refund_time\n    examples: |\n      - money back how long\n"
        "      - refund, how many days\n  - intent: faq/refund_tine\n",
        at="faq/refund_tine", key="nlu[3].intent", early=False,
        message="the FAQ `refund_tine` has no answer",
        fix="did you mean `refund_time`? Valid: refund_time, return_period",
    ),
    Mistake(
        "FAQ that nobody asks", FAQ, "  - id: refund_time\n",
        "  - id: colours\n    answer: It comes in red.\n  - id: refund_time\n", at="id: colours",
        key="colours", early=False, message="the FAQ `colours` has no examples",
        fix="add `- intent: faq/colours` with at least 2 examples",
    ),
    Mistake(
        "FAQ id twice", FAQ, "  - id: refund_time\n",
        "  - id: return_period  # again\n    answer: Again.\n"
        "    url: https://help.lumen.example/x\n  - id: refund_time\n",
        at="# again", key="return_period.id", fix="rename one",
        message="the id `return_period` is used in data/faq/orders.yml:2",
    ),
    Mistake(
        "Rasa key in a playbook", BOOK, "playbook:\n", "rules: []\nplaybook:\n", at="rules:",
        key="rules", message="`rules:` is a key of Rasa's", fix="`playbook:`",
    ),
    Mistake(
        "one example only", REPORT, "      - something else\n", "", at="report/other",
        key="nlu[5].intent", early=False, message="`report/other` has 1 example",
        fix="write at least 2",
    ),
    Mistake(
        "unknown topic in examples", REPORT, "      - something else\n",
        "      - something else\n  - intent: report/biling\n    examples: |\n      - a\n"
        "      - b\n", at="report/biling", key="nlu[6].intent", early=False,
        message="there is no topic `biling`", fix="did you mean `report/billing`?",
    ),
    Mistake(
        "unknown intent", REPORT, "      - something else\n",
        "      - something else\n  - intent: greeet\n    examples: |\n      - a\n      - b\n",
        at="greeet", key="nlu[6].intent", early=False, message="unknown intent `greeet`",
        fix="did you mean `greet`?",
    ),
    Mistake(
        "example without dash", REPORT, "      - something else\n",
        "      - something else\n      more of it\n", at="more of it", key="nlu[5].examples",
        message="an example begins with `- `", fix="put `- ` before it",
    ),
    Mistake(
        "unknown resource", BOOK, "resources: [refund-status]", "resources: [refunds-status]",
        at="refunds-status", key="topics.billing.resources[1]",
        message="unknown resource `refunds-status`", fix="did you mean `refund-status`?",
    ),
    Mistake(
        "unknown topic of a resource", PAGES, "topics: [incident, other]",
        "topics: [incident, others]", at="others", key="status-page.topics[2]",
        message="unknown topic `others`", fix="did you mean `other`?",
    ),
    Mistake(
        "unknown subtopic of a resource", PAGES, "subtopics: [refund]", "subtopics: [safety]",
        at="subtopics:", key="refund-status.subtopics[1]", message="unknown subtopic `safety`",
        fix="Valid: general, refund",
    ),
    Mistake(
        "address without https", PAGES, "https://status", "http://status", at="http://status",
        key="status-page.url", message="no complete https address", fix="in full",
    ),
    Mistake(
        "dead link", TALK, "[[faq:return_period]]", "[[faq:return_perio]]", at="help:",
        key="help", message="dead link [[faq:return_perio]]",
        fix="did you mean `faq:return_period`?",
    ),
    Mistake(
        "link to a FAQ without address", TALK, "[[faq:return_period]]", "[[faq:refund_time]]",
        at="help:", key="help", message="has no address", fix="give faq:refund_time a `url:`",
    ),
    Mistake(
        "relative link", TALK, '"Bye!"', '"Bye, see [this](docs/bye.md)!"', at="goodbye:",
        key="goodbye", message="`docs/bye.md` is no complete https address", fix="[[faq:id]]",
    ),
    Mistake(
        "banned phrase", TEXTS, '"One message more', '"Unfortunately, one message more',
        at="ask_details_open", key="ask_details_open",
        message="banned phrase `unfortunately`", fix="other words",
    ),
    Mistake(
        "unknown text", TALK, '  goodbye: "Bye!"', '  goodbye: "Bye!"\n  goodby: "Bye!"',
        at="goodby:", key="goodby", message="unknown text `goodby`", fix="did you mean `goodbye`?",
    ),
    Mistake(
        "text in two files", TALK, '  goodbye: "Bye!"', '  goodbye: "Bye!"\n  human: "Hm."',
        at="human:", key="human", message=f"stands in {TEXTS}:24 already", fix="remove one",
    ),
    Mistake(
        "empty text", TALK, '"Bye!"', '""', at="goodbye:", key="goodbye",
        message="the text is empty", fix="write the text",
    ),
    Mistake(
        "unknown text of a rule", BOOK, "text: safety", "text: safty", at="text: safty",
        key="severity_rules[1].text", message="unknown text `safty`", fix="did you mean `safety`?",
    ),
    Mistake(
        "reserved cue missing", BOOK, "    legal: ['lawyer']\n    fraud: ['fraud']\n",
        "    legal: ['lawyer']\n", at="  cues:", key="cues", message="the cue `fraud` is missing",
        fix="add `fraud: [...]`",
    ),
    Mistake(
        "bad duration", BOOK, "reopen_within: 72h", "reopen_within: 3 days", at="reopen_within",
        key="reopen_within", message="`3 days` is no duration", fix="30m, 8h or 2d",
    ),
    Mistake(
        "critical slower than high", BOOK, "high: 2h, normal: 8h, low: 40h",
        "high: 20m, normal: 8h, low: 40h", at="20m,", key="topics.billing.sla.critical",
        message="critical waits longer than high", fix="at most the time of high",
    ),
    Mistake(
        "link name taken", VOICE, "links: {", 'links: {topic: "https://a.example", ', at="links:",
        key="links.topic", message="`{topic}` has another meaning", fix="topic_page",
    ),
    Mistake(
        "intent without rule", RULES, "          - intent: help\n", "", at="rules:", key="rules",
        early=False, message="no rule answers the intent `help`", fix="`- intent: help`",
    ),
    Mistake(
        "unknown action", RULES, "- action: action_submit", "- action: action_sumbit",
        at="action_sumbit", key="rules[2].steps[3].action", early=False,
        message="`action_sumbit` is not in domain.yml", fix="did you mean `action_submit`?",
    ),
]  # fmt: skip


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
