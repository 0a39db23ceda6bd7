"""The one Rasa these adaptations were written for; a different one must not be adapted blindly."""

from __future__ import annotations

from importlib.metadata import version

from bot.errors import ConfigurationError, Problem

RASA_VERSION = "3.6.21"


def require_rasa() -> None:
    """Raises ConfigurationError when the installed Rasa is not the frozen one we adapt."""
    installed = version("rasa")
    if installed != RASA_VERSION:
        problem = Problem(
            "pyproject.toml",
            0,
            "dependencies.rasa",
            f"Rasa {installed} is installed, but bot/engine adapts {RASA_VERSION}",
            "install the locked requirements again with `make setup`",
        )
        raise ConfigurationError([problem])
