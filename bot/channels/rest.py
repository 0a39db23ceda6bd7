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
from bot.channels.base import Channel
from bot.channels.requests import bearer, json_object, text_of, whole_number
from bot.errors import BadRequest
from bot.store.conversations import Accepted, Inbound, Line
from bot.store.listening import grown

MOST_CHARACTERS = 2000
_LONGEST_NAME = 200
_WAIT_SECONDS = 10.0
_PAYLOAD = re.compile(r"\s*/[A-Za-z_]+(/[\w-]+)?\s*(\{.*\})?\s*", re.DOTALL)
_KEYS = frozenset({"sender", "message", "message_id", "metadata", "input_channel"})


class Rest(Channel):
    """Callers hold a bearer token with the role `channel` or `admin`."""

    name = "rest"
    burst_seconds = 0.0

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
        if unknown := sorted(set(body) - _KEYS):
            valid = ", ".join(sorted(_KEYS))
            raise BadRequest("unknown_key", f"unknown key {unknown[0][:40]!r}; valid are {valid}")
        sender = text_of(body, "sender", longest=_LONGEST_NAME)
        message = text_of(body, "message", longest=MOST_CHARACTERS)
        message_id = text_of(body, "message_id", longest=_LONGEST_NAME, default=uuid4().hex)
        return [await self._inbound(sender, message, message_id, _customer(sender, body))]

    async def _inbound(
        self, sender: str, message: str, message_id: str, customer: Customer
    ) -> Inbound:
        conversation = f"{self.name}:{sender}"
        if not _PAYLOAD.fullmatch(message):
            return Inbound(message_id, conversation, self.name, customer, message)
        title = await self.reception.conversations.button(conversation, message.strip())
        if title is None:
            raise BadRequest(
                "unknown_button",
                "this payload is of no button that the bot sent in this conversation",
            )
        return Inbound(message_id, conversation, self.name, customer, title, message.strip())

    async def post(self, request: Request) -> HTTPResponse:
        """Stores the message, waits for its turn and returns the replies."""
        [(message, accepted)] = await self.receive(request)
        span = accepted.replies or await self._turn_of(message, accepted)
        if span is None:
            return json([], status=202, headers={"Retry-After": "1"})
        lines = await self.reception.conversations.lines(message.conversation, *span)
        sender = message.conversation.partition(":")[2]
        return json([_rendered(line, sender) for line in lines if line.number <= span[1]])

    async def _turn_of(self, message: Inbound, accepted: Accepted) -> tuple[int, int] | None:
        """Waits until the message was answered; None when that takes longer than the limit."""
        until = time.monotonic() + _WAIT_SECONDS
        with self.reception.listening.watching(message.conversation) as event:
            while True:
                span = await self.reception.conversations.replies_of(
                    message.conversation, message.id
                )
                left = until - time.monotonic()
                if span is not None or left <= 0:
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
