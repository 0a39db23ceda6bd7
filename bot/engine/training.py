"""Trains the Rasa model of a project folder, and says whether the one there is still good."""

from __future__ import annotations

import json
import logging
import os
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path

from bot.engine.lean import travel_light
from bot.engine.version import require_rasa
from bot.errors import ModelUnusable
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


def train(root: Path, models: Path, say: Callable[[str], None] = lambda _: None) -> Path:
    """Trains on `root` and puts the model into `models`; the old one stays until the new is whole.

    Raises ConfigurationError for a config that cannot be trained, ModelUnusable when Rasa made no
    model.
    """
    prepare(root)
    content = fingerprint(root)
    models.mkdir(parents=True, exist_ok=True)
    say("Training the understanding and the rules")
    with tempfile.TemporaryDirectory(dir=models) as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = _train_with_rasa(root, Path(folder))
        os.replace(made, models / MODEL)
    (models / _STAMP).write_text(json.dumps({"content": content}), encoding="utf-8")
    return models / MODEL


def prepare(root: Path) -> None:
    """Everything that has to happen before Rasa is imported."""
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    warnings.filterwarnings("ignore", category=DeprecationWarning)
    warnings.filterwarnings("ignore", category=FutureWarning)
    require_rasa()
    travel_light(root / "config.yml")
    logging.getLogger("rasa").setLevel(logging.ERROR)


def _train_with_rasa(root: Path, output: Path) -> Path:
    from rasa.model_training import train as rasa_train

    here = Path.cwd()
    os.chdir(root)
    try:
        result = rasa_train(
            domain="domain.yml",
            config="config.yml",
            training_files=["data"],
            output=str(output),
            force_training=True,
            fixed_model_name="nightdesk",
        )
    finally:
        os.chdir(here)
    if result.model is None:
        raise ModelUnusable(f"Rasa trained no model (code {result.code}).")
    return Path(result.model)
