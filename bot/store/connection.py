"""The connection to Redis or Valkey: one client a process, its scripts loaded by name."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.connection import parse_url
from redis.asyncio.sentinel import Sentinel
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError

from bot.errors import StoreUnavailable
from bot.store.address import StoreAddress, read_address
from bot.store.keys import Keys
from bot.store.tallies import Tallies

_SCRIPTS = Path(__file__).with_name("scripts")
_NOT_NOW = re.compile(r"(^|caused error: \W*)(MASTERDOWN|MISCONF|NOREPLICAS|BUSY) ")
"""How answers begin that mean "not now" (no primary, a full disk, too few replicas, a long script),
alone or in a pipeline; for others the client has classes of its own."""
_ANSWER_SECONDS = 10.0
_CONNECT_SECONDS = 2.0
_NOT_NOW_CLASSES = ("ReadOnlyError", "OutOfMemoryError", "InvalidResponse", "RedisError")
"""The last two: an answer cut off in the middle, and a connection closed under the client."""


class _Attentive:
    """Mixed into the client's connections: before a command, sees whether the server has hung up.

    redis-py 4.6 looks by reading under a timeout of 0 s. That takes the end of the stream for
    "nothing there", so that each connection's first command after a restart of Redis fails; and it
    takes a cancellation of the task at that moment for the timeout's own, and goes on.
    """

    _reader: asyncio.StreamReader | None

    async def can_read_destructive(self) -> bool:
        reader: Any = self._reader
        return reader is None or reader.at_eof() or bool(reader._buffer)


class Connection:
    """A client, the keys' prefix, the Lua scripts, and what this process counts. Errors of Redis
    become StoreUnavailable.

    `url` is one of bot.store.address.FORMS; ValueError for any other.
    """

    def __init__(self, url: str, keys: Keys | None = None) -> None:
        self.keys = keys or Keys()
        self.tallies = Tallies()
        self._sentinel: Any = None
        self.redis = self._client(read_address(url))
        pool: Any = self.redis.connection_pool
        base = pool.connection_class
        pool.connection_class = type(f"Attentive{base.__name__}", (_Attentive, base), {})
        self._scripts: dict[str, Any] = {
            path.stem: self.redis.register_script(path.read_text(encoding="utf-8"))
            for path in sorted(_SCRIPTS.glob("*.lua"))
        }

    def _client(self, address: StoreAddress) -> Redis[str]:
        if address.sentinels:
            return self._behind_sentinels(address)
        return Redis.from_url(
            address.url,
            decode_responses=True,
            socket_timeout=_ANSWER_SECONDS,
            socket_connect_timeout=_CONNECT_SECONDS,
        )

    def _behind_sentinels(self, address: StoreAddress) -> Redis[str]:
        options: dict[str, Any] = {
            "socket_timeout": _ANSWER_SECONDS,
            "socket_connect_timeout": _CONNECT_SECONDS,
            **parse_url(address.url),
        }
        del options["host"]
        if options.pop("connection_class", None) is not None:
            options["ssl"] = True
        network = {key: options[key] for key in options if key.startswith(("socket_", "ssl"))}
        self._sentinel = Sentinel(
            address.sentinels, sentinel_kwargs={**network, **dict(address.sentinel_login)}
        )
        client: Redis[str] = self._sentinel.master_for(
            address.service, decode_responses=True, **options
        )
        return client

    async def run(self, script: str, *arguments: str | int | float) -> Any:
        """Runs scripts/<script>.lua with the prefix as its only key."""
        async with answering():
            return await self._scripts[script](keys=[self.keys.prefix], args=list(arguments))

    async def ping(self) -> None:
        """Raises StoreUnavailable when the server does not answer."""
        async with answering():
            await self.redis.ping()

    async def close(self) -> None:
        await self.redis.close(close_connection_pool=True)
        for sentinel in self._sentinel.sentinels if self._sentinel else ():
            await sentinel.close(close_connection_pool=True)


@asynccontextmanager
async def answering() -> AsyncIterator[None]:
    """Turns Redis' errors inside into StoreUnavailable, naming their kind and nothing else."""
    try:
        yield
    except (RedisConnectionError, RedisTimeoutError, OSError) as error:
        raise StoreUnavailable(f"Redis does not answer ({type(error).__name__}).") from None
    except RedisError as error:
        if _means_not_now(error):
            raise StoreUnavailable(f"Redis takes nothing now ({type(error).__name__}).") from None
        raise


def _means_not_now(error: RedisError) -> bool:
    kind = type(error).__name__  # types-redis does not know all classes
    return kind in _NOT_NOW_CLASSES or _NOT_NOW.search(str(error)) is not None


Clock = Callable[[], float]
"""Seconds since the epoch."""
