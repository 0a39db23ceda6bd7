"""`nightdesk train`: with a line a second on how long it takes."""

from __future__ import annotations

import time

from rich.console import Console

from bot.errors import ConfigurationError
from bot.playbook.check import check
from bot.settings import Settings


def train(settings: Settings) -> None:
    """Checks the content, then trains. Raises ConfigurationError with every mistake."""
    console = Console(stderr=True)
    if problems := check(settings.root):
        raise ConfigurationError(problems)
    began = time.monotonic()
    with console.status("Reading the content") as status:
        from bot.engine.training import train as run

        model = run(settings.root, settings.models, say=status.update)
    console.print(f"Trained {model.name} in {time.monotonic() - began:.0f} s.")
