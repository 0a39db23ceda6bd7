"""How fast the desk is with 10,000 open cases: `python bench/desk.py` (some minutes).

Fills an embedded store of its own, serves the web process beside it, and asks as open desks do.
Writes docs/benchmarks/desk.md.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import platform
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from statistics import quantiles
from typing import Any

import httpx

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from bot.cases.case import Case, Customer  # noqa: E402
from bot.cases.filing import dimensions, file_case  # noqa: E402
from bot.cases.state import Intake  # noqa: E402
from bot.cases.turn import Fact, Turn  # noqa: E402
from bot.cases.understanding import Understanding  # noqa: E402
from bot.playbook.content import Content, load_content  # noqa: E402
from bot.store.connection import Connection  # noqa: E402
from bot.store.conversations import (  # noqa: E402
    Conversations,
    Inbound,
    case_json,
    fact_json,
)
from bot.store.embedded import EmbeddedStore  # noqa: E402
from bot.store.tokens import Tokens  # noqa: E402

DESKS, NEW_CASES, REQUESTS, WRITERS = 20, 50, 300, 16
TARGET_MS, LIVE_TARGET_MS = 150, 1000
NAMES = ("Ann", "Bob", "Cem", "Dee", "Eva", "Fay", "Gus", "Ida", "Jan", "Kai", "Liv", "Zoë")
SURNAMES = ("Adler", "Brown", "Cole", "Díaz", "Evans", "Ferrari", "Grün", "Hughes", "Ito", "Jones")
CUES = ("", "", "", "", "", "", "blocked", "money_lost", "repeat_contact", "furious", "hacked")
HOURS = 9
"""The night's cases came in so many hours."""


def say(text: str, end: str = "\n") -> None:
    sys.stderr.write(text + end)
    sys.stderr.flush()


@dataclass
class Night:
    """Writes cases of customers who wrote what the content's examples say."""

    connection: Connection
    content: Content
    now: datetime
    random: random.Random
    cases: list[Case] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.store = Conversations(self.connection)
        self.texts: dict[str, list[str]] = {}
        for example in self.content.examples:
            if example.intent.startswith("report/"):
                topic = example.intent.removeprefix("report/")
                self.texts.setdefault(topic, []).append(example.text)

    async def fill(self, count: int) -> None:
        """So many cases, side by side."""
        numbers = iter(range(count))

        async def write() -> None:
            for number in numbers:
                seconds = self.random.uniform(0, HOURS * 3600)
                await self.open_case(number, self.now - timedelta(seconds=seconds))
                if number % 500 == 499:
                    say(f"\r{number + 1} of {count} cases", end="")

        await asyncio.gather(*(write() for _ in range(WRITERS)))
        say("")

    async def open_case(self, number: int, at: datetime) -> None:
        """A customer's messages, the bot's answers and the case, as a worker leaves them."""
        case, messages = await self.prepare(number, at)
        await self.write(case, 0, "case_opened", messages)
        self.cases.append(case)

    async def prepare(self, number: int, at: datetime) -> tuple[Case, int]:
        """A customer's messages, and the case they make, which is still to be written."""
        conversation, customer = f"rest:customer-{number}", self._customer(number)
        topic = self.random.choice(list(self.texts))
        texts = self.random.choices(self.texts[topic], k=self.random.randint(2, 5))
        for index, text in enumerate(texts):
            message = Inbound(f"m{index}", conversation, "rest", customer, text)
            await self.store.accept(message, at)
        return await self._filed(conversation, customer, topic, texts, at), len(texts)

    async def change(self, case: Case) -> None:
        """One more history entry, as from any step of anybody."""
        found = await self.store.case(case.id)
        assert found is not None
        known, revision = found
        await self.write(known.noted(self.now, "bot", "noted"), revision, "note_added")

    async def write(self, case: Case, revision: int, fact: str, handled: int = 0) -> None:
        about = {"case": case.id, **dimensions(case)}
        said = {"from": "bot", "at": "2026-01-01T00:00:00Z", "text": "Thank you. " * 20}
        await self.store.write(
            case.conversation,
            "",
            {
                "handled": [f"m{index}" for index in range(handled)],
                "lines": [json.dumps(said)] * handled,
                "buttons": [],
                "cases": [case_json(case, revision, self.content)],
                "facts": [fact_json(Fact(fact, about), case.conversation, self.now)],
                "held": "",
                "held_else": "",
            },
        )

    def _customer(self, number: int) -> Customer:
        name = f"{self.random.choice(NAMES)} {self.random.choice(SURNAMES)}"
        return Customer(f"customer-{number}", name, f"@{name.split()[0].lower()}{number}")

    async def _filed(
        self, conversation: str, customer: Customer, topic: str, texts: Sequence[str], at: datetime
    ) -> Case:
        async def reference(number: int) -> str:
            return await self.store.reference_for(conversation, number)

        cues = frozenset({self.random.choice(CUES)} - {""})
        said = [Understanding(text, f"report/{topic}", 0.9, cues=cues) for text in texts]
        text = "\n".join(texts)
        turn = Turn(conversation, "rest", customer, text, text, at, self.content, reference)
        return file_case(await reference(1), Intake(said=said), turn, self.content).case


