"""Anything at every route that there is: an answer in its one shape, soon, and nothing in a log."""

from __future__ import annotations

import random
import re
import time
import zlib
from dataclasses import dataclass

import hypothesis
import pytest
from hypothesis import HealthCheck, Phase, given
from hypothesis import strategies as st

from bot.web import MOST_BYTES

from .hostile import CANARY, Body, bodies, headers, path_parts, queries
from .house import CALLERS, FORM, FuzzHouse
from .wire import Answer, exchange

PER_ROUTE = 20
MOST_CPU_SECONDS = 2.0
"""Of one request, ours and the server's together: a password's hash takes some 0.1 s."""

JSON = b"application/json"
_PAGES = (b"/desk", b"/on-call/")
_PARAMETER = re.compile(r"<\w+:\w+>")


@dataclass(frozen=True)
class Attack:
    """One request to a route; `parts` are for its path's parameters, in turn."""

    caller: str
    parts: tuple[bytes, ...]
    query: bytes
    headers: list[tuple[bytes, bytes]]
    body: Body | None


def attacks(known: tuple[str, ...]) -> st.SearchStrategy[Attack]:
    part = path_parts(known)
    return st.builds(
        Attack,
        st.sampled_from(CALLERS),
        st.tuples(part, part),
        queries(known),
        st.just([]) | headers,
        st.none() | bodies(known),
    )


def target(path: str, attack: Attack) -> bytes:
    parts = iter(attack.parts)
    filled = b"/".join(
        next(parts) if _PARAMETER.fullmatch(piece) else piece.encode() for piece in path.split("/")
    )
    return filled + (b"?" + attack.query if attack.query else b"")


def well_answered(house: FuzzHouse, asked: bytes, answer: Answer, method: str = "GET") -> None:
    """No fault of ours, an error in the one shape, nothing said in a log."""
    about = f"{method} {asked[:200]!r} -> {answer.status} {answer.body[:300]!r}"
    assert 200 <= answer.status < 500, about
    assert b"Traceback" not in answer.body, about
    if answer.status >= 400 and method != "HEAD":
        in_one_shape(asked, answer)
    complaints = house.records.taken()
    assert complaints == [], f"{about}: {complaints}"


def in_one_shape(asked: bytes, answer: Answer) -> None:
    """{"error": {"code", "message"}} without a customer's words; of a page, a page."""
    about = f"{asked[:200]!r} -> {answer.status} {answer.body[:300]!r}"
    if answer.type == "text/html":
        assert asked.startswith(_PAGES), about
        assert "<title>" in answer.text, about
        return
    document = answer.json()
    assert list(document) == ["error"], about
    assert sorted(document["error"]) == ["code", "message"], about
    assert CANARY not in answer.text, about


