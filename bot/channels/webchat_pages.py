"""The files of the chat page and the widget, with the headers that keep them safe and fresh."""

from __future__ import annotations

import html
from pathlib import Path
from string import Template

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, redirect

from bot.channels.webchat_config import choose_language
from bot.errors import BadRequest
from bot.http.assets import Asset
from bot.playbook.content import Content

_FOLDER = Path(__file__).with_name("webchat_static")
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".svg": "image/svg+xml",
}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors "
)


def add_pages(routes: Blueprint, content: Content) -> None:
    """Adds /, /chat, /chat/static/<file> and /widget.js."""
    assets = {
        path.name: _asset(path) for path in sorted(_FOLDER.iterdir()) if path.suffix in _TYPES
    }
    widget = assets.pop("widget.js")
    source = Template(assets.pop("index.html").body.decode())
    pages = {language: _page(source, content, language) for language in content.texts.by_language}

    async def home(_: Request) -> HTTPResponse:
        return redirect("chat")

    async def page(request: Request) -> HTTPResponse:
        """Other sites may embed it, but only as the widget does (?embed=1)."""
        if request.path.endswith("/"):
            return redirect("../chat")
        embedded = request.args.get("embed") == "1"
        headers = {
            "Content-Security-Policy": _POLICY + ("*" if embedded else "'self'"),
            "Vary": "Accept-Language",
        }
        asked = request.args.get("language") or request.headers.get("accept-language", "")
        return pages[choose_language(asked, pages)].answer(request, headers)

    async def static(request: Request, name: str) -> HTTPResponse:
        if name not in assets:
            raise BadRequest("not_found", "there is nothing at this address", 404)
        return assets[name].answer(request, {})

    async def widget_file(request: Request) -> HTTPResponse:
        return widget.answer(request, {"Cross-Origin-Resource-Policy": "cross-origin"})

    reading = ["GET", "HEAD"]
    routes.add_route(home, "/", methods=reading, name="home")
    routes.add_route(page, "/chat", methods=reading, name="page")
    routes.add_route(static, "/chat/static/<name:str>", methods=reading, name="static")
    routes.add_route(widget_file, "/widget.js", methods=reading, name="widget")


def _asset(path: Path) -> Asset:
    return Asset(path.read_bytes(), _TYPES[path.suffix])


def _page(source: Template, content: Content, language: str) -> Asset:
    """The page with what must be there before any script runs."""
    shown = {
        "language": language,
        "title": content.texts.render("chat_title", language),
        "noscript": content.texts.render("chat_noscript", language),
    }
    filled = source.substitute({name: html.escape(text) for name, text in shown.items()})
    return Asset(filled.encode(), _TYPES[".html"])
