"""What the content has examples for, and what nothing reaches: each gap with its place and what to
write next, as `nightdesk check` names mistakes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.cases.cues import clean, count_matches
from bot.cases.filing import judge_said
from bot.cases.self_service import choose_resource
from bot.cases.triage import Triage, choose_subtopic
from bot.errors import Problem
from bot.insights.evaluation.readings import FAQ, REPORT, Reading, is_offered
from bot.playbook.content import Content, Sources
from bot.playbook.entry import Entry
from bot.playbook.faq import entry_ids
from bot.playbook.model import Condition, Resource, Subtopic, Topic

FEW = 10
"""Fewer examples of an intent are too few: ten to twenty are what content owners are asked for."""
_NOT_OF_ONE_MESSAGE = {"followers_at_least", "repeat_contacts_at_least", "visibility"}


@dataclass(frozen=True)
class SubtopicCover:
    """`examples` of the topic that fall under the subtopic; of its `cues` (expressions), how many
    match an example of the topic. The last subtopic of a topic has none."""

    topic: str
    name: str
    examples: int
    cues: int
    matched: int


@dataclass(frozen=True)
class Judged:
    """An example, what triage makes of it alone, and the page that would be offered."""

    reading: Reading
    triage: Triage
    page: Resource | None


def judge_all(readings: Iterable[Reading], content: Content) -> list[Judged]:
    """Each example as if a customer had written it and nothing else."""
    judged = []
    for one in readings:
        triage = judge_said([one.heard], content)
        judged.append(Judged(one, triage, choose_resource([one.heard], triage, content)))
    return judged


def example_counts(readings: Iterable[Reading]) -> dict[str, Counter[str]]:
    """Intent -> language -> how many examples; in the order of the files."""
    counts: dict[str, Counter[str]] = {}
    for one in readings:
        counts.setdefault(one.truth, Counter())[one.example.language] += 1
    return counts


def subtopic_covers(readings: Sequence[Reading], content: Content) -> list[SubtopicCover]:
    """Every subtopic, in the order of the playbook; the examples count by their own topic."""
    covers = []
    for topic in content.playbook.topics.values():
        own = [one for one in readings if one.truth == f"{REPORT}{topic.name}"]
        fallen = Counter(choose_subtopic(topic, [one.heard]) for one in own)
        texts = [clean(one.example.text) for one in own]
        for name, subtopic in topic.subtopics.items():
            matched = sum(_matches_any(cue, texts) for cue in subtopic.cues)
            covers.append(
                SubtopicCover(topic.name, name, fallen[name], len(subtopic.cues), matched)
            )
    return covers


def _matches_any(cue: str, texts: Iterable[str]) -> bool:
    return any(count_matches((cue,), text) for text in texts)


def find_gaps(judged: Sequence[Judged], content: Content, sources: Sources) -> list[Problem]:
    """The gravest kinds first, each in the order of the files."""
    places = _Places(sources)
    readings = [one.reading for one in judged]
    return [
        *_few_examples(readings),
        *_unfound_faqs(readings, content, places),
        *_unreached_subtopics(readings, content, places),
        *_unoffered_pages(judged, content, places),
        *_idle_rules(judged, content, places),
        *_unseen_fields(readings, content, places),
        *_unseen_cues(readings, content, places),
    ]


class _Places:
    """Where the playbook's, the FAQs' and the pages' names stand."""

    def __init__(self, sources: Sources) -> None:
        self.parts = sources.playbook.quietly().named()
        self.faqs = _ids(sources.faqs)
        self.pages = _ids(sources.resources)

    def named(self, part: str) -> Mapping[str, Entry]:
        return self.parts[part].quietly().named() if part in self.parts else {}

    def subtopic(self, topic: str, name: str) -> Entry:
        own = self.named("topics")[topic].named()
        return own["subtopics"].named()[name]

    def rules(self, part: str) -> dict[str, Entry]:
        listed = self.parts[part].quietly().listed() if part in self.parts else []
        return {entry.named()["name"].text(): entry for entry in listed}


def _ids(sections: Iterable[Entry]) -> dict[str, Entry]:
    return {name: entry for section in sections for name, entry in entry_ids(section).items()}


