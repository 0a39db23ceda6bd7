"""A web server without a worker: the tests themselves answer, through the store."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx
from sanic import Sanic

from bot.cases.turn import Reply, Turn
from bot.http.protocol import Protocol
from bot.playbook.content import Content
from bot.processes import end_server
from bot.store.connection import Connection
from bot.store.conversations import Conversations


class Clock:
    """Stands still until it is moved."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **by: float) -> None:
        self.at += timedelta(**by)


class Serving:
    """An app on a free port, over real HTTP."""

    def __init__(self, app: Sanic) -> None:
        self._app = app
        self._server: Any = None
        self.url = ""

    async def start(self) -> Serving:
        listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        server = await self._app.create_server(
            sock=listener, protocol=Protocol, return_asyncio_server=True, access_log=False
        )
        assert server is not None
        await server.startup()
        await server.before_start()
        await server.after_start()
        self._server = server
        return self

    async def stop(self) -> None:
        """As `nightdesk web` stops: what waits is told, open connections are let go."""
        if self._server is None:
            return
        server, self._server = self._server, None
        await end_server(server)


@dataclass
class House:
    """A running web server, its clock, and the worker's part played by hand."""

    serving: Serving
    connection: Connection
    content: Content
    clock: Clock

    def client(self, session: str = "") -> httpx.AsyncClient:
        headers = {"Authorization": f"Bearer {session}"} if session else {}
        return httpx.AsyncClient(base_url=self.serving.url, headers=headers, timeout=10)

    async def customer(self) -> httpx.AsyncClient:
        """A client with a session of its own."""
        async with self.client() as anybody:
            answer = await anybody.post("/chat/sessions")
        return self.client(answer.json()["session"])

    async def answer(self, *replies: Reply) -> str:
        """Plays the worker for the first conversation that waits; returns what it was told."""
        store = Conversations(self.connection)
        now = self.clock() + timedelta(seconds=5)
        claimed, _ = await store.claim("the test", now)
        assert claimed is not None, "no conversation waits"
        await store.load(claimed, now)
        messages = [message for _, message in claimed.waiting]
        first = messages[0]
        said = "\n".join(message.payload or message.text for message in messages)

        async def no_case(_: int) -> str:
            raise AssertionError("no case is opened here")

        turn = Turn(
            claimed.conversation,
            first.channel,
            first.customer,
            said,
            said,
            now,
            self.content,
            no_case,
        )
        turn.replies.extend(replies)
        await store.commit(claimed, turn, messages)
        return said
