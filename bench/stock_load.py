"""The customers of bench/stock.py: fixed texts, so that all bots hear the same ones, each signed so
that no two are alike, posted as a web site would, so many conversations at a time.
"""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path
from statistics import mean, quantiles
from typing import Any
from uuid import uuid4

import httpx
import yaml

SCRIPTS = Path(__file__).parents[1] / "tests" / "customers" / "customers.yml"
POSTS = "/webhooks/rest/webhook"
CONVERSATIONS = {1: 20, 8: 56, 32: 96}
"""At a time -> how many in a round."""
WARM_UP = {4: 12}
FIRST_NAMES = (
    "Ann Ben Cara Dan Ella Finn Gwen Hugh Iris Jack Kate Liam Maud Ned Olive Paul Quinn Rose Sam "
    "Tess Una Vic Wendy Alan Beth Carl Dora Evan Fay Glen Hope Ian Jane Keith Lucy Mark Nora Owen "
    "Pam Ray Sue Tom Amy Bob Clare Dean Eve Fred"
).split()
LAST_NAMES = (
    "Adler Brown Cole Dunn Ellis Ford Gray Hughes Irwin Jones Kerr Lane Moss Nash Owens Price "
    "Quick Reed Shaw Todd Upton Vale Wood Young Abbott Burke Clark Doyle Evans Frost Green Hill "
    "Ives James King Lloyd Mills Noble Orr Park Ross Stone Tate Usher Vance Webb York Bell"
).split()
_LAST_WORDS = "thanks, that is all"
_START_SECONDS = 300

Round = Mapping[int, Sequence[Sequence[str]]]
"""At a time -> the conversations."""


@dataclass(frozen=True)
class Door:
    """Where a bot is posted to; `pids` are its processes, by what they do."""

    url: str
    pids: Mapping[str, int]
    headers: Mapping[str, str] = field(default_factory=dict)

    def cpu_ms(self) -> float:
        """Processor time so far, threads that ended included: utime and stime of
        proc_pid_stat(5), in ticks."""
        files = [Path(f"/proc/{pid}/stat") for pid in self.pids.values()]
        parts = [file.read_text().rpartition(")")[2].split() for file in files]
        ticks = sum(int(part[11]) + int(part[12]) for part in parts)
        return ticks * 1000 / os.sysconf("SC_CLK_TCK")

    def memory_mb(self) -> float:
        """What processes share is divided among them (PSS)."""
        files = [Path(f"/proc/{pid}/smaps_rollup") for pid in self.pids.values()]
        found = [re.findall(r"^Pss:\s+(\d+)", file.read_text(), re.MULTILINE)[0] for file in files]
        return sum(map(int, found)) / 1024


@dataclass(frozen=True)
class Load:
    """What one load did. `silent` messages got no reply at all; `cpu_ms` is of the bot alone."""

    seconds: float
    latencies_ms: Sequence[float]
    silent: int
    cpu_ms: float

    def __add__(self, other: Load) -> Load:
        return Load(
            self.seconds + other.seconds,
            [*self.latencies_ms, *other.latencies_ms],
            self.silent + other.silent,
            self.cpu_ms + other.cpu_ms,
        )

    @property
    def per_second(self) -> float:
        return len(self.latencies_ms) / self.seconds

    def figures(self) -> dict[str, float]:
        cuts = quantiles(self.latencies_ms, n=100, method="inclusive")
        count = len(self.latencies_ms)
        return {
            "messages": count,
            "per_second": self.per_second,
            "mean_ms": mean(self.latencies_ms),
            "p50_ms": cuts[49],
            "p95_ms": cuts[94],
            "p99_ms": cuts[98],
            "cpu_ms": self.cpu_ms / count,
            "silent_share": self.silent / count,
        }


@dataclass(frozen=True)
class Texts:
    """Everything that is said: `rounds`, each behind its warm-up; `unsigned` is text -> what it was
    before somebody signed it."""

    rounds: Sequence[tuple[Round, Round]]
    unsigned: Mapping[str, str]


def texts(rounds: int) -> Texts:
    """The same for every bot."""
    everybody, names, unsigned = cycle(_conversations()), _names(), {}

    def signed(text: str) -> str:
        made = f"{text} {next(names)}"
        assert made not in unsigned
        unsigned[made] = text
        return made

    def one(plan: Mapping[int, int]) -> Round:
        return {
            at_once: [[signed(text) for text in said] for said in islice(everybody, number)]
            for at_once, number in plan.items()
        }

    return Texts([(one(WARM_UP), one(CONVERSATIONS)) for _ in range(rounds)], unsigned)


def _names() -> Iterator[str]:
    return cycle(f"{first} {last}" for last in LAST_NAMES for first in FIRST_NAMES)


def _conversations() -> list[list[str]]:
    """What the scripted customers say, whatever is answered: the problem, what it left out, a
    question if there is one, and thanks."""
    return [
        [" ".join(script["opening"]), *_left_out(script), *_question(script), _LAST_WORDS]
        for script in yaml.safe_load(SCRIPTS.read_text("utf-8"))["customers"]
    ]


def _left_out(script: Mapping[str, Any]) -> list[str]:
    known = script["in_opening"]
    return [str(fact["say"]) for name, fact in script["facts"].items() if name not in known]


def _question(script: Mapping[str, Any]) -> list[str]:
    return [script["faq_question"]] if "faq_question" in script else []


def first_answer(door: Door, process: subprocess.Popen[bytes], began: float) -> float:
    """Seconds from `began` until the bot answers; SystemExit when its process ends before."""
    body = {"sender": "first", "message": "hello"}
    with httpx.Client(base_url=door.url, headers=dict(door.headers), timeout=60) as client:
        while process.poll() is None and time.perf_counter() - began < _START_SECONDS:
            try:
                if client.post(POSTS, json=body).raise_for_status().json():
                    return time.perf_counter() - began
            except (httpx.HTTPError, ValueError):
                time.sleep(0.02)
    raise SystemExit("The bot does not answer.")


def play(door: Door, conversations: Round) -> dict[int, Load]:
    """At a time -> the load."""
    return {
        at_once: asyncio.run(_side_by_side(door, said, at_once))
        for at_once, said in conversations.items()
    }


async def _side_by_side(door: Door, conversations: Sequence[Sequence[str]], at_once: int) -> Load:
    waiting, took, silent = iter(conversations), [], 0
    limits = httpx.Limits(max_connections=at_once)
    async with httpx.AsyncClient(
        base_url=door.url, headers=dict(door.headers), timeout=120, limits=limits
    ) as client:

        async def write() -> None:
            nonlocal silent
            for said in waiting:
                sender = uuid4().hex
                for text in said:
                    began = time.perf_counter()
                    replies = await _say(client, sender, text)
                    took.append((time.perf_counter() - began) * 1000)
                    silent += not replies

        spent, began = door.cpu_ms(), time.perf_counter()
        await asyncio.gather(*(write() for _ in range(at_once)))
        return Load(time.perf_counter() - began, took, silent, door.cpu_ms() - spent)


async def _say(client: httpx.AsyncClient, sender: str, text: str) -> list[Any]:
    """The replies. A 202 says that the turn is not done yet; the same id asks again."""
    body = {"sender": sender, "message": text, "message_id": uuid4().hex}
    while True:
        answer = await client.post(POSTS, json=body)
        if answer.raise_for_status().status_code == 200:
            return list(answer.json())