def _few_examples(readings: Sequence[Reading]) -> Iterator[Problem]:
    """In the language that has most of an intent; more languages are welcome, not needed."""
    first = {one.truth: one.example for one in reversed(readings)}
    for intent, counts in example_counts(readings).items():
        language, most = counts.most_common(1)[0]
        if most < FEW:
            yield Problem(
                first[intent].file,
                first[intent].line,
                intent,
                f"{most} example{'s' * (most != 1)} in {language}",
                f"write at least {FEW} that differ in words and length",
            )


def _unfound_faqs(
    readings: Sequence[Reading], content: Content, places: _Places
) -> Iterator[Problem]:
    found = Counter(one.truth for one in readings if is_offered(one))
    asked = Counter(one.truth for one in readings if one.truth.startswith(FAQ))
    for name in content.faqs:
        intent = f"{FAQ}{name}"
        if asked[intent] and not found[intent]:
            yield places.faqs[name].problem(
                f"none of its {asked[intent]} questions finds it when it is left out",
                "write questions that share more of their meaning, or join it with the FAQ that is"
                " found instead",
            )


def _unreached_subtopics(
    readings: Sequence[Reading], content: Content, places: _Places
) -> Iterator[Problem]:
    for cover in subtopic_covers(readings, content):
        topic = content.playbook.topics[cover.topic]
        if cover.examples or _is_default(topic, topic.subtopics[cover.name]):
            continue
        place = places.subtopic(cover.topic, cover.name)
        if not cover.cues:
            yield place.problem("it has no cues, so nothing falls under it", "add `cues:`")
        elif cover.matched:
            yield place.problem(
                "another subtopic wins every example that its cues match",
                "write examples that only its cues match, or join the two",
            )
        else:
            yield place.problem(
                f"its cues match no example of {REPORT}{cover.topic}",
                "write examples as customers would say it, then cues that match them",
            )


def _is_default(topic: Topic, subtopic: Subtopic) -> bool:
    return subtopic.name == list(topic.subtopics)[-1]


def _unoffered_pages(
    judged: Sequence[Judged], content: Content, places: _Places
) -> Iterator[Problem]:
    """Of pages that belong to a topic, in a language that examples are in."""
    offered = {one.page.id for one in judged if one.page}
    languages = {one.reading.heard.language for one in judged}
    topics = content.playbook.topics
    reachable = {page.id for topic in topics for page in content.pages_for(topic)}
    for name, page in content.resources.items():
        known = page.topics and (page.language is None or page.language in languages)
        if name in offered or not known:
            continue
        place = places.pages[name]
        if name not in reachable:
            yield place.problem(
                "no topic offers this page", "name it under `resources:` of a topic"
            )
        elif not page.subtopics and not page.cues:
            yield place.problem(
                "no example gets this page, which has neither subtopics nor cues",
                "add `cues:` or `subtopics:`, and an example that should get it",
            )
        else:
            yield place.problem(
                "no example gets this page",
                "write an example that should get it, and cues that match the example",
            )


def _idle_rules(judged: Sequence[Judged], content: Content, places: _Places) -> Iterator[Problem]:
    """Without those that ask what no message alone can answer."""
    fired = {name for one in judged for name in one.triage.fired}
    playbook = content.playbook
    for part, rules in (
        ("topic_rules", playbook.topic_rules),
        ("severity_rules", playbook.severity_rules),
    ):
        known = places.rules(part)
        for rule in rules:
            if rule.name not in fired and not _needs_more(rule.when):
                yield known[rule.name].problem(
                    f"the rule `{rule.name}` holds for no example",
                    "write an example that it is for, so that it stays tested",
                )


def _needs_more(condition: Condition) -> bool:
    return condition.kind in _NOT_OF_ONE_MESSAGE or any(map(_needs_more, condition.parts))


def _unseen_fields(
    readings: Sequence[Reading], content: Content, places: _Places
) -> Iterator[Problem]:
    seen = {name for one in readings for name in one.heard.fields}
    for name, entry in places.named("fields").items():
        if name in content.playbook.fields and name not in seen:
            yield entry.problem(
                f"the detail `{name}` is found in no example",
                "write examples of `inform` that hold it",
            )


def _unseen_cues(
    readings: Sequence[Reading], content: Content, places: _Places
) -> Iterator[Problem]:
    seen = {name for one in readings for name in one.heard.cues}
    for name, entry in places.named("cues").items():
        if name in content.playbook.cues and name not in seen:
            yield entry.problem(
                f"the cue `{name}` is found in no example",
                "write an example that shows it, or mend its expressions",
            )
