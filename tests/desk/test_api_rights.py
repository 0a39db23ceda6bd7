"""Who may do what: every route of the API, by everybody there can be, against the table."""

from __future__ import annotations

from dataclasses import dataclass

import httpx
import pytest

from bot.desk.access import CSRF_HEADER
from bot.desk.rights import RIGHTS
from bot.store.people import PERSON_ROLES
from bot.store.tokens import ROLES

from .described import operations
from .office import Office

ROUTES = sorted(operations())
CALLERS = [
    ("nobody", ""),
    *(("session", role) for role in PERSON_ROLES),
    *(("token", role) for role in ROLES),
]
TURNED_AWAY = ("no_session", "unknown_token", "wrong_role")


@dataclass
class Door:
    """An office with something behind every address."""

    office: Office
    places: dict[str, str]

    async def caller(self, way: str, role: str) -> httpx.AsyncClient:
        if way == "nobody":
            return self.office.client()
        if way == "token":
            return await self.office.token(role)
        return await self.office.agent(role.capitalize(), role)

    async def knock(self, client: httpx.AsyncClient, method: str, path: str) -> tuple[int, str]:
        """The status, and the error's code if it is one."""
        address = path.format(**self.places)
        body = None if method == "GET" else {}
        async with client.stream(method, address, json=body) as answer:
            if answer.status_code < 400:
                return answer.status_code, ""
            await answer.aread()
            return answer.status_code, answer.json()["error"]["code"]


@pytest.fixture
async def door(office: Office) -> Door:
    boss = await office.agent("Boss", "admin")
    made = await boss.post("/api/tokens", json={"name": "crm", "role": "agent"})
    person = await office.hire("Someone")
    return Door(
        office,
        {
            "reference": await office.open_case(),
            "person_id": person.id,
            "letter": "0" * 32,
            "token": made.json()["id"],
        },
    )


@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_everybody_may_do_what_the_table_says(door: Door, method: str, path: str) -> None:
    allowed = RIGHTS[operations()[method, path]["x-action"]]
    for way, role in CALLERS:
        status, code = await door.knock(await door.caller(way, role), method, path)
        about = (method, path, way, role, status, code)
        if way == "nobody":
            assert (status, code) == (401, "no_session"), about
        elif role not in allowed:
            assert (status, code) == (403, "wrong_role"), about
        else:
            assert code not in TURNED_AWAY, about
            assert status != 401, about
            assert status < 500, about


@pytest.mark.parametrize(("method", "path"), [route for route in ROUTES if route[0] != "GET"])
async def test_nothing_is_changed_by_a_page_of_another_site(
    door: Door, method: str, path: str
) -> None:
    boss = await door.office.agent("Bo", "admin")
    right = boss.headers[CSRF_HEADER]
    for told in ({CSRF_HEADER: ""}, {CSRF_HEADER: "x" * len(right)},
                 {CSRF_HEADER: right, "Origin": "https://elsewhere.example"},
                 {CSRF_HEADER: right, "Sec-Fetch-Site": "cross-site"}):  # fmt: skip
        boss.headers.update(told)
        assert await door.knock(boss, method, path) == (403, "bad_csrf"), told
        for name in ("Origin", "Sec-Fetch-Site"):
            boss.headers.pop(name, None)


async def test_table_covers_every_route() -> None:
    assert {operation["x-action"] for operation in operations().values()} <= set(RIGHTS)


@pytest.mark.parametrize("token", ["nd_wrong", "nd_", "nd_" + "x" * 5000])
async def test_unknown_token_opens_nothing(office: Office, token: str) -> None:
    stranger = office.client({"Authorization": f"Bearer {token}"})
    for method, path in ROUTES:
        answer = await stranger.request(method, path)
        assert answer.status_code == 401, path
        assert answer.json()["error"]["code"] == "unknown_token"
