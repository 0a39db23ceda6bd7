"""The playbook as the components meet it: read at training, then part of the model.

A model carries the fields and cues it was trained with, so it can neither disagree with itself nor
need the content folder to be served.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

from bot.playbook.content import Content, fingerprint, load_content
from bot.playbook.model import Field

PROJECT = "."
"""The default of the components' setting `project`: training runs in the project folder."""


def content_of(config: Mapping[str, Any]) -> Content:
    """The content of the project folder that a component's setting `project` names."""
    folder = Path(str(config["project"])).resolve()
    return _loaded(folder, fingerprint(folder))


@functools.lru_cache(maxsize=1)
def _loaded(folder: Path, fingerprint: str) -> Content:
    """All components of a training ask for the same content."""
    return load_content(folder)


def fingerprint_of(config: Mapping[str, Any]) -> str:
    """Changes with the content, so that Rasa's training cache notices."""
    return fingerprint(Path(str(config.get("project", PROJECT))))


def write_fields(file: Path, fields: Mapping[str, Field]) -> None:
    stored = [asdict(field) for field in fields.values()]
    file.write_text(json.dumps(stored, ensure_ascii=False, indent=1), "utf-8")


def read_fields(file: Path) -> dict[str, Field]:
    stored = cast("list[dict[str, Any]]", json.loads(file.read_text("utf-8")))
    return {entry["name"]: _field(entry) for entry in stored}


def _field(entry: dict[str, Any]) -> Field:
    values = {name: tuple(written) for name, written in entry["values"].items()}
    return Field(
        **{
            **entry,
            "patterns": tuple(entry["patterns"]),
            "regions": tuple(entry["regions"]),
            "values": values,
        }
    )
