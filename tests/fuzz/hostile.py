"""What nobody should send: texts, JSON, bodies, headers, paths. What is long is repeated."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from hypothesis import strategies as st

from tests.desk.described import document

CANARY = "canary" + secrets.token_hex(8)
"""Stands in customers' texts of this run, and so in nothing that people operate the bot with."""

PIECES = (
    "", " ", "\0", "\ud800", "\udfff\ud800", "\ufeff", "\ufffe", "\U0010ffff", "\u2028\u2029",
    "\u202e\u2066\u2069", "\u200d\u200b", "\r\n\r\n", "\x1b[31m\x07", "a" + "\u0301" * 400,
    "\u0e33\u0e49" * 50, "👨‍👩‍👧‍👦", "🇩🇪🇩", "👍🏿", "ﷺ" * 20, "İıßſﬁ", "٣٤٥", "１２３", "½Ⅷ²",
    "한국어 주문", "ㅋㅋㅋ", "<script>alert(1)</script>", "{{7*7}}${7*7}#{7}", "%s%n%(x)s{0}{x}",
    "' OR 1=1 --", "../../etc/passwd", "http://[", "//", "NaN", "-1", "1e999", "9" * 5000,
    "/restart", '/report{"topic": 1}', "/intent{", "null", "__proto__", "@", "a@b", "[::1",
    "2026-02-30", "24:61 31.02.", "BN-104233 " * 30, "kim@example.com, " * 20, "+49 30 " + "1" * 60,
    "?" * 300, "*_[](" * 80, "\\" * 99, '"' * 99, "=" * 99, "a" * 2001,
)  # fmt: skip
_ANY_CHARACTER = st.characters(exclude_categories=())


def _with_canary(text: str) -> str:
    return f"{text}{CANARY}{text}"


texts = st.one_of(
    st.sampled_from(PIECES),
    st.sampled_from(PIECES).map(_with_canary),
    st.text(_ANY_CHARACTER, max_size=30),
    st.lists(st.sampled_from(PIECES), max_size=4).map("".join).map(_with_canary),
)


def acceptable(text: str) -> str:
    """As much of a text as the door lets in: no NUL, no lone surrogates, 2,000 characters."""
    kept = text.encode("utf-8", "ignore").decode().replace("\0", "")[:2000]
    return kept if kept.strip() else "?"


numbers = st.one_of(
    st.sampled_from((0, -1, 1, 2**31, 2**63, 2**64, -(2**63), 10**400)),
    st.sampled_from((0.5, 1e308, float("inf"), float("-inf"), float("nan"))),
)
documents: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), numbers, texts),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(texts, inner, max_size=4)),
    max_leaves=8,
)


def _names(node: Any, key: str) -> set[str]:
    """Every name below a `key` ("properties") or at a parameter of the API's description."""
    if isinstance(node, list):
        return set().union(*(_names(one, key) for one in node))
    if not isinstance(node, dict):
        return set()
    inner = node.get(key)
    own = set(inner) if isinstance(inner, dict) else set()
    parameter = {node["name"]} if "in" in node and isinstance(node.get("name"), str) else set()
    return own.union(parameter, *(_names(one, key) for one in node.values()))


KEYS = tuple(
    sorted(
        _names(document(), "properties")
        | set("id sender message message_id metadata input_channel text payload messages".split())
        | set("profile name handle followers attachments kind url visibility private_url".split())
        | set("csrf email password current new next do token_name role team after language".split())
        | set("embed from to by value measure out changed done offset limit order q".split())
    )
)
"""The names that requests have here: all of the API's description, and those of the channels."""

PLAUSIBLE = (
    "agent", "admin", "channel", "new", "claimed", "queue", "oldest", "me", "none", "critical",
    "2026-03-01", "topic", "team", "agent,new", "public", "private", "image", "billing", "money",
    "change", "invite", "disable", "add_token", "revoke_token", "step-0001", "message-0001", "10",
    "/desk/report", "https://example.com/x.jpg", "case please", "poison", "offer", "en", "de", "ko",
)  # fmt: skip


def values(known: tuple[str, ...]) -> st.SearchStrategy[Any]:
    """What may stand at a name: something that fits (an id that is known, too), or anything."""
    return st.one_of(
        st.sampled_from(known + PLAUSIBLE),
        texts,
        st.sampled_from(known).map(_with_canary),
        documents,
    )


def fields(known: tuple[str, ...]) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(st.sampled_from(KEYS), values(known), max_size=6)


@dataclass(frozen=True)
class Body:
    """A request's body; its repr is for the report of a failure."""

    type: bytes
    data: bytes

    def __repr__(self) -> str:
        return f"Body({self.type!r}, {len(self.data)} bytes, {self.data[:300]!r})"


_TYPES = st.sampled_from(
    (b"application/json", b"application/x-www-form-urlencoded", b"text/plain", b"", b"\xff/\xfe",
     b"multipart/form-data", b"multipart/form-data; boundary=", b"application/json; charset=nope",
     b"application/json; charset=utf-16", b"a" * 500)
)  # fmt: skip


_ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-32")


def _form(document: Mapping[str, Any]) -> bytes:
    shown = {name: str(value).encode("utf-8", "surrogatepass") for name, value in document.items()}
    return urlencode(shown).encode()


def _json(document: Any) -> bytes:
    return json.dumps(document).encode()


def _encoded(document: Any, how: str) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode(how, "surrogatepass")


def chat_messages(known: tuple[str, ...]) -> st.SearchStrategy[Any]:
    """Bodies that channels take, with anything for words."""
    ids = st.uuids().map(lambda one: one.hex)
    words = texts.map(_with_canary)
    return st.one_of(
        st.builds(lambda id_, text: {"id": id_, "text": text}, ids, words),
        st.builds(
            lambda id_, text, more: {"sender": "ann", "message": text, "message_id": id_, **more},
            ids, words, st.just({}) | st.fixed_dictionaries({"metadata": fields(known)}),
        ),
        st.builds(
            lambda id_, text, more: {
                "messages": [{"sender": "ann", "id": id_, "text": text, **more}]
            },
            ids, words, st.just({}) | fields(known),
        ),
    )  # fmt: skip


def bodies(known: tuple[str, ...]) -> st.SearchStrategy[Body]:
    """Bodies of all kinds: mostly almost right ones, as these come furthest."""
    almost = fields(known)
    nested = st.integers(1, 100_000).map(lambda depth: b"[" * depth + b"]" * depth)
    towers = st.integers(1, 20_000).map(lambda depth: b'{"text":' * depth + b"1" + b"}" * depth)
    return st.one_of(
        st.builds(Body, st.just(b"application/json"), almost.map(_json)),
        st.builds(Body, st.just(b"application/json"), chat_messages(known).map(_json)),
        st.builds(Body, st.just(b"application/x-www-form-urlencoded"), almost.map(_form)),
        st.builds(Body, _TYPES, documents.map(_json)),
        st.builds(
            Body, _TYPES,
            st.builds(_encoded, almost, st.sampled_from(_ENCODINGS)),
        ),
        st.builds(Body, _TYPES, st.binary(max_size=60)),
        st.builds(Body, _TYPES, nested | towers),
    )  # fmt: skip


def path_parts(known: tuple[str, ...]) -> st.SearchStrategy[bytes]:
    """What may stand for a parameter of a path: something known, or anything, as bytes."""
    odd = (
        b"%",
        b"%00",
        b"%ff%fe",
        b"%2f..%2f",
        b"%ud800",
        b"..",
        b"*",
        b"<x>",
        b"a" * 3000,
        b";",
        b":",
    )
    raw = st.sampled_from((b"\xff\xfe", "\u202e".encode(), b"\xed\xa0\x80"))
    quoted = texts.map(lambda text: quote(text, errors="surrogatepass", safe="").encode())
    return st.one_of(st.sampled_from(known).map(str.encode), st.sampled_from(odd), raw, quoted).map(
        lambda part: part[:4000] or b"x"
    )


def queries(known: tuple[str, ...]) -> st.SearchStrategy[bytes]:
    one = fields(known).map(_form)
    odd = (b"", b"&&&", b"=", b"%", b"%ff=%fe", b"\xff\xfe", b"a=1&" * 900, b"after=" + b"9" * 5000)
    return st.one_of(one, st.sampled_from(odd)).map(lambda query: query[:6000])


_HEADER_NAMES = (
    b"accept", b"accept-language", b"last-event-id", b"if-none-match", b"origin", b"sec-fetch-site",
    b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto", b"host", b"cookie",
    b"authorization", b"x-csrf-token", b"x-nightdesk-timestamp", b"x-nightdesk-signature",
    b"expect", b"upgrade", b"range", b"content-encoding", b"forwarded", b"x-request-id", b"x-\xff",
    b"", b"a" * 300,
)  # fmt: skip
_HEADER_VALUES = (
    b"", b"\xff\xfe", b"http://[", b"null", b"websocket", b"100-continue", b"gzip", b"1-1",
    b"9" * 40, b"de;q=x, *;q=, -;;q=9", b"Bearer", b"Bearer \xff", b"Basic Og==",
    b"nd_session=\xff; nd_form",
    b'nd_session="\\ud8"', b"[::1", b"fe80::1%eth0, ::ffff:1.2.3.4", b"\x00", b"\x1b[31m",
    b"a" * 9000, b"%s%n", "\u202e".encode(), b'for="[::1]:x";proto=;', b"W/\"x\"", b"same-origin",
    b"1700000000",
)  # fmt: skip
headers: st.SearchStrategy[list[tuple[bytes, bytes]]] = st.lists(
    st.tuples(st.sampled_from(_HEADER_NAMES), st.sampled_from(_HEADER_VALUES)), max_size=3
)
