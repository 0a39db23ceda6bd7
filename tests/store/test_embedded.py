"""The embedded server: one on a folder, whatever happens to those who started it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from bot.errors import StoreUnavailable
from bot.store.embedded import EmbeddedStore
from tests.killing import stores_in

_START = (
    "import sys; from pathlib import Path; from bot.store.embedded import EmbeddedStore;"
    "print(EmbeddedStore(Path(sys.argv[1])).start().pid, flush=True)"
)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder on which no server is left running."""
    yield tmp_path / "store"
    for pid in stores_in(tmp_path / "store"):
        os.kill(pid, signal.SIGKILL)


def starting(folder: Path) -> subprocess.Popen[str]:
    """Another process that starts the server and goes."""
    command = [sys.executable, "-c", _START, str(folder)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def started(process: subprocess.Popen[str]) -> int:
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    return int(output)


def client(store: EmbeddedStore) -> Redis[str]:
    return Redis.from_url(store.url, decode_responses=True)


def kill(store: EmbeddedStore, pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    until = time.monotonic() + 5
    while store.running():
        assert time.monotonic() < until, "its lock outlived the server"
        time.sleep(0.005)


def test_store_runs_between_start_and_stop(folder: Path) -> None:
    store = EmbeddedStore(folder)
    assert not store.running()
    address = store.start()
    assert store.running()
    assert stores_in(folder) == [address.pid]
    store.stop()
    assert not store.running()
    assert stores_in(folder) == []


def test_store_is_started_once_when_many_start_it_together(folder: Path) -> None:
    others = [starting(folder) for _ in range(4)]
    pids = {started(process) for process in others}
    assert pids == set(stores_in(folder))
    assert len(pids) == 1
    EmbeddedStore(folder).stop()


def test_orphan_is_adopted_with_all_it_holds(folder: Path) -> None:
    pid = started(starting(folder))
    store = EmbeddedStore(folder)
    with client(store) as redis:
        redis.set("key", "kept")
    assert store.running()
    assert store.start().pid == pid
    with client(store) as redis:
        assert redis.get("key") == "kept"
    store.stop()
    assert stores_in(folder) == []


def test_everything_is_kept_when_the_server_is_killed(folder: Path) -> None:
    store = EmbeddedStore(folder)
    first = store.start().pid
    with client(store) as redis:
        for number in range(200):
            redis.rpush("list", number)
        kill(store, first)
    second = store.start().pid
    assert second != first
    with client(store) as redis:
        assert redis.lrange("list", 0, -1) == [str(number) for number in range(200)]
    store.stop()


def test_start_is_refused_a_second_server_while_the_first_hangs(folder: Path) -> None:
    store = EmbeddedStore(folder)
    pid = store.start().pid
    os.kill(pid, signal.SIGSTOP)
    try:
        with pytest.raises(StoreUnavailable):
            EmbeddedStore(folder).start(seconds=0.5)
        assert stores_in(folder) == [pid]
    finally:
        os.kill(pid, signal.SIGCONT)
    assert store.start().pid == pid
    store.stop()


def test_no_file_in_the_folder_is_the_lock(folder: Path) -> None:
    store = EmbeddedStore(folder)
    pid = store.start().pid
    for path in folder.iterdir():
        if path.is_file():
            path.unlink()
    assert store.running()
    assert EmbeddedStore(folder).running()
    assert stores_in(folder) == [pid]
    store.stop()


def test_server_whose_folder_was_deleted_is_replaced(folder: Path) -> None:
    store = EmbeddedStore(folder)
    first = store.start().pid
    shutil.rmtree(folder)
    assert not store.running()
    second = store.start().pid
    assert stores_in(folder) == [second]
    assert not Path(f"/proc/{first}").exists()
    store.stop()


def test_owner_is_told_when_the_server_cannot_start(folder: Path) -> None:
    folder.mkdir()
    (folder / "appendonlydir").write_text("a file where a folder has to be")
    with pytest.raises(StoreUnavailable, match=r"valkey\.log"):
        EmbeddedStore(folder).start(seconds=5)
    assert stores_in(folder) == []


def test_stop_without_a_server_is_no_mistake(folder: Path) -> None:
    EmbeddedStore(folder).stop()
    folder.mkdir()
    EmbeddedStore(folder).stop()


def test_store_takes_a_folder_whose_name_is_too_long_for_a_socket(folder: Path) -> None:
    deep = folder / ("d" * 60) / ("e" * 60)
    store = EmbeddedStore(deep)
    pid = store.start().pid
    assert stores_in(deep) == [pid]
    assert len(str(store.socket)) < 100
    store.stop()


def test_store_listens_to_its_owner_only(folder: Path) -> None:
    store = EmbeddedStore(folder)
    store.start()
    assert store.socket.stat().st_mode & 0o077 == 0
    assert folder.stat().st_mode & 0o077 == 0
    with client(store) as redis:
        assert redis.config_get("port") == {"port": "0"}
    store.stop()