def fuzz(house: FuzzHouse, method: str, path: str) -> None:
    """Many attacks on one route; with the profile `ci` the same ones each time."""

    @hypothesis.settings(
        max_examples=PER_ROUTE, deadline=None, database=None, phases=[Phase.generate],
        report_multiple_bugs=False, suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(attacks(house.known))
    def attacked(attack: Attack) -> None:
        asked, body = target(path, attack), attack.body
        told = [*attack.headers, *([(b"Content-Type", body.type)] if body else [])]
        began = time.process_time()
        answer = house.ask(method, asked, attack.caller, told, body.data if body else None)
        assert time.process_time() - began < MOST_CPU_SECONDS
        well_answered(house, asked, answer, method)

    same = hypothesis.settings().derandomize
    number = zlib.crc32(f"{method} {path}".encode()) if same else random.getrandbits(32)
    hypothesis.seed(number)(attacked)()


def test_server_answers_anything_at_every_route(fuzzed: FuzzHouse) -> None:
    assert ("POST", "/webhooks/rest/webhook") in fuzzed.routes
    assert ("PATCH", "/api/cases/<reference:str>") in fuzzed.routes
    for method, path in fuzzed.routes:
        fuzz(fuzzed, method, path)
    assert not [line for line in fuzzed.records.lines if CANARY in line]


def test_server_answers_megabytes_at_every_route_that_takes_something(fuzzed: FuzzHouse) -> None:
    for body in (
        b'{"text": "' + b"a" * (MOST_BYTES - 12) + b'"}',
        b'{"text": "' + "é👍🏿".encode() * 70_000 + b'"}',
        b"[" * MOST_BYTES,
        b'{"a":' * (MOST_BYTES // 5),
        b"[" + b"{}," * 300_000 + b"{}]",
        b"1" * MOST_BYTES,
        b"a=1&" * (MOST_BYTES // 4),
        b"\xff" * MOST_BYTES,
        b'{"message": "\\ud83d' + b"\\u0301" * 160_000 + b'"}',
    ):
        for method, path in fuzzed.routes:
            if method in ("GET", "HEAD"):
                continue
            asked = _PARAMETER.sub(fuzzed.known[0], path).encode()
            for kind in (JSON, FORM):
                told = [(b"Content-Type", kind)]
                caller = random.Random(path).choice(CALLERS)
                began = time.process_time()
                answer = fuzzed.ask(method, asked, caller, told, body)
                assert time.process_time() - began < MOST_CPU_SECONDS
                well_answered(fuzzed, asked, answer, method)


def test_server_refuses_more_than_a_megabyte(fuzzed: FuzzHouse) -> None:
    body = b"[" * (MOST_BYTES + 1)
    answer = fuzzed.ask("POST", "/webhooks/rest/webhook", "token channel", body=body)
    assert (answer.status, answer.json()["error"]["code"]) == (413, "too_large")


@pytest.mark.parametrize(
    "first",
    [
        b"GET /\xff\xfe HTTP/1.1", b"GET /a?\xff HTTP/1.1", b"GET http://[ HTTP/1.1",
        b"GET  / HTTP/1.1",
        b"GET / HTTP/9.9", b"GET /", b"\x00", b"get / HTTP/1.1", b"\xf0\x9f\x98\x80 / HTTP/1.1",
        b"CONNECT a:1 HTTP/1.1", b"OPTIONS * HTTP/1.1", b"GET * HTTP/1.1", b"GET //// HTTP/1.1",
        b"PRI * HTTP/2.0", b"BREW /chat HTTP/1.1", b"GET /" + b"a" * 20_000 + b" HTTP/1.1",
        b"GET / HTTP/1.1\r\nno colon", b"GET / HTTP/1.1\r\n: empty", b"GET / HTTP/1.1\r\n\r\r",
        b"POST /chat/messages HTTP/1.1\r\nContent-Length: nine",
        b"POST /chat/messages HTTP/1.1\r\nContent-Length: -9",
        b"POST /chat/messages HTTP/1.1\r\nContent-Length: 1e3",
        b"POST /chat/messages HTTP/1.1\r\nContent-Length: " + b"9" * 5000,
        b"POST /chat/messages HTTP/1.1\r\nContent-Length: 99999999",
        b"POST /chat/messages HTTP/1.1\r\nTransfer-Encoding: gzip",
        b"POST /chat/messages HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz",
        b"POST /chat/messages HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n-5",
        b"POST /chat/messages HTTP/1.1\r\nExpect: the best\r\nContent-Length: 2",
        b"GET /chat/config HTTP/1.1\r\nX: " + b"a" * 100_000,
        b"GET /chat/config HTTP/1.1" + b"\r\nX: a" * 10_000,
    ],
    ids=lambda first: repr(first[:70]),
)  # fmt: skip
def test_server_answers_what_is_no_http(fuzzed: FuzzHouse, first: bytes) -> None:
    answer = exchange(fuzzed.port, first + b"\r\n\r\n")
    well_answered(fuzzed, b"", answer)
