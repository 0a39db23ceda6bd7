"""The webhook channel, for whatever has no channel of its own: both sides sign what they post.

A brand's back end posts customers' messages to POST /webhooks/webhook, a batch at a time; replies
are posted to the address in credentials.yml, one at a time. docs/channels/webhook.md describes it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, get_args

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as json_answer

from bot.cases.case import Attachment, AttachmentKind, Customer, Visibility
from bot.channels.base import Reception
from bot.channels.outgoing import Outgoing, PostedChannel, Poster
from bot.channels.webhook_settings import is_address, read_webhook_settings
from bot.errors import BadRequest, ReplyNotTaken
from bot.http.requests import json_object, text_of
from bot.http.signatures import (
    SIGNATURE,
    TIMESTAMP,
    signed_headers,
    verify,
)
from bot.store.conversations import Inbound

PATH = "/webhooks/webhook"
MOST_MESSAGES = 100
MOST_CHARACTERS = 2000
MOST_ATTACHMENTS = 10
_LONGEST_NAME = 200
_LONGEST_PAYLOAD = 500
_LONGEST_URL = 2000
MESSAGE_KEYS = frozenset(
    {"id", "sender", "text", "payload", "attachments", "profile", "visibility", "private_url"}
)
_PROFILE_KEYS = frozenset({"name", "handle", "followers"})
_ATTACHMENT_KEYS = frozenset({"kind", "url", "name"})
_KINDS = get_args(AttachmentKind)
_VISIBILITIES = get_args(Visibility)

REFUSALS: Mapping[str, str] = {
    "blocked": "blocked",
    "unknown_recipient": "unknown_recipient",
    "window_closed": "window_closed",
    "rejected": "rejected",
}
"""The receiver's `error.code` of a refusal (4xx) that is final -> our reason."""


class Webhook(PostedChannel):
    """Conversation `webhook:<sender>`."""

    name = "webhook"

    def __init__(self, reception: Reception, settings: Mapping[str, object]) -> None:
        """Raises ConfigurationError, which says how to set what is missing."""
        super().__init__(reception, settings)
        self._settings = read_webhook_settings(settings)
        self._poster = Poster(reception.now)

    async def verify(self, request: Request) -> None:
        timestamp = request.headers.get(TIMESTAMP, "")
        signature = request.headers.get(SIGNATURE, "")
        secrets, now = self._settings.secrets, self.reception.now()
        if not verify(secrets, timestamp, signature, request.body, now):
            raise BadRequest(
                "bad_signature",
                "the signature does not fit the body, or is more than five minutes old", 401,
            )  # fmt: skip

    async def parse(self, request: Request) -> list[Inbound]:
        posts = json_object(request).get("messages")
        if not isinstance(posts, list) or not 0 < len(posts) <= MOST_MESSAGES:
            raise BadRequest(
                "bad_messages", f"`messages` is a list of 1 to {MOST_MESSAGES} objects"
            )
        return [await self._read(place, post) for place, post in enumerate(posts)]

    async def _read(self, place: int, post: object) -> Inbound:
        """One message; a refusal names its place in the list."""
        try:
            return await self._inbound(_object(post, "messages", MESSAGE_KEYS))
        except BadRequest as error:
            message = f"messages[{place}]: {error.message}"
            raise BadRequest(error.code, message, error.status) from None

    async def _inbound(self, post: Mapping[str, Any]) -> Inbound:
        sender = text_of(post, "sender", longest=_LONGEST_NAME)
        conversation, attachments = f"{self.name}:{sender}", _attachments(post)
        text, payload = await self._said(conversation, post, attachments)
        visibility = post.get("visibility", "private")
        if visibility not in _VISIBILITIES:
            raise BadRequest("bad_visibility", f"`visibility` is {' or '.join(_VISIBILITIES)}")
        return Inbound(
            id=text_of(post, "id", longest=_LONGEST_NAME),
            conversation=conversation,
            channel=self.name,
            customer=_customer(sender, post),
            text=text,
            payload=payload,
            visibility=visibility,
            private_url=_address(post, "private_url") if post.get("private_url") else "",
            attachments=attachments,
        )

    async def _said(
        self, conversation: str, post: Mapping[str, Any], attachments: tuple[Attachment, ...]
    ) -> tuple[str, str | None]:
        """The words, or the title and payload of the button that was pressed. A payload of no
        button of ours is passed over where there are words; attachments alone are named."""
        payload = text_of(post, "payload", longest=_LONGEST_PAYLOAD, default="")
        title = await self.reception.conversations.button(conversation, payload) if payload else ""
        if title:
            return title, payload
        if payload and post.get("text") is None:
            raise BadRequest(
                "unknown_button", "this payload is of no button the bot sent in this conversation"
            )
        named = " ".join(f"[{attachment.kind}]" for attachment in attachments)
        if named and not post.get("text"):
            return named, None
        return text_of(post, "text", longest=MOST_CHARACTERS), None

    async def send(self, outgoing: Outgoing) -> str:
        body = json.dumps(_reply(outgoing), ensure_ascii=False).encode()
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Nightdesk",
            "Idempotency-Key": outgoing.id,
            **signed_headers(self._settings.secrets[0], body, self.reception.now()),
        }
        answer = await self._poster.post(self._settings.url, body, headers)
        error = answer.document.get("error")
        code = error.get("code") if isinstance(error, dict) else None
        if 400 <= answer.status < 500 and isinstance(code, str) and code in REFUSALS:
            raise ReplyNotTaken(REFUSALS[code], permanent=True)
        answer.require_taken()
        return answer.text("id")

    async def close(self) -> None:
        await self._poster.close()

    def blueprint(self) -> Blueprint:
        routes = Blueprint(self.name)

        @routes.post(PATH)
        async def webhook(request: Request) -> HTTPResponse:
            accepted = [accepted for _, accepted in await self.receive(request)]
            known = sum(one.duplicate for one in accepted)
            return json_answer({"stored": len(accepted) - known, "known": known})

        return routes


