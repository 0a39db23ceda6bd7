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


def load_examples(root: Path, problems: list[Problem]) -> tuple[Example, ...]:
    """The examples of all files below data/nlu, in the order of languages, files and lines."""
    paths = sorted((root / "data" / "nlu").glob("*/*.yml"))
    return tuple(example for path in paths for example in _read(path, root, problems))


def _read(path: Path, root: Path, problems: list[Problem]) -> Iterator[Example]:
    document = read_file(path, root, problems)
    if not document:
        return
    for item in document.keyed(("nlu",), ("version",))["nlu"].listed():
        yield from _intent(item, path.parent.name)


def _intent(item: Entry, language: str) -> Iterator[Example]:
    for key in _PLAYBOOK_KNOWS:
        if key in item.quietly().named():
            item.refuse(
                f"a `{key}` has no effect here",
                "describe the detail under `fields:` in data/playbook.yml and remove this",
            )
            return
    parts = item.keyed(("intent", "examples"))
    intent = parts["intent"].text()
    if intent and not _INTENT.fullmatch(intent):
        parts["intent"].refuse(
            f"`{intent}` is no intent name", "write it like greet, report/billing or faq/opening"
        )
    for line in _lines(parts["examples"]):
        written = str(line.node.value) if line.node else ""
        if not written.startswith("-"):
            line.refuse("an example begins with `- `", "put `- ` before it")
        elif not (text := _ANNOTATION.sub(r"\1", written[1:]).strip()):
            line.refuse("the example is empty", "write the message or remove the line")
        else:
            yield Example(intent, text, line.file, line.line, language)


def _lines(examples: Entry) -> Iterator[Entry]:
    """The lines of the block, each with its own place."""
    if not examples:
        return
    if getattr(examples.node, "style", None) != "|":
        examples.refuse("the examples are no block of lines", "write `examples: |` and a line each")
        return
    block = str(examples.node.value if examples.node else "")
    for number, line in enumerate(block.splitlines(), examples.line + 1):
        if line.strip():
            node = yaml.ScalarNode("tag:yaml.org,2002:str", line)
            yield replace(examples, line=number, node=node)
