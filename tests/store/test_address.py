"""REDIS_URL in all its forms, read, and used against real servers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from datetime import datetime, timezone
from pathlib import Path
from urllib.parse import quote

import pytest
from redis import Redis

from bot.cases.case import Customer
from bot.errors import StoreUnavailable
from bot.store.address import FORMS, read_address
from bot.store.connection import Connection
from bot.store.conversations import Conversations, Inbound
from bot.store.keys import Keys

from .servers import PASSWORD, behind_tls, sentinel, valkey

NOW = datetime(2026, 11, 21, tzinfo=timezone.utc)
SECRET = quote(PASSWORD, safe="")


def message(name: str) -> Inbound:
    return Inbound(name, "rest:ann", "rest", Customer("ann"), "hello")


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[Connection]:
    connection = Connection(url, Keys("test"))
    try:
        yield connection
    finally:
        await connection.close()


@pytest.mark.parametrize("url", FORMS.replace(" (TLS)", "").split(", "))
def test_every_form_we_name_is_read(url: str) -> None:
    assert read_address(url).url


def test_sentinels_are_read_with_their_ports_the_service_and_both_logins() -> None:
    address = read_address(
        f"rediss+sentinel://app:{SECRET}@one.example,[::1]:26380/night/2"
        "?sentinel_password=a%26b&ssl_ca_certs=/ca.pem"
    )
    assert address.sentinels == (("one.example", 26379), ("::1", 26380))
    assert address.service == "night"
    assert address.sentinel_login == (("password", "a&b"),)
    assert address.url.startswith(f"rediss://app:{SECRET}@primary/2?ssl_ca_certs=%2Fca.pem")


@pytest.mark.parametrize(
    ("url", "wrong"),
    [
        ("http://hush@store", "none of the known schemes"),
        ("redis://", "no host"),
        ("redis://:hush@store:99999/0", "cannot be read"),
        ("unix://", "no path"),
        ("rediss://:hush@store/0?hush=1", "none of db, password, "),
        ("redis+sentinel://:hush@one,two", "no service"),
        ("redis+sentinel://:hush@one:x/night", "host of a Sentinel"),
        ("redis+sentinel://:hush@one/night/first", "number of a database"),
    ],
)
def test_mistake_is_named_without_the_address(url: str, wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong) as caught:
        read_address(url)
    assert "hush" not in str(caught.value)


async def test_password_opens_the_store_and_a_wrong_one_does_not(tmp_path: Path) -> None:
    with valkey(tmp_path / "valkey", "--requirepass", PASSWORD) as (port, _):
        async with connected(f"redis://:{SECRET}@127.0.0.1:{port}/0") as connection:
            assert not (await Conversations(connection).accept(message("m1"), NOW)).duplicate
        async with connected(f"redis://:wrong@127.0.0.1:{port}/0") as connection:
            with pytest.raises(StoreUnavailable):
                await connection.ping()


async def test_tls_is_spoken_to_a_trusted_server_only(tmp_path: Path) -> None:
    with valkey(tmp_path / "valkey", "--requirepass", PASSWORD) as (port, _):
        async with behind_tls(port, tmp_path) as (door, certificate):
            url = f"rediss://:{SECRET}@127.0.0.1:{door}/0"
            trusting = f"{url}?ssl_ca_certs={quote(str(certificate))}"
            async with connected(trusting) as connection:
                await Conversations(connection).accept(message("m1"), NOW)
            for distrusted in (url, trusting.replace("127.0.0.1", "localhost")):
                async with connected(distrusted) as connection:
                    with pytest.raises(StoreUnavailable):
                        await connection.ping()


async def until_it_answers(connection: Connection) -> None:
    for _ in range(300):
        try:
            return await connection.ping()
        except StoreUnavailable:
            await asyncio.sleep(0.1)
    raise AssertionError("no new primary")


async def test_conversations_go_on_when_sentinel_names_another_primary(tmp_path: Path) -> None:
    login = ("--requirepass", PASSWORD, "--primaryauth", PASSWORD)
    with ExitStack() as stack:
        primary, process = stack.enter_context(valkey(tmp_path / "primary", *login))
        of_primary = ("--replicaof", f"127.0.0.1 {primary}")
        replica, _ = stack.enter_context(valkey(tmp_path / "replica", *login, *of_primary))
        watcher = stack.enter_context(
            sentinel(tmp_path / "sentinel", primary, "night", password=PASSWORD)
        )
        nobody = "127.0.0.1:1"
        url = f"redis+sentinel://:{SECRET}@{nobody},127.0.0.1:{watcher}/night/0"
        async with connected(url) as connection:
            await Conversations(connection).accept(message("m1"), NOW)
            assert await connection.redis.wait(1, 10_000) == 1  # the replica has it
            await sentinel_knows_a_replica(watcher)
            process.kill()
            process.wait()
            with pytest.raises(StoreUnavailable):
                await connection.ping()
            await until_it_answers(connection)
            conversations = Conversations(connection)
            assert (await conversations.accept(message("m1"), NOW)).duplicate
            assert not (await conversations.accept(message("m2"), NOW)).duplicate
        with Redis(port=replica, password=PASSWORD) as client:
            assert client.info("replication")["role"] == "master"


async def sentinel_knows_a_replica(port: int) -> None:
    """It asks the primary for its replicas every ten seconds."""
    with Redis(port=port, decode_responses=True) as client:
        for _ in range(300):
            [watched] = client.sentinel_masters().values()
            if watched["num-slaves"]:
                return
            await asyncio.sleep(0.1)
    raise AssertionError("Sentinel knows no replica")
