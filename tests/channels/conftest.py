"""What the tests of channels share: a web server on a free port, over the embedded store."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timezone
from pathlib import Path

import httpx
import pytest

from bot.playbook.content import Content, load_content
from bot.store.connection import Connection
from bot.web import create_app

from .house import Clock, House, Serving

SAMPLE = Path(__file__).parents[1] / "playbook" / "sample"


@pytest.fixture(scope="session")
def content() -> Content:
    return load_content(SAMPLE, {})


@pytest.fixture
def clock() -> Clock:
    """A Saturday night: nobody is in until Monday, 09:00 in Berlin."""
    return Clock(datetime(2026, 11, 21, 23, 30, tzinfo=timezone.utc))


@pytest.fixture
async def house(connection: Connection, content: Content, clock: Clock) -> AsyncIterator[House]:
    serving = await Serving(create_app(connection, content, clock)).start()
    yield House(serving, connection, content, clock)
    await serving.stop()


@pytest.fixture
async def customer(house: House) -> AsyncIterator[httpx.AsyncClient]:
    async with await house.customer() as client:
        yield client
