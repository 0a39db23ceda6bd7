"""A conversation as server-sent events: its lines as they come, and whether an answer is due.

Format: https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from sanic.request import Request

from bot.channels.base import Reception
from bot.errors import BadRequest, StoreUnavailable
from bot.store.conversations import Line
from bot.store.listening import grown

HEARTBEAT_SECONDS = 15.0
MOST_AT_ONCE = 6
_LOOK_AGAIN_SECONDS = 5.0
_STOP_SECONDS = 2.0
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}

Render = Callable[[Line], dict[str, Any]]


class EventStreams:
    """All open streams of this process. `render` makes a line's JSON."""

    def __init__(self, reception: Reception, render: Render) -> None:
        self._reception = reception
        self._render = render
        self._open: Counter[str] = Counter()
        self._events: set[asyncio.Event] = set()
        self._stopping = False
        self._all_ended = asyncio.Event()

    async def stop(self) -> None:
        """Ends every stream and waits until their ends are written, for a moment at most."""
        self._stopping = True
        for event in self._events:
            event.set()
        if not self._open:
            return
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._all_ended.wait(), _STOP_SECONDS)

    async def run(self, request: Request, conversation: str, after: int) -> None:
        """Answers `request` with the lines behind line `after`, then with what comes.

        Ends when the client goes, the server stops or the store does not answer any more. Raises
        BadRequest (429) when the conversation has too many streams, StoreUnavailable before the
        first byte only.
        """
        with self._watching(conversation) as event:
            news = _News(self._reception, conversation, after, self._render)
            first = await news.read()
            response = await request.respond(content_type="text/event-stream", headers=_HEADERS)
            await response.send(": welcome\n\n" + first)
            with suppress(StoreUnavailable):
                await self._follow(response, news, event)
            await response.eof()

    async def _follow(self, response: Any, news: _News, event: asyncio.Event) -> None:
        sent = time.monotonic()
        while not self._stopping:
            await grown(event, _LOOK_AGAIN_SECONDS, look_again_seconds=_LOOK_AGAIN_SECONDS)
            text = await news.read()
            if not text and time.monotonic() - sent >= HEARTBEAT_SECONDS - _LOOK_AGAIN_SECONDS:
                text = ": still here\n\n"
            if text:
                await response.send(text)
                sent = time.monotonic()

    @contextmanager
    def _watching(self, conversation: str) -> Iterator[asyncio.Event]:
        if self._open[conversation] >= MOST_AT_ONCE:
            raise BadRequest(
                "too_many_streams", f"this session has {MOST_AT_ONCE} open streams already", 429, 5
            )
        self._open[conversation] += 1
        try:
            with self._reception.listening.watching(conversation) as event:
                self._events.add(event)
                yield event
                self._events.discard(event)
        finally:
            self._open[conversation] -= 1
            if not self._open[conversation]:
                del self._open[conversation]
            if self._stopping and not self._open:
                self._all_ended.set()


class _News:
    """What was not sent yet."""

    def __init__(self, reception: Reception, conversation: str, after: int, render: Render) -> None:
        self._conversations = reception.conversations
        self._conversation = conversation
        self._after = after
        self._typing = False
        self._render = render

    async def read(self) -> str:
        """The new events as text, empty when there are none."""
        lines = await self._conversations.lines(self._conversation, self._after + 1)
        typing = await self._conversations.unanswered(self._conversation)
        events = [
            _event("message", self._render(line), line.number)
            for line in lines
            if line.speaker in SPEAKERS
        ]
        self._after += len(lines)
        if typing != self._typing:
            self._typing = typing
            events.append(_event("typing", {"on": typing}))
        return "".join(events)


SPEAKERS = ("customer", "bot", "agent")
"""Whose lines a customer may see."""


def _event(name: str, data: dict[str, Any], number: int | None = None) -> str:
    place = "" if number is None else f"id: {number}\n"
    return f"{place}event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
