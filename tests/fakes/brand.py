"""A brand's back end at the other end of the webhook channel: it posts signed messages, and takes
replies whose signature is right, as docs/channels/webhook.md tells its readers to do."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx
from aiohttp import web

SECRET, OLDER = "the brand's newer secret", "the brand's older secret"
PATH = "/webhooks/webhook"
REPLY_KEYS = {
    "id",
    "recipient",
    "text",
    "buttons",
    "kind",
    "from",
    "at",
    "line",
    "answers",
    "visibility",
}


@dataclass
class Brand:
    """`replies` are the documents it took, the first time each; `ids` every post that was signed,
    repetitions too. The next posts are answered by what stands in `moods`: a status, `(status,
    headers, document)`, `hang` (no answer in time), `slow` (200 after half a second) or `drop` (the
    connection is cut after the reply was read)."""

    now: Callable[[], datetime]
    url: str = ""
    secrets: tuple[str, ...] = (SECRET, OLDER)
    moods: list[Any] = field(default_factory=list)
    replies: list[dict[str, Any]] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    refused: int = 0
    let_go: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def texts(self) -> list[str]:
        return [reply["text"] for reply in self.replies]

    async def answer(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        if not self._is_signed(request.headers, body):
            self.refused += 1
            return web.json_response({"error": {"code": "bad_signature"}}, status=401)
        reply = json.loads(body)
        assert set(reply) == REPLY_KEYS
        assert request.headers["Idempotency-Key"] == reply["id"]
        self.ids.append(reply["id"])
        mood = self.moods.pop(0) if self.moods else 200
        if mood == "hang":
            await self.let_go.wait()
            return web.Response(status=500)
        if mood == "slow":
            await asyncio.sleep(0.5)
            mood = 200
        status, headers, document = mood if isinstance(mood, tuple) else (mood, {}, {})
        if mood == "drop" or status < 300:
            self._take(reply)
        if mood == "drop":
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        known = {"id": f"brand-{reply['line']}"} if status < 300 else {}
        return web.json_response(document or known, status=status, headers=headers)

    def _take(self, reply: dict[str, Any]) -> None:
        if reply["id"] not in [taken["id"] for taken in self.replies]:
            self.replies.append(reply)

    def _is_signed(self, headers: Any, body: bytes) -> bool:
        stamp = headers.get("X-Nightdesk-Timestamp", "")
        if not stamp.isdigit() or abs(self.now().timestamp() - int(stamp)) > 300:
            return False
        given = headers.get("X-Nightdesk-Signature", "")
        return any(hmac.compare_digest(signature(s, stamp, body), given) for s in self.secrets)

    async def post(
        self, house_url: str, *messages: Any, secret: str = SECRET, **more: Any
    ) -> httpx.Response:
        """Posts a batch; `more` are `stamp` (seconds), `signed` (the bytes that are signed) and
        `body` in the place of the messages."""
        body = more.get("body", json.dumps({"messages": messages}).encode())
        stamp = str(more.get("stamp", int(self.now().timestamp())))
        headers = {
            "X-Nightdesk-Timestamp": stamp,
            "X-Nightdesk-Signature": signature(secret, stamp, more.get("signed", body)),
        }
        async with httpx.AsyncClient(timeout=10) as client:
            return await client.post(f"{house_url}{PATH}", content=body, headers=headers)


def signature(secret: str, stamp: str, body: bytes) -> str:
    """As the documentation has it, not as our code does it."""
    signed = stamp.encode() + b"." + body
    return "v1=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


@asynccontextmanager
async def open_brand(now: Callable[[], datetime]) -> AsyncIterator[Brand]:
    """The back end, on a free port, for the time of the block."""
    brand = Brand(now)
    app = web.Application()
    app.router.add_post("/nightdesk", brand.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    brand.url = f"http://127.0.0.1:{runner.addresses[0][1]}/nightdesk"
    try:
        yield brand
    finally:
        brand.let_go.set()
        await runner.cleanup()
