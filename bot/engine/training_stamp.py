"""Says whether a model is still good for the content and for this code; needs no Rasa."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from bot.playbook.content import fingerprint

MODEL = "nightdesk.tar.gz"
_STAMP = "nightdesk.json"
_UNDERSTANDING = Path(__file__).parents[1] / "nlu"


def is_current(root: Path, models: Path) -> bool:
    """True when the model in `models` was trained by this code on the content of `root`."""
    try:
        stamp = json.loads((models / _STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return (models / MODEL).is_file() and stamp == _stamp(fingerprint(root))


def model_version(models: Path) -> tuple[int, int, int] | None:
    """Another for every model that is put into the folder; None when there is none."""
    try:
        about = (models / MODEL).stat()
    except FileNotFoundError:
        return None
    return about.st_ino, about.st_mtime_ns, about.st_size


def _stamp(content: str) -> dict[str, str]:
    return {"content": content, "code": _code()}


def _code() -> str:
    """A hash of the code that makes and reads the model: the understanding."""
    digest = hashlib.sha256()
    for path in sorted(_UNDERSTANDING.rglob("*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def write_stamp(models: Path, content: str) -> None:
    """Notes the fingerprint of the content the model in `models` was trained on."""
    (models / _STAMP).write_text(json.dumps(_stamp(content)), encoding="utf-8")
