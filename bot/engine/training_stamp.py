"""Says whether a model is still good for the content; needs no Rasa."""

from __future__ import annotations

import json
from pathlib import Path

from bot.playbook.content import fingerprint

MODEL = "nightdesk.tar.gz"
_STAMP = "nightdesk.json"


def is_current(root: Path, models: Path) -> bool:
    """True when the model in `models` was trained on exactly the content of `root`."""
    try:
        stamp = json.loads((models / _STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return (models / MODEL).is_file() and stamp.get("content") == fingerprint(root)


def write_stamp(models: Path, content: str) -> None:
    """Notes the fingerprint of the content the model in `models` was trained on."""
    (models / _STAMP).write_text(json.dumps({"content": content}), encoding="utf-8")
