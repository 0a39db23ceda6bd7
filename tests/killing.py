"""A house whose processes can be killed, a watch on its store, and customers who do not give up."""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from bot.cases.beside import SAME
from bot.cases.intake import NOT_SOLVED
from bot.cases.reference import find_reference
from tests.running import environment, free_port

READY_SECONDS = 150.0
_PROJECT = ("data", "config.yml", "domain.yml", "endpoints.yml", "credentials.yml")
_MOST_TURNS = 14
_BUSY = (202, 503)


class House:
    """`nightdesk serve` on a folder and a port of its own, with a frozen copy of the project.
    `settings` are environment variables beside ours."""

    def __init__(
        self,
        project: Path,
        models: Path,
        home: Path,
        workers: int = 1,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self.root, self.data_dir = home / "project", home / "var"
        self._workers = workers
        self._environment = {**environment(), **(settings or {})}
        self.root.mkdir()
        for name in _PROJECT:
            copy = shutil.copytree if (project / name).is_dir() else shutil.copy
            copy(project / name, self.root / name)
        shutil.copytree(models, self.data_dir / "models")
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.supervisor: subprocess.Popen[bytes] | None = None

    def command(self, *arguments: str) -> list[str]:
        folders = ["--root", str(self.root), "--data-dir", str(self.data_dir)]
        return [sys.executable, "-m", "bot.cli", *arguments, *folders]

    def serve(self) -> None:
        with self._log.open("ab") as log:
            self.supervisor = subprocess.Popen(
                self.command("serve", "--port", str(self.port), "--workers", str(self._workers)),
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Another command on the same folder."""
        return subprocess.run(
            self.command(*arguments),
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def pids(self, name: str) -> list[int]:
        """Living `worker`, `web`, `train` or `store` processes that belong to this folder."""
        return stores_in(self.data_dir / "store") if name == "store" else self._children(name)

    def _children(self, name: str) -> list[int]:
        wanted = ["bot.cli", name, "--root", str(self.root)]
        return [pid for pid in _processes() if _command(pid)[2:6] == wanted]

    def kill(self, name: str) -> None:
        """kill -9."""
        if name == "supervisor":
            assert self.supervisor is not None
            self.supervisor.kill()
            self.supervisor.wait()
        else:
            [pid] = self.pids(name)
            os.kill(pid, signal.SIGKILL)

    def signal_any(self, name: str, chance: random.Random, number: signal.Signals) -> int:
        """Sends a signal to one of the processes of that name, as soon as there is one; returns its
        id."""
        while not (living := self.pids(name)):
            time.sleep(0.1)
        struck = chance.choice(living)
        os.kill(struck, number)
        return struck

    def interrupt(self) -> int:
        """Ctrl-C; returns the exit code."""
        assert self.supervisor is not None
        self.supervisor.send_signal(signal.SIGINT)
        return self.supervisor.wait(timeout=30)

    def end(self) -> None:
        """Leaves nothing behind, whatever happened."""
        if self.supervisor is not None and self.supervisor.poll() is None:
            self.interrupt()
        for pid in [pid for name in ("worker", "web", "train", "store") for pid in self.pids(name)]:
            os.kill(pid, signal.SIGKILL)

    @contextmanager
    def running(self) -> Iterator[House]:
        """Serves, and is ready; leaves nothing behind."""
        self.serve()
        try:
            self.wait_until_ready()
            yield self
        finally:
            self.end()

    def wait_until_ready(self) -> None:
        until = time.monotonic() + READY_SECONDS
        while time.monotonic() < until:
            assert self.supervisor is not None
            if self.supervisor.poll() is None and _healthy(self.url) and self.pids("worker"):
                return
            time.sleep(0.1)
        raise AssertionError(f"nightdesk serve does not answer:\n{self.log[-3000:]}")

    @property
    def _log(self) -> Path:
        return self.data_dir / "serve.log"

    @property
    def log(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")


def _healthy(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health", timeout=2).status_code == 200
    except httpx.HTTPError:
        return False


@contextmanager
def watching_stores(folder: Path) -> Iterator[list[tuple[int, ...]]]:
    """Samples which Valkey servers work in `folder`; the list grows with each change."""
    seen: list[tuple[int, ...]] = []
    enough = threading.Event()

    def look() -> None:
        while not enough.wait(0.01):
            now = tuple(stores_in(folder))
            if not seen or seen[-1] != now:
                seen.append(now)

    watch = threading.Thread(target=look)
    watch.start()
    try:
        yield seen
    finally:
        enough.set()
        watch.join()


def stores_in(folder: Path) -> list[int]:
    """Valkey servers that work in `folder`."""
    working = str(folder)
    return [
        pid
        for pid in _processes()
        if _link(pid, "cwd") == working and _link(pid, "exe").endswith("valkey-server")
    ]


def _processes() -> list[int]:
    return sorted(int(name) for name in os.listdir("/proc") if name.isdigit())


def _link(pid: int, name: str) -> str:
    try:
        return os.readlink(f"/proc/{pid}/{name}")
    except OSError:
        return ""


def _command(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
    except OSError:
        return []


@dataclass
class Customer:
    """Plays one intake over REST; whatever fails is sent again under the same message id."""

    client: httpx.AsyncClient
    name: str
    opening: str
    sent: list[str] = field(default_factory=list)
    receipts: list[str] = field(default_factory=list)
    trouble: int = 0

    async def play(self) -> None:
        message: str | None = self.opening
        while message is not None and len(self.sent) < _MOST_TURNS:
            replies = await self._say(message)
            self.receipts += [
                str(find_reference(reply["text"]))
                for reply in replies
                if reply["kind"] == "receipt"
            ]
            message = None if self.receipts else _next(replies)

    async def _say(self, text: str) -> list[dict[str, Any]]:
        body = {"sender": self.name, "message": text, "message_id": uuid4().hex}
        self.sent.append(body["message_id"])
        while True:
            answer = await self._post(body)
            if answer is not None and answer.status_code not in _BUSY:
                assert answer.status_code == 200, answer.text
                return list(answer.json())
            self.trouble += 1
            await asyncio.sleep(0.1)

    async def _post(self, body: dict[str, str]) -> httpx.Response | None:
        try:
            return await self.client.post("/webhooks/rest/webhook", json=body)
        except httpx.TransportError:
            return None


def _next(replies: list[dict[str, Any]]) -> str:
    """What a customer without further details answers."""
    offered = [button["payload"] for reply in replies for button in reply.get("buttons", ())]
    return next((payload for payload in (NOT_SOLVED, SAME) if payload in offered), "skip")
