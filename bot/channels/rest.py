"""The REST channel, for trusted back ends: Rasa's convention with a token and stored messages.

POST /webhooks/rest/webhook {"sender", "message", "message_id"?, "metadata"?} waits up to ten
seconds for its turn and returns the replies; GET /webhooks/rest/messages?sender=&after= returns
what came later. Convention: https://rasa.com/docs/rasa/connectors/your-own-website#restinput
"""

from __future__ import annotations

import re
import time
from typing import Any
from uuid import uuid4

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, json

from bot.cases.case import Customer
from bot.channels.base import Channel, Reception
from bot.errors import BadRequest
from bot.http.requests import bearer, json_object, text_of, whole_number
from bot.playbook.replies import FAMILIES
from bot.store.conversations import Inbound, Line
from bot.store.listening import grown

MOST_CHARACTERS = 2000
_LONGEST_NAME = 200
WAIT_SECONDS = 10.0
_PAYLOAD = re.compile(r"/([a-z_]+)(?:/[\w-]+)?\s*(\{.*\})?", re.DOTALL)
_OF_RASA = frozenset({"restart", "back", "session_start"})
_KEYS = frozenset({"sender", "message", "message_id", "metadata", "input_channel"})


class Rest(Channel):
    """Callers hold a bearer token with the role `channel` or `admin`."""

    name = "rest"
    burst_seconds = 0.0

    def __init__(self, reception: Reception, wait_seconds: float = WAIT_SECONDS) -> None:
        super().__init__(reception, {})
        self.wait_seconds = wait_seconds

    async def verify(self, request: Request) -> None:
        holder = await self.reception.tokens.holder(bearer(request))
        if holder is None:
            raise BadRequest("unknown_token", "this bearer token is not known", 401)
        if holder.role not in ("channel", "admin"):
            raise BadRequest(
                "wrong_role", f"a token with role {holder.role} cannot send messages; "
                "make one with `nightdesk token add NAME --role channel`", 403,
            )  # fmt: skip

    async def parse(self, request: Request) -> list[Inbound]:
        body = json_object(request)
        if unknown := set(body) - _KEYS:
            valid = ", ".join(sorted(_KEYS))
            raise BadRequest("unknown_key", f"{len(unknown)} unknown keys; valid are {valid}")
        sender = text_of(body, "sender", longest=_LONGEST_NAME)
        message = text_of(body, "message", longest=MOST_CHARACTERS)
        message_id = text_of(body, "message_id", longest=_LONGEST_NAME, default=uuid4().hex)
        return [await self._inbound(sender, message, message_id, _customer(sender, body))]

    async def _inbound(
        self, sender: str, message: str, message_id: str, customer: Customer
    ) -> Inbound:
        """A payload the bot offered in this conversation presses the button; another one is
        refused, so that nobody steers the bot past its questions. Other words behind a slash are
        just words."""
        conversation, payload, title = f"{self.name}:{sender}", message.strip(), None
        if payload.startswith("/"):
            title = await self.reception.conversations.button(conversation, payload)
        if title is None and _is_payload(payload):
            raise BadRequest(
                "unknown_button", "this payload is of no button the bot sent in this conversation"
            )
        if title is None:
            return Inbound(message_id, conversation, self.name, customer, message)
        return Inbound(message_id, conversation, self.name, customer, title, payload)

    async def post(self, request: Request) -> HTTPResponse:
        """Stores the message, waits for its turn and returns the replies."""
        [(message, accepted)] = await self.receive(request)
        span = accepted.replies or await self._turn_of(message)
        if span is None:
            return json([], status=202, headers={"Retry-After": "1"})
        lines = await self.reception.conversations.lines(message.conversation, *span)
        return json([_rendered(line, message.customer.id) for line in lines])

    async def _turn_of(self, message: Inbound) -> tuple[int, int] | None:
        """Waits until the message was answered; None when that takes longer than the limit, or
        when the server stops."""
        until = time.monotonic() + self.wait_seconds
        listening = self.reception.listening
        with listening.watching(message.conversation) as event:
            while True:
                span = await self.reception.conversations.replies_of(
                    message.conversation, message.id
                )
                left = until - time.monotonic()
                if span is not None or left <= 0 or listening.ended:
                    return span
                await grown(event, left)

    async def later(self, request: Request) -> HTTPResponse:
        """What the bot or an agent wrote after line `after` of the sender's transcript."""
        await self.verify(request)
        sender = text_of({"sender": request.args.get("sender")}, "sender", longest=_LONGEST_NAME)
        after = whole_number(request, "after", default=0)
        lines = await self.reception.conversations.lines(f"{self.name}:{sender}", after + 1)
        return json([_rendered(line, sender) for line in lines if line.speaker != "customer"])

    def blueprint(self) -> Blueprint:
        """The channel's routes."""
        routes = Blueprint("rest", url_prefix="/webhooks/rest")

        @routes.post("/webhook")
        async def webhook(request: Request) -> HTTPResponse:
            return await self.post(request)

        @routes.get("/messages")
        async def messages(request: Request) -> HTTPResponse:
            return await self.later(request)

        return routes


def _is_payload(text: str) -> bool:
    """Rasa's `/intent{"entity": "value"}`, for an intent that it knows."""
    match = _PAYLOAD.fullmatch(text)
    if match is None:
        return False
    return match[1] in FAMILIES or match[1] in _OF_RASA or match[2] is not None


def _customer(sender: str, body: dict[str, Any]) -> Customer:
    """`metadata` may hold the customer's name, handle and followers."""
    known = body.get("metadata")
    if known is None:
        return Customer(sender)
    if not isinstance(known, dict):
        raise BadRequest("bad_metadata", "`metadata` is an object with name, handle, followers")
    followers = known.get("followers")
    if followers is not None and (type(followers) is not int or followers < 0):
        raise BadRequest("bad_metadata", "`metadata.followers` is a whole number from 0")
    name, handle = (
        text_of(known, key, longest=_LONGEST_NAME, default="") or None for key in ("name", "handle")
    )
    return Customer(sender, name, handle, followers)


def _rendered(line: Line, sender: str) -> dict[str, Any]:
    """A reply in Rasa's REST form; `kind` says what it is for, `line` is its place."""
    reply: dict[str, Any] = {
        "recipient_id": sender,
        "text": line.text,
        "kind": line.kind,
        "line": line.number,
        "at": line.at,
    }
    if line.buttons:
        reply["buttons"] = [{"title": title, "payload": payload} for title, payload in line.buttons]
    if line.speaker == "agent":
        reply["from"] = "agent"
    return reply
