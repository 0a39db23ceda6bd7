"""Sends bytes as they are to a server, right or wrong, and reads one answer."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

PATIENCE_SECONDS = 20.0


@dataclass(frozen=True)
class Answer:
    """`status` 0: the server hung up without a word."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0]

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")

    def json(self) -> Any:
        return json.loads(self.body)


NOTHING = Answer(0, {}, b"")


def request(
    method: str,
    target: bytes,
    headers: Collection[tuple[bytes, bytes]] = (),
    body: bytes | None = None,
) -> bytes:
    """One request in bytes; the connection ends with its answer."""
    own = [(b"Host", b"desk.example.com"), (b"Connection", b"close")]
    told = {name.lower() for name, _ in headers}
    own = [(name, value) for name, value in own if name.lower() not in told]
    if body is not None and not told & {b"content-length", b"transfer-encoding"}:
        own.append((b"Content-Length", str(len(body)).encode()))
    lines = [b"%s: %s" % pair for pair in (*own, *headers)]
    first = b"%s %s HTTP/1.1" % (method.encode(), target)
    return b"\r\n".join([first, *lines, b"", b""]) + (body or b"")


def exchange(port: int, sent: bytes, method: str = "GET") -> Answer:
    """The answer to `sent`; of a stream of events only its head. TimeoutError when none comes."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS) as wire:
        with suppress(ConnectionError):  # refused before its end, perhaps with an answer
            wire.sendall(sent)
        answer = http.client.HTTPResponse(wire, method=method)
        try:
            answer.begin()
            told = {name.lower(): value for name, value in answer.getheaders()}
            streams = told.get("content-type", "").startswith("text/event-stream")
            return Answer(answer.status, told, b"" if streams else answer.read())
        except (http.client.RemoteDisconnected, ConnectionError):
            return NOTHING