def _object(value: object, key: str, known: frozenset[str]) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise BadRequest(f"bad_{key}", f"`{key}` holds something that is no object")
    if unknown := set(value) - known:
        valid = ", ".join(sorted(known))
        raise BadRequest("unknown_key", f"{len(unknown)} unknown keys; valid are {valid}")
    return value


def _address(body: Mapping[str, Any], key: str) -> str:
    address = text_of(body, key, longest=_LONGEST_URL)
    if not is_address(address):
        raise BadRequest(f"bad_{key}", f"`{key}` is no address with http or https")
    return address


def _attachments(post: Mapping[str, Any]) -> tuple[Attachment, ...]:
    given = post.get("attachments", [])
    if not isinstance(given, list) or len(given) > MOST_ATTACHMENTS:
        raise BadRequest(
            "bad_attachments", f"`attachments` is a list of up to {MOST_ATTACHMENTS} objects"
        )
    return tuple(_attachment(_object(one, "attachments", _ATTACHMENT_KEYS)) for one in given)


def _attachment(given: Mapping[str, Any]) -> Attachment:
    """Of a kind we do not know it is `other`."""
    kind = given.get("kind")
    name = text_of(given, "name", longest=_LONGEST_NAME, default="") or None
    known: AttachmentKind = kind if isinstance(kind, str) and kind in _KINDS else "other"  # type: ignore[assignment]
    return Attachment(known, _address(given, "url"), name)


def _customer(sender: str, post: Mapping[str, Any]) -> Customer:
    known = _object(post.get("profile", {}), "profile", _PROFILE_KEYS)
    followers = known.get("followers")
    if followers is not None and (type(followers) is not int or followers < 0):
        raise BadRequest("bad_profile", "`profile.followers` is a whole number from 0")
    name, handle = (
        text_of(known, key, longest=_LONGEST_NAME, default="") or None for key in ("name", "handle")
    )
    return Customer(sender, name, handle, followers)


def _reply(outgoing: Outgoing) -> dict[str, Any]:
    line = outgoing.line
    return {
        "id": outgoing.id,
        "recipient": outgoing.customer.id,
        "text": line.text,
        "buttons": [{"title": title, "payload": payload} for title, payload in line.buttons],
        "kind": line.kind,
        "from": line.speaker,
        "at": line.at,
        "line": line.number,
        "answers": outgoing.answers or None,
        "visibility": outgoing.visibility,
    }
