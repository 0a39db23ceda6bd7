"""Trains the Rasa model of a project folder."""

from __future__ import annotations

import contextlib
import logging
import os
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import structlog

from bot.engine.lean import travel_light
from bot.engine.training_stamp import MODEL, write_stamp
from bot.engine.version import require_rasa
from bot.errors import ModelUnusable
from bot.playbook.content import fingerprint

_SENTENCES = "SENTENCES_FOLDER"
"""Where the understanding keeps the sentence vectors of examples (bot/nlu/sentence_store.py)."""


def train(root: Path, models: Path, say: Callable[[str], None] = lambda _: None) -> Path:
    """Trains on `root` and puts the model into `models`; the old one stays until the new is whole.

    Raises ConfigurationError for a config that cannot be trained, ModelUnusable when Rasa made no
    model.
    """
    prepare(root)
    content = fingerprint(root)
    models.mkdir(parents=True, exist_ok=True)
    say("Training the understanding and the rules")
    with _sentences_kept_in(models), tempfile.TemporaryDirectory(dir=models) as folder:
        made = _train_with_rasa(root, Path(folder))
        os.replace(made, models / MODEL)
    write_stamp(models, content)
    return models / MODEL


def prepare(root: Path) -> None:
    """Everything that has to happen before Rasa is imported."""
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    require_rasa()
    travel_light(root / "config.yml")
    _hush()


def _hush() -> None:
    """Rasa's loggers may hold customers' words: they stay silent, our own say what happened. So do
    the warnings of the old libraries it is pinned to, which reset the filters themselves."""
    warnings.showwarning = lambda *_, **__: None
    logging.getLogger("rasa").setLevel(logging.CRITICAL)
    silent = structlog.make_filtering_bound_logger(logging.CRITICAL)
    structlog.configure(wrapper_class=silent)


@contextlib.contextmanager
def _quietly() -> Iterator[None]:
    """Rasa's own progress bars and remarks are not for content owners; errors are raised."""
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        with contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere):
            yield


@contextlib.contextmanager
def _sentences_kept_in(models: Path) -> Iterator[None]:
    """Unless the environment names another folder already."""
    if _SENTENCES in os.environ:
        yield
        return
    os.environ[_SENTENCES] = str(models.resolve())
    try:
        yield
    finally:
        del os.environ[_SENTENCES]


def _train_with_rasa(root: Path, output: Path) -> Path:
    from rasa.model_training import train as rasa_train

    here = Path.cwd()
    os.chdir(root)
    try:
        with _quietly():
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
