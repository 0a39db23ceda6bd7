"""How bytes become requests: Sanic's parser, with an answer for what it cannot read.

Sanic 21.12 hangs up without a word on an address that is no URL or no UTF-8, never returns from
reading a body of negative length, and reads on behind a chunk that is none.
"""

from __future__ import annotations

from typing import Any

from sanic.exceptions import InvalidUsage
from sanic.http import Http
from sanic.server.protocols.http_protocol import HttpProtocol


class _Requests(Http):  # type: ignore[misc]
    """The requests of one connection."""

    async def http1_request_header(self) -> None:
        await super().http1_request_header()  # type: ignore[no-untyped-call]
        length = self.request.headers.get("content-length", "0")
        if not (length.isascii() and length.isdigit()):
            self.request_body = None
            raise InvalidUsage("Bad Request")

    async def read(self) -> Any:
        """A body that cannot be read has no rest that could be."""
        try:
            return await super().read()
        except InvalidUsage:
            self.request_body = None
            raise

    def create_empty_request(self) -> None:
        """Stands in for what could not be read, its address included."""
        self.url = None
        super().create_empty_request()


class Protocol(HttpProtocol):  # type: ignore[misc]
    """For `Sanic.create_server`."""

    def _setup_connection(self) -> None:
        super()._setup_connection()  # type: ignore[no-untyped-call]
        self._http = _Requests(self)  # type: ignore[no-untyped-call]
