"""What tests of all kinds share: one real embedded Valkey, and a key prefix for each test."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Iterator

import pytest
from sanic import Sanic

from bot.store.connection import Connection
from bot.store.embedded import EmbeddedStore
from bot.store.keys import Keys

Sanic.test_mode = True  # otherwise a second app of one process does not start


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedStore]:
    """A running server on a folder of its own; ended with the session."""
    server = EmbeddedStore(tmp_path_factory.mktemp("valkey"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
async def connection(store: EmbeddedStore) -> AsyncIterator[Connection]:
    """A connection under a random prefix, so that tests never see each other's keys."""
    made = Connection(store.url, Keys(f"test{secrets.token_hex(6)}"))
    yield made
    await made.close()
    await made.redis.connection_pool.disconnect()
