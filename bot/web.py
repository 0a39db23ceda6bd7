"""The web process: channels, API and pages. It never imports Rasa, so it answers at once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping, Sequence
from functools import partial
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from sanic import Sanic
from sanic.exceptions import InvalidUsage, MethodNotSupported, SanicException
from sanic.request import Request
from sanic.response import HTTPResponse, json

from bot.cases.masking import Masker
from bot.channels.base import Reception
from bot.channels.outgoing import PostedChannel
from bot.channels.rest import WAIT_SECONDS, Rest
from bot.channels.sender import Sender
from bot.channels.webchat import WebChat
from bot.channels.webhook import Webhook
from bot.clock import Now, now_utc
from bot.desk.access import add_access
from bot.desk.api import case_api
from bot.desk.digest_api import digest_api
from bot.desk.live import Live, live_api
from bot.desk.names import Names
from bot.desk.openapi import description_api
from bot.desk.pages import desk_pages
from bot.desk.people_api import people_api
from bot.desk.people_page import people_page
from bot.desk.sign_in_pages import sign_in_pages
from bot.desk.templating import error_page, is_page
from bot.desk.undelivered import undelivered_api
from bot.errors import BadRequest, StoreUnavailable
from bot.handoff.digest import MorningDigests
from bot.handoff.on_call import OnCallDesk
from bot.handoff.on_call_pages import on_call_pages
from bot.handoff.settings import HandoffSettings
from bot.handoff.undelivered import UndeliveredNotes
from bot.handoff.watch import CaseWatch
from bot.insights.metrics import metrics_page
from bot.insights.pages import report_api, report_pages
from bot.insights.reading import LiveLedger
from bot.playbook.content import Content
from bot.store.connection import Connection
from bot.store.conversations import Conversations
from bot.store.events import Events
from bot.store.heartbeat import Heartbeat, anyone_alive
from bot.store.index import CaseIndex
from bot.store.listening import Listening
from bot.store.tokens import Tokens
from bot.tasks import end_tasks

log = logging.getLogger("nightdesk.web")

MOST_BYTES = 1_000_000
_READING = ["GET", "HEAD"]
_HERE = ("127.0.0.1", "localhost", "::1")
"""Hosts of public addresses that nobody else could follow a link to."""

ALL_CHANNELS: Mapping[str, Mapping[str, Any]] = {Rest.name: {}, WebChat.name: {}}
"""Every channel that needs no settings."""

POSTED_CHANNELS: Mapping[str, type[PostedChannel]] = {Webhook.name: Webhook}
"""Channels whose replies are posted to a platform."""


def create_app(
    connection: Connection,
    content: Content,
    now: Now = now_utc,
    handoff: HandoffSettings | None = None,
    wait_seconds: float = WAIT_SECONDS,
    channels: Mapping[str, Mapping[str, Any]] = ALL_CHANNELS,
) -> Sanic:
    """The Sanic app over one connection; background tasks run with it. `channels` are those that
    are on, with their settings.

    With `handoff` it also wakes people on call, keeps promises and makes morning digests; without,
    others do. The REST channel waits `wait_seconds` for a turn. Raises ConfigurationError for a
    channel whose settings cannot be used.
    """
    app = Sanic(f"nightdesk_{uuid4().hex}", configure_logging=False)
    app.config.REQUEST_MAX_SIZE = MOST_BYTES
    app.config.FALLBACK_ERROR_FORMAT = "json"
    reception = Reception(
        Conversations(connection),
        Listening(connection),
        Tokens(connection),
        Masker(content.playbook.sensitive),
        now,
    )
    if Rest.name in channels:
        app.blueprint(Rest(reception, wait_seconds).blueprint())
    if WebChat.name in channels:
        webchat = WebChat(reception, channels[WebChat.name], content, connection)
        app.blueprint(webchat.blueprint())
    _add_posted(app, connection, reception, channels)
    index, public_url = CaseIndex(connection), handoff.public_url if handoff else ""
    _add_desk(app, connection, index, content, now, [*channels], public_url)
    app.ctx.leaving = False
    app.add_route(_health(connection), "/health", methods=_READING, name="health")
    app.add_route(_ready(connection), "/ready", methods=_READING, name="ready")
    app.error_handler.add(Exception, _tell)
    _in_background(app, reception.listening.run)
    _in_background(app, Heartbeat(connection, "web", uuid4().hex).run)
    _in_background(app, partial(connection.tallies.run, connection))
    if handoff is not None:
        _add_handoff(app, connection, index, content, now, handoff)
    return app


def _add_posted(
    app: Sanic,
    connection: Connection,
    reception: Reception,
    channels: Mapping[str, Mapping[str, Any]],
) -> None:
    """The channels that are posted to, and the sender that does it."""
    posted = [
        kind(reception, channels[name])
        for name, kind in POSTED_CHANNELS.items()
        if name in channels
    ]
    if not posted:
        return
    sender = Sender(connection, posted, reception.now)
    for channel in posted:
        app.blueprint(channel.blueprint())
    _in_background(app, sender.run)

    async def stop(*_: Any) -> None:
        await sender.stop()

    app.register_listener(stop, "before_server_stop")


def _add_desk(
    app: Sanic,
    connection: Connection,
    index: CaseIndex,
    content: Content,
    now: Now,
    channels: Sequence[str],
    public_url: str,
) -> None:
    """The agents' pages and API."""
    live, ledger = Live(Events(connection)), LiveLedger(connection, now)
    elsewhere = urlsplit(public_url).hostname not in _HERE
    add_access(app, connection, now)
    for blueprint in (
        sign_in_pages(connection, lambda: content, now),
        desk_pages(),
        case_api(connection, index, lambda: content, now, channels),
        digest_api(connection),
        undelivered_api(connection, lambda: content, now),
        live_api(live),
        description_api(),
        metrics_page(connection, index, lambda: content, now),
        report_api(ledger, lambda: content, now),
        report_pages(ledger, lambda: content, now, Names(connection).all),
        people_api(connection, lambda: content, now, public_url if elsewhere else ""),
        people_page(connection, lambda: content, now, public_url if elsewhere else ""),
    ):
        app.blueprint(blueprint)
    _in_background(app, index.warm)
    _in_background(app, live.run)
    _in_background(app, ledger.keep_up)


