"""The desk's pages of cases, and the files all pages are made of.

A page is a frame; what it shows is read from the API, so that it stays live. Everything here is in
memory, and a page is answered also while the store is away.
"""

from __future__ import annotations

from pathlib import Path

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.channels.webchat_pages import Asset
from bot.desk.access import Actor, guarded_page
from bot.desk.templating import render
from bot.errors import BadRequest

_FOLDER = Path(__file__).with_name("static")
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_READING = ["GET", "HEAD"]


def desk_pages() -> Blueprint:
    """/desk (the queue), /desk/cases/REF, /desk/digest and /desk/static/FILE. The files are open to
    everybody; the app needs `add_access` for the rest."""
    routes = Blueprint("desk_pages", url_prefix="/desk")
    assets = _assets()

    async def static(request: Request, name: str) -> HTTPResponse:
        if name not in assets:
            raise BadRequest("not_found", "there is nothing at this address", 404)
        return assets[name].answer(request, {})

    for handler, path in ((queue, ""), (case, "/cases/<reference:str>"), (digest, "/digest")):
        page = guarded_page("read_cases")(handler)
        routes.add_route(page, path, methods=_READING, name=handler.__name__)
    routes.add_route(static, "/static/<name:str>", methods=_READING, name="static")
    return routes


async def queue(_: Request, me: Actor) -> HTTPResponse:
    return render("queue.html", me=me, csrf=me.csrf, page="queue")


async def case(_: Request, me: Actor, reference: str) -> HTTPResponse:
    """Whether there is such a case is for the API to say."""
    return render("case.html", me=me, csrf=me.csrf, page="case", reference=reference.upper())


async def digest(_: Request, me: Actor) -> HTTPResponse:
    return render("digest.html", me=me, csrf=me.csrf, page="digest")


def _assets() -> dict[str, Asset]:
    return {
        path.name: Asset(path.read_bytes(), _TYPES[path.suffix])
        for path in sorted(_FOLDER.iterdir())
        if path.suffix in _TYPES
    }
