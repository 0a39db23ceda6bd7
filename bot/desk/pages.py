"""The desk's pages of cases, and the files all pages are made of.

A page is a frame; what it shows is read from the API, so that it stays live.
"""

from __future__ import annotations

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.desk.access import Actor, guarded_page
from bot.desk.assets import FOREVER, assets, version
from bot.desk.templating import render
from bot.errors import BadRequest

_READING = ["GET", "HEAD"]


def desk_pages() -> Blueprint:
    """/desk (the queue), /desk/cases/REF, /desk/digest, /desk/undelivered, and the files, open to
    everybody, at /desk/static/VERSION/FILE and /desk/static/FILE. The app needs `add_access`."""
    routes = Blueprint("desk_pages", url_prefix="/desk")
    for handler, path in (
        (queue, ""),
        (case, "/cases/<reference:str>"),
        (digest, "/digest"),
        (undelivered, "/undelivered"),
    ):
        page = guarded_page("read_cases")(handler)
        routes.add_route(page, path, methods=_READING, name=handler.__name__)
    routes.add_route(file, "/static/<name:str>", methods=_READING, name="file")
    routes.add_route(file, "/static/<asked:str>/<name:str>", methods=_READING, name="versioned")
    return routes


async def queue(_: Request, me: Actor) -> HTTPResponse:
    return render("queue.html", me=me, csrf=me.csrf, page="queue")


async def case(_: Request, me: Actor, reference: str) -> HTTPResponse:
    """Whether there is such a case is for the API to say."""
    return render("case.html", me=me, csrf=me.csrf, page="case", reference=reference.upper())


async def digest(_: Request, me: Actor) -> HTTPResponse:
    return render("digest.html", me=me, csrf=me.csrf, page="digest")


async def undelivered(_: Request, me: Actor) -> HTTPResponse:
    return render("undelivered.html", me=me, csrf=me.csrf, page="undelivered")


async def file(request: Request, name: str, asked: str = "") -> HTTPResponse:
    """A page of an older version gets what there is now, but is not to keep it."""
    if name not in assets():
        raise BadRequest("not_found", "there is nothing at this address", 404)
    return assets()[name].answer(request, FOREVER if asked == version() else {})
