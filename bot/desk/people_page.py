"""The page for admins: people with their roles and teams, invitations, API tokens.

One address with plain forms that work without a script; the field `do` says what is to be done.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, redirect

from bot.clock import Now
from bot.desk.access import Actor, allowed, guarded_page
from bot.desk.requests import field_of, form_of, own_address
from bot.desk.sign_in_pages import told
from bot.desk.staff import Staff
from bot.desk.templating import SAFE_HEADERS, render
from bot.errors import BadRequest
from bot.playbook.content import Content
from bot.store.connection import Connection
from bot.store.people import LONGEST_NAME, PERSON_ROLES
from bot.store.tokens import ROLES, Tokens

_PATH = "/desk/people"
_ANCHOR = {"add_token": "tokens", "revoke_token": "tokens"}
_DONE = {
    "change": "Saved.",
    "disable": "Disabled: signed out everywhere, and cannot sign in.",
    "enable": "Enabled again.",
    "revoke_token": "Revoked: the token is not taken any more.",
}
"""What was done and needs no more said -> the words for it."""

Fields = Mapping[str, list[str]]


@dataclass(frozen=True)
class Secret:
    """What is shown once, to copy: a link for a person, or a token."""

    kind: str
    name: str
    text: str


class PeoplePage:
    """The handlers; `blueprint` puts them at /desk/people."""

    def __init__(
        self, connection: Connection, content: Callable[[], Content], now: Now, public_url: str
    ) -> None:
        self._staff = Staff(connection, content, now)
        self._tokens = Tokens(connection)
        self._content = content
        self._now = now
        self._public_url = public_url
        self._does: dict[str, Callable[[Fields], Awaitable[Secret | None]]] = {
            "invite": self._invite,
            "change": self._change,
            "disable": lambda fields: self._switch(fields, disabled=True),
            "enable": lambda fields: self._switch(fields, disabled=False),
            "link": self._link,
        }
        self._does_with_tokens = {"add_token": self._add_token, "revoke_token": self._revoke}

    async def show(self, request: Request, actor: Actor) -> HTTPResponse:
        return await self._page(actor, done=_DONE.get(request.args.get("done", ""), ""))

    async def act(self, request: Request, actor: Actor) -> HTTPResponse:
        fields = form_of(request)
        what = field_of(fields, "do")
        try:
            secret = await self._do(what, fields, actor)
        except BadRequest as error:
            return await self._page(actor, error, tried=what, fields=fields)
        if secret is None:
            address = f"{_PATH}?done={what}#{_ANCHOR.get(what, field_of(fields, 'id'))}"
            return redirect(address, headers=dict(SAFE_HEADERS), status=303)
        if secret.kind == "link":
            address = self._public_url or own_address(request)
            secret = Secret(secret.kind, secret.name, address + secret.text)
        return await self._page(actor, secret=secret)

    async def _do(self, what: str, fields: Fields, actor: Actor) -> Secret | None:
        if what in self._does_with_tokens:
            allowed(actor, "manage_tokens")
            return await self._does_with_tokens[what](fields)
        if what not in self._does:
            raise BadRequest("bad_do", "this page has no such button")
        return await self._does[what](fields)

    async def _invite(self, fields: Fields) -> Secret:
        name, email, role = (field_of(fields, name) for name in ("name", "email", "role"))
        person, path = await self._staff.invite(name, email, role, fields.get("team", []))
        return Secret("link", person.name, path)

    async def _change(self, fields: Fields) -> None:
        person, role = field_of(fields, "id"), field_of(fields, "role")
        await self._staff.change(person, role, fields.get("team", []))

    async def _switch(self, fields: Fields, disabled: bool) -> None:
        await self._staff.change(field_of(fields, "id"), disabled=disabled)

    async def _link(self, fields: Fields) -> Secret:
        person, path = await self._staff.new_link(field_of(fields, "id"))
        return Secret("link", person.name, path)

    async def _add_token(self, fields: Fields) -> Secret:
        name = field_of(fields, "token_name").strip()
        if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
            raise BadRequest("bad_token_name", f"a name has 1 to {LONGEST_NAME} characters")
        token = await self._tokens.add(name, field_of(fields, "role"), self._now())
        return Secret("token", name, token)

    async def _revoke(self, fields: Fields) -> None:
        if not await self._tokens.revoke(field_of(fields, "id")):
            raise BadRequest("unknown_token_id", "this token was revoked already", 404)

    async def _page(
        self, actor: Actor, error: BadRequest | None = None, **values: Any
    ) -> HTTPResponse:
        """`tried` and `fields`: what a refused form wanted, so that nothing is typed twice."""
        teams = self._content().playbook.teams.items()
        shown = {
            "page": "people",
            "people": await self._staff.people.all(),
            "tokens": await self._tokens.all(),
            "teams": {name: team.label.get("en", name) for name, team in teams},
            "roles": PERSON_ROLES,
            "token_roles": ROLES,
            "done": "",
            "secret": None,
            "tried": "",
            "fields": {},
            **values,
        }
        status = error.status if error else 200
        return render("people.html", status, me=actor, csrf=actor.csrf, **told(error), **shown)

    def blueprint(self) -> Blueprint:
        """GET and POST /desk/people."""
        pages = Blueprint("people_page")
        for method, handler in (("GET", self.show), ("POST", self.act)):
            guarded = guarded_page("manage_people")(handler)
            pages.add_route(guarded, _PATH, methods=[method], name=handler.__name__)
        return pages


def people_page(
    connection: Connection, content: Callable[[], Content], now: Now, public_url: str = ""
) -> Blueprint:
    """/desk/people. Links begin with `public_url`, or with the address the request came to. The app
    needs `add_access`."""
    return PeoplePage(connection, content, now, public_url).blueprint()