@contextmanager
def web_process(redis_url: str, home: Path, shift: float) -> Iterator[tuple[str, int]]:
    """`nightdesk web` on a free port: its address and process id."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "bot.cli", "web", "--port", str(port), "--data-dir", str(home)]
    environment = {**os.environ, "REDIS_URL": redis_url, "NIGHTDESK_CLOCK_SHIFT": str(shift)}
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL
    )  # it says that nobody is on call
    try:
        yield f"http://127.0.0.1:{port}", process.pid
    finally:
        process.terminate()
        process.wait(20)


async def ready(client: httpx.AsyncClient) -> tuple[float, float]:
    """Seconds until the first list is answered, from when the server answers at all; and the
    longest that another request (which needs no store) waited meanwhile, in ms."""
    while True:
        with contextlib.suppress(httpx.HTTPError):
            await client.get("/chat/config")
            break
        await asyncio.sleep(0.05)
    began, longest = time.perf_counter(), 0.0
    listing = asyncio.create_task(client.get("/api/cases"))
    while not listing.done():
        asked = time.perf_counter()
        await client.get("/chat/config")
        longest = max(longest, time.perf_counter() - asked)
        await asyncio.sleep(0.01)
    assert listing.result().json()["total"] > 0, listing.result().text
    return time.perf_counter() - began, longest * 1000


def questions(night: Night) -> dict[str, list[str]]:
    """What is asked, by what it is called; as many as are to be measured."""
    draw, cases = night.random, night.cases
    teams, topics = list(night.content.playbook.teams), list(night.texts)
    words = [word for case in cases for word in case.summary.split() if len(word) > 3]

    def filters() -> str:
        chosen = [
            f"team={draw.choice(teams)}",
            f"topic={','.join(draw.sample(topics, 2))}",
            f"severity={draw.choice(['low,normal', 'high,critical'])}",
        ]
        return "&".join(["status=new,claimed", *draw.sample(chosen, draw.randint(1, 3))])

    def of(make: Any) -> list[str]:
        return [make() for _ in range(REQUESTS)]

    queue = "/api/cases?status=new,claimed&order=queue&limit=50"
    return {
        "list, the queue": of(lambda: queue),
        "list, with filters": of(lambda: f"/api/cases?{filters()}"),
        "list, a later page": of(lambda: f"{queue}&offset={draw.randrange(len(cases))}"),
        "search, one word": of(lambda: f"/api/cases?q={draw.choice(words)}"),
        "search, three words": of(lambda: f"/api/cases?q={'+'.join(draw.sample(words, 3))}"),
        "search, a reference": of(lambda: f"/api/cases?q={draw.choice(cases).id[3:].lower()}"),
        "search, a customer": of(lambda: f"/api/cases?q={draw.choice(cases).customer.name}"),
        "counts, the queue": of(lambda: "/api/counts?status=new,claimed"),
        "counts, filters and a word": of(lambda: f"/api/counts?{filters()}&q={draw.choice(words)}"),
        "figures for Prometheus": of(lambda: "/metrics"),
        "one case": of(lambda: f"/api/cases/{draw.choice(cases).id}"),
    }


async def measured(client: httpx.AsyncClient, night: Night, addresses: list[str]) -> list[float]:
    """Milliseconds of each answer. Before each a case changes, so that nothing is answered from
    what was computed before."""
    times = []
    for address in addresses:
        await night.change(night.random.choice(night.cases))
        began = time.perf_counter()
        answer = await client.get(address)
        times.append((time.perf_counter() - began) * 1000)
        assert answer.status_code == 200, answer.text
    return times


@dataclass
class OpenDesk:
    """A stream, and the references it told of."""

    client: httpx.AsyncClient
    lines: AsyncIterator[str]

    async def hears_of(self, reference: str) -> None:
        async for line in self.lines:
            if line.startswith("data:") and reference in line:
                return
        raise AssertionError("a stream ended")

    async def shows(self, reference: str) -> None:
        """As the queue page does: what it hears of makes it read its list and counts again."""
        await self.hears_of(reference)
        query = "status=new,claimed"
        page, _ = await asyncio.gather(
            self.client.get(f"/api/cases?{query}&order=newest"),
            self.client.get(f"/api/counts?{query}"),
        )
        assert reference in page.text


@asynccontextmanager
async def open_desks(clients: Sequence[httpx.AsyncClient]) -> AsyncIterator[list[OpenDesk]]:
    async with AsyncExitStack() as stack:
        desks = []
        for client in clients:
            stream = client.stream("GET", "/api/events", timeout=None)
            answer = await stack.enter_async_context(stream)
            lines = answer.aiter_lines()
            assert await lines.__anext__() == ": welcome"
            desks.append(OpenDesk(client, lines))
        yield desks


async def live(night: Night, desks: list[OpenDesk], first: int, deed: str) -> list[float]:
    """Milliseconds from before a new case is written until every desk has done `deed`."""
    times = []
    for number in range(first, first + NEW_CASES):
        case, messages = await night.prepare(number, night.now + timedelta(seconds=number))
        waiting = [asyncio.create_task(getattr(desk, deed)(case.id)) for desk in desks]
        await asyncio.sleep(0)
        began = time.perf_counter()
        await night.write(case, 0, "case_opened", messages)
        await asyncio.wait_for(asyncio.gather(*waiting), 30)
        times.append((time.perf_counter() - began) * 1000)
    return times


def row(name: str, times: list[float], target: int | None) -> str:
    cuts = quantiles(times, n=100, method="inclusive")
    p50, p95, p99 = cuts[49], cuts[94], cuts[98]
    verdict = "" if target is None else ("yes" if p95 < target else "**no**")
    goal = "" if target is None else f"{target} ms"
    return (
        f"| {name} | {len(times)} | {p50:.1f} | {p95:.1f} | {p99:.1f} | {max(times):.1f} "
        f"| {goal} | {verdict} |"
    )


def machine() -> str:
    pages = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    load = os.getloadavg()[0]
    return (
        f"{os.cpu_count()} cores, {pages / 2**30:.0f} GB, {platform.system()}, "
        f"Python {platform.python_version()}; load of the machine at the end {load:.1f}"
    )


def resident_mb(pid: int) -> float:
    told = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True)
    return int(told.stdout.strip() or 0) / 1024


PAGE = """# The desk with {count:,} open cases