def _add_handoff(
    app: Sanic,
    connection: Connection,
    index: CaseIndex,
    content: Content,
    now: Now,
    settings: HandoffSettings,
) -> None:
    """The on-call desk with its page, the watch over cases, the morning digests, and the notes of
    replies that were given up."""

    def clock() -> float:
        return now().timestamp()

    desk = OnCallDesk(connection, lambda: content.playbook, settings, who=uuid4().hex, clock=clock)
    app.blueprint(on_call_pages(desk, lambda reference: f"/desk/cases/{reference}"))
    _in_background(app, desk.run)
    notes = UndeliveredNotes(connection, lambda: content, now, who=uuid4().hex)
    _in_background(app, notes.run)
    _in_background(app, CaseWatch(connection, lambda: content, clock=clock).run)
    digests = MorningDigests(connection, index, lambda: content, settings, clock=clock)
    _in_background(app, digests.run)


def _in_background(app: Sanic, run: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Runs a coroutine from the server's start to its end."""
    tasks: list[asyncio.Task[None]] = []

    async def start(*_: Any) -> None:
        tasks.append(asyncio.get_running_loop().create_task(run()))

    async def stop(*_: Any) -> None:
        await end_tasks(*tasks)

    app.register_listener(start, "after_server_start")
    app.register_listener(stop, "before_server_stop")


def _health(connection: Connection) -> Callable[[Request], Coroutine[Any, Any, HTTPResponse]]:
    async def health(_: Request) -> HTTPResponse:
        """200 only when Redis and a worker answer."""
        state = {"redis": False, "worker": False}
        try:
            await connection.ping()
            state["redis"] = True
            state["worker"] = await anyone_alive(connection, "worker")
        except StoreUnavailable:
            pass
        good = all(state.values())
        return json({"status": "ok" if good else "unavailable", **state}, 200 if good else 503)

    return health


def _ready(connection: Connection) -> Callable[[Request], Coroutine[Any, Any, HTTPResponse]]:
    async def ready(request: Request) -> HTTPResponse:
        """200 while requests may be sent to this process: it reaches Redis, and is not leaving.
        Without a worker it is ready all the same: what is accepted waits on disk."""
        if request.app.ctx.leaving:
            return json({"status": "leaving"}, 503)
        try:
            await connection.ping()
        except StoreUnavailable:
            return json({"status": "unavailable"}, 503)
        return json({"status": "ok"})

    return ready


async def _tell(request: Request, error: Exception) -> HTTPResponse:
    """The one shape of all errors: {"error": {"code", "message"}}; of the desk's pages, a page."""
    if request.route is None and not isinstance(error, SanicException):
        error = InvalidUsage("it cannot be read")  # nothing of ours has run by now
    code, message, status = _explained(error)
    if status >= 500 and code == "internal":
        log.error("%s %s failed with %s.", request.method, request.path, type(error).__name__)
    wait = 2 if status == 503 else getattr(error, "retry_after_seconds", 0)
    headers = {"Retry-After": str(wait)} if wait else {}
    headers.update(_allowed(error))
    if is_page(_path_of(request)):
        return error_page(request, status, message, headers)
    return json({"error": {"code": code, "message": message}}, status, headers=headers)


def _path_of(request: Request) -> str:
    """'' when the address has none (`?a`), or one that is no UTF-8."""
    try:
        return str(request.path)
    except (AttributeError, UnicodeDecodeError):
        return ""


def _allowed(error: Exception) -> dict[str, str]:
    """RFC 9110, 15.5.6: a 405 names the methods there are."""
    return dict(error.headers) if isinstance(error, MethodNotSupported) else {}


def _explained(error: Exception) -> tuple[str, str, int]:
    if isinstance(error, BadRequest):
        return error.code, error.message, error.status
    if isinstance(error, StoreUnavailable):
        return (
            "store_unavailable",
            "the store does not answer; send it again (a message with its id counts once)",
            503,
        )
    if isinstance(error, SanicException):
        status = error.status_code or 500
        words = _HTTP.get(status, ("http_error", "this request cannot be served"))
        return (
            (*words, status) if status < 500 else ("internal", "something went wrong here", status)
        )
    return "internal", "something went wrong here; the message was not lost if it was accepted", 500


_HTTP = {
    400: ("bad_request", "this is not a valid HTTP request"),
    404: ("not_found", "there is nothing at this address"),
    405: ("method_not_allowed", "this address does not take this method"),
    413: ("too_large", f"a request may have {MOST_BYTES} bytes"),
    417: ("expectation_failed", "this expectation cannot be met"),
}
