"""The desk's two cookies: a session's, and the one that forms before a session repeat.

A form that is posted without a session carries a random value twice, as a cookie and as a field:
another site can make a browser post, but can neither read nor set the pair.
"""

from __future__ import annotations

import re
import secrets

from sanic.request import Request
from sanic.response import HTTPResponse

from bot.desk.access import CSRF_FIELD, SESSION_COOKIE, same
from bot.desk.requests import cookie_of, field_of, form_of, is_foreign, is_secure
from bot.errors import BadRequest

FORM_COOKIE = "nd_form"
_FORM_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)


def put_session(request: Request, answer: HTTPResponse, token: str) -> HTTPResponse:
    """The browser forgets it when it is closed; the server, earlier or later (`Sessions`)."""
    return _put(request, answer, SESSION_COOKIE, token)


def drop_session(request: Request, answer: HTTPResponse) -> HTTPResponse:
    _put(request, answer, SESSION_COOKIE, "")
    answer.cookies[SESSION_COOKIE]["max-age"] = 0
    return answer


def form_token(request: Request) -> str:
    """What a form repeats: the value of the browser's cookie, or a new one."""
    known = cookie_of(request, FORM_COOKIE)
    return known if _FORM_TOKEN.fullmatch(known) else secrets.token_urlsafe(32)


def put_form_token(request: Request, answer: HTTPResponse, token: str) -> HTTPResponse:
    return _put(request, answer, FORM_COOKIE, token)


def check_form(request: Request) -> None:
    """Raises BadRequest: bad_form (403) unless the form comes from a page of ours."""
    given = field_of(form_of(request), CSRF_FIELD)
    expected = cookie_of(request, FORM_COOKIE)
    if is_foreign(request, silent_origin=True) or not same(given, expected):
        raise BadRequest(
            "bad_form", "this page was open for too long, or cookies are switched off; "
            "please try once more", 403,
        )  # fmt: skip


def _put(request: Request, answer: HTTPResponse, name: str, value: str) -> HTTPResponse:
    answer.cookies[name] = value
    answer.cookies[name]["path"] = "/"
    answer.cookies[name]["httponly"] = True
    answer.cookies[name]["samesite"] = "Lax"
    answer.cookies[name]["secure"] = is_secure(request)
    return answer
