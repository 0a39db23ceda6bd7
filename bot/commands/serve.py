"""`nightdesk serve`: check, train when needed, start, tell the addresses, stay; and its parts for
other machines, `nightdesk web` and `nightdesk worker`."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

from rich.console import Console

from bot.channels.known import read_channels
from bot.clock import moved_clock
from bot.engine.training_stamp import is_current, model_version
from bot.errors import ConfigurationError, ModelUnusable, Problem, StoreUnavailable
from bot.handoff.settings import check_on_call, read_settings
from bot.playbook.content import load_content
from bot.settings import Settings
from bot.store.address import FORMS
from bot.store.connection import Connection
from bot.store.links import SETUP_PATH
from bot.store.sign_in import SignIn
from bot.supervisor import Supervisor, require_free_port, sole_owner

log = logging.getLogger("nightdesk.serve")

_READY_SECONDS = 120
_ORPHANS_SECONDS = 10.0


def serve(settings: Settings, workers: int = 1) -> None:
    """Runs until a signal. Raises ConfigurationError, AlreadyRunning or ModelUnusable."""
    console = Console(stderr=True, highlight=False)
    with sole_owner(settings.data_dir) as last_was_killed:
        require_free_port(settings.host, settings.port, _ORPHANS_SECONDS if last_was_killed else 0)
        current = is_current(settings.root, settings.models)
        content = load_content(settings.root, proven=current)
        read_channels(settings.root)
        check_on_call(read_settings(os.environ, settings.port), content.playbook)
        if not current:
            console.print("The content is newer than the model: training first.")
            _train(settings)
        console.print("Starting the store, the worker and the web server ...")
        Supervisor(settings, workers).run(lambda url: _announce_later(settings, url, console))
        console.print("Stopped. Everything is kept in", settings.data_dir.name + "/")


def serve_web(settings: Settings) -> None:
    """HTTP alone, until a signal. Raises ConfigurationError."""
    _require_store(settings)
    require_free_port(settings.host, settings.port)
    check_on_call(read_settings(os.environ, settings.port), load_content(settings.root).playbook)
    Supervisor(settings, workers=0).run()


def serve_workers(settings: Settings, workers: int) -> None:
    """Workers alone, until a signal. Raises ConfigurationError or ModelUnusable."""
    _require_store(settings)
    load_content(settings.root)
    if model_version(settings.models) is None:
        raise ModelUnusable(f"There is no model in {settings.models.name}/; run `nightdesk train`.")
    if not is_current(settings.root, settings.models):
        log.warning("The content is newer than the model; `nightdesk train` makes a new one.")
    Supervisor(settings, workers, web=False).run()


def _require_store(settings: Settings) -> None:
    if not settings.redis_url:
        problem = Problem(
            "environment", 0, "REDIS_URL", "names no store that several processes can share",
            f"valid: {FORMS}; for a machine of its own, `nightdesk serve` brings a store along",
        )  # fmt: skip
        raise ConfigurationError([problem])


def _train(settings: Settings) -> None:
    """In a process of its own, so that the supervisor stays small."""
    command = [
        sys.executable, "-m", "bot.cli", "train", "--root", str(settings.root),
        "--data-dir", str(settings.data_dir),
    ]  # fmt: skip
    with _leaving_nothing_behind():
        if subprocess.run(command, check=False).returncode != 0:
            raise ModelUnusable("Training failed; the lines above say why.")


@contextmanager
def _leaving_nothing_behind() -> Iterator[None]:
    """SIGTERM ends us as an exception does, so that `subprocess.run` ends what it runs."""

    def leave(number: int, frame: FrameType | None) -> NoReturn:
        raise SystemExit(128 + number)

    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _announce_later(settings: Settings, store: str, console: Console) -> None:
    threading.Thread(target=_announce, args=(settings, store, console), daemon=True).start()


def _announce(settings: Settings, store: str, console: Console) -> None:
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host
    base = f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"
    until = time.monotonic() + _READY_SECONDS
    while time.monotonic() < until:
        if _healthy(f"{base}/health"):
            console.print(_ADDRESSES.format(base=base))
            _announce_setup(settings, store, base, console)
            return
        time.sleep(0.2)
    console.print("The bot does not answer yet; the log above says why.", style="red")


def _announce_setup(settings: Settings, store: str, base: str, console: Console) -> None:
    """The way in for the first person; nothing when somebody is there already."""

    async def make() -> str | None:
        connection = Connection(store)
        try:
            return await SignIn(connection).setup_link(moved_clock(settings.clock_shift)())
        finally:
            await connection.close()

    try:
        token = asyncio.run(make())
    except StoreUnavailable:
        token = None  # `nightdesk people setup-link` prints one at any time
    if token is not None:
        console.print(f"[bold]Set up the desk:[/] {base}{SETUP_PATH}{token}\n", soft_wrap=True)


def _healthy(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(json.load(answer)["status"] == "ok")
    except (OSError, ValueError, urllib.error.URLError):
        return False


_ADDRESSES = """
[bold green]Nightdesk is answering.[/]
  Chat page    {base}/chat
  Widget       <script src="{base}/widget.js" async></script>
  REST         POST {base}/webhooks/rest/webhook
  Desk         {base}/desk
  Cases        GET {base}/api/cases
  Health       {base}/health
  A token      nightdesk token add NAME --role channel
Ctrl-C stops it; everything is kept.
"""
