"""Lets a request in, or says why not: bearer token or session, CSRF, and the right to the action.

A JSON route is written
    @routes.get("/cases/<reference:str>")
    @guarded("list_cases")
    async def one(request: Request, actor: Actor, reference: str) -> HTTPResponse: ...
and a page with `guarded_page`, which sends those who are not signed in to the sign-in page. Both
note the action, so that a test can read it back with `action_of(route.handler)`. The app has an
`Access` from `add_access`, which must be called once.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, Literal
from urllib.parse import urlencode

from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse, redirect

from bot.clock import Now
from bot.desk.requests import READING, cookie_of, field_of, form_of, is_foreign
from bot.desk.rights import Action, may
from bot.desk.templating import SAFE_HEADERS, Handler
from bot.errors import BadRequest
from bot.http.requests import bearer
from bot.store.connection import Connection
from bot.store.people import People
from bot.store.sessions import Sessions, csrf_of
from bot.store.tokens import Role, Tokens

SESSION_COOKIE = "nd_session"
CSRF_HEADER = "x-csrf-token"
CSRF_FIELD = "csrf"
SIGN_IN = "/desk/sign-in"


@dataclass(frozen=True)
class Actor:
    """Who does something. `id` is `u-xxxxxx` for a person, `t-NAME` for a token; `csrf` is what the
    session's requests must repeat, '' for a token."""

    id: str
    name: str
    role: Role
    teams: tuple[str, ...]
    by: Literal["session", "token"]
    csrf: str = field(default="", repr=False)


class Access:
    """Finds out who sends a request."""

    def __init__(self, connection: Connection, now: Now) -> None:
        self._tokens = Tokens(connection)
        self._sessions = Sessions(connection)
        self._people = People(connection)
        self._now = now

    async def actor(self, request: Request, touch: bool = True) -> Actor:
        """A bearer token comes before a session. Raises BadRequest (401): unknown_token,
        no_session. With `touch` it counts as a sign of life of the session."""
        if request.headers.get("authorization", "").lower().startswith("bearer "):
            return await self._of_token(bearer(request))
        actor = await self.of_session(cookie_of(request, SESSION_COOKIE), touch)
        if actor is None:
            raise BadRequest("no_session", "sign in, or send `Authorization: Bearer <token>`", 401)
        return actor

    async def of_session(self, token: str, touch: bool = True) -> Actor | None:
        """Whose session this is; None when it is over or the person may not sign in any more."""
        session = await self._sessions.find(token, self._now(), touch) if token else None
        person = await self._people.get(session.person) if session else None
        if session is None or person is None:
            return None
        if person.disabled or person.generation != session.generation:
            return None
        csrf = csrf_of(token)
        return Actor(person.id, person.name, person.role, person.teams, "session", csrf)

    async def _of_token(self, token: str) -> Actor:
        holder = await self._tokens.holder(token)
        if holder is None:
            raise BadRequest("unknown_token", "this bearer token is not known", 401)
        return Actor(f"t-{holder.name}", holder.name, holder.role, (), "token")


def add_access(app: Sanic, connection: Connection, now: Now) -> None:
    """Gives the app what `require` and the guards need."""
    app.ctx.access = Access(connection, now)


def access_of(request: Request) -> Access:
    access: Access = request.app.ctx.access
    return access


async def require(request: Request, action: Action, touch: bool = True) -> Actor:
    """Who sends this request, if they may do `action`.

    Raises BadRequest: unknown_token, no_session (401); bad_csrf, wrong_role (403). A stream asks
    again now and then with `touch` False: it must end with the session, not prolong it.
    """
    actor = await access_of(request).actor(request, touch)
    if actor.by == "session" and request.method not in READING:
        check_csrf(actor, request.headers.get(CSRF_HEADER, ""), is_foreign(request))
    return allowed(actor, action)


def allowed(actor: Actor, action: Action) -> Actor:
    """The actor, if they may do `action`. Raises BadRequest: wrong_role (403)."""
    if not may(actor.role, action):
        raise BadRequest("wrong_role", f"role {actor.role} may not do this ({action})", 403)
    return actor


def check_csrf(actor: Actor, given: str, foreign: bool) -> None:
    """Raises BadRequest (403) unless a request comes from a page of the same session."""
    if foreign:
        raise BadRequest("bad_csrf", "this request was made by a page of another site", 403)
    if not same(given, actor.csrf):
        raise BadRequest("bad_csrf", "repeat the session's token in X-CSRF-Token", 403)


def same(given: str, expected: str) -> bool:
    """Compares secrets in constant time; an empty one is never right."""
    told = given.encode("utf-8", "surrogatepass")
    return bool(expected) and hmac.compare_digest(told, expected.encode())


async def page_access(request: Request, action: Action) -> Actor | HTTPResponse:
    """For pages: who looks at it, or the way to the sign-in page. A posted form repeats the
    session's token in the field `csrf`. Raises BadRequest: bad_csrf, wrong_role (403)."""
    actor = await access_of(request).of_session(cookie_of(request, SESSION_COOKIE))
    if actor is None:
        return _to_sign_in(request)
    request.ctx.actor = actor  # error pages show it, too
    if request.method not in READING:
        given = field_of(form_of(request), CSRF_FIELD)
        check_csrf(actor, given, is_foreign(request, silent_origin=True))
    return allowed(actor, action)


def _to_sign_in(request: Request) -> HTTPResponse:
    """After a form that came too late, back to the page it was on is as near as we get."""
    query = f"?{request.query_string}" if request.query_string else ""
    back = request.path + query if request.method in READING else "/desk"
    address = f"{SIGN_IN}?{urlencode({'next': back})}" if back != "/desk" else SIGN_IN
    return redirect(address, headers=dict(SAFE_HEADERS), status=303)


def guarded(action: Action) -> Callable[[Handler], Handler]:
    """A JSON route for those who may do `action`; the handler is given the Actor."""

    def guard(handler: Handler) -> Handler:
        @wraps(handler)
        async def checked(request: Request, **parts: Any) -> HTTPResponse | None:
            return await handler(request, await require(request, action), **parts)

        return _noted(checked, action)

    return guard


def guarded_page(action: Action) -> Callable[[Handler], Handler]:
    """A page for those who may do `action`; the handler is given the Actor."""

    def guard(handler: Handler) -> Handler:
        @wraps(handler)
        async def checked(request: Request, **parts: Any) -> HTTPResponse | None:
            actor = await page_access(request, action)
            if isinstance(actor, HTTPResponse):
                return actor
            return await handler(request, actor, **parts)

        return _noted(checked, action)

    return guard


def _noted(handler: Handler, action: Action) -> Handler:
    handler.action = action  # type: ignore[attr-defined]
    return handler


def action_of(handler: Callable[..., Any]) -> Action | None:
    """The action that a route's handler was guarded with, None for one that is open."""
    return getattr(handler, "action", None)
