"""The JSON API for back offices and tools: cases, behind a bearer token."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, json

from bot.cases.case import Case
from bot.channels.requests import bearer, whole_number
from bot.errors import BadRequest
from bot.store.cases import Cases
from bot.store.tokens import Holder, Tokens

_MOST_AT_ONCE = 200
_PAGING = ("offset", "limit", "order")
_READERS = ("agent", "lead", "admin", "channel")


def api_routes(cases: Cases, tokens: Tokens, now: Callable[[], datetime]) -> Blueprint:
    """GET /api/cases and /api/cases/{id}. A `channel` token sees the cases of the REST channel,
    which its back end started; agents, leads and admins see all."""
    routes = Blueprint("api", url_prefix="/api")

    async def reader(request: Request) -> Holder:
        holder = await tokens.holder(bearer(request))
        if holder is None:
            raise BadRequest("unknown_token", "this bearer token is not known", 401)
        if holder.role not in _READERS:
            raise BadRequest(
                "wrong_role", f"a token with role {holder.role} cannot read cases", 403
            )
        return holder

    @routes.get("/cases")
    async def find(request: Request) -> HTTPResponse:
        holder = await reader(request)
        filters = {name: ",".join(request.args.getlist(name)) for name in request.args}
        paging = {name: filters.pop(name) for name in _PAGING if name in filters}
        if holder.role == "channel":
            filters["channel"] = "rest"
        offset = whole_number(request, "offset", default=0)
        limit = whole_number(request, "limit", default=50, most=_MOST_AT_ONCE)
        page = await cases.find(filters, paging.get("order", "queue"), offset, limit, now())
        found = [case.to_json() for case in page.cases]
        return json({"cases": found, "total": page.total, "offset": offset, "limit": limit})

    @routes.get("/cases/<reference:str>")
    async def one(request: Request, reference: str) -> HTTPResponse:
        holder = await reader(request)
        case = await cases.get(reference)
        if case is None or not _may_see(holder, case):
            raise BadRequest("unknown_case", "there is no case with this reference", 404)
        return json(case.to_json())

    return routes


def _may_see(holder: Holder, case: Case) -> bool:
    return holder.role != "channel" or case.channel == "rest"
