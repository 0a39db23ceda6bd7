"""Signed webhooks: a JSON document that its receiver can prove to be ours and fresh, by
bot/http/signatures.py."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Sequence

import httpx

from bot.errors import NotifierFailed
from bot.handoff.notice import Message
from bot.http.signatures import signed_headers

TIMEOUT_SECONDS = 5.0

# An address may hold its own secret, and httpx logs each address it calls at INFO.
logging.getLogger("httpx").setLevel(logging.WARNING)


class Webhook:
    """Posts messages, signed with the first of `secrets`. A 2xx is a yes; anything else, a redirect
    too, is a failure."""

    def __init__(self, secrets: Sequence[str], timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        """Raises ValueError without a secret: nothing is ever sent unsigned."""
        if not secrets:
            raise ValueError("a webhook needs a secret")
        self._secret = secrets[0]
        self._timeout_seconds = timeout_seconds
        self._tls = httpx.create_ssl_context()  # takes 20-40 ms, so once

    async def send(self, address: str, message: Message) -> None:
        body = json.dumps(message.to_json(), ensure_ascii=False, separators=(",", ":")).encode()
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Nightdesk",
            **signed_headers(self._secret, body, message.sent_at),
        }
        try:
            status = await asyncio.wait_for(
                self._post(address, body, headers), self._timeout_seconds
            )
        except (asyncio.TimeoutError, httpx.TimeoutException):
            raise NotifierFailed("timeout") from None
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            raise NotifierFailed(type(error).__name__) from None
        if not 200 <= status < 300:
            raise NotifierFailed(f"status_{status}")

    async def _post(self, address: str, body: bytes, headers: dict[str, str]) -> int:
        """The status; the answer's body is not read, however long it is."""
        async with (
            httpx.AsyncClient(
                verify=self._tls, timeout=self._timeout_seconds, follow_redirects=False
            ) as client,
            client.stream("POST", address, content=body, headers=headers) as answer,
        ):
            return answer.status_code
