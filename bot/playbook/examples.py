"""data/nlu/<language>/*.yml: the example messages of each intent, each with its line.

The format is Rasa's (rasa.com/docs/rasa/training-data-format); Rasa trains on the same files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from bot.errors import Problem
from bot.playbook.entry import Entry
from bot.playbook.yaml_source import read_file

_ANNOTATION = re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\{[^}]*\})(?:\[[^\]]*\])?")
_INTENT = re.compile(r"[a-z][a-z0-9_]*(/[a-z][a-z0-9_-]*)?")
_PLAYBOOK_KNOWS = ("synonym", "regex", "lookup")


@dataclass(frozen=True)
class Example:
    """One example message of an intent; `file` is relative to the project, `line` counts from 1."""

    intent: str
    text: str
    file: str
    line: int
    language: str = "en"


@dataclass(frozen=True)
class Block:
    """One `- intent:` of a file: its name, where that stands, and the examples below it."""

    intent: str
    place: Entry
    examples: tuple[Example, ...]


def load_blocks(root: Path, problems: list[Problem]) -> list[Block]:
    """The intents of all files below data/nlu, in the order of languages, files and lines."""
    paths = sorted((root / "data" / "nlu").glob("*/*.yml"))
    return [block for path in paths for block in _read(path, root, problems)]


def _read(path: Path, root: Path, problems: list[Problem]) -> Iterator[Block]:
    document = read_file(path, root, problems)
    for item in document.keyed(("nlu",), ("version",))["nlu"].listed():
        known = item.quietly().named()
        for key in _PLAYBOOK_KNOWS:
            if key in known:
                item.refuse(
                    f"a `{key}` has no effect here",
                    "describe the detail under `fields:` in data/playbook.yml and remove this",
                )
        if "intent" in known or not known.keys() & set(_PLAYBOOK_KNOWS):
            yield _block(item, path.parent.name)


def _block(item: Entry, language: str) -> Block:
    parts = item.keyed(("intent", "examples"))
    intent = parts["intent"].text()
    if intent and not _INTENT.fullmatch(intent):
        parts["intent"].refuse(
            f"`{intent}` is no intent name", "write it like greet, report/billing or faq/opening"
        )
    examples = tuple(_examples(intent, parts["examples"], language))
    return Block(intent, parts["intent"], examples)


def _examples(intent: str, block: Entry, language: str) -> Iterator[Example]:
    for line, text in written_examples(block):
        yield Example(intent, text, line.file, line.line, language)


def written_examples(block: Entry) -> Iterator[tuple[Entry, str]]:
    """The messages of a block of lines, each with its own place."""
    for line in _lines(block):
        written = line.text()
        if not written.startswith("-"):
            line.refuse("an example begins with `- `", "put `- ` before it")
        elif not (text := _ANNOTATION.sub(r"\1", written[1:]).strip()):
            line.refuse("the example is empty", "write the message or remove the line")
        else:
            yield line, text


def _lines(examples: Entry) -> Iterator[Entry]:
    """The lines of the block, each with its own place."""
    if not examples:
        return
    if getattr(examples.node, "style", None) != "|":
        examples.refuse("the examples are no block of lines", "write `examples: |` and a line each")
        return
    for number, line in enumerate(examples.text().split("\n"), examples.line + 1):
        if line.strip():
            node = yaml.ScalarNode("tag:yaml.org,2002:str", line)
            yield replace(examples, line=number, node=node)
