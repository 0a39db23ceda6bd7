"""What the tests of the report's pages share: an app of its own over a real store."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import datetime
from pathlib import Path
from typing import cast
from uuid import uuid4

import httpx
import pytest
from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse, json

from bot.desk.access import SESSION_COOKIE, Actor
from bot.desk.requests import cookie_of
from bot.desk.templating import error_page, is_page
from bot.errors import BadRequest, StoreUnavailable
from bot.insights.pages import report_api, report_pages
from bot.insights.reading import LiveLedger
from bot.playbook.content import Content, load_content
from bot.store.connection import Connection
from bot.store.tokens import Role
from tests.channels.house import Serving
from tests.desk import described

from .telling import at
from .test_reading import Stream

SAMPLE = Path(__file__).parents[1] / "playbook" / "sample"
NAMES = {"u-ada": "Ada <Lovelace>"}

As = Callable[[str], httpx.AsyncClient]
"""A client of somebody with this role; nobody's for ''."""


class OpenDoor:
    """Stands in for `Access`: a session's token is the role of its person."""

    async def actor(self, request: Request, touch: bool = True) -> Actor:
        actor = await self.of_session(cookie_of(request, SESSION_COOKIE), touch)
        if actor is None:
            raise BadRequest("no_session", "sign in", 401)
        return actor

    async def of_session(self, token: str, touch: bool = True) -> Actor | None:
        return Actor("u-me", "Me", cast(Role, token), (), "session", "csrf") if token else None


@pytest.fixture(scope="session")
def content() -> Content:
    return load_content(SAMPLE, {})


@pytest.fixture
def stream(connection: Connection) -> Stream:
    return Stream(connection)


def an_app(connection: Connection, content: Content) -> Sanic:
    """It is Saturday noon of the stories' week."""
    app = Sanic(f"report_{uuid4().hex}", configure_logging=False)
    app.ctx.access = OpenDoor()

    def now() -> datetime:
        return at("Sat 12:00")

    async def names() -> dict[str, str]:
        return NAMES

    live = LiveLedger(connection, now)
    app.blueprint(report_api(live, lambda: content, now))
    app.blueprint(report_pages(live, lambda: content, now, names))
    app.error_handler.add(BadRequest, tell)
    app.error_handler.add(StoreUnavailable, tell)
    return app


async def tell(request: Request, error: Exception) -> HTTPResponse:
    """As the web process does."""
    code, status = getattr(error, "code", "store_unavailable"), getattr(error, "status", 503)
    if is_page(request.path):
        return error_page(request, status, str(error))
    return json({"error": {"code": code, "message": str(error)}}, status)


@pytest.fixture
async def as_role(connection: Connection, content: Content) -> AsyncIterator[As]:
    serving = await Serving(an_app(connection, content)).start()
    clients: list[httpx.AsyncClient] = []

    def client(role: str) -> httpx.AsyncClient:
        cookies = {SESSION_COOKIE: role} if role else {}
        clients.append(
            httpx.AsyncClient(
                base_url=serving.url,
                cookies=cookies,
                timeout=30,
                event_hooks={"response": [described.check]},
            )
        )
        return clients[-1]

    yield client
    for made in clients:
        await made.aclose()
    await serving.stop()


@pytest.fixture
def lead(as_role: As) -> httpx.AsyncClient:
    return as_role("lead")
