"""Runs `nightdesk bench-nlu` on public data sets and keeps the table: `make bench-nlu`.

`python bench/understanding.py FOLDER` (default ../shared/bench, which holds banking77/ and
clinc150/) rewrites the part of docs/benchmarks/understanding.md between its two marks.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from datetime import datetime, timezone
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.clinc_csv import convert
from bench.pages import keep, machine

PAGE = Path("docs/benchmarks/understanding.md")
COLUMNS = {
    "accuracy": "{:.4f}",
    "macro_f1": "{:.4f}",
    "in_scope_accuracy_at_threshold": "{:.4f}",
    "oos_recall": "{:.4f}",
    "ms_per_message": "{:.1f}",
    "train_seconds": "{:.1f}",
}


def measure(*options: str) -> dict[str, float | None]:
    command = [str(Path(sys.executable).with_name("nightdesk")), "bench-nlu", *options]
    run = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    figures: dict[str, float | None] = json.loads(run.stdout.splitlines()[-1])
    return figures


def row(name: str, figures: dict[str, float | None]) -> str:
    values = ((figures[column], form) for column, form in COLUMNS.items())
    cells = ("-" if value is None else form.format(value) for value, form in values)
    return f"| {' | '.join([name, *cells])} |"


def main(folder: Path) -> None:
    bank, clinc = folder / "banking77", folder / "clinc150" / "data_full.json"
    load = os.getloadavg()[0]
    banking = measure("--train", f"{bank}/train.csv", "--test", f"{bank}/test.csv")
    with tempfile.TemporaryDirectory() as made:
        convert(clinc, Path(made))
        parts = [f"{made}/{part}.csv" for part in ("train", "test", "oos_test")]
        scoped = measure("--train", parts[0], "--test", parts[1], "--oos", parts[2])
    lines = [
        f"`make bench-nlu`, {datetime.now(timezone.utc):%Y-%m-%d}. Machine: {machine()}; "
        f"load before it began {load:.1f}.",
        "",
        f"| 10 shots, mean of seeds 0-2 | {' | '.join(COLUMNS).replace('_', ' ')} |",
        "|---" * (len(COLUMNS) + 1) + "|",
        row("Banking77", banking),
        row("CLINC150", scoped),
    ]
    keep(PAGE, "bench-nlu", lines)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/bench"))
