"""A store in one file: whole, of one moment, and never laid over another."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from bot.errors import BackupFailed, StoreUnavailable
from bot.store.backup import held_by, lay, pour, snapshot, take_away
from bot.store.connection import Connection
from bot.store.embedded import EmbeddedStore

from .servers import PASSWORD, valkey
from .test_address import SECRET, connected

WRITES = 300


@asynccontextmanager
async def started(folder: Path) -> AsyncIterator[Connection]:
    store = EmbeddedStore(folder)
    url = (await asyncio.to_thread(store.start)).url
    try:
        async with connected(url) as connection:
            yield connection
    finally:
        await asyncio.to_thread(store.stop)


async def write_into(file: Path, at: Connection) -> None:
    whole = b"".join([chunk async for chunk in snapshot(at)])
    await asyncio.to_thread(file.write_bytes, whole)


async def fill(at: Connection) -> None:
    """A key of each type that we use, one that expires, and a large one."""
    keys, redis = at.keys, at.redis
    await redis.hset(keys.case("ND-1"), mapping={"json": "ü" * 200_000})
    await redis.zadd(keys.one("cases"), {"ND-1": 1.5})
    await redis.hset(keys.conversation("rest:ann:1", "main"), mapping={"channel": "rest"})
    await redis.rpush(keys.conversation("rest:ann:1", "log"), "one", "two")
    await redis.xadd(keys.one("events"), {"fact": "1"})
    await redis.set(keys.session("x"), "v", px=1_000_000)


async def contents(at: Connection) -> dict[str, bytes]:
    return {key: await at.redis.dump(key) for key in sorted(await at.redis.keys("*"))}


async def test_everything_is_in_a_new_folder_after_backup_and_restore(tmp_path: Path) -> None:
    async with started(tmp_path / "old") as at:
        await fill(at)
        await write_into(tmp_path / "file", at)
        before = await contents(at)
    lay(tmp_path / "file", tmp_path / "new")
    async with started(tmp_path / "new") as at:
        assert await contents(at) == before
        assert str(await held_by(at)) == "1 cases and 1 conversations"
        assert 0 < await at.redis.pttl(at.keys.session("x")) <= 1_000_000
        await at.redis.rpush(at.keys.one("bell"), "later")
    async with started(tmp_path / "new") as at:  # what came later is kept as well
        assert await at.redis.llen(at.keys.one("bell")) == 1


async def test_backup_is_of_one_moment_while_others_write(tmp_path: Path) -> None:
    """Two keys are counted up in one step each time: in the backup they agree, and hold at least
    what was there when it began."""
    first, second = "test:first", "test:second"

    async def count_up(at: Connection, most: int) -> None:
        for _ in range(most):
            async with at.redis.pipeline(transaction=True) as step:
                await step.incr(first).set("test:" + "x" * 50, "y" * 5000).incr(second).execute()

    async with started(tmp_path / "old") as at:
        await count_up(at, WRITES)
        counting = asyncio.create_task(count_up(at, 1_000_000))
        await write_into(tmp_path / "file", at)
        counting.cancel()
        with suppress(asyncio.CancelledError):
            await counting
    lay(tmp_path / "file", tmp_path / "new")
    async with started(tmp_path / "new") as at:
        counted = [int(await at.redis.get(key) or 0) for key in (first, second)]
        assert counted[0] == counted[1] >= WRITES


async def test_restore_never_overwrites_a_store(tmp_path: Path) -> None:
    async with started(tmp_path / "old") as at:
        await fill(at)
        await write_into(tmp_path / "file", at)
        before = await contents(at)
    with pytest.raises(BackupFailed, match="holds a store already"):
        lay(tmp_path / "file", tmp_path / "old")
    async with started(tmp_path / "old") as at:
        assert await contents(at) == before


@pytest.mark.parametrize("damage", ["cut", "bent"])
async def test_damaged_backup_is_not_taken_for_a_whole_one(tmp_path: Path, damage: str) -> None:
    file = tmp_path / "file"
    async with started(tmp_path / "old") as at:
        await fill(at)
        await write_into(file, at)
    whole = file.read_bytes()
    middle = len(whole) // 2
    file.write_bytes(whole[:-9] if damage == "cut" else whole[:middle] + b"?" + whole[middle + 1 :])
    lay(file, tmp_path / "new")
    with pytest.raises(StoreUnavailable):
        EmbeddedStore(tmp_path / "new").start(seconds=10)
    take_away(tmp_path / "new")
    file.write_bytes(whole)
    lay(file, tmp_path / "new")  # and the whole one still can be


def test_other_files_are_no_backups(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("hello")
    with pytest.raises(BackupFailed, match="no backup"):
        lay(tmp_path / "file", tmp_path / "new")
    assert not (tmp_path / "new").exists()


async def test_server_that_gives_nothing_out_is_named_as_such(tmp_path: Path) -> None:
    """As the services that forbid the command do."""
    with valkey(tmp_path / "valkey", "--rename-command", "SYNC", "") as (port, _):
        async with connected(f"redis://127.0.0.1:{port}/0") as at:
            with pytest.raises(BackupFailed, match=r"does not give out its data \(ERR\)"):
                await write_into(tmp_path / "file", at)


async def test_store_moves_to_a_server_of_ones_own_once(tmp_path: Path) -> None:
    async with started(tmp_path / "old") as at:
        await fill(at)
        before = await contents(at)
        with valkey(tmp_path / "valkey", "--requirepass", PASSWORD) as (port, _):
            async with connected(f"redis://:{SECRET}@127.0.0.1:{port}/0") as own:
                await pour(at, own)
                assert await contents(own) == before
                assert 0 < await own.redis.pttl(own.keys.session("x")) <= 1_000_000
                with pytest.raises(BackupFailed, match="holds data of Nightdesk already"):
                    await pour(at, own)
