"""How fast webhooks are taken while nobody works: `python bench/webhook_latency.py` (two minutes).

Serves a trained model, stops its worker (SIGSTOP) for thirty seconds and posts messages meanwhile,
at fixed times, whether earlier ones were answered or not. Then the worker goes on, and none may be
left. Writes docs/benchmarks/engine.md between its marks; one JSON line last.
"""

# ruff: noqa: T201  (printing is what it is for)

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from statistics import quantiles
from uuid import uuid4

import httpx

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from bench.pages import keep, machine  # noqa: E402
from bot.channels.rest import WAIT_SECONDS  # noqa: E402
from bot.http.signatures import signed_headers  # noqa: E402
from tests.killing import House  # noqa: E402
from tests.running import environment  # noqa: E402

PAGE = ROOT / "docs" / "benchmarks" / "engine.md"
SECRET = "a secret of the benchmark"
BLOCKED_SECONDS, CUSTOMERS, MOST_MS = 30, 200, 50
_DRAINED_SECONDS = 300
_TEXT = "My Nook Cam shows a grey screen since yesterday, note {number}"

Post = Callable[[int], Awaitable[None]]
"""Posts message `number` and returns when it is taken."""


@dataclass(frozen=True)
class Posts:
    """The three ways in. `now` is the server's clock, `sessions` are those of the chat page."""

    client: httpx.AsyncClient
    now: Callable[[], datetime]
    sessions: Sequence[str]

    async def webhook(self, number: int) -> None:
        message = {"id": uuid4().hex, "sender": _sender(number), "text": _text(number)}
        body = json.dumps({"messages": [message]}).encode()
        headers = signed_headers(SECRET, body, self.now())
        answer = await self.client.post("/webhooks/webhook", content=body, headers=headers)
        assert answer.status_code == 200, answer.text

    async def chat(self, number: int) -> None:
        headers = {"Authorization": f"Bearer {self.sessions[number % len(self.sessions)]}"}
        message = {"id": uuid4().hex, "text": _text(number)}
        answer = await self.client.post("/chat/messages", json=message, headers=headers)
        assert answer.status_code == 202, answer.text

    async def rest(self, number: int) -> None:
        message = {"sender": _sender(number), "message": _text(number)}
        answer = await self.client.post("/webhooks/rest/webhook", json=message)
        assert answer.status_code == 202, answer.text


def _sender(number: int) -> str:
    return f"c-{number % CUSTOMERS}"


def _text(number: int) -> str:
    return _TEXT.format(number=number)


async def on_time(post: Post, a_second: float, seconds: float) -> list[float]:
    """Milliseconds from when each post was due until it was taken."""
    began = time.perf_counter()

    async def one(number: int) -> float:
        due = began + number / a_second
        await asyncio.sleep(max(due - time.perf_counter(), 0))
        await post(number)
        return (time.perf_counter() - due) * 1000

    return await asyncio.gather(*map(one, range(int(a_second * seconds))))


@contextmanager
def blocked(house: House) -> Iterator[None]:
    """Every worker stands still in the block."""
    workers = house.pids("worker")
    for pid in workers:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in workers:
            os.kill(pid, signal.SIGCONT)


async def measured(house: House, shift: timedelta) -> tuple[dict[str, list[float]], float]:
    """What was posted -> milliseconds; and the seconds until all was answered after it."""
    token = house.run("token", "add", "bench", "--role", "admin").stdout.strip()
    headers = {"Authorization": f"Bearer {token}"}
    limits = httpx.Limits(max_connections=200, max_keepalive_connections=200)
    async with httpx.AsyncClient(
        base_url=house.url, headers=headers, timeout=60, limits=limits
    ) as client:
        begun = [await client.post("/chat/sessions") for _ in range(CUSTOMERS)]
        sessions = [answer.json()["session"] for answer in begun]
        posts = Posts(client, lambda: datetime.now(timezone.utc) + shift, sessions)
        await asyncio.gather(on_time(posts.webhook, 10, 2), on_time(posts.chat, 10, 2))
        with blocked(house):
            times = await asyncio.gather(
                on_time(posts.webhook, 10, BLOCKED_SECONDS),
                on_time(posts.chat, 10, BLOCKED_SECONDS),
                on_time(posts.rest, 5, BLOCKED_SECONDS - WAIT_SECONDS - 2),
            )
        began = time.perf_counter()
        await _until_all_is_answered(client)
    webhook, chat, rest = times
    rest = [milliseconds - WAIT_SECONDS * 1000 for milliseconds in rest]
    named = {"signed webhook, 200": webhook, "chat page, 202": chat, "REST, 202": rest}
    return named, time.perf_counter() - began


async def _until_all_is_answered(client: httpx.AsyncClient) -> None:
    until = time.perf_counter() + _DRAINED_SECONDS
    while time.perf_counter() < until:
        page = (await client.get("/metrics")).raise_for_status().text
        if "nightdesk_oldest_message_seconds 0.0\n" in page:
            return
        await asyncio.sleep(0.5)
    raise SystemExit("Messages are left that nobody answered.")


def cuts_of(times: Sequence[float]) -> list[float]:
    return quantiles(times, n=100, method="inclusive")


def row(name: str, times: Sequence[float]) -> str:
    cuts = cuts_of(times)
    cells = " | ".join(f"{value:.1f}" for value in (cuts[49], cuts[94], cuts[98], max(times)))
    held = "yes" if cuts[98] < MOST_MS else "**no**"
    return f"| {name} | {len(times)} | {cells} | {MOST_MS} ms | {held} |"


def table(times: Mapping[str, Sequence[float]], drained: float, load: float) -> Iterator[str]:
    date = f"{datetime.now(timezone.utc):%Y-%m-%d}"
    yield f"Machine: {machine()}; its load before: {load:.1f}. Date: {date}."
    yield ""
    yield "| posted to | messages | p50 ms | p95 ms | p99 ms | most ms | target (p99) | held |"
    yield "|---|---|---|---|---|---|---|---|"
    yield from (row(name, kind) for name, kind in times.items())
    yield ""
    yield f"When the worker went on, everything was answered within {drained:.0f} s."


def main(models: Path) -> None:
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        house = House(ROOT, models, Path(folder))
        shift = timedelta(seconds=float(environment()["NIGHTDESK_CLOCK_SHIFT"]))
        nowhere = "http://127.0.0.1:9/nightdesk"  # discard: replies are none of this measurement
        channels = {"rest": {}, "webchat": {}, "webhook": {"secrets": SECRET, "url": nowhere}}
        (house.root / "credentials.yml").write_text(json.dumps(channels), "utf-8")
        with house.running():
            times, drained = asyncio.run(measured(house, shift))
    lines = list(table(times, drained, load))
    keep(PAGE, "webhooks", lines)
    print("\n".join(lines))
    print(json.dumps({name: round(cuts_of(kind)[98], 1) for name, kind in times.items()}))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("models", nargs="?", default=str(ROOT / "var" / "models"), type=Path)
    main(parser.parse_args().models)
