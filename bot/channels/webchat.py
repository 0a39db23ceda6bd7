"""The web chat channel: the chat page and the widget of the brand's own site.

POST /chat/sessions gives a signed session; with it as a bearer token POST /chat/messages
{"id", "text"} or {"id", "payload"} stores a message, GET /chat/messages?after= reads and
GET /chat/events?after= follows the conversation. GET /chat/config says what the page shows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, json

from bot.cases.case import Customer
from bot.cases.timestamps import write_utc
from bot.channels.base import Channel, Reception
from bot.channels.event_stream import SPEAKERS, EventStreams
from bot.channels.sessions import Session, read_session
from bot.channels.webchat_config import page_config
from bot.channels.webchat_pages import add_pages
from bot.errors import BadRequest
from bot.http.requests import bearer, json_object, text_of, whole_number
from bot.playbook.content import Content
from bot.store.connection import Connection
from bot.store.conversations import Inbound, Line
from bot.store.rates import Rates
from bot.store.secrets import Secrets

MOST_CHARACTERS = 2000
MOST_A_MINUTE = 20
_LONGEST_PAYLOAD = 500
_ID = re.compile(r"[A-Za-z0-9_-]{8,64}", re.ASCII)
_KEYS = frozenset({"id", "text", "payload"})
Handler = Callable[[Request], Coroutine[Any, Any, HTTPResponse | None]]
_PRIVATE = {"Cache-Control": "no-store"}


class WebChat(Channel):
    """Customers on the brand's site. Conversation `webchat:<session id>`."""

    name = "webchat"

    def __init__(
        self,
        reception: Reception,
        settings: Mapping[str, object],
        content: Content,
        connection: Connection,
    ) -> None:
        super().__init__(reception, settings)
        self._content = content
        self._secrets = Secrets(connection)
        self._rates = Rates(connection)
        self._streams = EventStreams(reception, _rendered)

    async def verify(self, request: Request) -> None:
        keys = await self._secrets.of(self.name)
        session = read_session(bearer(request), keys, self.reception.now())
        if session is None:
            raise BadRequest("unknown_session", "this session is not valid any more", 401)
        request.ctx.session = session

    async def parse(self, request: Request) -> list[Inbound]:
        session: Session = request.ctx.session
        conversation = self._conversation(request)
        await self._keep_rate(conversation)
        body = json_object(request)
        if unknown := set(body) - _KEYS:
            raise BadRequest(
                "unknown_key", f"{len(unknown)} unknown keys; valid are id, text, payload"
            )
        message_id = text_of(body, "id", longest=64)
        if not _ID.fullmatch(message_id):
            raise BadRequest("bad_id", "`id` is 8 to 64 letters, digits, - or _")
        if ("text" in body) == ("payload" in body):
            raise BadRequest("bad_message", "send either `text` or `payload`")
        text, payload = await self._said(conversation, body)
        customer = Customer(session.id)
        return [Inbound(message_id, conversation, self.name, customer, text, payload)]

    async def _said(self, conversation: str, body: dict[str, Any]) -> tuple[str, str | None]:
        """What was written, or the title and payload of the button that was pressed."""
        if "text" in body:
            return text_of(body, "text", longest=MOST_CHARACTERS), None
        payload = text_of(body, "payload", longest=_LONGEST_PAYLOAD)
        title = await self.reception.conversations.button(conversation, payload)
        if title is None:
            raise BadRequest(
                "unknown_button", "this payload is of no button that was sent in this conversation"
            )
        return title, payload

    async def _keep_rate(self, conversation: str) -> None:
        wait = await self._rates.take(conversation, MOST_A_MINUTE, self.reception.now())
        if wait:
            raise BadRequest(
                "too_many_messages", f"{MOST_A_MINUTE} messages a minute are taken; "
                f"try again in {wait} s", 429, wait,
            )  # fmt: skip

    def _conversation(self, request: Request) -> str:
        return f"{self.name}:{request.ctx.session.id}"

    async def begin(self, request: Request) -> HTTPResponse:
        """A new session; with a valid one in hand, the same for thirty more days."""
        now = self.reception.now()
        keys = await self._secrets.of(self.name)
        known = None
        if "authorization" in request.headers:
            known = read_session(bearer(request), keys, now)
        session = Session(known.id, now) if known else Session.begin(now)
        answer = {"session": session.sign(keys), "expires": write_utc(session.expires)}
        return json(answer, 201, headers=_PRIVATE)

    async def post(self, request: Request) -> HTTPResponse:
        """Stores the message; the answer comes with the events. `line` is null when the message
        was stored before."""
        [(_, accepted)] = await self.receive(request)
        return json({"line": accepted.line or None}, 202, headers=_PRIVATE)

    async def messages(self, request: Request) -> HTTPResponse:
        """The conversation behind line `after`, and whether an answer is due."""
        await self.verify(request)
        conversation = self._conversation(request)
        after = whole_number(request, "after", default=0)
        lines = await self.reception.conversations.lines(conversation, after + 1)
        shown = [_rendered(line) for line in lines if line.speaker in SPEAKERS]
        typing = await self.reception.conversations.unanswered(conversation)
        return json({"messages": shown, "typing": typing}, headers=_PRIVATE)

    async def events(self, request: Request) -> None:
        """The same as a stream; resumes behind `after` or the header Last-Event-ID."""
        await self.verify(request)
        after = whole_number(request, "after", default=0)
        seen = request.headers.get("last-event-id", "")
        if seen.isascii() and seen.isdigit():
            after = max(after, int(seen[:9]))
        await self._streams.run(request, self._conversation(request), after)

    async def config(self, request: Request) -> HTTPResponse:
        """What the page and the widget show. Public, so any page that embeds us may read it."""
        asked = request.args.get("language") or request.headers.get("accept-language", "")
        shown = page_config(self._content, asked, self.reception.now(), MOST_CHARACTERS)
        return json(
            shown, headers={"Access-Control-Allow-Origin": "*", "Cache-Control": "no-cache"}
        )

    def blueprint(self) -> Blueprint:
        """The channel's routes and pages."""
        routes = Blueprint("webchat")
        for method, path, handle in (
            ("POST", "/chat/sessions", self.begin),
            ("GET", "/chat/config", self.config),
            ("POST", "/chat/messages", self.post),
            ("GET", "/chat/messages", self.messages),
            ("GET", "/chat/events", self.events),
        ):
            name = handle.__name__
            routes.add_route(_as_function(handle), path, methods=[method], name=name)
        add_pages(routes, self._content)

        async def stop(*_: Any) -> None:
            await self._streams.stop()

        routes.listener("before_server_stop")(stop)
        return routes


def _as_function(handle: Handler) -> Handler:
    """Sanic writes attributes on its handlers, which a bound method does not take."""

    async def handler(request: Request) -> HTTPResponse | None:
        return await handle(request)

    return handler


def _rendered(line: Line) -> dict[str, Any]:
    return {
        "line": line.number,
        "from": line.speaker,
        "text": line.text,
        "buttons": [{"title": title, "payload": payload} for title, payload in line.buttons],
        "at": line.at,
        "kind": line.kind,
        "id": line.id,
    }
