"""Keeps processes alive (workers, web, the embedded store), renews them and ends them together."""

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
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Literal

from bot.engine.training_stamp import model_version
from bot.errors import ConfigurationError, NightdeskError, Problem, StoreUnavailable
from bot.settings import Settings
from bot.store.embedded import EmbeddedStore

log = logging.getLogger("nightdesk.supervisor")

_LOOK_EVERY_SECONDS = 0.2
_STOP_SECONDS = 15.0
_COMING_UP_SECONDS = 120.0
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
class Run:
    """One process, and the line to it: its standard input, whose other end only the supervisor
    holds. The process ends when the line does, even when we are killed; it writes one byte on it
    when it works."""

    process: subprocess.Popen[bytes]
    line: socket.socket
    started: float
    works: bool = False

    def alive(self) -> bool:
        return self.process.poll() is None

    def has_come_up(self) -> bool:
        if not self.works:
            with suppress(BlockingIOError, ConnectionError):
                self.works = bool(self.line.recv(1, socket.MSG_DONTWAIT))
        return self.works

    def end(self, seconds: float) -> None:
        """Asks it to finish, and kills it when it has not within `seconds`."""
        if self.alive():
            self.process.terminate()
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.line.close()


Progress = Literal["going", "done", "failed"]


@dataclass
class Child:
    """A place in the house: one process, started again (with growing pauses) when it ends by
    itself. It is in a session of its own, so that Ctrl-C reaches us alone and we end everything in
    order. `inherits` are the descriptors it is handed on."""

    name: str
    command: list[str]
    environment: Mapping[str, str]
    inherits: tuple[int, ...] = ()
    stop_seconds: float = _STOP_SECONDS
    run: Run | None = None
    pause: float = 0.0
    not_before: float = 0.0
    _coming: Run | None = None
    _leaving: Run | None = None
    _leaves_by: float = 0.0

    def look(self, now: float) -> None:
        """Starts the process when it is not there."""
        if self.run is not None and self.run.alive():
            return
        if self.run is not None and self.not_before <= self.run.started:
            self._plan_restart(self.run, now)
        if now >= self.not_before:
            if self.run is not None:
                self.run.line.close()
            self.run = self._start(now)

    def _plan_restart(self, ended: Run, now: float) -> None:
        calm = now - ended.started > _CALM_AFTER_SECONDS
        self.pause = 0.0 if calm else min(max(self.pause * 2, 0.5), _LONGEST_PAUSE_SECONDS)
        self.not_before = now + self.pause
        code, pause = ended.process.returncode, self.pause
        log.warning("%s ended with %s; starting it again in %g s.", self.name, code, pause)

    def _start(self, now: float) -> Run:
        ours, theirs = socket.socketpair()
        with theirs:
            process = subprocess.Popen(
                self.command,
                stdin=theirs.fileno(),
                env=dict(self.environment),
                pass_fds=self.inherits,
                start_new_session=True,
            )
        return Run(process, ours, now)

    def renew(self, now: float) -> Progress:
        """One step on the way to a new process: it is started beside the old one, which is asked to
        finish when the new one works. One that does not come up changes nothing."""
        if self._leaving is not None:
            return self._see_off(self._leaving, now)
        if self._coming is None:
            self._coming = self._start(now)
        elif self._coming.has_come_up():
            self.run, self._leaving, self._coming = self._coming, self.run, None
            self._leaves_by = now + self.stop_seconds
            if self._leaving is None:
                return "done"
            self._leaving.process.terminate()
        elif not self._coming.alive() or now - self._coming.started > _COMING_UP_SECONDS:
            self._coming.end(0)
            self._coming = None
            return "failed"
        return "going"

    def _see_off(self, leaving: Run, now: float) -> Progress:
        if leaving.alive() and now < self._leaves_by:
            return "going"
        leaving.end(0)
        self._leaving = None
        return "done"

    def ask_to_stop(self) -> None:
        for run in (self.run, self._coming, self._leaving):
            if run is not None and run.alive():
                run.process.terminate()

    def stop(self) -> None:
        """Asks the process to finish, and waits for it; kills it when it does not."""
        self.ask_to_stop()
        for run in (self.run, self._coming, self._leaving):
            if run is not None:
                run.end(self.stop_seconds)


