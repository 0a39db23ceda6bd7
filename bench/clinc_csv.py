"""Writes CLINC150 as CSV: `python bench/clinc_csv.py data_full.json FOLDER`.

train.csv, test.csv and oos_test.csv, columns text and category, for `nightdesk bench-nlu`.
"""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path


def convert(source: Path, folder: Path) -> None:
    parts = json.loads(source.read_text(encoding="utf-8"))
    for part in ("train", "test", "oos_test"):
        with (folder / f"{part}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([("text", "category"), *parts[part]])


if __name__ == "__main__":
    convert(Path(sys.argv[1]), Path(sys.argv[2]))
