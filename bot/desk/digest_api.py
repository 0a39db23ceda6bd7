"""The morning digests as JSON, with what the cases in them are about."""

from __future__ import annotations

from typing import Any

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, json

from bot.desk.access import Actor, guarded
from bot.errors import BadRequest
from bot.store.connection import Connection
from bot.store.digests import Digest, Digests

_LISTS = ("promises", "breached", "critical")


def digest_api(connection: Connection) -> Blueprint:
    """GET /api/digests?team=: the latest digest of each team, by name. The app needs
    `add_access`."""
    routes, digests = Blueprint("digest_api", url_prefix="/api"), Digests(connection)

    @routes.get("/digests", name="digests")
    @guarded("read_cases")
    async def latest(request: Request, _: Actor) -> HTTPResponse:
        found = await digests.latest(_teams(request))
        named = {reference for digest in found for reference in digest.references}
        summaries = await digests.summaries(named)
        shown = [_shown(digest, summaries) for digest in found]
        return json({"digests": shown}, headers={"Cache-Control": "no-store"})

    return routes


def _teams(request: Request) -> set[str]:
    """Empty: all. Raises BadRequest: unknown_filter."""
    if unknown := set(request.args) - {"team"}:
        raise BadRequest("unknown_filter", f"{len(unknown)} unknown filters; valid is team")
    names = ",".join(request.args.getlist("team", [])).split(",")
    return {name.strip() for name in names if name.strip()}


def _shown(digest: Digest, summaries: dict[str, str]) -> dict[str, Any]:
    """The digest; each case it names with its summary as it is now, '' when it is gone."""
    document = digest.to_json()
    for name in _LISTS:
        for one in document[name]:
            one["summary"] = summaries.get(one["case"], "")
    return document
