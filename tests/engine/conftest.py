"""Rasa is imported by tests of the engine only as the engine does it: after `prepare`."""

from __future__ import annotations

from pathlib import Path

from bot.engine.training import prepare

prepare(Path(__file__).parents[2])
