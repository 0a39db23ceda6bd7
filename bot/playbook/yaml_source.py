"""Opens the content files: YAML with the line of every key, refused as a whole where it is none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import yaml

from bot.errors import Problem
from bot.playbook.entry import Entry, line_of

RASA_KEYS = frozenset(
    {"nlu", "rules", "stories", "responses", "intents", "entities", "slots", "forms", "actions",
     "e2e_actions", "session_config", "pipeline", "policies", "test_cases"}
)  # fmt: skip
"""Top-level keys by which Rasa recognises a file as its own, wherever it stands in data/."""


def read_file(path: Path, root: Path, problems: list[Problem]) -> Entry:
    """The file as an entry with the key ""; an absent entry (and a problem) when it is no YAML."""
    file = Entry(path.relative_to(root).as_posix(), "", 0, None, problems)
    try:
        node = yaml.compose(path.read_bytes().decode("utf-8"), Loader=yaml.CSafeLoader)
    except FileNotFoundError:
        file.refuse("the file is missing", "create it; its form is in docs/content.md")
    except UnicodeDecodeError:
        file.refuse("the file is not in UTF-8", "save it with the encoding UTF-8")
    except yaml.YAMLError as error:
        _refuse_yaml(file, error)
    else:
        if node is None:
            file.refuse("the file is empty", "write its content as docs/content.md shows")
        elif _check_keys(replace(file, line=1), node, frozenset(), set()):
            return replace(file, line=1, node=node)
    return file


def read_section(path: Path, root: Path, key: str, problems: list[Problem]) -> Entry:
    """What stands under `key`, the only top-level key of a file that is ours and not Rasa's."""
    before = len(problems)
    document = read_file(path, root, problems)
    problems[before:] = [
        replace(problem, key=problem.key.removeprefix(f"{key}.")) for problem in problems[before:]
    ]
    found = replace(document, node=None)
    for name, entry in document.named().items():
        if name == key:
            found = replace(entry, key="")
        elif name in RASA_KEYS:
            entry.refuse(
                f"`{name}:` is a key of Rasa's, which would take this file for its own",
                f"remove it; the only top-level key of this file is `{key}:`",
            )
        else:
            entry.refuse(f"unknown key `{name}`", f"the only top-level key here is `{key}:`")
    if not found and len(problems) == before:
        document.refuse(f"`{key}:` is missing", f"put everything in this file under `{key}:`")
    return found


def read_sections(folder: Path, root: Path, key: str, problems: list[Problem]) -> Iterator[Entry]:
    """The section `key` of each .yml file of a folder, by file name."""
    for path in sorted(folder.glob("*.yml")):
        yield read_section(path, root, key, problems)


def _refuse_yaml(file: Entry, error: yaml.YAMLError) -> None:
    mark = getattr(error, "problem_mark", None)
    what = getattr(error, "problem", None) or getattr(error, "reason", None) or "it cannot be read"
    replace(file, line=mark.line + 1 if mark else 0).refuse(
        f"this is no YAML: {what}",
        "look at this line and the one above: spaces and no tabs before the text, a space after "
        "each colon, quotes closed, and quotes around a text that holds `: ` or starts with a sign",
    )


def _check_keys(entry: Entry, node: yaml.Node, above: frozenset[int], done: set[int]) -> bool:
    """Refuses a key that stands twice. False when a key is no text or a value holds itself: such a
    file cannot be read on."""
    if id(node) in above:
        entry.refuse("this contains itself", "remove the reference that begins with *")
        return False
    if id(node) in done:
        return True
    done.add(id(node))
    within = above | {id(node)}
    if isinstance(node, yaml.SequenceNode):
        places = [
            replace(entry, key=f"{entry.key}[{number}]", line=line_of(item))
            for number, item in enumerate(node.value, 1)
        ]
        pairs = zip(places, node.value, strict=True)
        return all([_check_keys(place, item, within, done) for place, item in pairs])
    if isinstance(node, yaml.MappingNode):
        return _check_pairs(entry, node, within, done)
    return True


def _check_pairs(
    entry: Entry, node: yaml.MappingNode, within: frozenset[int], done: set[int]
) -> bool:
    sound = True
    lines: dict[str, int] = {}
    for key, value in node.value:
        here = replace(entry, line=line_of(key))
        if not isinstance(key, yaml.ScalarNode):
            here.refuse("a key must be a text", "put the text before the colon in quotes")
            sound = False
            continue
        here = replace(here, key=f"{entry.key}.{key.value}" if entry.key else str(key.value))
        if key.value in lines:
            here.refuse(
                f"the key `{key.value}` stands twice, first in line {lines[key.value]}",
                "remove or rename one of the two",
            )
        lines.setdefault(key.value, here.line)
        sound &= _check_keys(here, value, within, done)
    return sound
