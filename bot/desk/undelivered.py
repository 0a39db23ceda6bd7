"""Replies that did not reach their customers: the list, and what people do about them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, empty, json

from bot.cases.delivery import sent_again
from bot.clock import Now
from bot.desk.access import Actor, guarded
from bot.desk.asked import MOST_AT_ONCE, body_of
from bot.errors import BadRequest
from bot.http.requests import whole_number
from bot.playbook.content import Content
from bot.store.connection import Connection
from bot.store.conversations import Conversations
from bot.store.desk_steps import Handling
from bot.store.digests import Digests
from bot.store.outbox import DeadLetter, Outbox

_PRIVATE = {"Cache-Control": "no-store"}


def undelivered_api(connection: Connection, content: Callable[[], Content], now: Now) -> Blueprint:
    """The routes below /api/undelivered. The app needs `add_access`."""
    routes = Blueprint("undelivered_api", url_prefix="/api/undelivered")
    _Undelivered(connection, content, now).add_to(routes)
    return routes


class _Undelivered:
    def __init__(self, connection: Connection, content: Callable[[], Content], now: Now) -> None:
        self._outbox = Outbox(connection)
        self._conversations = Conversations(connection)
        self._digests = Digests(connection)
        self._handling = Handling(connection, content, now)

    def add_to(self, routes: Blueprint) -> None:
        routes.add_route(guarded("read_cases")(self.find), "", name="find")
        for method, path, handler in (
            ("POST", "/<letter:str>/send", self.send),
            ("DELETE", "/<letter:str>", self.drop),
        ):
            guard = guarded("work_cases")
            routes.add_route(guard(handler), path, methods=[method], name=handler.__name__)

    async def find(self, request: Request, _: Actor) -> HTTPResponse:
        """One page, the latest first, with what the cases are about and what was to be said."""
        offset = whole_number(request, "offset", default=0)
        limit = whole_number(request, "limit", default=50, most=MOST_AT_ONCE)
        letters, total = await self._outbox.letters(offset, limit)
        summaries = await self._digests.summaries({one.case for one in letters if one.case})
        shown = [await self._shown(one, summaries.get(one.case, "")) for one in letters]
        page = {"replies": shown, "total": total, "offset": offset, "limit": limit}
        return json(page, headers=_PRIVATE)

    async def send(self, request: Request, actor: Actor, letter: str) -> HTTPResponse:
        """Puts the line back into its conversation's outbox."""
        body_of(request)
        found = _known(await self._outbox.send_again(letter))
        with suppress(BadRequest):  # without a case, or with one that was erased, nobody is told
            await self._handling.do(found.case, actor.id, partial(sent_again, line=found.line))
        return empty()

    async def drop(self, _: Request, __: Actor, letter: str) -> HTTPResponse:
        """Takes the line off the list; it is not sent any more."""
        _known(await self._outbox.drop(letter))
        return empty()

    async def _shown(self, letter: DeadLetter, summary: str) -> dict[str, Any]:
        lines = await self._conversations.lines(letter.conversation, letter.line, letter.line)
        return {
            "id": letter.id,
            "case": letter.case or None,
            "summary": summary,
            "conversation": letter.conversation,
            "channel": letter.channel,
            "from": letter.speaker,
            "line": letter.line,
            "text": lines[0].text if lines else "",
            "reason": letter.reason,
            "at": letter.at,
            "tries": letter.tries,
        }


def _known(letter: DeadLetter | None) -> DeadLetter:
    if letter is None:
        raise BadRequest("unknown_reply", "this reply is not on the list any more", 404)
    return letter