class Renewal:
    """Puts new processes in the place of the old ones, one after another, when `version` (None:
    there is nothing to run) says that what they were started with is no longer the latest."""

    def __init__(self, children: Sequence[Child], version: Callable[[], Hashable | None]) -> None:
        self._children = children
        self._version = version
        self._known = version()
        self._left: list[Child] = []

    def step(self, now: float) -> None:
        if not self._left:
            self._see_whether_to_begin()
            return
        progress = self._left[0].renew(now)
        if progress == "failed":
            log.error("The new %s does not come up; the old one stays.", self._left[0].name)
            self._left = []
        elif progress == "done":
            log.info("A new %s has taken over.", self._left.pop(0).name)

    def _see_whether_to_begin(self) -> None:
        version = self._version()
        if version is not None and version != self._known:
            log.info("There is a new model: each process is replaced by a new one.")
            self._known = version
            self._left = list(self._children)


class Supervisor:
    """Keeps `workers` workers and, with `web`, a web process, until a signal asks it to stop. The
    store is kept, too, unless the settings name one."""

    def __init__(self, settings: Settings, workers: int = 1, web: bool = True) -> None:
        self._settings = settings
        self._workers = workers
        self._web = web
        self._store = None if settings.redis_url else EmbeddedStore(settings.store)
        self._stopping = False
        self._no_store_before = 0.0

    def run(self, ready: Callable[[str], None] = lambda _: None) -> None:
        """Starts everything, calls `ready` with the store's address, and watches."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)
        url = self._store.start().url if self._store else self._settings.redis_url
        with ExitStack() as stack:
            door = stack.enter_context(listening(self._settings)) if self._web else None
            children = list(self._children(url, door))
            renewal = Renewal(children, lambda: model_version(self._settings.models))
            ready(url)
            try:
                while not self._stopping:
                    self._look(children)
                    renewal.step(time.monotonic())
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
        """The web first, so that who waits there still hears from the workers."""
        for child in children:
            if child.name == "web":
                child.stop()
        for child in children:
            child.ask_to_stop()
        for child in children:
            child.stop()
        if self._store is not None:
            self._store.stop()

    def _ask_to_stop(self, _: int, __: FrameType | None) -> None:
        self._stopping = True

    def _children(self, url: str, door: socket.socket | None) -> Iterator[Child]:
        environment = environment_of_children(url, os.environ)
        for number in range(1, self._workers + 1):
            name = "worker" if self._workers == 1 else f"worker {number}"
            yield Child(name, self._command("worker"), environment)
        if door is not None:
            settings = self._settings
            command = self._command("web") + [
                "--host", settings.host, "--port", str(settings.port),
                "--linger", str(settings.linger_seconds), "--door", str(door.fileno()),
            ]  # fmt: skip
            stop_seconds = _STOP_SECONDS + settings.linger_seconds
            yield Child("web", command, environment, (door.fileno(),), stop_seconds)

    def _command(self, role: str) -> list[str]:
        return [
            sys.executable, "-m", "bot.cli", role, "--root", str(self._settings.root),
            "--data-dir", str(self._settings.data_dir), "--attached",
        ]  # fmt: skip


def environment_of_children(store: str, ours: Mapping[str, str]) -> dict[str, str]:
    """Ours and the store's address; unless ours says otherwise, numpy's libraries use one thread. A
    message is a few products of small vectors: a second thread only spins beside them, for 13 ms
    of processor time a message, on the core that web and store need (two cores, 65 -> 80 messages a
    second with the encoder stubbed)."""
    return {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", **ours, "REDIS_URL": store}


@contextmanager
def listening(settings: Settings) -> Iterator[socket.socket]:
    """The socket customers come in by. It outlives the web processes it is handed to: while one is
    replaced or started again, requests wait instead of being refused."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    require_free_port(settings.host, settings.port)
    with socket.create_server((settings.host, settings.port), family=family) as door:
        yield door


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
