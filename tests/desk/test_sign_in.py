"""Sign-in: links that work once, passwords, lockout, sessions that end, forms without scripts."""

from __future__ import annotations

import asyncio
import threading
from datetime import timedelta
from typing import Literal

import httpx
import pytest
from argon2 import PasswordHasher

from bot.desk.sign_in_pages import local_path
from bot.errors import BadRequest
from bot.store.passwords import Passwords
from bot.store.people import People
from bot.store.sessions import Sessions
from bot.store.sign_in import SignIn
from tests.standing_in import stored

from .door import PASSWORD, QUICK, Door, Page, page_at, sign_in, submit, words

NEW = "a wholly new password"


async def signed_in_as(browser: httpx.AsyncClient) -> str | None:
    answer = await browser.get("/api/me")
    return str(answer.json()["name"]) if answer.status_code == 200 else None


async def set_up(browser: httpx.AsyncClient, path: str, password: str = PASSWORD) -> httpx.Response:
    return await submit(browser, path, name="Ada", email="ada@example.com", password=password)


# The first person


async def test_first_person_sets_up_the_desk_and_is_signed_in_as_admin(
    door: Door, browser: httpx.AsyncClient
) -> None:
    done = await set_up(browser, await door.setup_path())
    assert (done.status_code, done.headers["location"]) == (303, "/desk")
    me = (await browser.get("/api/me")).json()
    assert (me["name"], me["role"], me["teams"]) == ("Ada", "admin", [])


async def test_setup_link_works_once(door: Door, browser: httpx.AsyncClient) -> None:
    path = await door.setup_path()
    async with door.browser() as other:
        late = await page_at(other, path)
        await set_up(browser, path)
        fields = {"name": "Eve", "email": "eve@example.com", "password": PASSWORD}
        refused = await other.post(path, data={"csrf": late.csrf, **fields})
        assert refused.status_code == 410
        assert "no longer valid" in words(refused)
        assert (await other.get(path)).status_code == 410
    assert [one.name for one in await People(door.connection).all()] == ["Ada"]


async def test_new_setup_link_replaces_the_old(door: Door, browser: httpx.AsyncClient) -> None:
    old, new = await door.setup_path(), await door.setup_path()
    assert (await browser.get(old)).status_code == 410
    assert (await browser.get(new)).status_code == 200


async def test_setup_link_ends_after_a_day(door: Door, browser: httpx.AsyncClient) -> None:
    path = await door.setup_path()
    door.clock.forward(hours=23, minutes=59)
    assert (await browser.get(path)).status_code == 200
    door.clock.forward(minutes=1)
    assert (await browser.get(path)).status_code == 410


async def test_setup_link_is_void_as_soon_as_somebody_is_there(
    door: Door, browser: httpx.AsyncClient
) -> None:
    path = await door.setup_path()
    await door.person("admin")
    assert (await browser.get(path)).status_code == 410
    assert await SignIn(door.connection).setup_link(door.clock()) is None


@pytest.mark.parametrize(
    "path", ["/desk/setup/x", "/desk/setup/" + "A" * 43, "/desk/invite/u-abcdef." + "A" * 43]
)
async def test_link_that_never_was_is_refused_as_a_page(
    browser: httpx.AsyncClient, path: str
) -> None:
    for answer in (await browser.get(path), await browser.post(path)):
        assert answer.status_code == 410
        assert answer.headers["content-type"].startswith("text/html")


async def test_links_name_passwords_and_sessions_are_nowhere_in_the_store_in_clear(
    door: Door, browser: httpx.AsyncClient
) -> None:
    path = await door.setup_path()
    secrets = [path.rsplit("/", 1)[1]]
    await set_up(browser, path)
    invite = await door.invite_path(await door.person(name="Bo", password=""))
    secrets += [PASSWORD, browser.cookies["nd_session"], invite.rsplit(".", 1)[1]]
    csrf = (await browser.get("/api/me")).json()["csrf"]
    everything = str(await stored(door.connection))
    assert "ada@example.com" in everything
    assert [secret for secret in [*secrets, csrf] if secret in everything] == []


