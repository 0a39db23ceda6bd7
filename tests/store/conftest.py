"""What the tests of the store share: messages, turns, and the demo content of the tests."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

import pytest

from bot.playbook.content import Content, load_content
from bot.store.connection import Connection

from .speaking import Speaking

SAMPLE = Path(__file__).parents[1] / "playbook" / "sample"


@pytest.fixture(scope="session")
def content() -> Content:
    return load_content(SAMPLE, {})


@pytest.fixture
def speaking(connection: Connection, content: Content) -> Speaking:
    return Speaking(connection, content, datetime(2026, 11, 21, 23, 30, tzinfo=timezone.utc))
