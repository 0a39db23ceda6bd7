"""Reads untrusted requests, value by value; what does not fit is named, never quoted."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sanic.request import Request

from bot.errors import BadRequest

_MOST_DIGITS = 12


def bearer(request: Request) -> str:
    """The bearer token. Raises BadRequest (401) when there is none."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise BadRequest("no_token", "send `Authorization: Bearer <token>`", 401)
    return str(token.strip())


def json_object(request: Request) -> dict[str, Any]:
    """The body as a JSON object. Raises BadRequest when it is anything else."""
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        raise BadRequest("bad_json", "the body is not valid JSON in UTF-8") from None
    if not isinstance(body, dict):
        raise BadRequest("bad_json", "the body is not a JSON object")
    return body


def text_of(body: Mapping[str, Any], key: str, *, longest: int, default: str | None = None) -> str:
    """The string at `key`: not empty, valid Unicode, at most `longest` characters, without NUL.

    Raises BadRequest otherwise; a missing or null value is `default`, if there is one.
    """
    value = body.get(key)
    if value is None and default is not None:
        return default
    if not isinstance(value, str):
        what = "is missing" if value is None else "is not a string"
        raise BadRequest(f"bad_{key}", f"`{key}` {what}")
    if len(value) > longest:
        raise BadRequest(
            f"bad_{key}", f"`{key}` has {len(value)} characters; {longest} are allowed", 413
        )
    value = _clean(value, key)
    if not value.strip():
        raise BadRequest(f"bad_{key}", f"`{key}` is empty")
    return value


def _clean(value: str, key: str) -> str:
    """Refuses lone surrogates (no valid UTF-8) and drops NUL."""
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise BadRequest(f"bad_{key}", f"`{key}` is not valid Unicode") from None
    return value.replace("\0", "")


def whole_number(request: Request, name: str, *, default: int, most: int = 10**9) -> int:
    """A whole number from 0 in the query. Raises BadRequest for anything else."""
    text = request.args.get(name)
    if text is None:
        return default
    digits = text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS
    if not digits or int(text) > most:
        raise BadRequest(f"bad_{name}", f"`{name}` is a whole number from 0 to {most}")
    return int(text)