# Passwords


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("short", "at least 10"),
        ("123456789", "at least 10"),
        ("x" * 201, "at most 200"),
        ("Password123", "first that are tried"),
        ("1234567890", "first that are tried"),
        ("aaaaaaaaaaaa", "first that are tried"),
        ("ADA@example.com", "not the e-mail"),
    ],
)
async def test_password_that_would_be_guessed_is_refused_and_the_rest_is_kept(
    door: Door, browser: httpx.AsyncClient, password: str, why: str
) -> None:
    path = await door.setup_path()
    refused = await set_up(browser, path, password)
    assert refused.status_code == 400
    assert why in words(refused)
    assert "ada@example.com" in refused.text
    assert PASSWORD not in refused.text
    assert (await set_up(browser, path)).status_code == 303  # the link was not used up


async def test_password_is_the_same_however_its_letters_are_composed(door: Door) -> None:
    await door.person(password="caf\u00e9 caf\u00e9 caf\u00e9")
    async with door.browser() as browser:
        typed = "cafe\u0301 cafe\u0301 cafe\u0301"
        assert (await sign_in(browser, "kim@example.com", typed)).status_code == 303


async def test_password_is_hashed_anew_when_the_parameters_changed(
    door: Door, browser: httpx.AsyncClient
) -> None:
    person = await door.person()
    await sign_in(browser, person.email)
    kept = await People(door.connection).get(person.id)
    assert kept is not None
    assert not Passwords().outdated(kept.password)
    assert await Passwords().check(kept.password, PASSWORD)
    assert await signed_in_as(browser) == "Kim"


