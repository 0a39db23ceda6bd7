"""The description of the API, for tools: openapi.yml as it stands, in JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, text

from bot.desk.access import Actor, guarded


def description() -> dict[str, Any]:
    """The OpenAPI 3.1 document."""
    written = Path(__file__).with_name("openapi.yml").read_text(encoding="utf-8")
    document: dict[str, Any] = yaml.safe_load(written)
    return document


def description_api() -> Blueprint:
    """GET /api/openapi.json."""
    routes = Blueprint("description_api", url_prefix="/api")
    shown = json.dumps(description(), ensure_ascii=False)

    @routes.get("/openapi.json")
    @guarded("own_account")
    async def openapi(_: Request, __: Actor) -> HTTPResponse:
        return text(shown, content_type="application/json")

    return routes
