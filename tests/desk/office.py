"""A running web server with its worker, customers who write, and people who work at the desk."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from sanic import Sanic

from bot.cases.filing import customer_wrote, dimensions
from bot.cases.turn import Turn
from bot.desk.access import CSRF_HEADER, SESSION_COOKIE
from bot.playbook.content import Content
from bot.store.connection import Connection
from bot.store.conversations import Conversations
from bot.store.people import People, Person
from bot.store.sessions import Sessions, csrf_of
from bot.store.tokens import Tokens
from bot.web import create_app
from tests.channels.house import Clock, Serving
from tests.standing_in import StandIn, working

from . import described

POSTS = "/webhooks/rest/webhook"


class Bot(StandIn):
    """Silent while a person has the case, and tells of new ones, as the real one does."""

    async def handle(self, turn: Turn) -> None:
        before = turn.case
        if before is not None and before.is_held:
            turn.put(customer_wrote(before, turn.now, turn.content))
            turn.happened("message_for_person", case=before.id, **dimensions(before))
            return
        await super().handle(turn)
        for case in turn.changed.values():
            turn.happened("case_opened", case=case.id, **dimensions(case))


@dataclass
class Office:
    """`clients` are closed with the office. Every answer is held against the API's description."""

    app: Sanic
    serving: Serving
    connection: Connection
    clock: Clock
    clients: list[httpx.AsyncClient] = field(default_factory=list)
    steps: int = 0

    def client(self, headers: dict[str, str] | None = None) -> httpx.AsyncClient:
        """Somebody whom nobody knows, unless the headers say who it is."""
        made = httpx.AsyncClient(
            base_url=self.serving.url,
            headers=headers or {},
            timeout=20,
            event_hooks={"response": [described.check]},
        )
        self.clients.append(made)
        return made

    async def token(self, role: str, name: str = "back-end") -> httpx.AsyncClient:
        token = await Tokens(self.connection).add(name, role)
        return self.client({"Authorization": f"Bearer {token}"})

    async def hire(self, name: str, role: str = "agent", teams: tuple[str, ...] = ()) -> Person:
        email = f"{name.lower()}@example.com"
        return await People(self.connection).add(
            name, email, role, teams, self.clock(), password="never used"
        )

    async def signed_in(self, person: Person) -> httpx.AsyncClient:
        token = await Sessions(self.connection).begin(person, self.clock())
        cookie = f"{SESSION_COOKIE}={token}"
        return self.client({"Cookie": cookie, CSRF_HEADER: csrf_of(token)})

    async def agent(self, name: str = "Kim", role: str = "agent") -> httpx.AsyncClient:
        """A new person, signed in."""
        return await self.signed_in(await self.hire(name, role))

    async def say(self, text: str, sender: str = "ann") -> list[str]:
        """What a customer writes, and what comes back at once."""
        async with await self.token("channel") as shop:
            answer = await shop.post(POSTS, json={"sender": sender, "message": text})
        assert answer.status_code == 200, answer.text
        return [reply["text"] for reply in answer.json()]

    async def open_case(self, sender: str = "ann", text: str = "a case please") -> str:
        """The reference of a new case."""
        receipt = (await self.say(text, sender))[-1]
        return receipt.split()[-1].rstrip(".")

    async def transcript(self, sender: str = "ann") -> list[tuple[str, str]]:
        lines = await Conversations(self.connection).lines(f"rest:{sender}")
        return [(line.speaker, line.text) for line in lines]

    def step(self) -> str:
        """An id for something that is done once."""
        self.steps += 1
        return f"step-{self.steps:04}"

    async def close(self) -> None:
        await asyncio.gather(*(client.aclose() for client in self.clients))


@asynccontextmanager
async def opened(
    connection: Connection, content: Content, clock: Clock, **settings: Any
) -> AsyncIterator[Office]:
    """The office for the time of the block."""
    app = create_app(connection, content, clock, wait_seconds=5, **settings)
    serving = await Serving(app).start()
    office = Office(app, serving, connection, clock)
    async with working(connection, Bot(), content, clock):
        yield office
    await office.close()
    await serving.stop()
