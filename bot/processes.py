"""How the web and the worker process run: signals, the parent's end, start and drain."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import socket
import sys
import time
import traceback
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

from bot.channels.known import read_channels
from bot.clock import moved_clock
from bot.engine.training_stamp import MODEL, is_current
from bot.errors import ConfigurationError, NightdeskError, StoreUnavailable, place_of
from bot.handoff.settings import check_on_call
from bot.handoff.settings import read_settings as read_handoff_settings
from bot.playbook.content import load_content
from bot.settings import Settings
from bot.store.connection import Connection
from bot.store.heartbeat import Heartbeat
from bot.tasks import end_tasks

log = logging.getLogger("nightdesk")

_ENDING = (signal.SIGINT, signal.SIGTERM)
_DRAIN_SECONDS = 5.0
_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def configure_logging(level: str) -> None:
    """Our own log lines to standard error, those of libraries only from WARNING on."""
    logging.basicConfig(level=logging.WARNING, format=_FORMAT, stream=sys.stderr)
    logging.getLogger("nightdesk").setLevel(level)
    for noisy in ("sanic.root", "sanic.error", "sanic.access", "rasa", "asyncio"):
        logging.getLogger(noisy).setLevel(logging.CRITICAL)


async def run_worker(settings: Settings, attached: bool) -> None:
    """Loads the model and handles turns until asked to stop."""
    from bot.engine.assistant import Assistant
    from bot.worker import Worker

    for number in _ENDING:  # nothing is in hand yet: end at once
        signal.signal(number, signal.SIG_DFL)
    model = settings.models / MODEL
    assistant = Assistant.load(settings.root, model)
    trained = model.stat().st_mtime
    stop = _stop_event(attached)
    connection = Connection(settings.redis_url)
    await _until_answering(connection, stop)
    beating = Heartbeat(connection, "worker", uuid4().hex, trained).run()
    beat = asyncio.create_task(beating)
    tallying = asyncio.create_task(connection.tallies.run(connection))
    clock = moved_clock(settings.clock_shift)
    _say_that_it_works(attached)
    content = load_content(settings.root, proven=is_current(settings.root, settings.models))
    await Worker(connection, assistant, content, clock).run(stop)
    await end_tasks(beat, tallying)
    await connection.close()


async def run_web(settings: Settings, attached: bool, door: int | None = None) -> None:
    """Serves HTTP until asked to stop, by the listening socket `door` if there is one. Who is asked
    says so at /ready, and goes on for as long as whoever sends requests here needs to see it."""
    from bot.http.protocol import Protocol
    from bot.web import create_app

    stop = _stop_event(attached)
    connection = Connection(settings.redis_url)
    content = load_content(settings.root, proven=is_current(settings.root, settings.models))
    handoff = read_handoff_settings(os.environ, settings.port)
    check_on_call(handoff, content.playbook)
    channels = read_channels(settings.root)
    app = create_app(
        connection, content, moved_clock(settings.clock_shift), handoff, channels=channels
    )
    server: Any = await app.create_server(
        **_where(settings, door), protocol=Protocol, return_asyncio_server=True, access_log=False
    )
    await server.startup()
    await server.before_start()
    await server.after_start()
    _say_that_it_works(attached)
    await stop.wait()
    app.ctx.leaving = True
    await asyncio.sleep(settings.linger_seconds)
    await end_server(server)
    await connection.close()


def _where(settings: Settings, door: int | None) -> dict[str, Any]:
    if door is None:
        return {"host": settings.host, "port": settings.port}
    return {"sock": socket.socket(fileno=door)}


async def end_server(server: Any) -> None:
    """Ends a Sanic server: takes nothing new, answers the requests in hand, lets everything go."""
    await server.before_stop()
    await server.close()
    await _drain(server)
    await server.after_stop()


async def _drain(server: Any) -> None:
    until = time.monotonic() + _DRAIN_SECONDS
    while not all([open_one.close_if_idle() for open_one in list(server.connections)]):
        if time.monotonic() > until:
            break
        await asyncio.sleep(0.02)
    for open_one in list(server.connections):
        open_one.abort()  # the process ends: what is not written by now never is


@contextlib.contextmanager
def ending_in_one_line(name: str) -> Iterator[None]:
    """A programming error ends the process with a line, without its message (which may hold a
    customer's words) and not with a traceback at every try to start again."""
    try:
        yield
    except (ConfigurationError, NightdeskError):
        raise
    except Exception as error:
        kind, place = type(error).__name__, place_of(error)
        why = f" ({error.strerror})" if isinstance(error, OSError) else ""
        log.error("The %s ended with %s%s at %s.", name, kind, why, place)
        log.debug("".join(traceback.format_tb(error.__traceback__)))
        raise SystemExit(1) from None


def _stop_event(attached: bool) -> asyncio.Event:
    """Set by SIGINT, SIGTERM, or the end of the supervisor we are attached to."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in _ENDING:
        loop.add_signal_handler(number, stop.set)
    if attached:
        loop.add_reader(sys.stdin.fileno(), lambda: _on_input(loop, stop))
    return stop


def _say_that_it_works(attached: bool) -> None:
    """One byte on the line to the supervisor (bot/supervisor.py, Run)."""
    if attached:
        with contextlib.suppress(OSError):  # a starter that does not listen
            os.write(sys.stdin.fileno(), b"1")


def _on_input(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    """The supervisor never writes: readable means that it is gone."""
    if not os.read(sys.stdin.fileno(), 1024):
        loop.remove_reader(sys.stdin.fileno())
        stop.set()


async def _until_answering(connection: Connection, stop: asyncio.Event) -> None:
    while not stop.is_set():
        with contextlib.suppress(StoreUnavailable):
            return await connection.ping()
        await asyncio.sleep(0.2)
