"""Opens the store for a command: the running one, or the embedded one for as long as it takes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from bot.settings import Settings
from bot.store.connection import Connection
from bot.store.embedded import EmbeddedStore
from bot.supervisor import AlreadyRunning, sole_owner

T = TypeVar("T")


@contextmanager
def store_url(settings: Settings) -> Iterator[str]:
    """The address of the store; an embedded one that nobody serves is started and ended again."""
    if settings.redis_url:
        yield settings.redis_url
        return
    store = EmbeddedStore(settings.store)
    try:
        with sole_owner(settings.data_dir):
            try:
                yield store.start().url
            finally:
                store.stop()
    except AlreadyRunning:
        yield store.url


def with_store(settings: Settings, work: Callable[[Connection], Awaitable[T]]) -> T:
    """Runs `work` with a connection to the store."""

    async def run(url: str) -> T:
        connection = Connection(url)
        try:
            return await work(connection)
        finally:
            await connection.close()

    with store_url(settings) as url:
        return asyncio.run(run(url))
