"""The JSON API of people, of API tokens, and of one's own account and session."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, empty, json

from bot.cases.timestamps import write_utc
from bot.clock import Now
from bot.desk.access import SESSION_COOKIE, Actor, guarded
from bot.desk.cookies import drop_session, put_session
from bot.desk.requests import caller_of, cookie_of, own_address
from bot.desk.rights import Action, may
from bot.desk.staff import Staff, to_admin, to_colleague
from bot.desk.templating import Handler
from bot.errors import BadRequest
from bot.http.requests import json_object, text_of
from bot.playbook.content import Content
from bot.store.connection import Connection
from bot.store.passwords import LONGEST
from bot.store.people import LONGEST_EMAIL, LONGEST_NAME
from bot.store.sessions import Sessions, csrf_of
from bot.store.sign_in import SignIn
from bot.store.tokens import Tokens, token_id

_PRIVATE = {"Cache-Control": "no-store"}
_LONGEST_WORD = 80
_MOST_TEAMS = 100


class PeopleApi:
    """The handlers; `blueprint` puts them under /api."""

    def __init__(
        self, connection: Connection, content: Callable[[], Content], now: Now, public_url: str
    ) -> None:
        self._staff = Staff(connection, content, now)
        self._sign_in = SignIn(connection)
        self._sessions = Sessions(connection)
        self._tokens = Tokens(connection)
        self._now = now
        self._public_url = public_url

    async def me(self, _request: Request, actor: Actor) -> HTTPResponse:
        """Who I am. `csrf` goes into X-CSRF-Token of what changes something; '' for a token."""
        told = {"id": actor.id, "name": actor.name, "role": actor.role, "teams": actor.teams}
        return json({**told, "csrf": actor.csrf}, headers=_PRIVATE)

    async def change_password(self, request: Request, actor: Actor) -> HTTPResponse:
        """{"current", "new"}: ends my other sessions and gives this one a new cookie and `csrf`."""
        _person_only(actor)
        body = _body(request, "current", "new")
        token = await self._sign_in.change_password(
            actor.id,
            text_of(body, "current", longest=LONGEST),
            text_of(body, "new", longest=LONGEST),
            caller_of(request),
            self._now(),
        )
        return put_session(request, json({"csrf": csrf_of(token)}, headers=_PRIVATE), token)

    async def sign_out(self, request: Request, actor: Actor) -> HTTPResponse:
        _person_only(actor)
        await self._sessions.end(cookie_of(request, SESSION_COOKIE))
        return drop_session(request, empty(headers=dict(_PRIVATE)))

    async def people(self, _request: Request, actor: Actor) -> HTTPResponse:
        """Everybody by name; admins also see e-mail addresses, and who has not come yet."""
        told = to_admin if may(actor.role, "manage_people") else to_colleague
        people = [told(person) for person in await self._staff.people.all()]
        return json({"people": people}, headers=_PRIVATE)

    async def invite(self, request: Request, _actor: Actor) -> HTTPResponse:
        """{"name", "email", "role", "teams"?}: the person and the link, which is told only now."""
        body = _body(request, "name", "email", "role", "teams")
        person, path = await self._staff.invite(
            text_of(body, "name", longest=LONGEST_NAME),
            text_of(body, "email", longest=LONGEST_EMAIL),
            text_of(body, "role", longest=_LONGEST_WORD),
            _teams(body) or [],
        )
        told = {"person": to_admin(person), "link": self._address(request, path)}
        return json(told, 201, headers=_PRIVATE)

    async def change(self, request: Request, _actor: Actor, person_id: str) -> HTTPResponse:
        """{"role"?, "teams"?, "disabled"?}: what is given is changed."""
        body = _body(request, "role", "teams", "disabled")
        role = text_of(body, "role", longest=_LONGEST_WORD) if "role" in body else None
        person = await self._staff.change(person_id, role, _teams(body), _flag(body, "disabled"))
        return json(to_admin(person), headers=_PRIVATE)

    async def new_link(self, request: Request, _actor: Actor, person_id: str) -> HTTPResponse:
        """A link to choose a password with; an older one is void."""
        _, path = await self._staff.new_link(person_id)
        return json({"link": self._address(request, path)}, 201, headers=_PRIVATE)

    async def tokens(self, _request: Request, _actor: Actor) -> HTTPResponse:
        kept = [
            {
                "id": one.id,
                "name": one.name,
                "role": one.role,
                "created_at": write_utc(one.created_at) if one.created_at else None,
            }
            for one in await self._tokens.all()
        ]
        return json({"tokens": kept}, headers=_PRIVATE)

    async def add_token(self, request: Request, _actor: Actor) -> HTTPResponse:
        """{"name", "role"}: the token, which is told only now."""
        body = _body(request, "name", "role")
        name = text_of(body, "name", longest=LONGEST_NAME).strip()
        role = text_of(body, "role", longest=_LONGEST_WORD)
        token = await self._tokens.add(name, role, self._now())
        told = {"id": token_id(token), "name": name, "role": role, "token": token}
        return json(told, 201, headers=_PRIVATE)

    async def revoke_token(self, _request: Request, _actor: Actor, token: str) -> HTTPResponse:
        if not await self._tokens.revoke(token):
            raise BadRequest("unknown_token_id", "there is no token with this id", 404)
        return empty()

    def _address(self, request: Request, path: str) -> str:
        return (self._public_url or own_address(request)) + path

    def blueprint(self) -> Blueprint:
        """All routes, each with its action."""
        routes = Blueprint("people_api", url_prefix="/api")
        table: tuple[tuple[str, str, Action, Handler], ...] = (
            ("GET", "/me", "own_account", self.me),
            ("PUT", "/me/password", "own_account", self.change_password),
            ("DELETE", "/session", "own_account", self.sign_out),
            ("GET", "/people", "read_people", self.people),
            ("POST", "/people", "manage_people", self.invite),
            ("PATCH", "/people/<person_id:str>", "manage_people", self.change),
            ("POST", "/people/<person_id:str>/invite", "manage_people", self.new_link),
            ("GET", "/tokens", "manage_tokens", self.tokens),
            ("POST", "/tokens", "manage_tokens", self.add_token),
            ("DELETE", "/tokens/<token:str>", "manage_tokens", self.revoke_token),
        )
        for method, path, action, handler in table:
            name = handler.__name__
            routes.add_route(guarded(action)(handler), path, methods=[method], name=name)
        return routes


def people_api(
    connection: Connection, content: Callable[[], Content], now: Now, public_url: str = ""
) -> Blueprint:
    """/api/me, /api/session, /api/people and /api/tokens. Links begin with `public_url`, or with
    the address the request came to. The app needs `add_access`."""
    return PeopleApi(connection, content, now, public_url).blueprint()


def _body(request: Request, *known: str) -> dict[str, Any]:
    body = json_object(request)
    if unknown := set(body) - set(known):
        valid = ", ".join(known)
        raise BadRequest("unknown_key", f"{len(unknown)} unknown keys; valid are {valid}")
    return body


def _teams(body: Mapping[str, Any]) -> list[str] | None:
    teams = body.get("teams")
    if teams is None:
        return None
    if not isinstance(teams, list) or len(teams) > _MOST_TEAMS:
        raise BadRequest("bad_teams", "`teams` is a list of teams' names")
    if not all(isinstance(team, str) for team in teams):
        raise BadRequest("bad_teams", "`teams` is a list of teams' names")
    return teams


def _flag(body: Mapping[str, Any], key: str) -> bool | None:
    value = body.get(key)
    if value is not None and not isinstance(value, bool):
        raise BadRequest(f"bad_{key}", f"`{key}` is true or false")
    return value


def _person_only(actor: Actor) -> None:
    if actor.by == "token":
        raise BadRequest("not_a_person", "a token has no password and no session", 403)
