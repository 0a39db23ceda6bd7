"""The desk's pages as HTML: one Jinja2 environment, and the headers every page carries.

Each page extends base.html (blocks `title`, `nav`, `main`) and is given `me` (an Actor, or None
when nobody is signed in), `csrf` (the token of the session or of the form) and `page` (its name).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sanic.response import HTTPResponse, html

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


def render(name: str, status: int = 200, **values: Any) -> HTTPResponse:
    """The page templates/`name`, filled. A value the template needs and does not get is an error;
    `me`, `csrf` and `page` may be left out where nobody is signed in."""
    filled = environment.get_template(name).render({"me": None, "csrf": "", "page": "", **values})
    return html(filled, status=status, headers=dict(SAFE_HEADERS))
