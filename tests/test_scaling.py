"""Several machines with one store: web and workers apart, drained when they are asked to stop, and
renewed while customers write."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from bot.engine.training_stamp import MODEL
from bot.store.connection import Connection
from bot.store.conversations import Conversations, Line
from bot.store.embedded import EmbeddedStore
from bot.store.tokens import Tokens
from tests.conftest import ROOT
from tests.killing import Customer
from tests.running import environment, free_port

REST = "/webhooks/rest/webhook"
OPENING = "order BN-730416, a Nook Thermo, says delivered on Monday but nothing has come"
TEXTS = Path("data", "texts", "en", "conversation.yml")
PATIENCE_SECONDS = 120.0


@dataclass(frozen=True)
class Machine:
    """A command of ours that runs, with what it keeps and what it printed."""

    process: subprocess.Popen[bytes]
    data_dir: Path

    @property
    def log(self) -> str:
        return (self.data_dir / "log").read_text(encoding="utf-8", errors="replace")

    def children(self, role: str) -> list[int]:
        """Process ids of the processes of a role that it keeps."""
        listed = subprocess.run(
            ["ps", "--ppid", str(self.process.pid), "-o", "pid=,args="],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        lines = [line.split() for line in listed.stdout.splitlines()]
        return [int(words[0]) for words in lines if words[3:5] == ["bot.cli", role]]


@contextmanager
def machine(home: Path, *arguments: str, store: str, root: Path = ROOT) -> Iterator[Machine]:
    """Runs `nightdesk ...` as on a machine with a folder of its own and the common store."""
    home.mkdir(exist_ok=True)
    folders = ["--root", str(root), "--data-dir", str(home)]
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot.cli", *arguments, *folders],
            env={**environment(), "REDIS_URL": store},
            stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        yield Machine(process, home)
    finally:
        process.terminate()
        process.wait(timeout=60)


async def until(true: Callable[[], bool], of: Machine) -> None:
    patience = time.monotonic() + PATIENCE_SECONDS
    while not true():
        assert of.process.poll() is None, of.log[-2000:]
        assert time.monotonic() < patience, of.log[-2000:]
        await asyncio.sleep(0.1)


def answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2).status_code == 200
    except httpx.HTTPError:
        return False


@pytest.fixture(scope="module")
def shared_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    server = EmbeddedStore(tmp_path_factory.mktemp("shared"))
    yield server.start().url
    server.stop()


@pytest.fixture
async def at_store(shared_store: str) -> AsyncIterator[Connection]:
    connection = Connection(shared_store)
    yield connection
    await connection.close()


async def client_of(url: str, at_store: Connection) -> httpx.AsyncClient:
    token = await Tokens(at_store).add("tests", "admin")
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.AsyncClient(base_url=url, headers=headers, timeout=20)


# ---- asked to stop ---------------------------------------------------------------------------


async def test_web_answers_who_waits_and_says_that_it_leaves_when_it_is_asked_to_stop(
    tmp_path: Path, shared_store: str, at_store: Connection
) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    arguments = ("web", "--port", str(port), "--linger", "3")
    with machine(tmp_path / "web", *arguments, store=shared_store) as web:
        await until(lambda: answers(f"{url}/ready"), web)
        async with await client_of(url, at_store) as client:
            message = {"sender": "waits", "message": OPENING}
            waiting = asyncio.create_task(client.post(REST, json=message))
            await asyncio.sleep(0.5)
            web.process.terminate()
            await until(lambda: not answers(f"{url}/ready"), web)
            assert (await client.get("/ready")).json() == {"status": "leaving"}
            assert (await client.get("/chat")).status_code == 200  # it serves while it lingers
            answer = await waiting
        assert (answer.status_code, answer.json()) == (202, [])  # kept; nobody works here
        assert await asyncio.to_thread(web.process.wait, 30) == 0
        assert not answers(f"{url}/ready")
    assert "Traceback" not in web.log


@pytest.mark.parametrize("role", ["web", "worker"])
def test_part_without_a_common_store_is_refused_with_the_forms_of_its_address(
    tmp_path: Path, role: str
) -> None:
    command = [sys.executable, "-m", "bot.cli", role, "--data-dir", str(tmp_path)]
    run = subprocess.run(
        command, cwd=ROOT, env=environment(), capture_output=True, text=True, check=False
    )
    assert run.returncode == 1
    assert "environment [REDIS_URL]: names no store" in run.stderr
    assert "rediss://" in run.stderr


def test_worker_without_a_model_is_refused_with_the_way_to_one(
    tmp_path: Path, shared_store: str
) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "bot.cli", "worker", "--data-dir", str(tmp_path)],
        cwd=ROOT, env={**environment(), "REDIS_URL": shared_store}, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 1
    assert "run `nightdesk train`" in run.stderr


# ---- a new web process -----------------------------------------------------------------------


async def test_request_waits_and_is_not_refused_when_the_web_was_killed(
    tmp_path: Path, shared_store: str
) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with machine(tmp_path / "web", "web", "--port", str(port), store=shared_store) as web:
        await until(lambda: answers(f"{url}/ready"), web)
        [process] = web.children("web")
        os.kill(process, signal.SIGKILL)
        async with httpx.AsyncClient(timeout=60) as client:
            assert (await client.get(f"{url}/ready")).status_code == 200
        assert process not in web.children("web")


async def test_no_request_is_refused_while_the_web_is_renewed(
    tmp_path: Path, shared_store: str
) -> None:
    port, models = free_port(), tmp_path / "web" / "models"
    url, answered = f"http://127.0.0.1:{port}/chat", 0
    models.mkdir(parents=True)
    (models / MODEL).write_bytes(b"first")
    with machine(tmp_path / "web", "web", "--port", str(port), store=shared_store) as web:
        await until(lambda: answers(url), web)
        old = web.children("web")
        (models / MODEL).write_bytes(b"second")  # a web process does not read it
        while "A new web has taken over" not in web.log:
            async with httpx.AsyncClient(timeout=60) as client:  # a connection of its own each time
                assert (await client.get(url)).status_code == 200
            answered += 1
        assert answered > 1
        assert len(web.children("web")) == 1
        assert web.children("web") != old


# ---- a new model -----------------------------------------------------------------------------


def project(home: Path) -> Path:
    """A copy of the content, to be changed."""
    home.mkdir()
    for name in ("data", "config.yml", "domain.yml", "endpoints.yml", "credentials.yml"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, home / name)
    return home


def change(root: Path, model: Path, models: Path) -> None:
    """As an edit and `nightdesk train` do it: another receipt, and a model in the place of the old
    one."""
    texts = (root / TEXTS).read_text(encoding="utf-8")
    changed = texts.replace("About: {topic}", "It concerns: {topic}")
    (root / TEXTS).write_text(changed, encoding="utf-8")
    shutil.copy(model, models / "coming")
    os.replace(models / "coming", models / MODEL)


async def keep_writing(client: httpx.AsyncClient, enough: asyncio.Event) -> list[Customer]:
    """Two customers at a time, one after another, until it is enough."""
    played: list[Customer] = []

    async def one_after_another() -> None:
        while not enough.is_set():
            played.append(Customer(client, uuid4().hex, OPENING))
            await played[-1].play()

    await asyncio.gather(*(one_after_another() for _ in range(2)))
    return played


async def lines_of(at_store: Connection, sender: str) -> list[Line]:
    return list(await Conversations(at_store).lines(f"rest:{sender}"))


async def test_new_model_takes_over_without_losing_a_turn_while_customers_write(
    tmp_path: Path, shared_store: str, at_store: Connection, trained_model: Path
) -> None:
    root, models = project(tmp_path / "project"), tmp_path / "workers" / "models"
    shutil.copytree(trained_model.parent, models)
    port, enough = free_port(), asyncio.Event()
    url = f"http://127.0.0.1:{port}"
    at = partial(machine, store=shared_store, root=root)
    with ExitStack() as stack:
        web = stack.enter_context(at(tmp_path / "web", "web", "--port", str(port)))
        workers = stack.enter_context(at(tmp_path / "workers", "worker", "--workers", "2"))
        await until(lambda: answers(f"{url}/health"), workers)
        async with await client_of(url, at_store) as client:
            early = {"sender": "early", "message": OPENING}
            assert (await client.post(REST, json=early)).is_success
            old = workers.children("worker")
            writing = asyncio.create_task(keep_writing(client, enough))
            change(root, trained_model, models)
            await until(lambda: workers.log.count("has taken over") == 2, workers)
            new = workers.children("worker")
            enough.set()
            customers = await writing
            await Customer(client, "early", "skip").play()
    assert (len(old), len(new), set(old) & set(new)) == (2, 2, set())
    assert all(len(customer.receipts) == 1 for customer in customers)
    for customer in customers:
        lines = await lines_of(at_store, customer.name)
        assert [line.id for line in lines if line.speaker == "customer"] == customer.sent
        assert [line.kind for line in lines].count("receipt") == 1
    assert "It concerns:" in (await lines_of(at_store, "early"))[-1].text  # begun before the change
    assert "Traceback" not in web.log + workers.log
