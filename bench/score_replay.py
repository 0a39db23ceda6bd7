"""Scores a replay of labelled conversations: `python bench/score_replay.py OUT.jsonl LABELS.jsonl`.

Writes Markdown tables to standard output: outcomes, topic (exact, and with the topics a reasonable
agent would accept), severity, and what is confused most. A conversation that was acknowledged
without a case counts as topic praise. Ids from d400 on are held out: nothing was tuned on them.
"""

from __future__ import annotations

import json
import math
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

HELD_OUT = "d400"
Pair = tuple[Mapping[str, Any], Mapping[str, Any]]


def read(path: str) -> dict[str, dict[str, Any]]:
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    return {record["id"]: record for record in map(json.loads, lines)}


def topic_of(play: Mapping[str, Any]) -> str:
    if play["case"]:
        return str(play["case"]["topic"])
    return "praise" if play["outcome"] == "acknowledged" else play["outcome"]


def share(values: Iterable[bool]) -> str:
    found = list(values)
    return f"{sum(found) / max(len(found), 1):.3f}"


def row(name: str, pairs: Sequence[Pair]) -> str:
    cases = [(play, label) for play, label in pairs if play["case"]]
    return "| " + " | ".join(
        [
            name,
            str(len(pairs)),
            share(topic_of(play) == label["topic"] for play, label in pairs),
            share(topic_of(play) in (label["topic"], *label["also_ok"]) for play, label in pairs),
            share(play["case"]["severity"] == label["severity"] for play, label in cases),
            share(topic_of(play) == "other" for play, _ in pairs),
        ]
    ) + " |"  # fmt: skip


def at(values: Sequence[int], quantile: float) -> int:
    """The value that `quantile` of the sorted values do not exceed."""
    return values[math.ceil(quantile * len(values)) - 1]


def complete(case: Mapping[str, Any]) -> bool:
    """Whether a case has what every case must have."""
    needed = (case["topic"], case["subtopic"], case["severity"], case["severity_reasons"])
    return all((*needed, case["team"], case["sla"]["respond_by"]))


def confusions(pairs: Sequence[Pair]) -> Iterable[str]:
    wrong = Counter(
        (label["topic"], topic_of(play))
        for play, label in pairs
        if topic_of(play) not in (label["topic"], *label["also_ok"])
    )
    for (labelled, found), count in wrong.most_common(8):
        yield f"| {labelled} | {found} | {count} |"


def main(output: str, labels: str) -> None:
    plays, known = read(output), read(labels)
    pairs = [(play, known[name]) for name, play in plays.items()]
    tuned = [pair for pair in pairs if pair[1]["id"] < HELD_OUT]
    held = [pair for pair in pairs if pair[1]["id"] >= HELD_OUT]
    outcomes = Counter(play["outcome"] for play in plays.values())
    cases = [play["case"] for play in plays.values() if play["case"]]
    latency = sorted(ms for play in plays.values() for ms in play["latency_ms"])
    turns = [play["turns"] for play in plays.values()]
    lines = [
        "| outcome | conversations |", "|---|---|",
        *(f"| {name} | {count} |" for name, count in outcomes.most_common()),
        "",
        f"Errors: {sum(bool(play['error']) for play in plays.values())}. Cases with topic, "
        f"subtopic, severity, reasons, team and due time: {sum(map(complete, cases))} of "
        f"{len(cases)}. Turns: mean {sum(turns) / len(turns):.1f}, most {max(turns)}. "
        f"Latency a turn: median {at(latency, 0.5)} ms, p95 {at(latency, 0.95)} ms.",
        "",
        "| conversations | n | topic exact | topic with also_ok | severity exact (cases) | other |",
        "|---|---|---|---|---|---|",
        row("d000-d399 (rules were tuned on these)", tuned),
        row("d400-d524 (held out)", held),
        row("all", pairs),
        "",
        "| labelled | taken for | count |", "|---|---|---|",
        *confusions(pairs),
    ]  # fmt: skip
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
