"""What tests of all kinds share: one real embedded Valkey with a key prefix for each test, and one
trained assistant."""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from sanic import Sanic

from bot.engine.assistant import Assistant
from bot.engine.training import train
from bot.engine.training_stamp import MODEL, is_current
from bot.playbook.content import Content, load_content
from bot.store.connection import Connection
from bot.store.embedded import EmbeddedStore
from bot.store.keys import Keys
from tests.running import RunningBot, serving
from tests.talking import Talk

hypothesis.settings.register_profile("ci", derandomize=True)
"""The same examples on every run: a landing must not hang on a draw. People's runs explore."""

if os.environ.get("CI"):
    hypothesis.settings.load_profile("ci")

Sanic.test_mode = True  # otherwise a second app of one process does not start

ROOT = Path(__file__).parents[1]
os.environ.setdefault("SENTENCES_FOLDER", str(ROOT / ".cache" / "models"))
"""All trainings of the tests share their sentence vectors, those in temporary folders too."""
NIGHT = datetime(2026, 3, 4, 2, 30, tzinfo=timezone.utc)
"""A Wednesday, half past two: nobody is in, the office opens at nine."""

LONGEST_FIRST = (
    "test_chaos.py", "test_interleavings.py", "test_new_topic.py", "test_night.py",
    "test_killing.py", "test_scaling.py", "test_chat.py", "test_pages.py", "test_dialogues.py",
    "test_commands.py",
)  # fmt: skip


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Of several test processes (`make test`), each takes the next file: two short ones end
    together, two long ones only when they were begun first."""
    if hasattr(config, "workerinput"):
        place = {name: number for number, name in enumerate(LONGEST_FIRST)}
        items.sort(key=lambda item: place.get(item.path.name, len(place)))


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


@pytest.fixture(scope="session")
def trained_model() -> Path:
    """The demo brand's model; trained when content, config or the understanding's code changed."""
    models = ROOT / ".cache" / "models"
    with _one_at_a_time(ROOT / ".cache" / "training.lock"):
        if not is_current(ROOT, models) or _older_than_code(models / MODEL):
            train(ROOT, models)
    return models / MODEL


@contextmanager
def _one_at_a_time(lock: Path) -> Iterator[None]:
    """Of several test processes one trains, and the others wait for its model."""
    lock.parent.mkdir(exist_ok=True)
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _older_than_code(model: Path) -> bool:
    code = [*(ROOT / "bot" / "nlu").rglob("*.py"), ROOT / "bot" / "engine" / "training.py"]
    return max(path.stat().st_mtime for path in code) > model.stat().st_mtime


@pytest.fixture(scope="session")
def assistant(trained_model: Path) -> Assistant:
    """The demo brand's assistant, loaded once."""
    return Assistant.load(ROOT, trained_model)


@pytest.fixture(scope="session")
def brightnook(trained_model: Path) -> Content:
    """What the assistant knows."""
    return load_content(ROOT)


@pytest.fixture
def talk(assistant: Assistant, brightnook: Content) -> Callable[..., Talk]:
    """Makes conversations with the demo brand; `now` is the dead of night unless given."""

    def new(name: str = "customer", now: datetime = NIGHT, **more: Any) -> Talk:
        return Talk(assistant, brightnook, now, name, **more)

    return new


@pytest.fixture(scope="session")
def running_bot(
    trained_model: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningBot]:
    """`nightdesk serve` with the demo brand on a port and a folder of its own."""
    with serving(ROOT, trained_model.parent, tmp_path_factory.mktemp("nightdesk")) as bot:
        yield bot
