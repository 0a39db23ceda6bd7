"""Every adaptation was written for one Rasa, and says so when it meets another."""

from __future__ import annotations

import importlib
import pkgutil
from importlib.metadata import version

import pytest

import bot.engine
from bot.engine import version as engine_version
from bot.engine.version import RASA_VERSION, require_rasa
from bot.errors import ConfigurationError

ADAPTATIONS = [module.name for module in pkgutil.iter_modules(bot.engine.__path__)]
REASONED = (
    "event_types",
    "failing_actions",
    "few_services",
    "quick_validation",
    "silent_logs",
    "straight_runner",
)


@pytest.mark.parametrize("name", ADAPTATIONS)
def test_adaptation_is_of_the_installed_rasa(name: str) -> None:
    """Another Rasa: read each file's reason again, against that Rasa's source, then change this."""
    importlib.import_module(f"bot.engine.{name}")
    assert (version("rasa"), RASA_VERSION) == ("3.6.21", "3.6.21")


@pytest.mark.parametrize("name", REASONED)
def test_adaptation_says_why_it_is_there(name: str) -> None:
    said = importlib.import_module(f"bot.engine.{name}").__doc__ or ""
    assert "Reason: " in said
    assert "Gain: " in said


def test_another_rasa_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_version, "version", lambda _: "3.7.0")
    with pytest.raises(ConfigurationError, match=r"Rasa 3\.7\.0 is installed.*3\.6\.21"):
        require_rasa()
