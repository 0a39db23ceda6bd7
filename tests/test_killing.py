"""Shown by killing: whatever process dies in the middle, no receipt is lost and no case doubled."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.store.connection import Connection
from bot.store.conversations import Conversations
from bot.store.embedded import EmbeddedStore
from tests.conftest import ROOT
from tests.killing import Customer, House, watching_stores

CONVERSATIONS = 50
AT_ONCE = 8
PLAY_SECONDS = 180
OPENINGS = (
    "My Nook Cam shows a grey screen since yesterday, error E-214, account h.pem@example.com",
    "you took £15.99 twice for brightnook stream, my email is kel.dawes@example.org",
    "order BN-730416, a Nook Thermo, says delivered on Monday but nothing has come",
    "My Nook Bell came this afternoon with the glass cracked. Order BN-118259",
    "I cannot log in to my account any more, the code never comes",
)


@pytest.fixture(scope="module")
def house(trained_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A running house; a test leaves it running."""
    made = House(ROOT, trained_model.parent, tmp_path_factory.mktemp("killing"))
    with made.running():
        yield made


@pytest.fixture(scope="module")
def token(house: House) -> str:
    """Made by the command line, beside the running house."""
    return house.run("token", "add", "tests", "--role", "admin").stdout.strip()


@pytest.fixture
async def client(house: House, token: str) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=house.url, headers=headers, timeout=15) as made:
        yield made


async def all_cases(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    answer = await client.get("/api/cases", params={"limit": 200, "order": "oldest"})
    return list(answer.json()["cases"])


async def play_all(customers: list[Customer], done: asyncio.Semaphore) -> None:
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(customer: Customer) -> None:
        async with gate:
            await customer.play()
        done.release()

    await asyncio.wait_for(asyncio.gather(*map(one, customers)), PLAY_SECONDS)


async def kill_in_turn(house: House, done: asyncio.Semaphore) -> None:
    """One process after the other, each while conversations are going on."""
    for name in ("worker", "web", "store", "supervisor"):
        for _ in range(AT_ONCE):
            await done.acquire()
        await asyncio.to_thread(house.kill, name)
        if name == "supervisor":
            house.serve()


async def test_customers_lose_nothing_when_every_process_is_killed_once(
    house: House, client: httpx.AsyncClient
) -> None:
    customers = [
        Customer(client, f"customer-{number}", OPENINGS[number % len(OPENINGS)])
        for number in range(CONVERSATIONS)
    ]
    with watching_stores(house.data_dir / "store") as stores:
        done = asyncio.Semaphore(0)
        await asyncio.gather(play_all(customers, done), kill_in_turn(house, done))
    assert sum(customer.trouble for customer in customers) > 0
    assert all(len(customer.receipts) == 1 for customer in customers)
    assert max(map(len, stores)) == 1
    assert len({pid for pids in stores for pid in pids}) == 2  # killed once, adopted once
    await every_case_is_there_once(client, customers)
    await every_message_is_there_once(house, customers)


async def every_case_is_there_once(client: httpx.AsyncClient, customers: list[Customer]) -> None:
    cases = await all_cases(client)
    receipts = {f"rest:{customer.name}": customer.receipts[0] for customer in customers}
    assert {case["conversation"]: case["id"] for case in cases} == receipts
    assert len(cases) == len(receipts)
    for reference in receipts.values():
        assert (await client.get(f"/api/cases/{reference}")).status_code == 200


async def every_message_is_there_once(house: House, customers: list[Customer]) -> None:
    """In the transcript, in the order in which they were sent, and in no worker's hands."""
    connection = Connection(EmbeddedStore(house.data_dir / "store").url)
    redis, keys = connection.redis, connection.keys
    try:
        for customer in customers:
            lines = await Conversations(connection).lines(f"rest:{customer.name}")
            assert [line.id for line in lines if line.speaker == "customer"] == customer.sent
            assert lines[-1].speaker == "bot"
        assert await redis.zcard(keys.one("ready")) == 0
        assert await redis.zcard(keys.one("leases")) == 0
        facts = [fields["fact"] for _, fields in await redis.xrange(keys.one("events"))]
        opened = Counter(fact for fact in facts if '"case_opened"' in fact)
        assert len(opened) == len(customers)
        assert set(opened.values()) == {1}
    finally:
        await connection.close()


def test_second_serve_is_refused_beside_a_running_one(house: House) -> None:
    assert house.supervisor is not None
    second = house.run("serve", "--port", str(house.port))
    assert second.returncode == 1
    assert f"process id {house.supervisor.pid}" in second.stderr
    assert house.supervisor.poll() is None


async def test_owner_finds_everything_again_when_serve_was_interrupted(
    house: House, client: httpx.AsyncClient
) -> None:
    await Customer(client, "the-last", OPENINGS[0]).play()
    before = await all_cases(client)
    assert before
    assert await asyncio.to_thread(house.interrupt) == 0
    assert not [pid for name in ("worker", "web", "store") for pid in house.pids(name)]
    house.serve()
    await asyncio.to_thread(house.wait_until_ready)
    assert await all_cases(client) == before
    assert "Traceback" not in house.log
