"""Files of pages, kept in memory and given out only when the caller has not got them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sanic.request import Request
from sanic.response import HTTPResponse, empty, raw

_SAFE = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}


@dataclass(frozen=True)
class Asset:
    """A file in memory; its tag changes with its bytes."""

    body: bytes
    type: str

    @property
    def tag(self) -> str:
        return f'"{hashlib.sha256(self.body).hexdigest()[:32]}"'

    def answer(self, request: Request, headers: dict[str, str]) -> HTTPResponse:
        """The file, or 304 when the caller has it already. Always asked for anew, never stale."""
        told = {"Cache-Control": "no-cache", "ETag": self.tag, **_SAFE, **headers}
        known = request.headers.get("if-none-match", "")
        if self.tag in [tag.strip().removeprefix("W/") for tag in known.split(",")]:
            return empty(304, headers=told)
        return raw(self.body, content_type=self.type, headers=told)
