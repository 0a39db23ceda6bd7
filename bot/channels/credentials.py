"""credentials.yml: which channels are on, and their settings."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import yaml

from bot.errors import ConfigurationError, Problem

FILE = "credentials.yml"


def read_credentials(root: Path, known: Collection[str]) -> Mapping[str, Mapping[str, Any]]:
    """Channel -> its settings, for each channel that stands in the file of the folder `root`.

    Raises ConfigurationError for a file that cannot be read, an unknown channel, and settings that
    are no mapping.
    """
    problems: list[Problem] = []
    entries = _entries(root / FILE, problems)
    for name, settings in entries.items():
        if name not in known:
            problems.append(_unknown(str(name), known))
        elif not isinstance(settings or {}, dict):
            problems.append(
                _problem(str(name), "the settings are no mapping", "write `{}` or keys")
            )
    if problems:
        raise ConfigurationError(problems)
    return {name: settings or {} for name, settings in entries.items()}


def _entries(path: Path, problems: list[Problem]) -> dict[str, Any]:
    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except OSError:
        problems.append(_problem("", "the file is missing", "add it; `rest: {}` is enough"))
        return {}
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 0
        problems.append(Problem(FILE, line, "", "this is no valid YAML", "mend the line"))
        return {}
    if isinstance(entries, dict):
        return entries
    problems.append(
        _problem("", "this is no mapping", "write a channel a line, such as `rest: {}`")
    )
    return {}


def _unknown(name: str, known: Collection[str]) -> Problem:
    near = difflib.get_close_matches(name, known, n=1)
    meant = f"did you mean `{near[0]}`? " if near else ""
    return _problem(
        name, "there is no such channel", f"{meant}known are {', '.join(sorted(known))}"
    )


def _problem(key: str, message: str, fix: str) -> Problem:
    return Problem(FILE, 0, key, message, fix)