class Watched(PasswordHasher):
    """Notes in which thread which hash is looked at."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=64, parallelism=1)
        self.threads: set[str] = set()
        self.looked_at: list[str] = []

    def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
        self.threads.add(threading.current_thread().name)
        return super().hash(password, salt=salt)

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
        self.threads.add(threading.current_thread().name)
        self.looked_at.append(str(hash).rsplit("$", 2)[0])
        return super().verify(hash, password)


async def test_passwords_are_never_hashed_on_the_loop(door: Door) -> None:
    await door.person()
    hasher = Watched()
    await SignIn(door.connection, Passwords(hasher)).by_password(
        "kim@example.com", PASSWORD, "x", door.clock()
    )
    assert all(name.startswith("passwords") for name in hasher.threads)


async def test_same_work_is_done_whether_there_is_such_a_person_or_not(door: Door) -> None:
    await door.person()
    await door.person(name="Bo", password="")
    hasher = Watched()
    way_in = SignIn(door.connection, Passwords(hasher))
    for email in ("kim@example.com", "bo@example.com", "nobody@example.com"):
        with pytest.raises(BadRequest, match="is wrong"):
            await way_in.by_password(email, "not this one", "x", door.clock())
    assert len(hasher.looked_at) == 3
    assert len(set(hasher.looked_at)) == 1  # the same parameters, too


# Signing in


async def test_person_signs_in_and_comes_to_the_queue(
    door: Door, browser: httpx.AsyncClient
) -> None:
    await door.person()
    done = await sign_in(browser, " KIM@Example.com ")
    assert (done.status_code, done.headers["location"]) == (303, "/desk")
    assert await signed_in_as(browser) == "Kim"
    assert (await browser.get("/desk/sign-in")).headers["location"] == "/desk"


async def test_content_editor_comes_to_the_report(door: Door, browser: httpx.AsyncClient) -> None:
    await door.person("content")
    assert (await sign_in(browser, "kim@example.com")).headers["location"] == "/desk/report"


@pytest.mark.parametrize("who", ["wrong password", "unknown", "invited", "disabled"])
async def test_whoever_may_not_sign_in_is_told_the_same(
    door: Door, browser: httpx.AsyncClient, who: str
) -> None:
    person = await door.person(password="" if who == "invited" else PASSWORD)
    if who == "disabled":
        await People(door.connection).change(person.id, disabled=True)
    email = "nobody@example.com" if who == "unknown" else person.email
    password = "a wrong password" if who == "wrong password" else PASSWORD
    refused = await sign_in(browser, email, password)
    assert refused.status_code == 401
    assert "E-mail address or password is wrong." in words(refused)
    assert email in refused.text
    assert await signed_in_as(browser) is None


@pytest.mark.parametrize(
    ("next", "leads_to"),
    [
        ("/desk/cases/ND-7KQ2M4X", "/desk/cases/ND-7KQ2M4X"),
        ("/desk?status=new&team=money", "/desk?status=new&team=money"),
        ("https://evil.example/desk", "/desk"),
        ("//evil.example/desk", "/desk"),
        ("/\\evil.example", "/desk"),
        ("/desk//evil.example", "/desk"),
        ("/desk/../chat", "/desk"),
        ("/desk\r\nSet-Cookie: a=b", "/desk"),
        ("/deskevil", "/desk"),
        ("javascript:alert(1)", "/desk"),
        ("desk", "/desk"),
        ("", "/desk"),
    ],
)
async def test_sign_in_leads_to_pages_of_the_desk_only(next: str, leads_to: str) -> None:
    assert (local_path(next) or "/desk") == leads_to


async def test_person_without_session_comes_back_to_where_they_were(
    door: Door, browser: httpx.AsyncClient
) -> None:
    person = await door.person("admin")
    sent = await browser.get("/desk/people?done=change")
    assert sent.status_code == 303
    way = sent.headers["location"]
    assert way == "/desk/sign-in?next=%2Fdesk%2Fpeople%3Fdone%3Dchange"
    page = await page_at(browser, way)
    [after] = [one.attributes["value"] for one in page.controls if one.name == "next"]
    done = await sign_in(browser, person.email, next=after)
    assert done.headers["location"] == "/desk/people?done=change"


async def test_posted_next_is_not_trusted_either(door: Door, browser: httpx.AsyncClient) -> None:
    await door.person()
    page = await page_at(browser, "/desk/sign-in")
    fields = {"email": "kim@example.com", "password": PASSWORD, "next": "//evil.example"}
    done = await browser.post("/desk/sign-in", data={"csrf": page.csrf, **fields})
    assert done.headers["location"] == "/desk"


# Lockout


async def test_five_wrong_passwords_lock_the_address_for_a_quarter_of_an_hour(
    door: Door, browser: httpx.AsyncClient
) -> None:
    await door.person()
    for _ in range(5):
        assert (await sign_in(browser, "kim@example.com", "wrong wrong")).status_code == 401
        door.clock.forward(minutes=2)
    locked = await sign_in(browser, "KIM@example.com")
    assert locked.status_code == 429
    assert locked.headers["retry-after"] == str(13 * 60)
    assert "Too many wrong passwords; please wait 13 minutes and try again." in words(locked)
    door.clock.forward(minutes=12, seconds=59)
    assert (await sign_in(browser, "kim@example.com")).status_code == 429
    door.clock.forward(seconds=1)
    assert (await sign_in(browser, "kim@example.com")).status_code == 303


async def test_unknown_address_is_locked_in_the_same_way(door: Door) -> None:
    await door.person()
    way_in, said = quick(door), []
    for email in ("kim@example.com", "nobody@example.com"):
        for _ in range(6):
            with pytest.raises(BadRequest) as refused:
                await way_in.by_password(email, "wrong wrong", "x", door.clock())
        error = refused.value
        said.append((error.status, error.message, error.retry_after_seconds))
    assert said[0] == said[1] == (429, said[0][1], 15 * 60)


async def test_wrong_passwords_are_forgotten_after_the_right_one_or_a_quarter_of_an_hour(
    door: Door,
) -> None:
    person, way_in = await door.person(), quick(door)

    async def code_of(password: str) -> str:
        try:
            await way_in.by_password(person.email, password, "x", door.clock())
        except BadRequest as error:
            return error.code
        return "in"

    for _ in range(2):
        assert {await code_of("wrong wrong") for _ in range(4)} == {"wrong_password"}
        assert await code_of(PASSWORD) == "in"
    for _ in range(8):
        assert await code_of("wrong wrong") == "wrong_password"
        door.clock.forward(minutes=5)


def quick(door: Door) -> SignIn:
    return SignIn(door.connection, Passwords(QUICK))


async def test_tries_side_by_side_are_all_counted(door: Door) -> None:
    way_in = quick(door)
    tries = [
        way_in.by_password("kim@example.com", f"guess number {number}", "x", door.clock())
        for number in range(12)
    ]
    codes = [error.code for error in await asyncio.gather(*tries, return_exceptions=True)]  # type: ignore[union-attr]
    assert codes.count("wrong_password") == 5
    assert codes.count("too_many_tries") == 7


async def test_one_caller_with_fifty_failures_waits_and_others_do_not(door: Door) -> None:
    await door.person()
    way_in, now = quick(door), door.clock()
    for number in range(50):
        taken = await way_in._try("203.0.113.7", f"guess{number}@example.com", now)
        assert taken.wait_seconds == 0
    with pytest.raises(Exception, match="please wait 15 minutes"):
        await way_in.by_password("kim@example.com", PASSWORD, "203.0.113.7", now)
    assert await way_in.by_password("kim@example.com", PASSWORD, "203.0.113.8", now)


async def test_right_passwords_do_not_count_for_the_caller(door: Door) -> None:
    await door.person()
    way_in, now = quick(door), door.clock()
    for _ in range(3):
        await way_in.by_password("kim@example.com", PASSWORD, "203.0.113.7", now)
    counted = [key for key in await stored(door.connection) if ":tries:" in key]
    assert counted == []


async def test_caller_behind_a_proxy_is_told_apart_and_cannot_name_another(door: Door) -> None:
    for number in range(50):
        await SignIn(door.connection)._try("198.51.100.9", f"{number}@example.com", door.clock())
    await door.person()
    async with door.browser(**{"X-Forwarded-For": "10.9.8.7, 198.51.100.9"}) as browser:
        assert (await sign_in(browser, "kim@example.com")).status_code == 429
    async with door.browser(**{"X-Forwarded-For": "198.51.100.9, 10.9.8.7"}) as browser:
        assert (await sign_in(browser, "kim@example.com")).status_code == 303


async def test_new_link_ends_the_wait(door: Door, browser: httpx.AsyncClient) -> None:
    person = await door.person()
    for _ in range(5):
        await sign_in(browser, person.email, "wrong wrong")
    await submit(browser, await door.invite_path(person), password=NEW)
    browser.cookies.clear()
    assert (await sign_in(browser, person.email, NEW)).status_code == 303


# Invitations


async def test_invited_person_chooses_a_password_and_is_signed_in(
    door: Door, browser: httpx.AsyncClient
) -> None:
    person = await door.person(name="Bo", password="")
    path = await door.invite_path(person)
    page = await page_at(browser, path)
    assert "Welcome, Bo" in page.text
    done = await submit(browser, path, password=NEW)
    assert done.headers["location"] == "/desk"
    assert await signed_in_as(browser) == "Bo"
    assert (await browser.get(path)).status_code == 410
    browser.cookies.clear()
    assert (await sign_in(browser, "bo@example.com", NEW)).status_code == 303


async def test_invitation_ends_after_three_days(door: Door, browser: httpx.AsyncClient) -> None:
    path = await door.invite_path(await door.person(password=""))
    door.clock.forward(hours=71, minutes=59)
    assert (await browser.get(path)).status_code == 200
    door.clock.forward(minutes=1)
    assert (await browser.get(path)).status_code == 410


async def test_link_of_a_disabled_person_is_void(door: Door, browser: httpx.AsyncClient) -> None:
    person = await door.person()
    path = await door.invite_path(person)
    await People(door.connection).change(person.id, disabled=True)
    assert (await browser.get(path)).status_code == 410
    assert (await browser.post(path, data={"password": NEW})).status_code == 410


async def test_link_used_twice_at_the_same_moment_counts_once(door: Door) -> None:
    person = await door.person(password="")
    token = (await door.invite_path(person)).rsplit("/", 1)[1]
    way_in = SignIn(door.connection)
    tries = [way_in.by_link(token, f"{NEW} {number}", door.clock()) for number in range(3)]
    done = await asyncio.gather(*tries, return_exceptions=True)
    assert sorted(isinstance(one, str) for one in done) == [False, False, True]


async def test_chosen_password_ends_older_sessions(door: Door, browser: httpx.AsyncClient) -> None:
    person = await door.person()
    async with await door.as_(person) as elsewhere:
        await submit(browser, await door.invite_path(person), password=NEW)
        assert await signed_in_as(elsewhere) is None
        assert await signed_in_as(browser) == "Kim"


# Sessions


async def test_cookie_is_for_this_site_and_no_script(
    door: Door, browser: httpx.AsyncClient
) -> None:
    await door.person()
    done = await sign_in(browser, "kim@example.com")
    cookies = done.headers.get_list("set-cookie")
    [session] = [cookie for cookie in cookies if cookie.startswith("nd_session=")]
    parts = {part.strip() for part in session.split(";")[1:]}
    assert parts == {"Path=/", "HttpOnly", "SameSite=Lax"}
    assert len(session.split(";")[0]) >= len("nd_session=") + 43


async def test_cookies_are_secure_when_the_browser_came_by_https(door: Door) -> None:
    await door.person()
    async with door.browser(**{"X-Forwarded-Proto": "https"}) as browser:
        answer = await browser.get("/desk/sign-in")
        [form] = answer.headers.get_list("set-cookie")
        assert "Secure" in form
        token = form.split("=", 1)[1].split(";")[0]
        done = await browser.post(
            "/desk/sign-in",
            data={"csrf": token, "email": "kim@example.com", "password": PASSWORD},
            headers={"Cookie": f"nd_form={token}"},
        )
        assert "; Secure" in next(
            one for one in done.headers.get_list("set-cookie") if "nd_session" in one
        )


async def test_session_that_was_planted_is_never_taken_up(
    door: Door, browser: httpx.AsyncClient
) -> None:
    await door.person()
    browser.cookies.set("nd_session", "planted-by-somebody-else", domain="127.0.0.1")
    await sign_in(browser, "kim@example.com")
    assert browser.cookies["nd_session"] != "planted-by-somebody-else"
    async with door.browser(Cookie="nd_session=planted-by-somebody-else") as other:
        assert await signed_in_as(other) is None


async def test_sign_in_ends_the_session_the_browser_had(door: Door) -> None:
    person, other = await door.person(), await door.person(name="Bo")
    token = await Sessions(door.connection).begin(other, door.clock())
    async with door.browser() as browser:
        page = await page_at(browser, "/desk/sign-in")
        browser.cookies.set("nd_session", token, domain="127.0.0.1")
        fields = {"email": person.email, "password": PASSWORD}
        await browser.post("/desk/sign-in", data={"csrf": page.csrf, **fields})
    assert await Sessions(door.connection).find(token, door.clock()) is None


async def test_session_ends_after_twelve_hours_without_a_request(door: Door) -> None:
    async with await door.as_(await door.person()) as browser:
        for _ in range(3):
            door.clock.forward(hours=11, minutes=59)
            assert await signed_in_as(browser) == "Kim"
        door.clock.forward(hours=12)
        assert await signed_in_as(browser) is None


async def test_session_ends_after_seven_days_however_busy(door: Door) -> None:
    async with await door.as_(await door.person()) as browser:
        for _ in range(13):
            door.clock.forward(hours=12, seconds=-1)
            assert await signed_in_as(browser) == "Kim"
        door.clock.forward(hours=12)
        assert await signed_in_as(browser) is None


async def test_store_forgets_sessions_by_itself(door: Door) -> None:
    token = await Sessions(door.connection).begin(await door.person(), door.clock())
    [key] = [key for key in await stored(door.connection) if ":session:" in key]
    assert token not in key
    left = timedelta(milliseconds=await door.connection.redis.pttl(key))
    assert timedelta(hours=11, minutes=59) < left <= timedelta(hours=12)


async def test_looking_without_touching_does_not_prolong_a_session(door: Door) -> None:
    sessions = Sessions(door.connection)
    token = await sessions.begin(await door.person(), door.clock())
    door.clock.forward(hours=11)
    assert await sessions.find(token, door.clock(), touch=False) is not None
    door.clock.forward(hours=1)
    assert await sessions.find(token, door.clock()) is None


async def test_sign_out_ends_the_session_and_says_so(
    door: Door, browser: httpx.AsyncClient
) -> None:
    await door.person()
    await sign_in(browser, "kim@example.com")
    token = browser.cookies["nd_session"]
    out = await submit(browser, "/desk/account", "/desk/sign-out")
    assert (out.status_code, out.headers["location"]) == (303, "/desk/sign-in?out=1")
    assert "nd_session" not in browser.cookies
    assert "You are signed out." in words(await browser.get("/desk/sign-in?out=1"))
    assert await Sessions(door.connection).find(token, door.clock()) is None


@pytest.mark.parametrize("change", [{"disabled": True}, {"role": "lead"}])
async def test_session_ends_when_the_person_is_disabled_or_gets_another_role(
    door: Door, change: dict[str, str]
) -> None:
    person = await door.person()
    async with await door.as_(person) as browser:
        assert await signed_in_as(browser) == "Kim"
        await People(door.connection).change(person.id, **change)  # type: ignore[arg-type]
        assert await signed_in_as(browser) is None
        assert (await browser.get("/desk/account")).status_code == 303
        if "disabled" in change:
            await People(door.connection).change(person.id, disabled=False)
            assert await signed_in_as(browser) is None


async def test_session_goes_on_when_only_the_teams_change(door: Door) -> None:
    person = await door.person()
    async with await door.as_(person) as browser:
        await People(door.connection).change(person.id, teams=["money"], disabled=False)
        assert (await browser.get("/api/me")).json()["teams"] == ["money"]


# One's account


async def test_person_changes_the_password_and_only_this_session_goes_on(door: Door) -> None:
    person = await door.person()
    async with await door.as_(person) as browser, await door.as_(person) as elsewhere:
        before = browser.cookies["nd_session"]
        done = await submit(browser, "/desk/account", current=PASSWORD, password=NEW)
        assert done.headers["location"] == "/desk/account?changed=1"
        assert "Your password was changed." in words(await browser.get("/desk/account?changed=1"))
        assert browser.cookies["nd_session"] != before
        assert await signed_in_as(browser) == "Kim"
        assert await signed_in_as(elsewhere) is None


@pytest.mark.parametrize(
    ("current", "new", "says"),
    [("wrong wrong", NEW, "not your password"), (PASSWORD, "short", "at least 10")],
)
async def test_person_who_cannot_change_the_password_is_told_why(
    door: Door, current: str, new: str, says: str
) -> None:
    async with await door.as_(await door.person()) as browser:
        refused = await submit(browser, "/desk/account", current=current, password=new)
        assert refused.status_code in (400, 403)
        assert says in words(refused)
        assert await signed_in_as(browser) == "Kim"


async def test_current_password_cannot_be_guessed_either(door: Door) -> None:
    async with await door.as_(await door.person()) as browser:
        for _ in range(5):
            await submit(browser, "/desk/account", current="wrong wrong", password=NEW)
        refused = await submit(browser, "/desk/account", current=PASSWORD, password=NEW)
        assert refused.status_code == 429


# Forms


async def test_forms_before_a_session_need_the_pair_of_cookie_and_field(door: Door) -> None:
    await door.person()
    fields = {"email": "kim@example.com", "password": PASSWORD}
    async with door.browser() as browser:
        page = await page_at(browser, "/desk/sign-in")
        pairs = {"no field": {}, "another field": {"csrf": "x" * 43}, "empty": {"csrf": ""}}
        for pair in pairs.values():
            refused = await browser.post("/desk/sign-in", data={**fields, **pair})
            assert refused.status_code == 403
            assert "please try once more" in words(refused)
        browser.cookies.clear()
        refused = await browser.post("/desk/sign-in", data={**fields, "csrf": page.csrf})
        assert refused.status_code == 403
        again = Page(refused.text).csrf
        assert (
            await browser.post("/desk/sign-in", data={**fields, "csrf": again})
        ).status_code == 303


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
    ],
)
async def test_form_posted_from_another_site_is_refused(
    door: Door, browser: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    await door.person()
    page = await page_at(browser, "/desk/sign-in")
    fields = {"csrf": page.csrf, "email": "kim@example.com", "password": PASSWORD}
    assert (await browser.post("/desk/sign-in", data=fields, headers=headers)).status_code == 403


@pytest.mark.parametrize("told", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "null"}, {}])
async def test_form_of_our_own_page_is_taken_whatever_the_browser_tells(
    door: Door, browser: httpx.AsyncClient, told: dict[str, str]
) -> None:
    await door.person()
    page = await page_at(browser, "/desk/sign-in")
    fields = {"csrf": page.csrf, "email": "kim@example.com", "password": PASSWORD}
    assert (await browser.post("/desk/sign-in", data=fields, headers=told)).status_code == 303


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"csrf", b"&" * 5000, b'{"a": 1}', b"a=%00"])
async def test_body_that_is_no_form_is_refused_as_a_page(
    browser: httpx.AsyncClient, body: bytes
) -> None:
    refused = await browser.post("/desk/sign-in", content=body)
    assert refused.status_code == 403
    assert Page(refused.text).csrf


async def test_pages_work_without_scripts_and_name_their_fields(door: Door) -> None:
    admin = await door.person("admin", "Ada")
    invited = await door.invite_path(await door.person(name="Bo", password=""))
    async with await door.as_(admin) as browser, door.browser() as nobody:
        for client, path in [
            (nobody, "/desk/sign-in"),
            (nobody, invited),
            (browser, "/desk/account"),
            (browser, "/desk/people"),
        ]:
            page = await page_at(client, path)
            posted = [form for form in page.forms if form["method"] == "post"]
            assert posted, path
            assert [one.name for one in page.visible if not one.labels] == [], path


async def test_setup_page_names_its_fields_for_people_and_password_managers(
    door: Door, browser: httpx.AsyncClient
) -> None:
    page = await page_at(browser, await door.setup_path())
    fields = {one.name: one for one in page.visible if one.name != "theme"}
    assert {name: one.attributes["autocomplete"] for name, one in fields.items()} == {
        "name": "name",
        "email": "username",
        "password": "new-password",
    }
    assert all(one.labels for one in fields.values())


async def test_pages_carry_the_headers_that_keep_them_safe(
    door: Door, browser: httpx.AsyncClient
) -> None:
    for path in ("/desk/sign-in", "/desk/account", "/desk/setup/x", "/desk/nothing"):
        headers = (await browser.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == "no-store"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]


async def test_what_people_type_is_shown_as_text(door: Door, browser: httpx.AsyncClient) -> None:
    name = "<script>alert(1)</script>"
    await submit(
        browser, await door.setup_path(), name=name, email="a@example.com", password=PASSWORD
    )
    shown = await browser.get("/desk/account")
    assert name not in shown.text
    assert "&lt;script&gt;" in shown.text


async def test_sign_in_page_tells_how_to_begin_when_nobody_is_there(
    browser: httpx.AsyncClient,
) -> None:
    assert "nightdesk people setup-link" in words(await browser.get("/desk/sign-in"))
