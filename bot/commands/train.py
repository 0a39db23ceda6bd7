"""`nightdesk train`: with a line a second on how long it takes."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator

from rich.console import Console

from bot.errors import ConfigurationError
from bot.nlu.sentence_store import showing
from bot.playbook.check import check
from bot.settings import Settings


def train(settings: Settings) -> None:
    """Checks the content, then trains. Raises ConfigurationError with every mistake."""
    console = Console(file=sys.stderr)  # this one: Rasa's training is silenced meanwhile
    if problems := check(settings.root):
        raise ConfigurationError(problems)
    began = time.monotonic()
    with console.status("Reading the content") as status:
        from bot.engine.training import train as run

        with showing(lambda texts: _counted(texts, status.update)):
            model = run(settings.root, settings.models, say=status.update)
    took = f"{time.monotonic() - began:.0f} s ({time.process_time():.0f} s of processor time)"
    console.print(f"Trained {model.name} in {took}.")


def _counted(texts: Iterable[str], say: Callable[[str], None]) -> Iterator[str]:
    waiting = list(texts)
    for number, text in enumerate(waiting, start=1):
        say(f"Encoding the new examples: {number} of {len(waiting)}")
        yield text
