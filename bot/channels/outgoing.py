"""The seam of channels that are posted to: what a reply is on its way out, and how a post by HTTP
turns out. `sender.py` does the posting.
"""

from __future__ import annotations

import abc
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, ClassVar

import httpx
from sanic import Blueprint

from bot.cases.case import Customer, Visibility
from bot.channels.base import Channel
from bot.errors import ReplyNotTaken
from bot.store.conversations import Line

TIMEOUT_SECONDS = 5.0
_MOST_BYTES = 64_000
_LONGEST_ID = 200

_WORTH_ANOTHER_TRY = frozenset({401, 403, 404, 405, 407, 408, 425, 429})
"""Refusals (4xx) that are not about the message: the address or the secret is wrong, which people
mend, or the other side is busy."""


@dataclass(frozen=True)
class Outgoing:
    """A line of the transcript on its way to the customer. `id` is the same in every try, for the
    platform to tell a repetition by; `answers` is the platform's id of the customer's last message
    before it ('' when there is none), and `visibility` that message's; `heard_at` is when the
    customer wrote last, if that is not very long ago."""

    id: str
    conversation: str
    customer: Customer
    line: Line = field(repr=False)
    answers: str = ""
    visibility: Visibility = "private"
    heard_at: datetime | None = None


class PostedChannel(Channel):
    """A platform that replies are posted to.

    `window`: for how long after the customer's last message the platform takes replies; what comes
    later is not posted but given up as `window_closed`. None: for ever.
    """

    posted = True
    window: ClassVar[timedelta | None] = None

    @abc.abstractmethod
    async def send(self, outgoing: Outgoing) -> str:
        """Posts it, within ten seconds, and returns the platform's id of it ('' for none).

        Raises ReplyNotTaken. The same `outgoing` may come twice, when nobody knows whether it
        arrived.
        """

    @abc.abstractmethod
    def blueprint(self) -> Blueprint:
        """The routes the platform calls."""

    async def close(self) -> None:
        """Lets go of connections."""


@dataclass(frozen=True)
class Answer:
    """What came back of a post: `document` is its JSON object, empty when it is none."""

    status: int
    document: Mapping[str, Any] = field(repr=False)
    retry_after_seconds: float = 0.0

    def require_taken(self) -> None:
        """Raises ReplyNotTaken unless the status is 2xx. What is the message's own fault is
        permanent; a redirect, a busy server or a wrong secret is worth another try."""
        if 200 <= self.status < 300:
            return
        about_it = 400 <= self.status < 500 and self.status not in _WORTH_ANOTHER_TRY
        reason = "rate_limited" if self.status == 429 else f"status_{self.status}"
        raise ReplyNotTaken(reason, about_it, self.retry_after_seconds)

    def text(self, key: str) -> str:
        """A short text of the document, '' when it has none."""
        value = self.document.get(key)
        return value if isinstance(value, str) and len(value) <= _LONGEST_ID else ""


class Poster:
    """Posts to one platform over connections that are kept; follows no redirect."""

    def __init__(
        self, now: Callable[[], datetime], timeout_seconds: float = TIMEOUT_SECONDS
    ) -> None:
        self._now = now
        self._timeout_seconds = timeout_seconds
        self._client: httpx.AsyncClient | None = None

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Raises ReplyNotTaken when no answer comes: timeout, unreachable."""
        try:
            async with self._connected().stream(
                "POST", url, content=body, headers=dict(headers)
            ) as answer:
                document = _document(await _beginning(answer))
                wait = retry_after(answer.headers.get("retry-after", ""), self._now())
                return Answer(answer.status_code, document, wait)
        except httpx.TimeoutException:
            raise ReplyNotTaken("timeout") from None
        except (httpx.HTTPError, httpx.InvalidURL, OSError):
            raise ReplyNotTaken("unreachable") from None

    async def close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    def _connected(self) -> httpx.AsyncClient:
        if self._client is None:
            self._client = httpx.AsyncClient(timeout=self._timeout_seconds, follow_redirects=False)
        return self._client


def retry_after(value: str, now: datetime) -> float:
    """The seconds a Retry-After header asks to wait, 0 when it says nothing that can be read: a
    number or a moment (https://www.rfc-editor.org/rfc/rfc9110#field.retry-after)."""
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        return max(0.0, (parsedate_to_datetime(value) - now).total_seconds())
    except (TypeError, ValueError):
        return 0.0


async def _beginning(answer: httpx.Response) -> bytes:
    """The body, nothing when it is too long to be an answer to us."""
    body = b""
    async for piece in answer.aiter_bytes():
        body += piece
        if len(body) > _MOST_BYTES:
            return b""
    return body


def _document(body: bytes) -> Mapping[str, Any]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}
