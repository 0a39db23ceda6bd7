"""What a REDIS_URL says, read before anything is connected: one server, or a primary that Sentinels
name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

FORMS = (
    "redis://host:6379/0, rediss://host:6379/0 (TLS), unix:///path/to/socket, "
    "redis+sentinel://host:26379,host2:26379/mymaster/0"
)
_SINGLE = ("redis", "rediss", "unix")
_SENTINEL = {"redis+sentinel": "redis", "rediss+sentinel": "rediss"}
_SENTINEL_PORT = 26379
_OPTIONS = {
    "db", "username", "password", "sentinel_username", "sentinel_password", "ssl_ca_certs",
    "ssl_cert_reqs", "ssl_certfile", "ssl_check_hostname", "ssl_keyfile",
}  # fmt: skip
"""What may follow the question mark; redis-py knows these (the two of Sentinel are ours)."""
_HOST = re.compile(r"(?P<host>\[[0-9a-fA-F:.]+\]|[^:\[\]@/]+)(:(?P<port>\d{1,5}))?$")


@dataclass(frozen=True)
class StoreAddress:
    """`url` is in a form redis-py reads. With `sentinels` its host stands for whichever server they
    name as the primary of `service`; `sentinel_login` is what they themselves are asked with."""

    url: str
    sentinels: tuple[tuple[str, int], ...] = ()
    service: str = ""
    sentinel_login: tuple[tuple[str, str], ...] = ()


def read_address(url: str) -> StoreAddress:
    """Raises ValueError that says what is wrong and holds nothing of the address: it may name a
    password."""
    scheme = url.split("://", 1)[0]
    if scheme in _SENTINEL:
        return _behind_sentinels(_SENTINEL[scheme], url)
    if scheme not in _SINGLE:
        raise ValueError("it begins with none of the known schemes")
    try:
        parts = urlsplit(url)
        named = parts.path if scheme == "unix" else parts.hostname and (parts.port or 1)
    except ValueError:
        raise ValueError("its host or port cannot be read") from None
    if not named:
        raise ValueError("it names no path" if scheme == "unix" else "it names no host")
    return StoreAddress(_with_options(scheme, url.partition("?")[0], _options(parts.query)))


def _options(query: str) -> list[tuple[str, str]]:
    options = parse_qsl(query)
    if {key for key, _ in options} - _OPTIONS:
        raise ValueError(f"an option behind the ? is none of {', '.join(sorted(_OPTIONS))}")
    return options


def _with_options(scheme: str, before: str, options: list[tuple[str, str]]) -> str:
    """A server's certificate has to be for the host we call, which redis-py 4.6 sees to only when
    told."""
    given = dict(options)
    if scheme == "rediss" and given.get("ssl_cert_reqs") != "none":
        given.setdefault("ssl_check_hostname", "true")
    return f"{before}?{urlencode(given)}" if given else before


def _behind_sentinels(scheme: str, url: str) -> StoreAddress:
    before, _, query = url.split("://", 1)[1].partition("?")
    network, _, path = before.partition("/")
    login, at, hosts = network.rpartition("@")
    service, _, database = path.partition("/")
    if not service:
        raise ValueError("it names no service; write it behind the hosts, such as /mymaster")
    if database and not database.isdecimal():
        raise ValueError("what follows the service is no number of a database")
    options = _options(query)
    of_primary = [(key, value) for key, value in options if not key.startswith("sentinel_")]
    return StoreAddress(
        url=_with_options(scheme, f"{scheme}://{login}{at}primary/{database or 0}", of_primary),
        sentinels=tuple(_host(text) for text in hosts.split(",")),
        service=service,
        sentinel_login=tuple(
            (key.removeprefix("sentinel_"), value)
            for key, value in options
            if key.startswith("sentinel_")
        ),
    )


def _host(text: str) -> tuple[str, int]:
    found = _HOST.match(text)
    if found is None:
        raise ValueError("a host of a Sentinel cannot be read; write host:26379,host2:26379")
    return found["host"].strip("[]"), int(found["port"] or _SENTINEL_PORT)
