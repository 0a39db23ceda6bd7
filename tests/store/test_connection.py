"""Whatever Redis does wrong, callers see StoreUnavailable and nothing of the customer."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from bot.cases.case import Customer
from bot.errors import StoreUnavailable
from bot.store.cases import Cases
from bot.store.connection import Connection, answering
from bot.store.conversations import Claimed, Conversations, Inbound
from bot.store.embedded import EmbeddedStore
from bot.store.heartbeat import anyone_alive
from bot.store.index import CaseIndex
from bot.store.keys import Keys
from bot.store.links import SETUP, Links
from bot.store.people import People, Person
from bot.store.rates import Rates
from bot.store.secrets import Secrets
from bot.store.sessions import Sessions
from bot.store.sign_in import SignIn
from bot.store.tokens import Tokens

NOW = datetime(2026, 11, 21, tzinfo=timezone.utc)
MESSAGE = Inbound("m1", "rest:ann", "rest", Customer("ann"), "hello")
ANN = Person("u-abcdef", "Ann", "ann@example.com", "agent", (), NOW)
CLAIMED = Claimed("rest:ann", "token", 1)

OPERATIONS: dict[str, Callable[[Connection], Awaitable[Any]]] = {
    "ping": lambda at: at.ping(),
    "accept": lambda at: Conversations(at).accept(MESSAGE, NOW),
    "replies": lambda at: Conversations(at).replies_of("rest:ann", "m1"),
    "lines": lambda at: Conversations(at).lines("rest:ann"),
    "unanswered": lambda at: Conversations(at).unanswered("rest:ann"),
    "button": lambda at: Conversations(at).button("rest:ann", "/a"),
    "claim": lambda at: Conversations(at).claim("token", NOW),
    "load": lambda at: Conversations(at).load(CLAIMED, NOW),
    "renew": lambda at: Conversations(at).renew(CLAIMED, NOW),
    "release": lambda at: Conversations(at).release(CLAIMED, NOW),
    "reference": lambda at: Conversations(at).reference_for("rest:ann", 1),
    "case": lambda at: Cases(at).get("ND-7KQ2M4X"),
    "cases": lambda at: Cases(at).all(),
    "index": lambda at: CaseIndex(at).catch_up(),
    "token": lambda at: Tokens(at).holder("nd_x"),
    "new token": lambda at: Tokens(at).add("ann", "agent"),
    "person": lambda at: People(at).get("u-abcdef"),
    "people": lambda at: People(at).all(),
    "new person": lambda at: People(at).add("Ann", "ann@example.com", "agent", [], NOW),
    "session": lambda at: Sessions(at).find("token", NOW),
    "new session": lambda at: Sessions(at).begin(ANN, NOW),
    "link": lambda at: Links(at).find("A" * 43, NOW),
    "new link": lambda at: Links(at).make(SETUP, NOW),
    "sign in": lambda at: SignIn(at).by_password("ann@example.com", "password", "here", NOW),
    "secrets": lambda at: Secrets(at).of("webchat"),
    "rates": lambda at: Rates(at).take("ann", 9, NOW),
    "alive": lambda at: anyone_alive(at, "worker"),
}


@asynccontextmanager
async def server_that_says(answer: bytes) -> AsyncIterator[str]:
    """The address of a server with one answer to every command; without any it hangs up."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while (said := await reader.read(4096)) and answer:
            writer.write(answer * said.count(b"*"))
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    try:
        yield f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}/0"
    finally:
        server.close()
        await server.wait_closed()


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[Connection]:
    connection = Connection(url, Keys("test"))
    try:
        yield connection
    finally:
        await connection.close()


@pytest.mark.parametrize("name", OPERATIONS)
@pytest.mark.parametrize("where", ["closed port", "no socket", "hangs up", "loading", "disk full"])
async def test_caller_hears_that_the_store_is_away(name: str, where: str) -> None:
    says = {
        "loading": b"-LOADING Valkey is loading the dataset in memory\r\n",
        "disk full": b"-MISCONF Errors writing to the AOF file: No space left on device\r\n",
    }
    async with server_that_says(says.get(where, b"")) as answering_url:
        urls = {
            "closed port": f"redis://127.0.0.1:{closed_port()}/0",
            "no socket": "unix:///nowhere/at/all.sock",
        }
        async with connected(urls.get(where, answering_url)) as connection:
            with pytest.raises(StoreUnavailable):
                await OPERATIONS[name](connection)


@pytest.mark.parametrize(
    "answer",
    [
        "-READONLY You can't write against a read only replica.",
        "-OOM command not allowed when used memory > 'maxmemory'.",
        "-MASTERDOWN Link with MASTER is down",
        "-NOREPLICAS Not enough good replicas to write.",
        "-BUSY Valkey is busy running a script.",
        "-NOAUTH Authentication required.",
        "-ERR max number of clients reached",
        "!nonsense",
    ],
)
async def test_caller_hears_that_the_store_takes_nothing_now(answer: str) -> None:
    async with server_that_says(answer.encode() + b"\r\n") as url, connected(url) as connection:
        with pytest.raises(StoreUnavailable):
            await connection.ping()


async def test_our_own_mistake_is_no_outage(connection: Connection) -> None:
    await connection.redis.set(connection.keys.one("tokens"), "no hash")
    with pytest.raises(Exception, match="WRONGTYPE"):
        await Tokens(connection).holder("nd_x")


async def test_error_names_its_kind_and_nothing_else() -> None:
    with pytest.raises(StoreUnavailable) as caught:
        async with answering():
            raise ConnectionResetError("while sending mysecretword")
    assert str(caught.value) == "Redis does not answer (ConnectionResetError)."
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


async def test_connection_serves_again_when_the_server_was_restarted(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path)
    async with connected(store.start().url) as connection:
        await Conversations(connection).accept(MESSAGE, NOW)
        await asyncio.to_thread(store.stop)
        with pytest.raises(StoreUnavailable):
            await connection.ping()
        await asyncio.to_thread(store.start)
        assert (await Conversations(connection).accept(MESSAGE, NOW)).duplicate
        await asyncio.to_thread(store.stop)


async def test_closed_connection_leaves_no_socket_open(store: EmbeddedStore) -> None:
    connection = Connection(store.url, Keys("test"))
    await asyncio.gather(*(connection.ping() for _ in range(5)))
    pool: Any = connection.redis.connection_pool
    assert pool._available_connections
    await connection.close()
    assert not any(one.is_connected for one in pool._available_connections)
