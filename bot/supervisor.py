"""`nightdesk serve`: keeps three processes alive (store, worker, web) and ends them together."""

from __future__ import annotations

import fcntl
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from bot.errors import ConfigurationError, NightdeskError, Problem, StoreUnavailable
from bot.settings import Settings
from bot.store.embedded import EmbeddedStore

log = logging.getLogger("nightdesk.supervisor")

_LOOK_EVERY_SECONDS = 0.2
_STOP_SECONDS = 15.0
_CALM_AFTER_SECONDS = 20.0
_LONGEST_PAUSE_SECONDS = 10.0


class AlreadyRunning(NightdeskError):
    """Another `nightdesk serve` holds this data folder."""


@contextmanager
def sole_owner(data_dir: Path) -> Iterator[bool]:
    """Holds the data folder for this process; True when the last one to hold it was killed, so
    that its children may still be about to end.

    Raises AlreadyRunning with the other's process id.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    note = data_dir / "serve.lock"  # who holds it; the lock is on the folder, which nobody deletes
    folder = os.open(data_dir, os.O_RDONLY | os.O_DIRECTORY)
    try:
        _lock(folder, data_dir, note)
        killed = note.exists()
        note.write_text(json.dumps({"pid": os.getpid()}), encoding="utf-8")
        try:
            yield killed
        finally:
            note.unlink(missing_ok=True)
    finally:
        os.close(folder)


def _lock(folder: int, data_dir: Path, note: Path) -> None:
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise AlreadyRunning(
            f"Nightdesk is already running on {data_dir.name}/ with process id {_pid(note)}. "
            "Stop it first, or give this one another --data-dir."
        ) from None


def _pid(path: Path) -> str:
    try:
        return str(json.loads(path.read_text(encoding="utf-8"))["pid"])
    except (OSError, ValueError, KeyError):
        return "unknown"


@dataclass
class Child:
    """One process of the house, started again (with growing pauses) when it ends by itself.

    Its standard input is a pipe whose other end only the supervisor holds: it ends with us, even
    when we are killed. It is in a session of its own, so that Ctrl-C reaches us alone and we end
    everything in order.
    """

    name: str
    command: list[str]
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = 0.0
    not_before: float = field(default=0.0)

    def look(self, now: float) -> None:
        """Starts the process when it is not there."""
        if self.process is not None and self.process.poll() is None:
            return
        if self.process is not None and self.not_before <= self.started:
            self._plan_restart(now)
        if now >= self.not_before:
            self._start(now)

    def _plan_restart(self, now: float) -> None:
        assert self.process is not None
        calm = now - self.started > _CALM_AFTER_SECONDS
        self.pause = 0.0 if calm else min(max(self.pause * 2, 0.5), _LONGEST_PAUSE_SECONDS)
        self.not_before = now + self.pause
        code, pause = self.process.returncode, self.pause
        log.warning("%s ended with %s; starting it again in %g s.", self.name, code, pause)

    def _start(self, now: float) -> None:
        self._let_go()
        self.process = subprocess.Popen(
            self.command,
            stdin=subprocess.PIPE,
            env=dict(self.environment),
            start_new_session=True,
        )
        self.started = now

    def stop(self) -> None:
        """Asks the process to finish, and waits for it; kills it when it does not."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self._let_go()

    def _let_go(self) -> None:
        if self.process is not None and self.process.stdin is not None:
            self.process.stdin.close()


class Supervisor:
    """Runs until a signal asks it to stop."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._store = None if settings.redis_url else EmbeddedStore(settings.store)
        self._stopping = False
        self._no_store_before = 0.0

    def run(self, ready: Callable[[str], None]) -> None:
        """Starts everything, calls `ready` with the store's address, and watches."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)
        url = self._store.start().url if self._store else self._settings.redis_url
        children = [self._child(name, url) for name in ("worker", "web")]
        ready(url)
        try:
            while not self._stopping:
                self._look(children)
                time.sleep(_LOOK_EVERY_SECONDS)
        finally:
            self._stop(children)

    def _look(self, children: list[Child]) -> None:
        if self._store is not None and not self._store.running():
            self._restart(self._store)
        for child in children:
            child.look(time.monotonic())

    def _restart(self, store: EmbeddedStore) -> None:
        if time.monotonic() < self._no_store_before:
            return
        log.warning("The store ended; starting it again.")
        try:
            store.start()
        except StoreUnavailable as error:
            log.error("%s Trying again in %g s.", error, _LONGEST_PAUSE_SECONDS)
            self._no_store_before = time.monotonic() + _LONGEST_PAUSE_SECONDS

    def _stop(self, children: list[Child]) -> None:
        for child in reversed(children):
            child.stop()
        if self._store is not None:
            self._store.stop()

    def _ask_to_stop(self, _: int, __: FrameType | None) -> None:
        self._stopping = True

    def _child(self, name: str, url: str) -> Child:
        settings = self._settings
        command = [
            sys.executable, "-m", "bot.cli", name, "--root", str(settings.root),
            "--data-dir", str(settings.data_dir), "--attached",
        ]  # fmt: skip
        if name == "web":
            command += ["--host", settings.host, "--port", str(settings.port)]
        return Child(name, command, {**os.environ, "REDIS_URL": url})


def require_free_port(host: str, port: int, patience_seconds: float = 0.0) -> None:
    """Raises ConfigurationError when something else listens there, and still does after
    `patience_seconds`."""
    until = time.monotonic() + patience_seconds
    while (taken := _why_taken(host, port)) and time.monotonic() < until:
        time.sleep(_LOOK_EVERY_SECONDS)
    if taken:
        problem = Problem(
            "--port", 0, str(port), f"cannot listen on {host}:{port} ({taken})",
            "choose another with --port",
        )  # fmt: skip
        raise ConfigurationError([problem])


def _why_taken(host: str, port: int) -> str:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return error.strerror or type(error).__name__
    return ""
