"""One house for all fuzz tests of a process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.store.embedded import EmbeddedStore

from .house import FuzzHouse


@pytest.fixture(scope="session")
def fuzzed(store: EmbeddedStore) -> Iterator[FuzzHouse]:
    house = FuzzHouse(store.url).open()
    yield house
    house.close()
