"""`nightdesk backup FILE` and `nightdesk restore FILE`: everything customers and agents wrote."""

from __future__ import annotations

import asyncio
import os
import tempfile
from contextlib import aclosing
from pathlib import Path
from typing import BinaryIO

from rich.console import Console

from bot.commands.opening import with_store
from bot.errors import BackupFailed, StoreUnavailable
from bot.settings import Settings
from bot.store.backup import Held, held_by, lay, pour, require_snapshot, snapshot, take_away
from bot.store.connection import Connection
from bot.store.embedded import EmbeddedStore
from bot.supervisor import sole_owner


def backup(settings: Settings, file: Path) -> None:
    """Writes the store into `file`, which only its owner may read, while everything runs. Raises
    BackupFailed or StoreUnavailable."""
    part = file.with_name(file.name + ".part")
    if not settings.redis_url and not settings.store.exists():
        raise BackupFailed(f"There is no store in {settings.data_dir.name}/.")
    if file.exists():
        raise BackupFailed(f"{file.name} is there already and is not overwritten.")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as target:
            held = with_store(settings, lambda at: _fetch(at, target))
            target.flush()
            os.fsync(target.fileno())
        os.link(part, file)  # unlike a rename, it overwrites nobody's
    except OSError as error:
        raise BackupFailed(f"{file.name} cannot be written: {error.strerror}.") from None
    finally:
        part.unlink(missing_ok=True)
    megabytes = file.stat().st_size / 1_000_000
    Console(stderr=True).print(f"Backed up {held}: {file.name}, {megabytes:.1f} MB.")


async def _fetch(at: Connection, target: BinaryIO) -> Held:
    async with aclosing(snapshot(at)) as chunks:
        async for chunk in chunks:
            await asyncio.to_thread(target.write, chunk)
    return await held_by(at)


def restore(settings: Settings, file: Path) -> None:
    """Makes a store of `file`: in the data folder, or at REDIS_URL. Neither may hold one already.
    Raises BackupFailed, AlreadyRunning or StoreUnavailable."""
    require_snapshot(file)
    if settings.redis_url:
        held = _restore_elsewhere(settings.redis_url, file)
    else:
        with sole_owner(settings.data_dir):
            held = _restore_here(settings.store, file)
    Console(stderr=True).print(f"Restored {held}. `nightdesk serve` goes on with them.")


def _restore_here(folder: Path, file: Path, target: str = "") -> Held:
    """Lays the file and starts a server on it once: it reads all of it and checks its sum."""
    lay(file, folder)
    store = EmbeddedStore(folder)
    try:
        return asyncio.run(_look_at(_started(store, folder, file), target))
    finally:
        store.stop()


def _started(store: EmbeddedStore, folder: Path, file: Path) -> str:
    try:
        return store.start().url
    except StoreUnavailable:
        take_away(folder)
        raise BackupFailed(
            f"{file.name} cannot be read: it is damaged, or was made by a later Valkey."
        ) from None


def _restore_elsewhere(url: str, file: Path) -> Held:
    with tempfile.TemporaryDirectory(prefix="nightdesk-restore-") as folder:
        return _restore_here(Path(folder, "store"), file, url)


async def _look_at(source: str, target: str) -> Held:
    """What the store at `source` holds; pours it into `target` if there is one."""
    laid = Connection(source)
    try:
        if target:
            await _pour_into(target, laid)
        return await held_by(laid)
    finally:
        await laid.close()


async def _pour_into(target: str, laid: Connection) -> None:
    there = Connection(target)
    try:
        await there.ping()
        await pour(laid, there)
    finally:
        await there.close()
