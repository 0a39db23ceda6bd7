"""credentials.yml: which channels are on, and their settings; `${NAME}` stands for the variable
NAME of the environment."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import yaml

from bot.errors import ConfigurationError, Problem

FILE = "credentials.yml"
_VARIABLE = re.compile(r"\$\{(\w+)\}", re.ASCII)


def read_credentials(
    root: Path, known: Collection[str], environment: Mapping[str, str] = os.environ
) -> Mapping[str, Mapping[str, Any]]:
    """Channel -> its settings, for each channel that stands in the file of the folder `root`.

    Raises ConfigurationError for a file that cannot be read, an unknown channel, settings that are
    no mapping, and variables that are not set. No problem shows a value.
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
    filled = {
        name: _filled(settings or {}, name, environment, problems)
        for name, settings in entries.items()
    }
    if problems:
        raise ConfigurationError(problems)
    return filled


def _filled(value: Any, key: str, environment: Mapping[str, str], problems: list[Problem]) -> Any:
    if isinstance(value, dict):
        return {
            name: _filled(one, f"{key}.{name}", environment, problems)
            for name, one in value.items()
        }
    if isinstance(value, list):
        return [_filled(one, key, environment, problems) for one in value]
    if not isinstance(value, str):
        return value
    for name in _VARIABLE.findall(value):
        if not environment.get(name):
            problems.append(_problem(key, f"the variable {name} is not set", f"set {name}=..."))
    return _VARIABLE.sub(lambda match: environment.get(match[1], ""), value)


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
