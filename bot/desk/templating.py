"""The desk's pages as HTML: one Jinja2 environment, and the headers every page carries.

Each page extends base.html (blocks `title`, `nav`, `main`) and is given `me` (an Actor, or None
when nobody is signed in), `csrf` (the token of the session or of the form) and `page` (its name).
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sanic.request import Request
from sanic.response import HTTPResponse, html

from bot.desk.assets import static_path
from bot.desk.rights import home_of

Handler = Callable[..., Coroutine[Any, Any, HTTPResponse | None]]

_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}
SAFE_HEADERS = {
    "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in _POLICY.items()),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
"""Scripts and styles come from files of ours only, nobody frames us, nothing is kept."""

environment = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
environment.globals["static"] = static_path()


def render(template: str, /, status: int = 200, **values: Any) -> HTTPResponse:
    """The page templates/`template`, filled. A value the template needs and does not get is an
    error; `me`, `csrf` and `page` may be left out where nobody is signed in."""
    given = {"me": None, "csrf": "", "page": "", **values}
    filled = environment.get_template(template).render(given)
    return html(filled, status=status, headers=dict(SAFE_HEADERS))


def plain(
    request: Request,
    status: int,
    title: str,
    text: str,
    ways: Sequence[tuple[str, str]] = (),
    headers: Mapping[str, str] | None = None,
) -> HTTPResponse:
    """A page that says one thing. `ways` on are addresses with their labels; the first page of
    whoever is signed in unless given."""
    me = getattr(request.ctx, "actor", None)
    on = ways or [(home_of(me.role), "To the desk") if me else ("/desk/sign-in", "Sign in")]
    values = {"heading": title, "text": text, "ways": on, "csrf": me.csrf if me else ""}
    answer = render("plain.html", status, me=me, **values)
    answer.headers.update(headers or {})
    return answer


def is_page(path: str) -> bool:
    """Whether a person looks at what this address answers."""
    return path == "/desk" or path.startswith("/desk/") and not path.startswith("/desk/static/")


def error_page(
    request: Request, status: int, message: str, headers: Mapping[str, str] | None = None
) -> HTTPResponse:
    """What went wrong, for a person: a refusal in its own words, an outage with another try."""
    title = _TITLES.get(status, "This did not work")
    if status < 500:
        return plain(request, status, title, f"{message[:1].upper()}{message[1:]}.")
    reading = request.method == "GET"
    lost = "" if reading else "What you just did may not have been kept. "
    again = [(request.path, "Try again")] if reading else ()
    return plain(request, status, title, f"{lost}Please try again in a moment.", again, headers)


_TITLES = {
    403: "Not allowed",
    404: "There is nothing here",
    410: "This link is no longer valid",
    500: "Something went wrong here",
    503: "The store does not answer",
}
