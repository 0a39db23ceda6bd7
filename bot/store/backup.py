"""The whole store in one file, and a store made of such a file.

The file is an RDB snapshot, the format Valkey's own tools read. It is fetched the way a replica is
given its first copy, which needs no access to the server's disk and stops nobody: the server forks
and sends what it held at that moment (https://valkey.io/topics/replication/; `valkey-cli --rdb`
does the same). It is also what an append-only file may begin with, so that it is laid into a new
folder as its base (https://valkey.io/topics/persistence/).
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from redis.exceptions import ResponseError

from bot.errors import BackupFailed
from bot.store.connection import Connection, answering

_MAGIC = (b"REDIS", b"VALKEY")
_SILENCE_SECONDS = 90.0
"""The server says something every ten seconds while it prepares (`repl-ping-replica-period`)."""
_KEEPS_ITS_DATA = "The server does not give out its data"
_CHUNK = 1 << 16
_AOF = Path("appendonlydir")
_BASE = "appendonly.aof.1.base.rdb"
_MANIFEST = "appendonly.aof.manifest"
_LEFT_BY_A_SERVER = {"valkey.log", "valkey.sock"}
_AT_ONCE = 100


@dataclass(frozen=True)
class Held:
    """How much a store holds."""

    cases: int
    conversations: int

    def __str__(self) -> str:
        return f"{self.cases} cases and {self.conversations} conversations"


async def held_by(at: Connection) -> Held:
    """Raises StoreUnavailable."""
    conversations = 0
    async with answering():
        cases = await at.redis.zcard(at.keys.one("cases"))
        async for _ in at.redis.scan_iter(match=at.keys.conversation("*", "main"), count=1000):
            conversations += 1
    return Held(cases, conversations)


async def snapshot(at: Connection) -> AsyncGenerator[bytes, None]:
    """Everything the store holds at this moment, in chunks; once the first has come, the moment is
    over. Raises StoreUnavailable, and BackupFailed when the server gives nothing out."""
    pool: Any = at.redis.connection_pool
    async with answering():
        connection = await pool.get_connection("SYNC")
        try:
            for option in (("rdb-only", "1"), ("capa", "eof")):
                await connection.send_command("REPLCONF", *option)
                await connection.read_response()
            await connection.send_command("SYNC")
            async for chunk in _payload(connection._reader):
                yield chunk
        except ResponseError as error:
            raise BackupFailed(f"{_KEEPS_ITS_DATA} ({type(error).__name__}).") from None
        finally:
            await connection.disconnect()
            await pool.release(connection)


async def _payload(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    """What follows the first line: `$<bytes>`, or `$EOF:<mark>` when the server does not know the
    size yet; then the mark comes again at the end."""
    first = b"\n"
    while first == b"\n":  # the server is still preparing
        first = await asyncio.wait_for(reader.readline(), _SILENCE_SECONDS)
    if not first.startswith(b"$"):
        why = first[1:].split(b" ", 1)[0].decode("ascii", "replace") or "it hung up"
        raise BackupFailed(f"{_KEEPS_ITS_DATA} ({why.strip()}).")
    told = first[1:].strip()
    parts = _marked(reader, told[4:]) if told.startswith(b"EOF:") else _sized(reader, int(told))
    async for chunk in parts:
        yield chunk


async def _sized(reader: asyncio.StreamReader, size: int) -> AsyncIterator[bytes]:
    while size > 0:
        chunk = await _more(reader, min(size, _CHUNK))
        size -= len(chunk)
        yield chunk


async def _marked(reader: asyncio.StreamReader, mark: bytes) -> AsyncIterator[bytes]:
    held = b""
    while not held.endswith(mark):
        held += await _more(reader, _CHUNK)
        yield held[: -len(mark)]
        held = held[-len(mark) :]


async def _more(reader: asyncio.StreamReader, most: int) -> bytes:
    chunk = await asyncio.wait_for(reader.read(most), _SILENCE_SECONDS)
    if not chunk:
        raise BackupFailed("The server hung up in the middle of its data; nothing was kept.")
    return chunk


def require_snapshot(file: Path) -> None:
    """Raises BackupFailed for what does not begin like an RDB file; the server checks the rest."""
    with file.open("rb") as opened:
        if not opened.read(6).startswith(_MAGIC):
            raise BackupFailed(f"{file.name} is no backup: it does not begin like an RDB file.")


def lay(file: Path, folder: Path) -> None:
    """Makes `folder` a store that holds what `file` does, for bot.store.embedded to start. Raises
    BackupFailed when something is there already."""
    require_snapshot(file)
    if folder.exists() and {path.name for path in folder.iterdir()} - _LEFT_BY_A_SERVER:
        raise BackupFailed(
            f"{folder.parent.name}/{folder.name} holds a store already, which is not overwritten; "
            "give another --data-dir, or move that folder away."
        )
    (folder / _AOF).mkdir(parents=True, mode=0o700)
    folder.chmod(0o700)
    shutil.copyfile(file, folder / _AOF / _BASE)
    (folder / _AOF / _MANIFEST).write_text(f"file {_BASE} seq 1 type b\n", encoding="ascii")


def take_away(folder: Path) -> None:
    """Undoes `lay`."""
    shutil.rmtree(folder / _AOF, ignore_errors=True)


async def pour(source: Connection, target: Connection) -> None:
    """Copies every key of `source` into `target`. Raises BackupFailed when something of ours is
    there already, or when the server of `target` is too old for the data."""
    async with answering():
        async for _ in target.redis.scan_iter(match=target.keys.one("*"), count=1000):
            raise BackupFailed(
                "The store at REDIS_URL holds data of Nightdesk already, which is not overwritten."
            )
        keys = [key async for key in source.redis.scan_iter(count=1000)]
        for begin in range(0, len(keys), _AT_ONCE):
            await _copy(keys[begin : begin + _AT_ONCE], source, target)


async def _copy(keys: list[str], source: Connection, target: Connection) -> None:
    async with source.redis.pipeline(transaction=False) as reading:
        for key in keys:
            reading.dump(key).pttl(key)
        answers = await reading.execute()
    async with target.redis.pipeline(transaction=False) as writing:
        for key, payload, left_ms in zip(keys, answers[::2], answers[1::2], strict=True):
            if payload is not None:  # else it expired in between
                writing.restore(key, max(left_ms, 0), payload)
        results = await writing.execute(raise_on_error=False)
    if refused := [result for result in results if isinstance(result, Exception)]:
        kind = type(refused[0]).__name__
        raise BackupFailed(
            f"The store at REDIS_URL does not take the data ({kind}); is it older than 7.2?"
        )
