"""What requests to the API of cases ask for, checked value by value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, get_args
from uuid import uuid4

from sanic.request import Request

from bot.cases.case import Status
from bot.cases.changing import Changes
from bot.errors import BadRequest
from bot.http.requests import json_object, text_of, whole_number
from bot.playbook.model import Severity
from bot.store.index import MOST_SEARCHED, Wanted

STATUSES: tuple[Status, ...] = get_args(Status)
SEVERITIES = tuple(severity.word for severity in Severity)
LONGEST_TEXT = 4_000
MOST_AT_ONCE = 200
_CLOSED_SETS = {"status": STATUSES, "severity": SEVERITIES}
_PAGING = ("offset", "limit", "order")
_LONGEST_FILTER = 1_000
_LONGEST_NAME = 100
_LONGEST_REASON = 300
_LONGEST_DETAIL = 500
_MOST_VALUES = 50
_ID = re.compile(r"[A-Za-z0-9_-]{8,64}", re.ASCII)


def wanted_cases(request: Request, me: str, channel: str = "") -> Wanted:
    """The filters and the search of a query; a `channel` replaces the one that was asked for.

    Raises BadRequest: unknown_filter, or bad_NAME of a filter whose value cannot be.
    """
    query = {name: _joined(request, name) for name in request.args if name not in _PAGING}
    for name, valid in _CLOSED_SETS.items():
        words = [word.strip() for word in query.get(name, "").split(",") if word.strip()]
        if not set(words) <= set(valid):
            raise BadRequest(f"bad_{name}", f"`{name}` is one of {', '.join(valid)}")
    return Wanted.read({**query, "channel": channel} if channel else query, me)


def _joined(request: Request, name: str) -> str:
    longest = MOST_SEARCHED if name == "q" else _LONGEST_FILTER
    text = (" " if name == "q" else ",").join(request.args.getlist(name))
    if len(text) > longest:
        key = name if name.isidentifier() and len(name) < 20 else "filter"
        raise BadRequest(f"bad_{key}", f"a value has up to {longest} characters")
    return text


def paging(request: Request) -> tuple[str, int, int]:
    """Order, offset and limit. Raises BadRequest: bad_offset, bad_limit."""
    offset = whole_number(request, "offset", default=0)
    limit = whole_number(request, "limit", default=50, most=MOST_AT_ONCE)
    return request.args.get("order", "queue"), offset, limit


def body_of(request: Request, *known: str) -> dict[str, Any]:
    """The JSON object of a request; no body is an empty one. Raises BadRequest: bad_json,
    unknown_key."""
    body = json_object(request) if request.body else {}
    if unknown := set(body) - set(known):
        valid = f"valid are {', '.join(known)}" if known else "this request has none"
        raise BadRequest("unknown_key", f"{len(unknown)} unknown keys; {valid}")
    return body


def flag(body: Mapping[str, Any], key: str, default: bool) -> bool:
    value = body.get(key, default)
    if not isinstance(value, bool):
        raise BadRequest(f"bad_{key}", f"`{key}` is true or false")
    return value


def id_of(body: Mapping[str, Any], required: bool = True) -> str:
    """The id that makes a step be done once. Raises BadRequest: bad_id."""
    if not required and body.get("id") is None:
        return uuid4().hex
    given = text_of(body, "id", longest=64)
    if not _ID.fullmatch(given):
        raise BadRequest("bad_id", "`id` is 8 to 64 letters, digits, - or _")
    return given


def text_or_none(body: Mapping[str, Any], key: str, longest: int = LONGEST_TEXT) -> str | None:
    """The string at `key`; None when it is missing, null or blank."""
    value = body.get(key)
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    return text_of(body, key, longest=longest)


def name_or_none(body: Mapping[str, Any], key: str) -> str | None:
    return None if body.get(key) is None else text_of(body, key, longest=_LONGEST_NAME)


def changes_of(request: Request) -> Changes:
    """Raises BadRequest: bad_changes when there are none, or bad_NAME."""
    keys = ("topic", "subtopic", "severity", "reason", "tags", "details")
    body = body_of(request, *keys)
    if not set(body) - {"reason"}:
        raise BadRequest("bad_changes", f"say what to change: {', '.join(keys)}")
    return Changes(
        topic=name_or_none(body, "topic"),
        subtopic=name_or_none(body, "subtopic"),
        severity=_severity(body),
        reason=text_or_none(body, "reason", _LONGEST_REASON),
        tags=_tags(body),
        details=_details(body),
    )


def _severity(body: Mapping[str, Any]) -> Severity | None:
    word = body.get("severity")
    if word is None:
        return None
    if word not in SEVERITIES:
        raise BadRequest("bad_severity", f"`severity` is one of {', '.join(SEVERITIES)}")
    return Severity.from_word(word)


def _tags(body: Mapping[str, Any]) -> list[str] | None:
    tags = body.get("tags")
    if tags is None:
        return None
    if not isinstance(tags, list) or len(tags) > _MOST_VALUES:
        raise BadRequest("bad_tags", f"`tags` is a list of up to {_MOST_VALUES} words")
    return [text_of({"tags": tag}, "tags", longest=_LONGEST_NAME) for tag in tags]


def _details(body: Mapping[str, Any]) -> dict[str, str | None] | None:
    details = body.get("details")
    if details is None:
        return None
    if not isinstance(details, dict) or len(details) > _MOST_VALUES:
        raise BadRequest("bad_details", "`details` maps names of details to a text or null")
    return {
        name: text_or_none({"details": value}, "details", _LONGEST_DETAIL)
        for name, value in details.items()
    }
