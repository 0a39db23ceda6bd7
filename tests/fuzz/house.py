"""A web server in a thread of its own, with every channel, a worker, and something to be found:
people, cases, links, a reply that was not delivered. What it logs is kept."""

from __future__ import annotations

import asyncio
import itertools
import json
import logging
import secrets
import threading
from collections.abc import Coroutine, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, TypeVar

from bot.cases.case import Case
from bot.desk.access import CSRF_HEADER, SESSION_COOKIE
from bot.desk.cookies import FORM_COOKIE
from bot.handoff.settings import HandoffSettings
from bot.http.signatures import signed_headers
from bot.playbook.content import Content, load_content
from bot.processes import configure_logging
from bot.store.cases import Cases
from bot.store.connection import Connection
from bot.store.heartbeat import Heartbeat
from bot.store.keys import Keys
from bot.store.links import SETUP, Links
from bot.store.people import People, Person
from bot.store.sessions import Sessions, csrf_of
from bot.store.tokens import ROLES, Tokens, token_id
from bot.tasks import end_tasks
from bot.web import create_app
from tests.channels.house import Clock, Serving
from tests.desk.office import Bot
from tests.standing_in import until, working

from .wire import Answer, exchange, request

SAMPLE = Path(__file__).parents[1] / "playbook" / "sample"
SECRET = "a secret of the fuzz tests"
NOBODY_LISTENS = "http://127.0.0.1:9/replies"
URL = "http://desk.example.com"
FORM = b"application/x-www-form-urlencoded"
FORM_TOKEN = "f" * 43
SESSION_ROLES = ("agent", "lead", "content", "admin")
CALLERS = (
    "nobody", "browser", "customer", "platform",
    *(f"token {role}" for role in ROLES), *(f"session {role}" for role in SESSION_ROLES),
)  # fmt: skip
"""Who may send a request; a browser has no session, but the cookie that forms before one repeat."""

_BODY_OF_A_GET = " body not consumed."
"""Sanic's complaint of a body that nobody asked for; it has no words of it."""

Headers = list[tuple[bytes, bytes]]
Result = TypeVar("Result")


