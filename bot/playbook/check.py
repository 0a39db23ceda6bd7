"""`nightdesk check`: every mistake in the content, also those that only show across files."""

from __future__ import annotations

import fnmatch
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from bot.errors import Problem
from bot.playbook.content import Content, Sources, content_files, open_sources, read_content
from bot.playbook.entry import Entry, nearest
from bot.playbook.examples import Block, Example
from bot.playbook.faq import entry_ids
from bot.playbook.replies import DIALOGUE_INTENTS, check_replies

KNOWN_FILES = (
    "playbook.yml", "resources.yml", "hours.yml", "voice.yml", "rules.yml",
    "resources/*.yml", "faq/*.yml", "texts/??/*.yml", "nlu/??/*.yml", "signals/??/*.yml",
)  # fmt: skip
"""What data/ may hold; hidden files are passed over."""

FEWEST_EXAMPLES = 2


def check(root: Path) -> list[Problem]:
    """Every problem of the project folder `root`, in the order of files and lines; none: it can be
    trained and served."""
    problems: list[Problem] = []
    sources = open_sources(root, problems)
    content = read_content(root, sources, problems)
    problems += _across_files(sources, content, _unreadable(problems, "data/nlu/"))
    problems += _strange_files(root)
    problems += check_replies(root)
    return sorted(set(problems))


def _across_files(sources: Sources, content: Content, unreadable: bool) -> Iterator[Problem]:
    """What is amiss between the files; `unreadable`: some examples are not known."""
    yield from _unknown_intents(sources, content)
    yield from _repeated_examples(content.examples)
    if not unreadable:
        yield from _without_examples(sources)
        yield from _too_few_examples(sources.blocks)


def _unreadable(problems: Iterable[Problem], folder: str) -> bool:
    """Whether a whole file of the folder is missing from what was read."""
    return any(problem.file.startswith(folder) and not problem.key for problem in problems)


def _strange_files(root: Path) -> Iterator[Problem]:
    data = root / "data"
    for path in content_files(root):
        name = path.relative_to(data).as_posix()
        if not any(_matches(name, pattern) for pattern in KNOWN_FILES):
            fix = f"move or remove it; data/ holds {', '.join(KNOWN_FILES)}"
            if path.suffix == ".yaml":
                fix = f"rename it to {path.stem}.yml"
            yield Problem(f"data/{name}", 0, "", "nothing reads this file", fix)


def _matches(name: str, pattern: str) -> bool:
    return name.count("/") == pattern.count("/") and fnmatch.fnmatchcase(name, pattern)


def _unknown_intents(sources: Sources, content: Content) -> Iterator[Problem]:
    """Intents that nothing answers. Those of files that cannot be read are not judged."""
    topics = content.playbook.topics
    for block in sources.blocks:
        family, _, name = block.intent.partition("/")
        if family == "report" and topics and name not in topics:
            yield block.place.problem(
                f"there is no topic `{name}`" if name else "the topic is missing",
                nearest(name, [f"report/{topic}" for topic in topics]),
            )
        elif family == "faq" and name not in content.faqs and all(sources.faqs):
            yield block.place.problem(
                f"the FAQ `{name}` has no answer",
                f"add `- id: {name}` with its `answer:` to a file in data/faq, or remove this; "
                + nearest(name, content.faqs),
            )
        elif family not in ("report", "faq") and block.intent not in DIALOGUE_INTENTS:
            yield block.place.problem(
                f"unknown intent `{block.intent}`",
                nearest(block.intent, {*DIALOGUE_INTENTS, "report/<topic>", "faq/<id>"}),
            )


def _without_examples(sources: Sources) -> Iterator[Problem]:
    there = {block.intent for block in sources.blocks}
    topics = sources.playbook.quietly().keyed((), ("topics",))["topics"].named()
    for name, entry in topics.items():
        if f"report/{name}" not in there:
            yield _nobody_asks(entry, f"the topic `{name}`", f"report/{name}")
    for section in sources.faqs:
        for name, entry in entry_ids(section).items():
            if f"faq/{name}" not in there:
                yield _nobody_asks(entry, f"the FAQ `{name}`", f"faq/{name}")
    nlu = Entry("data/nlu/en", "", 0, None, [])
    for name in sorted(DIALOGUE_INTENTS - there):
        yield _nobody_asks(nlu, f"the intent `{name}`", name)


def _nobody_asks(place: Entry, what: str, intent: str) -> Problem:
    return place.problem(
        f"{what} has no examples, so it is never recognised",
        f"add `- intent: {intent}` with at least {FEWEST_EXAMPLES} examples to a file in "
        "data/nlu/en",
    )


def _too_few_examples(blocks: Iterable[Block]) -> Iterator[Problem]:
    by_intent: defaultdict[str, list[Block]] = defaultdict(list)
    for block in blocks:
        by_intent[block.intent].append(block)
    for intent, found in by_intent.items():
        count = sum(len(block.examples) for block in found)
        if count < FEWEST_EXAMPLES:
            yield found[0].place.problem(
                f"`{intent}` has {count} example{'s' * (count != 1)}",
                f"write at least {FEWEST_EXAMPLES}; ten different ones make it reliable",
            )


def _repeated_examples(examples: Sequence[Example]) -> Iterator[Problem]:
    """Names the later of two; the same words in two languages of one intent are welcome."""
    first: dict[str, Example] = {}
    for example in examples:
        words = " ".join(example.text.casefold().split())
        earlier = first.setdefault(words, example)
        there = f"{earlier.file}:{earlier.line}"
        if earlier.intent != example.intent:
            yield Problem(
                example.file,
                example.line,
                example.intent,
                f"`{example.text}` is an example of `{earlier.intent}` too, in {there}",
                "keep it in the one it belongs to and remove it from the other",
            )
        elif earlier is not example and earlier.language == example.language:
            yield Problem(
                example.file,
                example.line,
                example.intent,
                f"`{example.text}` stands here twice, first in {there}",
                "remove one of the two",
            )
