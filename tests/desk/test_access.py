"""Who is let in: tokens, sessions, CSRF, other sites; and what others are told."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest
from sanic.compat import Header
from sanic.request import Request

from bot.desk.access import same
from bot.desk.requests import caller_of, cookie_of, form_of, is_foreign, is_secure, own_address
from bot.playbook.content import Content
from bot.store.connection import Connection
from bot.store.sessions import csrf_of
from bot.store.tokens import ROLES, Role, Tokens, token_hash
from bot.web import create_app
from tests.channels.house import Clock, Serving

from .door import Door, Page, refusal, words

ROLES_OF_TOKENS = [role for role in ROLES if role not in ("channel", "monitor")]
"""A back end and Prometheus are nobody at the desk."""


def asked(
    ip: str = "93.184.216.34", scheme: str = "http", body: bytes = b"", **headers: str
) -> Request:
    """A request with these headers (underscores stand for dashes)."""
    given = Header({name.replace("_", "-"): value for name, value in headers.items()})
    stand_in: Any = SimpleNamespace(
        headers=given, ip=ip, scheme=scheme, host=given.get("host", ""), body=body
    )
    return cast(Request, stand_in)


# Tokens


@pytest.mark.parametrize("role", ROLES_OF_TOKENS)
async def test_token_acts_under_its_name_with_its_role(door: Door, role: Role) -> None:
    async with await door.with_token(role, "nightly export") as script:
        me = (await script.get("/api/me")).json()
    assert me == {
        "id": "t-nightly export", "name": "nightly export", "role": role, "teams": [], "csrf": "",
    }  # fmt: skip


async def test_token_made_by_an_older_version_goes_on_working(door: Door) -> None:
    old = '{"name": "shop", "role": "lead"}'
    redis, key = door.connection.redis, door.connection.keys.one("tokens")
    await redis.hset(key, token_hash("nd_old"), old)
    async with door.browser(Authorization="Bearer nd_old") as script:
        assert (await script.get("/api/me")).json()["role"] == "lead"
    [kept] = await Tokens(door.connection).all()
    assert (kept.name, kept.role, kept.created_at) == ("shop", "lead", None)
    assert await Tokens(door.connection).revoke(kept.id)
    assert await Tokens(door.connection).holder("nd_old") is None


async def test_token_needs_no_csrf_and_comes_from_anywhere(door: Door) -> None:
    async with await door.with_token("admin") as script:
        fields = {"name": "x", "role": "agent"}
        made = await script.post(
            "/api/tokens", json=fields, headers={"Origin": "https://x.example"}
        )
        assert made.status_code == 201


async def test_token_comes_before_a_session(door: Door) -> None:
    async with await door.as_(await door.person("admin")) as browser:
        answer = await browser.get("/api/me", headers={"Authorization": "Bearer nd_wrong"})
        assert refusal(answer) == (401, "unknown_token")


async def test_session_counts_behind_a_proxy_that_asks_for_a_password_of_its_own(
    door: Door,
) -> None:
    async with await door.as_(await door.person()) as browser:
        answer = await browser.get("/api/me", headers={"Authorization": "Basic YTpi"})
        assert answer.json()["name"] == "Kim"


async def test_channel_token_has_no_account(door: Door) -> None:
    async with await door.with_token("channel") as back_end:
        assert refusal(await back_end.get("/api/me")) == (403, "wrong_role")


@pytest.mark.parametrize(
    ("method", "path"), [("PUT", "/api/me/password"), ("DELETE", "/api/session")]
)
async def test_token_has_no_password_and_no_session(door: Door, method: str, path: str) -> None:
    async with await door.with_token("admin") as script:
        assert refusal(await script.request(method, path, json={})) == (403, "not_a_person")


async def test_token_opens_no_page(door: Door) -> None:
    async with await door.with_token("admin") as script:
        assert (await script.get("/desk/people")).status_code == 303


# Sessions


@pytest.mark.parametrize("cookie", ["", "x", "ä", "a" * 4000, "a b", '"x"', "\udcff"], ids=repr)
async def test_wrong_cookie_is_nobodys(door: Door, cookie: str) -> None:
    raw = f"nd_session={cookie}".encode("utf-8", "surrogateescape")
    async with door.browser() as browser:
        answer = await browser.get("/api/me", headers={b"Cookie": raw})  # type: ignore[dict-item]
        assert refusal(answer) == (401, "no_session")


async def test_page_without_right_says_so_and_leads_home(door: Door) -> None:
    async with await door.as_(await door.person("content")) as browser:
        refused = await browser.get("/desk/people")
        assert refused.status_code == 403
        assert "Role content may not do this (manage_people)." in words(refused)
        assert 'href="/desk/report">To the desk' in refused.text


async def test_page_that_is_not_there_is_told_as_a_page(browser: httpx.AsyncClient) -> None:
    missing = await browser.get("/desk/nowhere")
    assert missing.status_code == 404
    assert "There is nothing here" in words(missing)


async def test_person_is_told_as_a_page_that_the_store_is_away(
    content: Content, clock: Clock
) -> None:
    away = Connection("unix:///nowhere/at/all.sock")
    serving = await Serving(create_app(away, content, clock)).start()
    async with httpx.AsyncClient(base_url=serving.url, timeout=10) as browser:
        answer = await browser.get("/desk/sign-in")
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
        assert "The store does not answer Please try again in a moment. Try again" in words(answer)
        signed_in = {"Cookie": "nd_session=x"}
        for path in ("/desk/account", "/desk/people"):
            assert (await browser.get(path, headers=signed_in)).status_code == 503
            assert "may not have been kept" in words(await browser.post(path, headers=signed_in))
        refused = await browser.get("/api/me", headers=signed_in)
        assert refusal(refused) == (503, "store_unavailable")
    await serving.stop()


# CSRF


@pytest.mark.parametrize("given", [None, "", "wrong", "ä", "x" * 64])
async def test_session_without_its_csrf_token_changes_nothing(
    door: Door, given: str | None
) -> None:
    async with await door.as_(await door.person("admin")) as browser:
        del browser.headers["X-CSRF-Token"]
        headers = {} if given is None else {b"X-CSRF-Token": given.encode()}
        fields = {"name": "x", "role": "agent"}
        answer = await browser.post("/api/tokens", json=fields, headers=headers)  # type: ignore[arg-type]
        assert refusal(answer) == (403, "bad_csrf")
    assert await Tokens(door.connection).all() == []


async def test_csrf_token_of_another_session_is_refused(door: Door) -> None:
    person = await door.person("admin")
    async with await door.as_(person) as one, await door.as_(person) as other:
        one.headers["X-CSRF-Token"] = other.headers["X-CSRF-Token"]
        fields = {"name": "x", "role": "agent"}
        assert refusal(await one.post("/api/tokens", json=fields)) == (403, "bad_csrf")


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}],
)
async def test_request_of_another_site_changes_nothing_even_with_the_token(
    door: Door, headers: dict[str, str]
) -> None:
    async with await door.as_(await door.person("admin")) as browser:
        fields = {"name": "x", "role": "agent"}
        answer = await browser.post("/api/tokens", json=fields, headers=headers)
        assert refusal(answer) == (403, "bad_csrf")


async def test_form_of_a_session_needs_its_token(door: Door) -> None:
    async with await door.as_(await door.person("admin")) as browser:
        fields = {"do": "add_token", "token_name": "x", "role": "agent"}
        for csrf in ({}, {"csrf": "wrong"}):
            answer = await browser.post("/desk/people", data={**fields, **csrf})
            assert answer.status_code == 403
            assert "Not allowed" in Page(answer.text).text
        assert (await browser.post("/desk/sign-out")).status_code == 403
        assert (await browser.get("/api/me")).status_code == 200


async def test_csrf_token_tells_nothing_of_the_session_and_lasts_as_long(door: Door) -> None:
    async with await door.as_(await door.person()) as browser:
        token = browser.cookies["nd_session"]
        first, second = [(await browser.get("/api/me")).json()["csrf"] for _ in range(2)]
    assert first == second == csrf_of(token)
    assert token not in first


def test_secrets_that_are_empty_are_never_the_same() -> None:
    assert not same("", "")
    assert not same("\udcff", "x")
    assert same("x", "x")


# What a request says about itself


@pytest.mark.parametrize(
    ("headers", "foreign"),
    [
        ({}, False),
        ({"sec_fetch_site": "same-origin"}, False),
        ({"sec_fetch_site": "none"}, False),
        ({"sec_fetch_site": "same-site"}, True),
        ({"sec_fetch_site": "cross-site"}, True),
        ({"sec_fetch_site": "nonsense"}, True),
        ({"origin": "http://desk.example", "host": "desk.example"}, False),
        ({"origin": "http://DESK.example:8080", "host": "desk.example:8080"}, False),
        ({"origin": "http://desk.example:81", "host": "desk.example"}, True),
        ({"origin": "http://desk.example.evil", "host": "desk.example"}, True),
        ({"origin": "https://desk.example", "host": "10.0.0.2:8080",
          "x_forwarded_host": "desk.example"}, False),
        ({"origin": "null", "host": "desk.example"}, True),
        ({"origin": "", "host": ""}, True),
    ],
)  # fmt: skip
def test_browser_tells_where_a_request_comes_from(headers: dict[str, str], foreign: bool) -> None:
    assert is_foreign(asked(**headers)) is foreign


@pytest.mark.parametrize(
    ("ip", "forwarded", "caller"),
    [
        ("93.184.216.34", "", "93.184.216.34"),
        ("93.184.216.34", "198.51.100.9", "93.184.216.34"),
        ("127.0.0.1", "198.51.100.9", "198.51.100.9"),
        ("10.0.0.5", "1.2.3.4, 198.51.100.9", "198.51.100.9"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "nonsense", "127.0.0.1"),
        ("2a00:1450:1:2:3:4:5:6", "198.51.100.9", "2a00:1450:1:2::/64"),
        ("::ffff:93.184.216.34", "", "93.184.216.34"),
        ("", "198.51.100.9", "198.51.100.9"),
        ("", "", "unknown"),
    ],
)
def test_caller_is_named_by_the_nearest_proxy_at_most(ip: str, forwarded: str, caller: str) -> None:
    headers = {"x_forwarded_for": forwarded} if forwarded else {}
    assert caller_of(asked(ip, **headers)) == caller


def test_https_is_seen_through_a_proxy() -> None:
    assert is_secure(asked(scheme="https"))
    assert is_secure(asked(x_forwarded_proto="HTTPS, http"))
    assert not is_secure(asked(x_forwarded_proto="http"))
    through = asked(host="10.0.0.2", x_forwarded_host="desk.example", x_forwarded_proto="https")
    assert own_address(through) == "https://desk.example"
    assert own_address(asked(host="127.0.0.1:8080")) == "http://127.0.0.1:8080"


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("nd_session=abc", "abc"),
        ("a,b=c; nd_session=abc; nd_session=def", "abc"),
        ("other=1", ""),
        ("xnd_session=abc", ""),
        ("nd_session", ""),
        ('json={"a": 1}; nd_session=a=b', "a=b"),
    ],
)
def test_cookie_is_found_among_those_of_other_programs(header: str, value: str) -> None:
    assert cookie_of(asked(cookie=header), "nd_session") == value


def test_form_with_too_many_fields_is_none() -> None:
    assert form_of(asked(body=b"a=1&a=2&b=")) == {"a": ["1", "2"], "b": [""]}
    assert form_of(asked(body=b"a=1&" * 500)) == {}
    assert form_of(asked(body=b"a=%00x")) == {"a": ["x"]}
