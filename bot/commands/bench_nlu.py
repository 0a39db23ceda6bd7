"""`nightdesk bench-nlu`: the shipped classifier on any data set, with ten examples an intent."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from pathlib import Path

import yaml
from rich.console import Console
from rich.progress import track

from bot.errors import BadRequest
from bot.nlu.benchmark import Benchmark, Figures, averaged, draw
from bot.nlu.encoder import NONE, encoder_named


def bench_nlu(
    root: Path, train: Path, test: Path, oos: Path | None, shots: int, seeds: int
) -> None:
    """Prints one JSON line: the means over the seeds. The encoder is that of config.yml.

    Raises BadRequest for a file without the columns text and category.
    """
    console = Console(stderr=True)
    found = encoder_named(encoder_of(root))
    encoder = found.plain if found else None  # what is remembered costs nothing
    rows, foreign = _rows(train), [text for text, _ in _rows(oos)] if oos else []
    benchmark = Benchmark(_rows(test), foreign, encoder, lambda texts: _shown(texts, console))
    figures = []
    for seed in range(seeds):
        figures.append(benchmark.measure(draw(rows, shots, seed)))
        console.print(f"seed {seed}: {_line(figures[-1])}")
    print(json.dumps(averaged(figures)))  # noqa: T201


def encoder_of(root: Path) -> str:
    """The encoder of the intent classifier in config.yml."""
    config = yaml.safe_load((root / "config.yml").read_text("utf-8")) or {}
    entries = [entry for entry in config.get("pipeline") or [] if isinstance(entry, dict)]
    return next((str(entry["encoder"]) for entry in entries if "encoder" in entry), NONE)


def _rows(file: Path) -> list[tuple[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines)
        if not {"text", "category"} <= set(reader.fieldnames or ()):
            first = "the first line must name the columns text and category"
            raise BadRequest("bad_columns", f"{file.name}: {first}")
        return [(row["text"], row["category"]) for row in reader]


def _shown(texts: Iterable[str], console: Console) -> Iterable[str]:
    waiting = list(texts)
    return track(waiting, "Encoding", console=console, disable=len(waiting) < 100)


def _line(figures: Figures) -> str:
    values = {name: value for name, value in vars(figures).items() if value is not None}
    return ", ".join(f"{name} {value:.4g}" for name, value in values.items())
