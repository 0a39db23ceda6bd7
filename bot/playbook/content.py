"""All content files together: loaded as one, refused as one."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.errors import ConfigurationError, Problem
from bot.playbook.entry import Entry, expressions_proven
from bot.playbook.examples import Block, Example, load_blocks
from bot.playbook.faq import entry_ids, link_targets, load_faqs, load_resources
from bot.playbook.hours import Calendar, load_calendars
from bot.playbook.languages import check_languages
from bot.playbook.loading import gather_names, load_playbook
from bot.playbook.model import Faq, Playbook, Resource
from bot.playbook.signals import SignalBlock, Signals, cues_of, join_signals, read_signals
from bot.playbook.text_files import load_texts
from bot.playbook.texts import Texts
from bot.playbook.voice import Voice, load_voice
from bot.playbook.wording import Wording
from bot.playbook.yaml_source import read_section, read_sections


@dataclass(frozen=True)
class Content:
    """Everything the brand's people decided; every name used in it exists."""

    playbook: Playbook
    resources: Mapping[str, Resource]
    calendars: Mapping[str, Calendar]
    voice: Voice
    texts: Texts
    faqs: Mapping[str, Faq]
    examples: tuple[Example, ...]
    signals: Signals

    def pages_for(self, topic: str) -> list[Resource]:
        """What may be offered for a topic: the pages it lists, best first, then those that no topic
        lists and that name it, in the order of the files."""
        topics = self.playbook.topics
        listed = {name for other in topics.values() for name in other.resources}
        own = [self.resources[name] for name in topics[topic].resources]
        unlisted = [page for name, page in self.resources.items() if name not in listed]
        return [*own, *(page for page in unlisted if topic in page.topics)]


@dataclass(frozen=True)
class Sources:
    """The content files, opened: for looking up where something stands."""

    hours: Entry
    voice: Entry
    playbook: Entry
    resources: tuple[Entry, ...]
    faqs: tuple[Entry, ...]
    blocks: tuple[Block, ...]
    signals: tuple[SignalBlock, ...]

    @property
    def unreadable(self) -> frozenset[str]:
        """Of `resource`, `faq` and `voice`: those whose files cannot all be read."""
        whole = {"resource": all(self.resources), "faq": all(self.faqs), "voice": self.voice}
        return frozenset(kind for kind, readable in whole.items() if not readable)


def load_content(
    root: Path, environment: Mapping[str, str] | None = None, proven: bool = False
) -> Content:
    """The content of the project folder `root` (the one that holds data/).

    `environment` fills `${NAME}` in on-call addresses; the process's own by default. `proven`: a
    model was trained on just these files, so that their expressions are known to be good. Raises
    ConfigurationError that holds every problem of every file.
    """
    problems: list[Problem] = []
    with expressions_proven(proven):
        content = read_content(root, open_sources(root, problems), problems, environment)
    if problems:
        raise ConfigurationError(sorted(problems))
    return content


def open_sources(root: Path, problems: list[Problem]) -> Sources:
    data = root / "data"
    return Sources(
        hours=read_section(data / "hours.yml", root, "hours", problems),
        voice=read_section(data / "voice.yml", root, "voice", problems),
        playbook=read_section(data / "playbook.yml", root, "playbook", problems),
        resources=(
            read_section(data / "resources.yml", root, "resources", problems),
            *read_sections(data / "resources", root, "resources", problems),
        ),
        faqs=tuple(read_sections(data / "faq", root, "faq", problems)),
        blocks=tuple(load_blocks(root, problems)),
        signals=tuple(read_signals(root, problems)),
    )


def read_content(
    root: Path,
    sources: Sources,
    problems: list[Problem],
    environment: Mapping[str, str] | None = None,
) -> Content:
    """The content as far as it can be read; with `problems` it is good for `check` alone."""
    calendars = load_calendars(sources.hours)
    voice = load_voice(sources.voice)
    whole = not any(problem.file.startswith("data/signals/") for problem in problems)
    names = gather_names(
        sources.playbook,
        frozenset(calendars) if sources.hours else None,
        frozenset().union(*map(entry_ids, sources.resources)) if all(sources.resources) else None,
        cues_of(sources.signals) if whole else None,
    )
    given = os.environ if environment is None else environment
    playbook = load_playbook(sources.playbook, names, given)
    targets = link_targets(sources.resources, sources.faqs)
    wording = Wording(voice, targets, sources.unreadable)
    problems += check_languages(
        sources.playbook, sources.resources, sources.faqs, playbook.languages
    )
    return Content(
        playbook=playbook,
        resources=load_resources(sources.resources, names, wording),
        calendars=calendars,
        voice=voice,
        texts=load_texts(root, playbook.languages, wording, problems),
        faqs=load_faqs(sources.faqs, names.topics, wording),
        examples=tuple(example for block in sources.blocks for example in block.examples),
        signals=join_signals(sources.signals, whole),
    )


def fingerprint(root: Path) -> str:
    """SHA-256 (hex) over all content files, config.yml and domain.yml: names and bytes. A model
    that was trained under another fingerprint is older or newer than the content."""
    digest = hashlib.sha256()
    for path in sorted([*content_files(root), root / "config.yml", root / "domain.yml"]):
        if path.is_file():
            content = path.read_bytes()
            digest.update(f"{path.relative_to(root).as_posix()}\0{len(content)}\0".encode())
            digest.update(content)
    return digest.hexdigest()


def content_files(root: Path) -> list[Path]:
    """Every file below data/, without hidden ones."""
    data = root / "data"
    return [
        path
        for path in sorted(data.rglob("*"))
        if path.is_file() and not any(part[0] == "." for part in path.relative_to(data).parts)
    ]
