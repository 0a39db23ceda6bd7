"""What the tests of the desk share: the tests' own content, a clock, and an office."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timezone
from pathlib import Path

import httpx
import pytest

from bot.playbook.content import Content, load_content
from bot.store.connection import Connection
from bot.web import create_app
from tests.channels.house import Clock, Serving

from .door import Door
from .office import Office, opened

SAMPLE = Path(__file__).parents[1] / "playbook" / "sample"


@pytest.fixture(scope="session")
def content() -> Content:
    return load_content(SAMPLE, {})


@pytest.fixture
def clock() -> Clock:
    """A Saturday night: nobody is in until Monday, 09:00 in Berlin."""
    return Clock(datetime(2026, 11, 21, 23, 30, tzinfo=timezone.utc))


@pytest.fixture
async def office(connection: Connection, content: Content, clock: Clock) -> AsyncIterator[Office]:
    async with opened(connection, content, clock) as made:
        yield made


@pytest.fixture
async def door(connection: Connection, content: Content, clock: Clock) -> AsyncIterator[Door]:
    """The web server alone, with nobody there yet."""
    serving = await Serving(create_app(connection, content, clock)).start()
    yield Door(serving, connection, content, clock)
    await serving.stop()


@pytest.fixture
async def browser(door: Door) -> AsyncIterator[httpx.AsyncClient]:
    """Nobody's, without a session."""
    async with door.browser() as client:
        yield client
