"""Measures what is heard between the lines: `python bench/signals.py [../shared/real [var]]`.

Mood and the wish for a person in labelled conversations (`labels.jsonl`, `conversations.jsonl`; ids
from d400 on are held out), with 95 % intervals; both and spam in the messages of
tests/understanding/signals.yml. Uses the trained model in `var`. The last line is JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from bot.commands.evaluate_labels import read_labels
from bot.commands.json_lines import read_json_lines
from bot.commands.triage import triage_all
from bot.engine.assistant import Assistant
from bot.engine.training_stamp import MODEL
from bot.insights.evaluation.scores import Judged, Scorecard, score
from bot.playbook.content import load_content
from bot.settings import Settings, read_settings
from tests.understanding.test_signals import LANGUAGES, hits

HELD_OUT = "d400"
FIGURES = ("sentiment", "sentiment_macro_f1", "wants_human_precision", "wants_human_recall",
           "wants_human_f1")  # fmt: skip


def of_conversations(settings: Settings, folder: Path) -> Scorecard:
    playbook = load_content(settings.root).playbook
    labels = read_labels(folder / "labels.jsonl", playbook.topics)
    records = {record["id"]: record for record in read_json_lines(folder / "conversations.jsonl")}
    lines = triage_all(settings, [records[name] for name in labels])
    pairs = zip(labels.values(), lines, strict=True)
    return score([Judged(label, line) for label, line in pairs], playbook, HELD_OUT)


def of_messages(settings: Settings) -> dict[str, dict[str, float]]:
    """Language -> kind -> share that is heard rightly."""
    assistant = Assistant.load(settings.root, settings.models / MODEL)
    shares = {}
    for language in LANGUAGES:
        found = asyncio.run(hits(assistant, language))
        shares[language] = {kind: round(sum(hit) / len(hit), 3) for kind, hit in found.items()}
    return shares


def table(header: list[str], rows: list[list[str]]) -> None:
    for cells in (header, ["---"] * len(header), *rows):
        sys.stdout.write(f"| {' | '.join(cells)} |\n")
    sys.stdout.write("\n")


def shown(figure: dict[str, Any]) -> str:
    return f"{figure['value']:.3f} ({figure['low']:.3f}-{figure['high']:.3f})"


def main(folder: Path, data_dir: Path) -> None:
    settings = read_settings(Path("."), data_dir)
    scorecard, messages = of_conversations(settings, folder), of_messages(settings)
    parts = scorecard.to_json()
    rows = [[name, *(shown(part[figure]) for figure in FIGURES)] for name, part in parts.items()]
    table(["", *FIGURES], rows)
    confusion = next(one for one in scorecard.confusions if one.name == "sentiment")
    counts = zip(confusion.classes, confusion.counts.tolist(), strict=True)
    table(["is / read as", *confusion.classes], [[name, *map(str, row)] for name, row in counts])
    kinds = list(messages["en"])
    table(["", *kinds], [[key, *(f"{one[kind]:.2f}" for kind in kinds)]
                         for key, one in messages.items()])  # fmt: skip
    heard = {name: {key: part[key] for key in FIGURES} for name, part in parts.items()}
    sys.stdout.write(json.dumps({"conversations": heard, "messages": messages}) + "\n")


if __name__ == "__main__":
    folder, data_dir = [*sys.argv[1:], *("../shared/real", "var")[len(sys.argv) - 1 :]]
    main(Path(folder), Path(data_dir))
