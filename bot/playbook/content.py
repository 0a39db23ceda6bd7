"""All content files together: loaded as one, refused as one."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.errors import ConfigurationError, Problem
from bot.playbook.entry import Entry
from bot.playbook.examples import Example, load_examples
from bot.playbook.faq import link_targets, load_faqs, load_resources
from bot.playbook.hours import Calendar, load_calendars
from bot.playbook.loading import gather_names, load_playbook
from bot.playbook.model import Faq, Playbook, Resource
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


def load_content(root: Path, environment: Mapping[str, str] | None = None) -> Content:
    """The content of the project folder `root` (the one that holds data/).

    `environment` fills `${NAME}` in on-call addresses; the process's own by default. Raises
    ConfigurationError that holds every problem of every file.
    """
    content, problems = read_content(root, environment)
    if problems:
        raise ConfigurationError(sorted(problems))
    return content


def read_content(
    root: Path, environment: Mapping[str, str] | None = None
) -> tuple[Content, list[Problem]]:
    """The content as far as it can be read, and its problems; for `check` alone when there are
    any."""
    problems: list[Problem] = []
    data = root / "data"
    hours = read_section(data / "hours.yml", root, "hours", problems)
    calendars = load_calendars(hours)
    voice = load_voice(read_section(data / "voice.yml", root, "voice", problems))
    book = read_section(data / "playbook.yml", root, "playbook", problems)
    pages = read_section(data / "resources.yml", root, "resources", problems)
    faqs = list(read_sections(data / "faq", root, "faq", problems))
    wording = Wording(voice, link_targets(pages, faqs))
    names = gather_names(book, frozenset(calendars) if hours else None, _ids(pages))
    playbook = load_playbook(book, names, os.environ if environment is None else environment)
    content = Content(
        playbook=playbook,
        resources=load_resources(pages, names, wording),
        calendars=calendars,
        voice=voice,
        texts=load_texts(root, playbook.languages, wording, problems),
        faqs=load_faqs(faqs, names.topics, wording),
        examples=load_examples(root, problems),
    )
    return content, problems


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


def _ids(section: Entry) -> frozenset[str] | None:
    if not section:
        return None
    entries = section.quietly().listed()
    return frozenset(entry.keyed((), ("id",))["id"].text() for entry in entries)