class Records(logging.Handler):
    """Everything that is logged, as it would be printed."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))
        self.lines: list[str] = []
        self.errors: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        line = self.format(record)
        self.lines.append(line)
        if line.endswith(_BODY_OF_A_GET):
            return
        if record.levelno >= logging.ERROR or record.exc_info:
            self.errors.append(line)

    def taken(self) -> list[str]:
        """The errors since the last time."""
        errors, self.errors = self.errors, []
        return errors


@contextmanager
def listened() -> Iterator[Records]:
    """Logs as in earnest with NIGHTDESK_LOG_LEVEL=DEBUG, and beside it the errors of libraries that
    are hidden in earnest: what they complain of is ours to mend."""
    noisy = ("nightdesk", "sanic.root", "sanic.error", "sanic.access", "rasa", "asyncio")
    before = {name: logging.getLogger(name).level for name in noisy}
    configure_logging("DEBUG")
    for name in ("sanic.root", "sanic.error", "asyncio"):
        logging.getLogger(name).setLevel(logging.ERROR)
    records = Records()
    logging.getLogger().addHandler(records)
    sanic = logging.getLogger("sanic.error")
    sanic.addHandler(records)
    try:
        yield records
    finally:
        sanic.removeHandler(records)
        logging.getLogger().removeHandler(records)
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)


class FuzzHouse:
    """Call `open` and `close`. `known` are ids that exist, for paths and bodies."""

    def __init__(self, redis_url: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._url = redis_url
        self._open = ExitStack()
        self._names = itertools.count()
        self._ending: asyncio.Event
        self.clock = Clock(datetime(2026, 11, 21, 23, 30, tzinfo=timezone.utc))
        self.known: tuple[str, ...] = ()
        self.routes: list[tuple[str, str]] = []
        self.port = 0

    def do(self, work: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)

    def open(self) -> FuzzHouse:
        self.records = self._open.enter_context(listened())
        self._thread.start()
        self.do(self._begin(load_content(SAMPLE, {})))
        self.say("a case about my lamp")
        self.known = self.do(self._something_to_find())
        return self

    def close(self) -> None:
        self.do(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._open.close()

    async def _begin(self, content: Content) -> None:
        self.connection = Connection(self._url, Keys(f"fuzz{secrets.token_hex(6)}"))
        webhook = {"secrets": SECRET, "url": NOBODY_LISTENS}
        app = create_app(
            self.connection, content, self.clock, HandoffSettings(URL), wait_seconds=0.05,
            channels={"rest": {}, "webchat": {}, "webhook": webhook},
        )  # fmt: skip
        self._serving = await Serving(app).start()
        self.port = int(self._serving.url.rsplit(":", 1)[1])
        self._ending = asyncio.Event()
        self._worker = asyncio.create_task(self._work(content))
        self.routes = sorted(
            (method, "/" + route.path) for route in app.router.routes for method in route.methods
        )
        self.people = {role: await self._person(role) for role in SESSION_ROLES}

    async def _work(self, content: Content) -> None:
        async with working(self.connection, Bot(), content, self.clock):
            beat = asyncio.create_task(Heartbeat(self.connection, "worker", "the fuzz tests").run())
            await self._ending.wait()
            await end_tasks(beat)

    async def _end(self) -> None:
        self._ending.set()
        await self._worker
        await self._serving.stop()
        await self.connection.close()

    async def _person(self, role: str, name: str = "") -> Person:
        name = name or f"Kim {role}"
        email = f"{name.replace(' ', '.').lower()}@example.com"
        return await People(self.connection).add(name, email, role, [], self.clock(), "no hash")

    async def _something_to_find(self) -> tuple[str, ...]:
        """A person to change, links, a token to revoke, and a case that is open."""

        async def opened() -> list[Case]:
            return await Cases(self.connection).all()

        await until(opened)
        [case] = await opened()
        links, victim = Links(self.connection), await self._person("agent", "Vic Tim")
        invited = await self._person("agent", "In Vited")
        setup = await links.make(SETUP, self.clock())
        invite = await links.make(invited.id, self.clock())
        token = await Tokens(self.connection).add("to be revoked", "agent", self.clock())
        return case.id, victim.id, setup, invite, token_id(token), "desk.css", "money", "ann"

    def ask(
        self,
        method: str,
        target: str | bytes,
        caller: str = "nobody",
        headers: Headers | None = None,
        body: bytes | None = None,
    ) -> Answer:
        """Sends a request as `caller`, of CALLERS, and reads the answer."""
        path = target.encode() if isinstance(target, str) else target
        proof, field = self._proof(caller, body or b"")
        if body is not None and field and any(value == FORM for _, value in headers or []):
            body += b"&csrf=" + field.encode()
        self.clock.forward(seconds=1)
        told = [*proof, *(headers or [])]
        return exchange(self.port, request(method, path, told, body), method)

    def _proof(self, caller: str, body: bytes) -> tuple[Headers, str]:
        """The headers that prove who calls, and what forms repeat; a new session or token each
        time, as requests may end one."""
        kind, _, role = caller.partition(" ")
        if kind == "session":
            token = self.do(Sessions(self.connection).begin(self.people[role], self.clock()))
            cookie, repeated = f"{SESSION_COOKIE}={token}", csrf_of(token)
            proof = [(b"Cookie", cookie.encode()), (CSRF_HEADER.encode(), repeated.encode())]
            return proof, repeated
        if kind == "browser":
            return [(b"Cookie", f"{FORM_COOKIE}={FORM_TOKEN}".encode())], FORM_TOKEN
        return self._proof_in_headers(kind, role, body), ""

    def _proof_in_headers(self, kind: str, role: str, body: bytes) -> Headers:
        if kind == "token":
            token = self.do(
                Tokens(self.connection).add(f"t{next(self._names)}", role, self.clock())
            )
            return [(b"Authorization", f"Bearer {token}".encode())]
        if kind == "customer":
            session = exchange(self.port, request("POST", b"/chat/sessions"), "POST").json()[
                "session"
            ]
            return [(b"Authorization", f"Bearer {session}".encode())]
        if kind == "platform":
            signed = signed_headers(SECRET, body, self.clock())
            return [(name.encode(), value.encode()) for name, value in signed.items()]
        return []

    def say(self, text: str, sender: str = "ann") -> Answer:
        """A customer's message by the REST channel."""
        body = json.dumps({"sender": sender, "message": text}).encode()
        return self.ask("POST", "/webhooks/rest/webhook", "token channel", body=body)
