"""`nightdesk replay`: plays customers against a running server and says how each one ended."""

from __future__ import annotations

import asyncio
import json
import math
import time
from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any
from uuid import uuid4

import httpx
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from bot.cases.beside import SAME
from bot.cases.intake import NOT_SOLVED, SOLVED
from bot.cases.reference import find_reference
from bot.commands.json_lines import customer_messages, read_json_lines
from bot.errors import BadRequest

MOST_TURNS = 20
_PRESSES = {"still": NOT_SOLVED, "solved": SOLVED}
_WAIT_SECONDS = 20.0
_POSTS = "/webhooks/rest/webhook"
_SKIP = "skip"


@dataclass
class Play:
    """One customer's conversation as it unfolds."""

    id: str
    waiting: deque[str]
    sender: str
    replies: list[str] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    latest: list[dict[str, Any]] = field(default_factory=list)
    latency_ms: list[int] = field(default_factory=list)
    reference: str | None = None
    case: dict[str, Any] | None = None
    error: str | None = None

    @property
    def outcome(self) -> str:
        if self.case is not None:
            return "case"
        if {"solved", "answer", "offer"} & set(self.kinds):
            return "answered"
        if "mute" in self.kinds:
            return "muted"
        return "acknowledged" if self.replies else "none"

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "outcome": self.outcome,
            "case": self.case,
            "replies": self.replies,
            "turns": len(self.latency_ms),
            "latency_ms": self.latency_ms,
            "error": self.error,
        }


def replay_file(source: Path, target: Path, url: str, token: str, press: str, at_once: int) -> int:
    """Plays every conversation of `source`; 0 when none ended with an error, else 1.

    Raises BadRequest for a wrong `press` or a line that cannot be read.
    """
    if press not in _PRESSES:
        raise BadRequest("unknown_press", f"unknown --press; valid are {', '.join(_PRESSES)}")
    records = list(read_json_lines(source))
    plays = asyncio.run(_play_all(records, url, token, _PRESSES[press], at_once))
    with target.open("w", encoding="utf-8") as out:
        for play in plays:
            out.write(json.dumps(play.to_json(), ensure_ascii=False) + "\n")
    _print_summary(plays, Console(stderr=True))
    return 1 if any(play.error for play in plays) else 0


async def _play_all(
    records: Sequence[Mapping[str, Any]], url: str, token: str, press: str, at_once: int
) -> list[Play]:
    run, gate = uuid4().hex[:8], asyncio.Semaphore(at_once)
    plays = [
        Play(record["id"], deque(customer_messages(record)), f"replay-{run}-{record['id']}")
        for record in records
    ]
    headers = {"Authorization": f"Bearer {token}"}
    columns = (TextColumn("Replay"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("", total=len(plays))
        async with httpx.AsyncClient(
            base_url=url, headers=headers, timeout=_WAIT_SECONDS
        ) as client:

            async def one(play: Play) -> None:
                async with gate:
                    await _play(play, client, press)
                    progress.advance(task)

            await asyncio.gather(*(one(play) for play in plays))
    return plays


async def _play(play: Play, client: httpx.AsyncClient, press: str) -> None:
    try:
        while (message := _next_message(play, press)) is not None:
            if len(play.latency_ms) >= MOST_TURNS:
                play.error = f"no end after {MOST_TURNS} turns"
                return
            await _say(play, client, message)
        if play.reference:
            play.case = await _case(client, play.reference)
    except (httpx.HTTPError, ValueError, KeyError, BadRequest) as error:
        play.error = f"{type(error).__name__}: {error}"


def _next_message(play: Play, press: str) -> str | None:
    """The customer's own messages first, then what an offer or a question needs; at last None."""
    if play.waiting:
        return play.waiting.popleft()
    payloads = [b["payload"] for reply in play.latest for b in reply.get("buttons", ())]
    kinds = {reply["kind"] for reply in play.latest}
    if press in payloads:
        return press
    if SAME in payloads:
        return SAME
    return _SKIP if kinds & {"ask", "ask_problem", "not_understood"} else None


async def _say(play: Play, client: httpx.AsyncClient, message: str) -> None:
    began = time.perf_counter()
    body = {"sender": play.sender, "message": message, "message_id": uuid4().hex}
    answer = await client.post(_POSTS, json=body)
    while answer.status_code == 202:
        answer = await client.post(_POSTS, json=body)
    play.latency_ms.append(round((time.perf_counter() - began) * 1000))
    play.latest = _checked(answer)
    play.replies += [reply["text"] for reply in play.latest]
    play.kinds += [reply["kind"] for reply in play.latest]
    for reply in play.latest:
        if reply["kind"] == "receipt":
            play.reference = find_reference(reply["text"]) or play.reference


async def _case(client: httpx.AsyncClient, reference: str) -> dict[str, Any]:
    return dict(_checked(await client.get(f"/api/cases/{reference}")))


def _checked(answer: httpx.Response) -> Any:
    body = answer.json()
    if answer.is_error:
        raise BadRequest(body["error"]["code"], body["error"]["message"], answer.status_code)
    return body


def _print_summary(plays: Sequence[Play], console: Console) -> None:
    console.print(_counts("outcome", (play.outcome for play in plays), len(plays)))
    cases = [play.case for play in plays if play.case]
    for name in ("topic", "severity"):
        console.print(_counts(name, (case[name] for case in cases), len(cases)))
    turns = [len(play.latency_ms) for play in plays]
    latency = sorted(ms for play in plays for ms in play.latency_ms)
    if latency:
        p95 = latency[math.ceil(0.95 * len(latency)) - 1]
        console.print(
            f"turns: median {median(turns):.0f}, most {max(turns)}; latency: median "
            f"{median(latency):.0f} ms, p95 {p95} ms; errors: {sum(bool(p.error) for p in plays)}"
        )


def _counts(title: str, values: Iterable[str], total: int) -> Table:
    table = Table(title, "count", "share")
    for value, count in Counter(values).most_common():
        table.add_row(value, str(count), f"{count / max(total, 1):.1%}")
    return table
