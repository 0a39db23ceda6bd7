"""The whole house as `nightdesk serve` runs it, for tests that come in through its front door."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

import httpx

from bot.settings import PREFIX

_READY_SECONDS = 180
_STOP_SECONDS = 40


@dataclass(frozen=True)
class RunningBot:
    """`data_dir` holds its store; `log` is what it printed."""

    url: str
    data_dir: Path
    process: subprocess.Popen[bytes]

    @property
    def log(self) -> str:
        return (self.data_dir / "serve.log").read_text(encoding="utf-8", errors="replace")


@contextmanager
def serving(root: Path, models: Path, home: Path) -> Iterator[RunningBot]:
    """Serves the project `root` with a copy of `models` from the folder `home`."""
    shutil.copytree(models, home / "models")
    port = free_port()
    command = [sys.executable, "-m", "bot.cli", "serve"]
    with (home / "serve.log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--port", str(port), "--data-dir", str(home)],
            cwd=root,
            env=environment(),
            stdout=log,
            stderr=log,
        )
    bot = RunningBot(f"http://127.0.0.1:{port}", home, process)
    try:
        _wait_until_healthy(bot)
        yield bot
    finally:
        process.terminate()
        process.wait(timeout=_STOP_SECONDS)


def environment() -> dict[str, str]:
    """Ours, without the settings that a developer's shell may hold, and always at night."""
    ours = {
        name: value
        for name, value in os.environ.items()
        if name != "REDIS_URL" and not name.startswith(PREFIX)
    }
    return {**ours, "NIGHTDESK_CLOCK_SHIFT": str(_TO_THE_NIGHT)}


def _seconds_to_the_night() -> float:
    """From now to half past two of the same day (UTC), when nobody of the demo brand is in."""
    now = datetime.now(timezone.utc)
    return (now.replace(hour=2, minute=30, second=0) - now).total_seconds()


_TO_THE_NIGHT = _seconds_to_the_night()
"""Taken once, so that a bot that is started again in the same test finds its clock where it was."""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _wait_until_healthy(bot: RunningBot) -> None:
    until = time.monotonic() + _READY_SECONDS
    while time.monotonic() < until and bot.process.poll() is None:
        try:
            if httpx.get(f"{bot.url}/health", timeout=2).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.2)
    raise AssertionError(f"nightdesk serve does not answer:\n{bot.log[-3000:]}")
