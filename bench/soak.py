"""Whether a night of work leaves anything behind: `python bench/soak.py [MINUTES]` (30).

Serves the demo brand on a folder of its own, and has customers write to it over HTTP at a steady
pace, each with a problem of their own. Every half minute the memory of each process, the size of
the store's files and the latencies since the last look are noted. Draws
docs/benchmarks/soak.svg and prints one JSON line last.
"""

# ruff: noqa: T201  (printing is what it is for)

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import httpx
import matplotlib as mpl
import numpy as np

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from bot.engine.training_stamp import MODEL  # noqa: E402
from tests.killing import Customer, House  # noqa: E402

CUSTOMERS_A_MINUTE = 60
LOOK_SECONDS = 30.0
OUT = ROOT / "docs" / "benchmarks"
OPENINGS = (
    "My Nook Cam shows a grey screen since yesterday, error E-{number}, what now?",
    "you took £{number}.99 twice for brightnook stream, I want my money back",
    "order BN-1{number:05d}, a Nook Thermo, says delivered on Monday but nothing has come",
    "My Nook Bell came this afternoon with the glass cracked. Order BN-2{number:05d}",
    "I cannot log in, the code never comes, customer{number}@example.com",
)
PROCESSES = ("worker", "web", "store")


@dataclass
class Look:
    """After `minutes`: megabytes of memory that each process has for itself, kilobytes of the
    store's files, milliseconds from a message to its replies since the look before."""

    minutes: float
    messages: int
    memory: dict[str, float]
    files: float
    p50: float
    p95: float


@dataclass
class Night:
    house: House
    looks: list[Look] = field(default_factory=list)
    spent: list[float] = field(default_factory=list)
    messages: int = 0
    trouble: int = 0
    receipts: int = 0

    async def note(self, response: httpx.Response) -> None:
        await response.aread()
        self.spent.append(1000 * response.elapsed.total_seconds())

    async def customer(self, client: httpx.AsyncClient, number: int) -> None:
        opening = OPENINGS[number % len(OPENINGS)].format(number=number)
        one = Customer(client, f"soak-{number}", opening)
        await one.play()
        self.messages += len(one.sent)
        self.trouble += one.trouble
        self.receipts += len(one.receipts)

    def look(self, minutes: float) -> None:
        spent, self.spent = self.spent, []
        memory = {name: sum(map(_memory, self.house.pids(name))) for name in PROCESSES}
        files = sum(_size(file) for file in (self.house.data_dir / "store").rglob("*"))
        p50, p95 = np.percentile(spent, [50, 95]) if spent else (0.0, 0.0)
        self.looks.append(Look(minutes, self.messages, memory, files / 1024, p50, p95))
        print(json.dumps(asdict(self.looks[-1])), file=sys.stderr)


def _memory(pid: int) -> float:
    """Private memory: a share of what others have mapped, too, would change with them."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text("utf-8").splitlines()
    return sum(int(row.split()[1]) for row in rollup if row.startswith("Private_")) / 1024


def _size(file: Path) -> int:
    try:
        return file.stat().st_size if file.is_file() else 0
    except FileNotFoundError:  # a file that was rewritten meanwhile
        return 0


async def soak(house: House, token: str, minutes: float) -> Night:
    night, began, playing = Night(house), time.monotonic(), set[asyncio.Task[None]]()
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(
        base_url=house.url, headers=headers, timeout=30, event_hooks={"response": [night.note]}
    ) as client:
        for number in range(int(minutes * CUSTOMERS_A_MINUTE)):
            task = asyncio.create_task(night.customer(client, number))
            playing.add(task)
            task.add_done_callback(playing.discard)
            passed = time.monotonic() - began
            if passed > LOOK_SECONDS * len(night.looks):
                night.look(passed / 60)
            due = began + (number + 1) * 60 / CUSTOMERS_A_MINUTE
            await asyncio.sleep(max(0.0, due - time.monotonic()))
        await asyncio.gather(*playing)
        night.look((time.monotonic() - began) / 60)
    return night


def thirds(looks: Sequence[Look]) -> Iterator[list[Look]]:
    """What came before the first full look is warming up and counts nowhere."""
    counted = looks[2:]
    size = len(counted) // 3
    yield from (list(counted[:size]), list(counted[-size:]))


def figures(night: Night) -> dict[str, float]:
    """First third against last: memory in MB, latency in ms; growth of files in KB a message."""
    first, last = thirds(night.looks)
    told: dict[str, float] = {"minutes": night.looks[-1].minutes, "messages": night.messages}
    told |= {"receipts": night.receipts, "sent_again": night.trouble}
    for name in PROCESSES:
        told[f"{name}_mb_first_third"] = float(np.mean([look.memory[name] for look in first]))
        told[f"{name}_mb_last_third"] = float(np.mean([look.memory[name] for look in last]))
    for name in ("p50", "p95"):
        told[f"{name}_ms_first_third"] = float(np.median([getattr(look, name) for look in first]))
        told[f"{name}_ms_last_third"] = float(np.median([getattr(look, name) for look in last]))
    for name, part in (("first", first), ("last", last)):
        grown, written = part[-1].files - part[0].files, part[-1].messages - part[0].messages
        told[f"file_kb_a_message_{name}_third"] = grown / max(1, written)
    return {name: round(value, 2) for name, value in told.items()}


def draw(looks: Sequence[Look], file: Path) -> None:
    mpl.use("svg")
    from matplotlib import pyplot

    mpl.rcParams["svg.hashsalt"] = "nightdesk"
    minutes = [look.minutes for look in looks]
    plot, (memory, files, spent) = pyplot.subplots(3, 1, figsize=(8, 8), sharex=True)
    for name in PROCESSES:
        memory.plot(minutes, [look.memory[name] for look in looks], label=name)
    memory.set_ylabel("memory, MB")
    files.plot(minutes, [look.files / 1024 for look in looks])
    files.set_ylabel("store's files, MB")
    for name in ("p50", "p95"):
        spent.plot(minutes[1:], [getattr(look, name) for look in looks[1:]], label=name)
    spent.set_ylabel("message to reply, ms")
    spent.set_xlabel("minutes")
    for axes in (memory, files, spent):
        axes.set_ylim(bottom=0)
        axes.grid(alpha=0.3)
    memory.legend()
    spent.legend()
    plot.tight_layout()
    plot.savefig(file, metadata={"Date": None})


def main(minutes: float) -> None:
    models = ROOT / "var" / "models"
    if not (models / MODEL).exists():
        raise SystemExit("There is no model; run `nightdesk train`.")
    with tempfile.TemporaryDirectory() as folder:
        house = House(ROOT, models, Path(folder))
        with house.running():
            token = house.run("token", "add", "soak", "--role", "admin").stdout.strip()
            night = asyncio.run(soak(house, token, minutes))
    draw(night.looks, OUT / "soak.svg")
    print(json.dumps(figures(night)))


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 30.0)
