"""What a request to the desk says about itself: cookies, form fields, where it comes from.

Everything is untrusted, and some of it is told by a proxy: what only a proxy can know is taken from
it where the caller gains nothing by lying.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

from sanic.request import Request

_MOST_FIELDS = 100
READING = frozenset({"GET", "HEAD", "OPTIONS"})
"""The methods that change nothing."""


def cookie_of(request: Request, name: str) -> str:
    """The first cookie of this name, '' when there is none. What other programs of the same host
    set, valid or not, does no harm."""
    for header in request.headers.getall("cookie", []):
        for part in header.split(";"):
            key, _, value = part.strip().partition("=")
            if key == name:
                return str(value)
    return ""


def form_of(request: Request) -> Mapping[str, list[str]]:
    """The fields of a posted form; a body that is none has no fields."""
    try:
        text = request.body.decode("utf-8")
        fields = parse_qs(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        return {}
    return {name: [value.replace("\0", "") for value in values] for name, values in fields.items()}


def field_of(fields: Mapping[str, list[str]], name: str) -> str:
    """The one value of a field, '' when it is missing."""
    return fields.get(name, [""])[0]


def is_secure(request: Request) -> bool:
    """Whether the browser came by https, as far as we or a proxy can tell."""
    told = request.headers.get("x-forwarded-proto", "").split(",")[0]
    return request.scheme == "https" or told.strip().lower() == "https"


def own_address(request: Request) -> str:
    """How the browser calls this server, such as `https://desk.example.com`."""
    host = request.headers.get("x-forwarded-host", "").split(",")[0].strip() or request.host
    return f"{'https' if is_secure(request) else 'http'}://{host}"


def is_foreign(request: Request, silent_origin: bool = False) -> bool:
    """Whether a page of another site made the browser send this.

    The browser's own verdict (Sec-Fetch-Site) decides; where it gives none, the Origin is compared.
    Browsers send `Origin: null` with forms of pages whose referrer policy is no-referrer, as ours
    are: `silent_origin` takes that for no information. Programs send neither.
    """
    verdict = request.headers.get("sec-fetch-site")
    if verdict is not None:
        return verdict not in ("same-origin", "none")
    origin = request.headers.get("origin")
    if origin is None or (origin == "null" and silent_origin):
        return False
    named = (request.headers.get("host"), request.headers.get("x-forwarded-host"))
    return _place_of(origin) not in [host.lower() for host in named if host]


def _place_of(origin: str) -> str:
    """Host and port; '' for what is no address."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""


def caller_of(request: Request) -> str:
    """Where a request comes from: an IPv4 address, or the network of an IPv6 one.

    X-Forwarded-For is believed when the connection comes from this machine or its private network,
    where a proxy stands; its last entry is what that proxy saw.
    """
    near = _address(request.ip)
    told = request.headers.get("x-forwarded-for", "").rsplit(",")[-1]
    if near is None or near.is_loopback or near.is_private:
        near = _address(told.strip()) or near
    if isinstance(near, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((near, 64), strict=False))
    return str(near or "unknown")


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
