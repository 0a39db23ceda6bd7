"""What happens to cases, as server-sent events on every open desk: one reader of the event stream a
process, however many desks listen.

Format: https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import time
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from sanic import Blueprint
from sanic.request import Request

from bot.desk.access import Actor, guarded, require
from bot.errors import BadRequest, StoreUnavailable
from bot.errors import place_of as raised_at
from bot.store.events import Entry, Events, place_of

log = logging.getLogger("nightdesk.desk")

HEARTBEAT_SECONDS = 15.0
MOST_A_PERSON = 8
MOST_WAITING = 100
"""Events that wait for a slow desk; with more it is told to look at everything anew."""

_MOST_MISSED = 200
_AGAIN_SECONDS = 0.5
_STOP_SECONDS = 2.0
_ENTRY = re.compile(r"\d{1,15}-\d{1,15}", re.ASCII)
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


@dataclass(frozen=True)
class Event:
    """`entry` is the place in the stream, '' for what is of this process alone."""

    entry: str
    text: str


class Desk:
    """One open stream, and what it was not told yet."""

    def __init__(self) -> None:
        self._waiting: deque[Event] = deque()
        self._news = asyncio.Event()

    def put(self, event: Event) -> None:
        """A desk that does not keep up gets one `resync` in the place of all that waits."""
        if len(self._waiting) >= MOST_WAITING:
            self._waiting.clear()
            event = resync(event.entry)
        self._waiting.append(event)
        self._news.set()

    def wake(self) -> None:
        self._news.set()

    async def next(self, seconds: float) -> list[Event]:
        """What is new; nothing after so many seconds without news."""
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._news.wait(), seconds)
        self._news.clear()
        news = list(self._waiting)
        self._waiting.clear()
        return news


class Live:
    """All streams of this process. Run `run` in the background."""

    def __init__(self, events: Events, heartbeat_seconds: float = HEARTBEAT_SECONDS) -> None:
        self._events = events
        self._heartbeat_seconds = heartbeat_seconds
        self._desks: set[Desk] = set()
        self._open: Counter[str] = Counter()
        self._there = True
        self._stopping = False
        self._all_ended = asyncio.Event()

    async def run(self) -> None:
        """Reads the event stream from now on until cancelled, and tells when the store goes away
        and comes back."""
        while True:
            try:
                await self._read()
            except StoreUnavailable:
                self._tell_store(False)
            except Exception as error:  # whatever it is, desks must not fall silent for good
                log.error("The desks' events: %s at %s.", type(error).__name__, raised_at(error))
            await asyncio.sleep(_AGAIN_SECONDS)

    async def _read(self) -> None:
        if await self._events.settle():
            self._tell(resync(""))
        self._tell_store(True)
        while True:
            for entry in await self._events.next():
                self._tell_entry(entry)

    def _tell_entry(self, entry: Entry) -> None:
        event = event_of(entry)
        if event is not None:
            self._tell(event)

    def _tell_store(self, there: bool) -> None:
        if there != self._there:
            self._there = there
            self._tell(Event("", _text("store", {"there": there})))

    def _tell(self, event: Event) -> None:
        for desk in self._desks:
            desk.put(event)

    async def stop(self) -> None:
        """Ends every stream and waits until their ends are written, for a moment at most."""
        self._stopping = True
        for desk in self._desks:
            desk.wake()
        if self._desks:
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._all_ended.wait(), _STOP_SECONDS)

    async def stream(self, request: Request, actor: Actor) -> None:
        """Answers `request` with events until the client goes, may not read any more, or the server
        stops. Resumes behind the header Last-Event-ID.

        Raises BadRequest (429) when the person has too many streams open.
        """
        with self._desk_of(actor) as desk:
            missed = await self._missed(request.headers.get("last-event-id", ""))
            response = await request.respond(content_type="text/event-stream", headers=_HEADERS)
            await response.send(": welcome\n\n" + "".join(event.text for event in missed))
            await self._follow(request, response, desk, missed[-1].entry if missed else "")
            await response.eof()

    async def _follow(self, request: Request, response: Any, desk: Desk, seen: str) -> None:
        asked = time.monotonic()
        while not self._stopping:
            news = await desk.next(self._heartbeat_seconds)
            if time.monotonic() - asked >= self._heartbeat_seconds:
                if not await _still_allowed(request):
                    return
                asked = time.monotonic()
            texts = [event.text for event in news if _is_behind(event, seen)]
            await response.send("".join(texts) or ": still here\n\n")

    async def _missed(self, last: str) -> Sequence[Event]:
        """What happened behind the entry that a returning client saw last."""
        if not _ENTRY.fullmatch(last):
            return []
        entries = await self._events.behind(last, _MOST_MISSED)
        if entries is None:
            return [resync("")]
        return [event for event in map(event_of, entries) if event is not None]

    @contextmanager
    def _desk_of(self, actor: Actor) -> Iterator[Desk]:
        if self._open[actor.id] >= MOST_A_PERSON:
            raise BadRequest(
                "too_many_streams", f"you have {MOST_A_PERSON} open streams already", 429, 5
            )
        desk = Desk()
        self._open[actor.id] += 1
        self._desks.add(desk)
        try:
            yield desk
        finally:
            self._desks.discard(desk)
            self._open[actor.id] -= 1
            if not self._open[actor.id]:
                del self._open[actor.id]
            if self._stopping and not self._desks:
                self._all_ended.set()


def live_api(live: Live) -> Blueprint:
    """GET /api/events."""
    routes = Blueprint("live_api", url_prefix="/api")

    @routes.get("/events")
    @guarded("read_cases")
    async def events(request: Request, actor: Actor) -> None:
        await live.stream(request, actor)

    async def stop(*_: Any) -> None:
        await live.stop()

    routes.listener("before_server_stop")(stop)
    return routes


def event_of(entry: Entry) -> Event | None:
    """A fact as desks are told it; None for one that changes nothing on them."""
    about = entry.about
    type_ = str(about.get("type", ""))
    if type_ == "digest_made":
        return Event(entry.id, _text("digest", _chosen(about, "team", "at"), entry.id))
    if "case" not in about or type_.startswith("alert_"):
        return None
    told = _chosen(about, "case", "type", "at", "team", "severity")
    return Event(entry.id, _text("case", told, entry.id))


def resync(entry: str) -> Event:
    """Anything may have changed: look at it all again."""
    return Event(entry, _text("resync", {}, entry))


def _chosen(about: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: about[name] for name in names if name in about}


def _text(name: str, data: Mapping[str, Any], entry: str = "") -> str:
    place = f"id: {entry}\n" if entry else ""
    return f"{place}event: {name}\ndata: {json.dumps(data)}\n\n"


def _is_behind(event: Event, seen: str) -> bool:
    return not (event.entry and seen) or place_of(event.entry) > place_of(seen)


async def _still_allowed(request: Request) -> bool:
    """Asked now and then, as a session may end while its stream is open."""
    try:
        await require(request, "read_cases", touch=False)
    except StoreUnavailable:
        return True
    except BadRequest:
        return False
    return True
