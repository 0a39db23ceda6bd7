"""The pages at the desk's door: sign in, sign out, set up, accept an invitation, one's account.

They are plain forms and work without a script.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Coroutine, Mapping
from functools import wraps
from typing import Any

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, redirect

from bot.clock import Now
from bot.desk.access import SESSION_COOKIE, SIGN_IN, Actor, access_of, guarded_page
from bot.desk.cookies import check_form, drop_session, form_token, put_form_token, put_session
from bot.desk.requests import caller_of, cookie_of, field_of, form_of
from bot.desk.rights import home_of
from bot.desk.templating import SAFE_HEADERS, Handler, plain, render
from bot.errors import BadRequest
from bot.playbook.content import Content
from bot.store.connection import Connection
from bot.store.sign_in import SignIn

_LOCAL = re.compile(r"/desk(?:[/?#][\w\-./?=&%,~+:@#]*)?", re.ASCII)
_FIELD_OF_CODE = {"bad_name": "name", "bad_email": "email", "bad_password": "password"}
_LINK_GONE = "Each link works once and for a limited time, and a newer one replaces it."
SetsOff = Callable[[Mapping[str, list[str]]], Coroutine[Any, Any, str]]


class SignInPages:
    """The handlers; `blueprint` puts them under /desk."""

    def __init__(self, connection: Connection, content: Callable[[], Content], now: Now) -> None:
        self._sign_in = SignIn(connection)
        self._content = content
        self._now = now

    async def sign_in(self, request: Request) -> HTTPResponse:
        actor = await access_of(request).of_session(cookie_of(request, SESSION_COOKIE))
        after = local_path(request.args.get("next", ""))
        if actor is not None:
            return _to(after or home_of(actor.role))
        return await self._sign_in_form(request, next=after, out="out" in request.args)

    async def sign_in_posted(self, request: Request) -> HTTPResponse:
        fields = form_of(request)
        email, after = field_of(fields, "email"), local_path(field_of(fields, "next"))
        try:
            check_form(request)
            token = await self._sign_in.by_password(
                email, field_of(fields, "password"), caller_of(request), self._now()
            )
        except BadRequest as error:
            return await self._sign_in_form(request, error, next=after, email=email)
        return await self._signed_in(request, token, after)

    async def _sign_in_form(
        self, request: Request, error: BadRequest | None = None, **values: Any
    ) -> HTTPResponse:
        nobody = not await self._sign_in.people.anybody()
        shown = {"next": "", "email": "", "out": False, **values, "nobody": nobody}
        return _form(request, "sign_in.html", error, **shown)

    async def sign_out(self, request: Request, _: Actor) -> HTTPResponse:
        await self._sign_in.sessions.end(cookie_of(request, SESSION_COOKIE))
        return drop_session(request, _to(f"{SIGN_IN}?out=1"))

    async def set_up(self, request: Request, token: str) -> HTTPResponse:
        try:
            await self._sign_in.setting_up(token, self._now())
        except BadRequest:
            return _setup_gone(request)
        return _form(request, "setup.html", name="", email="")

    async def set_up_posted(self, request: Request, token: str) -> HTTPResponse:
        fields = form_of(request)
        name, email = field_of(fields, "name"), field_of(fields, "email")
        password = field_of(fields, "password")
        try:
            await self._sign_in.setting_up(token, self._now())
            check_form(request)
            session = await self._sign_in.set_up(token, name, email, password, self._now())
        except BadRequest as error:
            if error.code == "link_gone":
                return _setup_gone(request)
            return _form(request, "setup.html", error, name=name, email=email)
        return await self._signed_in(request, session)

    async def accept(self, request: Request, token: str) -> HTTPResponse:
        try:
            person = await self._sign_in.invited(token, self._now())
        except BadRequest:
            return _invite_gone(request)
        return _form(request, "invite.html", person=person)

    async def accept_posted(self, request: Request, token: str) -> HTTPResponse:
        password = field_of(form_of(request), "password")
        try:
            person = await self._sign_in.invited(token, self._now())
        except BadRequest:
            return _invite_gone(request)
        try:
            check_form(request)
            session = await self._sign_in.by_link(token, password, self._now())
        except BadRequest as error:
            if error.code == "link_gone":
                return _invite_gone(request)
            return _form(request, "invite.html", error, person=person)
        return await self._signed_in(request, session)

    async def account(self, request: Request, actor: Actor) -> HTTPResponse:
        return await self._account(actor, changed="changed" in request.args)

    async def account_posted(self, request: Request, actor: Actor) -> HTTPResponse:
        fields = form_of(request)
        try:
            token = await self._sign_in.change_password(
                actor.id,
                field_of(fields, "current"),
                field_of(fields, "password"),
                caller_of(request),
                self._now(),
            )
        except BadRequest as error:
            return await self._account(actor, error)
        return put_session(request, _to("/desk/account?changed=1"), token)

    async def _account(
        self, actor: Actor, error: BadRequest | None = None, changed: bool = False
    ) -> HTTPResponse:
        person = await self._sign_in.people.get(actor.id)
        known = self._content().playbook.teams
        teams = [known[team].label["en"] if team in known else team for team in actor.teams]
        shown = {"person": person, "teams": teams, "changed": changed, "page": "account"}
        status = error.status if error else 200
        return render("account.html", status, me=actor, csrf=actor.csrf, **told(error), **shown)

    async def _signed_in(self, request: Request, token: str, after: str = "") -> HTTPResponse:
        """On with a session that is new; the one the browser had, if any, is over."""
        await self._sign_in.sessions.end(cookie_of(request, SESSION_COOKIE))
        actor = await access_of(request).of_session(token)
        home = home_of(actor.role) if actor else SIGN_IN
        return put_session(request, _to(after or home), token)

    def blueprint(self) -> Blueprint:
        """All pages, by method and address."""
        pages = Blueprint("sign_in_pages", url_prefix="/desk")
        own = guarded_page("own_account")
        table: tuple[tuple[str, str, Handler], ...] = (
            ("GET", "/sign-in", _as_function(self.sign_in)),
            ("POST", "/sign-in", _as_function(self.sign_in_posted)),
            ("POST", "/sign-out", own(self.sign_out)),
            ("GET", "/setup/<token:str>", _as_function(self.set_up)),
            ("POST", "/setup/<token:str>", _as_function(self.set_up_posted)),
            ("GET", "/invite/<token:str>", _as_function(self.accept)),
            ("POST", "/invite/<token:str>", _as_function(self.accept_posted)),
            ("GET", "/account", own(self.account)),
            ("POST", "/account", own(self.account_posted)),
        )
        for method, path, handler in table:
            pages.add_route(handler, path, methods=[method], name=handler.__name__)
        return pages


def _as_function(handle: Handler) -> Handler:
    """Sanic writes attributes on its handlers, which a bound method does not take."""

    @wraps(handle)
    async def handler(request: Request, **parts: Any) -> HTTPResponse | None:
        return await handle(request, **parts)

    return handler


def sign_in_pages(connection: Connection, content: Callable[[], Content], now: Now) -> Blueprint:
    """/desk/sign-in, sign-out, setup/TOKEN, invite/TOKEN, account. The app needs `add_access`."""
    return SignInPages(connection, content, now).blueprint()


def local_path(path: str) -> str:
    """A path of the desk to go on to; '' for anything that could lead elsewhere."""
    fits = _LOCAL.fullmatch(path) is not None and "//" not in path and ".." not in path
    return path if fits else ""


def told(error: BadRequest | None) -> dict[str, Any]:
    """What a form says of an error: `errors` by field, `wrong` when it is of none."""
    errors = dict.fromkeys(_FIELD_OF_CODE.values(), "")
    if error is None:
        return {"errors": errors, "wrong": ""}
    words = f"{error.message[:1].upper()}{error.message[1:]}."
    field = _FIELD_OF_CODE.get(error.code)
    return {
        "errors": {**errors, field: words} if field else errors,
        "wrong": "" if field else words,
    }


def _form(
    request: Request, template: str, /, error: BadRequest | None = None, **values: Any
) -> HTTPResponse:
    """A form for somebody without a session, with the pair of cookie and field that it needs."""
    token = form_token(request)
    answer = render(template, error.status if error else 200, csrf=token, **told(error), **values)
    if error and error.retry_after_seconds:
        answer.headers["Retry-After"] = str(error.retry_after_seconds)
    return put_form_token(request, answer, token)


def _to(address: str) -> HTTPResponse:
    return redirect(address, headers=dict(SAFE_HEADERS), status=303)


def _setup_gone(request: Request) -> HTTPResponse:
    more = "As long as nobody has been set up, `nightdesk people setup-link` prints a new one."
    return plain(request, 410, "This link is no longer valid", f"{_LINK_GONE} {more}")


def _invite_gone(request: Request) -> HTTPResponse:
    more = "Ask an admin of your desk for a new one."
    return plain(request, 410, "This link is no longer valid", f"{_LINK_GONE} {more}")