`python bench/desk.py`: an embedded Valkey (every write on disk before it is answered), the web
process beside it, and a client that asks over HTTP. The cases are what the content's examples say,
filed by the playbook. **Before every request a case changes**, so that nothing is answered from
what was computed before; milliseconds are the client's, its own work included.

Machine: {machine}. Date: {date}.

| asked | requests | p50 ms | p95 ms | p99 ms | most ms | target (p95) | held |
|---|---|---|---|---|---|---|---|
{rows}

{desks} open desks, {new} new cases one after the other; from before the case is written:

| until all {desks} desks | cases | p50 ms | p95 ms | p99 ms | most ms | target (p95) | held |
|---|---|---|---|---|---|---|---|
{live}

A web process that starts with these cases has read them all {start:.1f} s after it began to listen.
Meanwhile requests that need no case were answered within {longest:.0f} ms; those that do, waited.
It takes {memory:.0f} MB then.
"""


async def bench(count: int, home: Path) -> str:
    real = datetime.now(timezone.utc)
    now = real.replace(hour=2, minute=30, second=0, microsecond=0)
    store = EmbeddedStore(home / "store")
    connection = Connection(store.start().url)
    try:
        night = Night(connection, load_content(ROOT, {}), now, random.Random(7))
        await night.fill(count)
        tokens = Tokens(connection)
        bearers = [await tokens.add(f"desk-{number}", "admin") for number in range(DESKS)]
        with web_process(store.url, home, (now - real).total_seconds()) as (url, pid):
            async with AsyncExitStack() as stack:
                clients = [
                    await stack.enter_async_context(
                        httpx.AsyncClient(
                            base_url=url, headers={"Authorization": f"Bearer {bearer}"}, timeout=60
                        )
                    )
                    for bearer in bearers
                ]
                return await figures(night, clients, count, pid)
    finally:
        await connection.close()
        store.stop()


async def figures(night: Night, clients: list[httpx.AsyncClient], count: int, pid: int) -> str:
    start, longest = await ready(clients[0])
    memory = resident_mb(pid)
    rows = []
    for name, addresses in questions(night).items():
        target = TARGET_MS if name.startswith(("list", "search")) else None
        rows.append(row(name, await measured(clients[0], night, addresses), target))
        say(rows[-1])
    lives = []
    async with open_desks(clients) as desks:
        for first, (name, deed) in enumerate((("were told", "hears_of"), ("show it", "shows"))):
            times = await live(night, desks, count + first * NEW_CASES, deed)
            lives.append(row(name, times, LIVE_TARGET_MS))
            say(lives[-1])
    return PAGE.format(
        count=count, machine=machine(), date=f"{datetime.now(timezone.utc):%Y-%m-%d}",
        rows="\n".join(rows), live="\n".join(lives), desks=DESKS, new=NEW_CASES, start=start,
        longest=longest, memory=memory,
    )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--output", type=Path, default=ROOT / "docs" / "benchmarks" / "desk.md")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        page = asyncio.run(bench(given.cases, Path(home)))
    given.output.write_text(page, encoding="utf-8")
    sys.stdout.write(page)


if __name__ == "__main__":
    main()
