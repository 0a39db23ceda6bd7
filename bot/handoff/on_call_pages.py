"""The page behind an alert's link: it says which case it is, and a button says "I am on it".

Opening the page acknowledges nothing, as mail programs open links to look at them.
"""

from __future__ import annotations

import base64
import hashlib
import html
from collections.abc import Callable

from sanic import Blueprint, Request
from sanic.response import HTTPResponse
from sanic.response import html as html_response

from bot.errors import StoreUnavailable
from bot.handoff.alerts import Alert
from bot.handoff.on_call import ACKNOWLEDGE_PATH, OnCallDesk

_STYLE = """
:root{color-scheme:light dark;--ink:#1c1b22;--quiet:#55535f;--paper:#f6f5f2;--card:#fff;
--line:#dcdad4;--go:#0b6b4f;--on-go:#fff}
@media(prefers-color-scheme:dark){:root{--ink:#f1f0f4;--quiet:#b3b0bd;--paper:#15141a;
--card:#201f27;--line:#3a3844;--go:#4cc99b;--on-go:#08251b}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1.25rem;
background:var(--paper);color:var(--ink);font:1.0625rem/1.5 system-ui,sans-serif}
main{width:100%;max-width:26rem;padding:1.75rem;background:var(--card);
border:1px solid var(--line);border-radius:1rem}
h1{margin:0 0 .75rem;font-size:1.375rem;line-height:1.25}
h1 span{white-space:nowrap}
p{margin:0 0 1.25rem;color:var(--quiet)}
strong{color:var(--ink)}
button,.button{display:block;width:100%;min-height:3.25rem;padding:.75rem 1rem;border:0;
border-radius:.75rem;background:var(--go);color:var(--on-go);font:inherit;font-weight:600;
text-align:center;text-decoration:none;cursor:pointer}
button:focus-visible,a:focus-visible{outline:3px solid var(--ink);outline-offset:3px}
form+p,.button+p{margin:1.25rem 0 0}
p:last-child{margin-bottom:0}
""".strip()
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
}


def on_call_pages(desk: OnCallDesk, case_url: Callable[[str], str] | None = None) -> Blueprint:
    """GET and POST `/on-call/acknowledge/{token}`, without login: the token is the proof.

    `case_url` gives the address of a case in the desk, to go on with after the button.
    """
    pages = Blueprint("on_call_pages")

    async def ask(_: Request, token: str) -> HTTPResponse:
        return await _answer(desk, token, case_url)

    async def acknowledge(_: Request, token: str) -> HTTPResponse:
        try:
            await desk.acknowledge(token, desk.now())
        except StoreUnavailable:
            return _try_again()
        return await _answer(desk, token, case_url)

    pages.add_route(ask, f"{ACKNOWLEDGE_PATH}/<token:str>", methods=["GET"])
    pages.add_route(acknowledge, f"{ACKNOWLEDGE_PATH}/<token:str>", methods=["POST"])
    return pages


async def _answer(
    desk: OnCallDesk, token: str, case_url: Callable[[str], str] | None
) -> HTTPResponse:
    try:
        alert = await desk.alerts.find(token)
    except StoreUnavailable:
        return _try_again()
    if alert is None:
        text = "It may have been copied in part. Open it again from the alert itself."
        return _page("This link is not known", f"<p>{text}</p>", 404)
    return _acknowledged(alert, case_url) if alert.acknowledged_at else _question(alert)


def _question(alert: Alert) -> HTTPResponse:
    return _page(
        f"Critical case {alert.case}",
        f"<p>It is waiting for the team <strong>{html.escape(alert.team)}</strong>. Until somebody "
        "takes it, the alert is sent again and then to the next person.</p>"
        '<form method="post"><button type="submit">I am on it</button></form>'
        "<p>The button stops the alert for everybody.</p>",
    )


def _acknowledged(alert: Alert, case_url: Callable[[str], str] | None) -> HTTPResponse:
    at = f"{(alert.acknowledged_at or '')[:16].replace('T', ' ')} UTC"
    link = ""
    if case_url is not None:
        address = html.escape(case_url(alert.case))
        link = f'<a class="button" href="{address}">Open the case</a>'
    return _page(
        f"{alert.case} is taken",
        f"<p>Somebody took it at <strong>{at}</strong>. No more alerts are sent for it.</p>{link}",
    )


def _try_again() -> HTTPResponse:
    text = "Nothing was noted, and the alert goes on. Please try again in a moment."
    return _page("Nightdesk does not answer", f"<p>{text}</p>", 503)


def _page(title: str, body: str, status: int = 200) -> HTTPResponse:
    words = " ".join(f"<span>{html.escape(word)}</span>" for word in title.split())
    document = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{html.escape(title)}</title><style>{_STYLE}</style></head>"
        f"<body><main><h1>{words}</h1>{body}</main></body></html>"
    )
    return html_response(document, status=status, headers=dict(_HEADERS))
