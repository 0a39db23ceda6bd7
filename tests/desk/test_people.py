"""Admins look after people and tokens: by the API, and on the page that needs no script."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from bot.errors import BadRequest
from bot.store.connection import Connection
from bot.store.people import People, Person
from bot.store.tokens import Tokens

from .door import PASSWORD, Door, Page, page_at, refusal, sign_in, submit, words

BO = {"name": "Bo", "email": "bo@example.com", "role": "agent", "teams": ["money"]}


@pytest.fixture
async def ada(door: Door) -> Person:
    return await door.person("admin", "Ada")


# The API


async def test_admin_invites_somebody_who_then_signs_in(door: Door, ada: Person) -> None:
    async with await door.as_(ada) as admin, door.browser() as guest:
        answer = await admin.post("/api/people", json=BO)
        assert answer.status_code == 201
        link = answer.json()["link"]
        assert link.startswith(f"{door.serving.url}/desk/invite/u-")
        assert answer.json()["person"] | {"id": "", "created_at": ""} == {
            **BO, "id": "", "disabled": False, "invited": True, "created_at": "",
        }  # fmt: skip
        await submit(guest, link, password=PASSWORD)
        me = (await guest.get("/api/me")).json()
        assert (me["name"], me["role"], me["teams"]) == ("Bo", "agent", ["money"])


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": ""}, "bad_name"),
        ({"name": "   "}, "bad_name"),
        ({"name": 7}, "bad_name"),
        ({"name": "a\u202eb"}, "bad_name"),
        ({"email": "bo"}, "bad_email"),
        ({"email": "bo@x, eve@y"}, "bad_email"),
        ({"role": "channel"}, "unknown_role"),
        ({"role": "king"}, "unknown_role"),
        ({"teams": ["moon"]}, "unknown_team"),
        ({"teams": "money"}, "bad_teams"),
        ({"teams": [7]}, "bad_teams"),
        ({"teams": ["money"] * 101}, "bad_teams"),
        ({"password": "x"}, "unknown_key"),
    ],
)
async def test_invitation_that_cannot_be_is_refused(
    door: Door, ada: Person, change: dict[str, Any], code: str
) -> None:
    async with await door.as_(ada) as admin:
        assert refusal(await admin.post("/api/people", json={**BO, **change})) == (400, code)
    assert len(await People(door.connection).all()) == 1


async def test_address_is_taken_once_whatever_its_case(door: Door, ada: Person) -> None:
    async with await door.as_(ada) as admin:
        await admin.post("/api/people", json=BO)
        again = await admin.post("/api/people", json={**BO, "email": " BO@Example.COM"})
        assert refusal(again) == (409, "email_taken")


async def test_two_invitations_of_one_address_at_once_make_one_person(
    connection: Connection, door: Door
) -> None:
    people = People(connection)
    tries = [people.add("Bo", "bo@example.com", "agent", [], door.clock()) for _ in range(8)]
    done = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(one, Person) for one in done) == 1
    assert len(await people.all()) == 1


async def test_colleagues_see_names_and_admins_see_more(door: Door, ada: Person) -> None:
    bo = await door.person(name="Bo", teams=["money"])
    async with await door.as_(bo) as agent, await door.as_(ada) as admin:
        seen = (await agent.get("/api/people")).json()["people"]
        assert [sorted(one) for one in seen] == [["disabled", "id", "name", "role", "teams"]] * 2
        assert [one["name"] for one in seen] == ["Ada", "Bo"]
        more = (await admin.get("/api/people")).json()["people"]
        assert more[1]["email"] == "bo@example.com"
        assert "password" not in str(more)
        assert "argon2" not in str(more)


async def test_admin_changes_role_teams_and_whether_somebody_may_sign_in(
    door: Door, ada: Person
) -> None:
    bo = await door.person(name="Bo")
    path = f"/api/people/{bo.id}"
    async with await door.as_(ada) as admin:
        changed = await admin.patch(path, json={"role": "lead", "teams": ["money", "money"]})
        assert (changed.json()["role"], changed.json()["teams"]) == ("lead", ["money"])
        await admin.patch(path, json={"disabled": True})
        async with door.browser() as guest:
            assert (await sign_in(guest, bo.email)).status_code == 401
            await admin.patch(path, json={"disabled": False})
            assert (await sign_in(guest, bo.email)).status_code == 303


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"disabled": "yes"}, "bad_disabled"),
        ({"role": "king"}, "unknown_role"),
        ({"role": None}, "bad_role"),
        ({"teams": ["moon"]}, "unknown_team"),
        ({"email": "x@y"}, "unknown_key"),
    ],
)
async def test_change_that_cannot_be_is_refused(
    door: Door, ada: Person, body: dict[str, Any], code: str
) -> None:
    async with await door.as_(ada) as admin:
        answer = await admin.patch(f"/api/people/{ada.id}", json=body)
        assert refusal(answer) == (400, code)


async def test_person_who_is_not_there_cannot_be_changed(door: Door, ada: Person) -> None:
    async with await door.as_(ada) as admin:
        answer = await admin.patch("/api/people/u-nobody", json={"disabled": True})
        assert refusal(answer) == (404, "unknown_person")
        answer = await admin.post("/api/people/u-nobody/invite")
        assert refusal(answer) == (404, "unknown_person")


@pytest.mark.parametrize("change", [{"disabled": True}, {"role": "lead"}])
async def test_last_admin_stays(door: Door, ada: Person, change: dict[str, Any]) -> None:
    await door.person("admin", "Invited", password="")
    gone = await door.person("admin", "Gone")
    await People(door.connection).change(gone.id, disabled=True)
    async with await door.as_(ada) as admin:
        answer = await admin.patch(f"/api/people/{ada.id}", json=change)
        assert refusal(answer) == (409, "last_admin")
        assert (await admin.get("/api/me")).status_code == 200


async def test_two_admins_cannot_disable_each_other_at_once(
    connection: Connection, door: Door, ada: Person
) -> None:
    bo, people = await door.person("admin", "Bo"), People(connection)
    done = await asyncio.gather(
        people.change(ada.id, disabled=True),
        people.change(bo.id, disabled=True),
        return_exceptions=True,
    )
    assert sorted(isinstance(one, BadRequest) for one in done) == [False, True]


async def test_changes_at_once_are_all_kept(connection: Connection, door: Door) -> None:
    bo, people = await door.person(name="Bo"), People(connection)
    await asyncio.gather(
        people.change(bo.id, role="lead"),
        people.change(bo.id, teams=["money"]),
        people.set_password(bo.id, "a hash"),
    )
    kept = await people.get(bo.id)
    assert kept is not None
    assert (kept.role, kept.teams, kept.password) == ("lead", ("money",), "a hash")
    assert kept.generation == 2


async def test_new_link_replaces_the_old_one(door: Door, ada: Person) -> None:
    bo = await door.person(name="Bo", password="")
    async with await door.as_(ada) as admin, door.browser() as guest:
        old, new = [
            (await admin.post(f"/api/people/{bo.id}/invite")).json()["link"] for _ in range(2)
        ]
        assert (await guest.get(old)).status_code == 410
        assert (await guest.get(new)).status_code == 200
        await admin.patch(f"/api/people/{bo.id}", json={"disabled": True})
        await admin.patch(f"/api/people/{bo.id}", json={"disabled": False})
        assert (await guest.get(new)).status_code == 410


async def test_disabled_person_gets_no_link(door: Door, ada: Person) -> None:
    bo = await door.person(name="Bo")
    await People(door.connection).change(bo.id, disabled=True)
    async with await door.as_(ada) as admin:
        assert refusal(await admin.post(f"/api/people/{bo.id}/invite")) == (409, "disabled")


async def test_admin_makes_lists_and_revokes_tokens(door: Door, ada: Person) -> None:
    async with await door.as_(ada) as admin:
        made = await admin.post("/api/tokens", json={"name": " shop ", "role": "agent"})
        assert made.status_code == 201
        [listed] = (await admin.get("/api/tokens")).json()["tokens"]
        token = made.json().pop("token")
        assert listed == {
            "id": made.json()["id"], "name": "shop", "role": "agent",
            "created_at": "2026-11-21T23:30:00Z",
        }  # fmt: skip
        async with door.browser(Authorization=f"Bearer {token}") as script:
            assert (await script.get("/api/me")).json()["id"] == "t-shop"
            assert (await admin.delete(f"/api/tokens/{listed['id']}")).status_code == 204
            assert refusal(await script.get("/api/me")) == (401, "unknown_token")
        again = await admin.delete(f"/api/tokens/{listed['id']}")
        assert refusal(again) == (404, "unknown_token_id")


@pytest.mark.parametrize("body", [{"name": "x"}, {"name": "x", "role": "king"}, {"role": "agent"}])
async def test_token_that_cannot_be_is_not_made(
    door: Door, ada: Person, body: dict[str, str]
) -> None:
    async with await door.as_(ada) as admin:
        assert (await admin.post("/api/tokens", json=body)).status_code == 400
    assert await Tokens(door.connection).all() == []


async def test_person_changes_the_password_by_the_api(door: Door, ada: Person) -> None:
    async with await door.as_(ada) as one, await door.as_(ada) as other:
        body = {"current": PASSWORD, "new": "another long password"}
        done = await one.put("/api/me/password", json=body)
        assert done.status_code == 200
        one.headers["X-CSRF-Token"] = done.json()["csrf"]
        assert refusal(await other.get("/api/me")) == (401, "no_session")
        wrong = await one.put("/api/me/password", json=body)
        assert refusal(wrong) == (403, "wrong_password")
        assert (await one.delete("/api/session")).status_code == 204
        assert refusal(await one.get("/api/me")) == (401, "no_session")


# The page


async def test_page_shows_everybody_with_role_teams_and_state(door: Door, ada: Person) -> None:
    await door.person(name="Bo", password="", teams=["money"])
    async with await door.as_(ada) as admin:
        text = (await page_at(admin, "/desk/people")).text
    assert all(word in text for word in ("Ada", "you", "Bo", "bo@example.com", "invited"))


async def act(browser: httpx.AsyncClient, do: str, **fields: str | list[str]) -> httpx.Response:
    return await submit(browser, "/desk/people", do=do, **fields)


async def test_page_shows_the_link_of_an_invitation_once(door: Door, ada: Person) -> None:
    async with await door.as_(ada) as admin, door.browser() as guest:
        fields = {"name": "Bo", "email": "bo@example.com", "role": "lead", "team": ["money"]}
        page = Page((await act(admin, "invite", **fields)).text)
        [link] = [
            one.attributes["value"] for one in page.controls if one.attributes.get("id") == "secret"
        ]
        assert "A link for Bo" in page.text
        assert link not in (await admin.get("/desk/people")).text
        await submit(guest, link, password=PASSWORD)
        assert (await guest.get("/api/me")).json()["teams"] == ["money"]


async def test_page_keeps_what_was_typed_when_an_invitation_is_refused(
    door: Door, ada: Person
) -> None:
    async with await door.as_(ada) as admin:
        fields = {"name": "Bo <b>", "email": "ADA@example.com", "role": "lead", "team": ["money"]}
        refused = await act(admin, "invite", **fields)
        assert refused.status_code == 409
        assert "Somebody with this e-mail address is there already." in words(refused)
        assert 'value="Bo &lt;b&gt;"' in refused.text
        assert 'value="money" checked' in refused.text


async def test_page_changes_disables_enables_and_links(door: Door, ada: Person) -> None:
    bo = await door.person(name="Bo")

    async def kept() -> Person:
        person = await People(door.connection).get(bo.id)
        assert person is not None
        return person

    async with await door.as_(ada) as admin:
        done = await act(admin, "change", id=bo.id, role="lead", team=["money", "support"])
        assert done.headers["location"] == f"/desk/people?done=change#{bo.id}"
        assert "Saved." in words(await admin.get("/desk/people?done=change"))
        assert ((await kept()).role, (await kept()).teams) == ("lead", ("money", "support"))
        await act(admin, "disable", id=bo.id)
        assert (await kept()).disabled
        await act(admin, "enable", id=bo.id)
        assert not (await kept()).disabled
        assert f"/desk/invite/{bo.id}." in (await act(admin, "link", id=bo.id)).text


async def test_page_makes_and_revokes_tokens(door: Door, ada: Person) -> None:
    async with await door.as_(ada) as admin:
        made = await act(admin, "add_token", token_name="shop", role="channel")
        assert 'value="nd_' in made.text
        [token] = await Tokens(door.connection).all()
        assert (token.name, token.role) == ("shop", "channel")
        assert 'value="nd_' not in (await admin.get("/desk/people")).text
        done = await act(admin, "revoke_token", id=token.id)
        assert done.headers["location"] == "/desk/people?done=revoke_token#tokens"
        assert await Tokens(door.connection).all() == []


@pytest.mark.parametrize(
    ("do", "status"), [("", 400), ("__init__", 400), ("link", 404), ("revoke_token", 404)]
)
async def test_button_that_does_nothing_is_said(
    door: Door, ada: Person, do: str, status: int
) -> None:
    async with await door.as_(ada) as admin:
        assert (await act(admin, do, id="u-nobody")).status_code == status


@pytest.mark.parametrize("role", ["agent", "lead", "content"])
async def test_only_admins_see_the_page(door: Door, role: str) -> None:
    async with await door.as_(await door.person(role)) as browser:
        assert (await browser.get("/desk/people")).status_code == 403
        assert (await browser.post("/desk/people", data={"do": "invite"})).status_code == 403
