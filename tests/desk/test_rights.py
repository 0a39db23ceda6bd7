"""The rights: docs/rights.md shows what the code says, and no route is outside the table."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest
from sanic import Sanic

from bot.desk.access import action_of
from bot.desk.rights import ACTIONS, MEANINGS, RIGHTS, Action, home_of, may
from bot.playbook.content import Content
from bot.store.connection import Connection
from bot.store.people import PERSON_ROLES
from bot.store.tokens import ROLES, Role
from bot.web import create_app
from tests.channels.house import Clock

PAGE = (Path(__file__).parents[2] / "docs" / "rights.md").read_text(encoding="utf-8")
OPEN = {
    "/desk/sign-in",
    "/desk/setup/<token:str>",
    "/desk/invite/<token:str>",
    "/api/openapi.json",
}
"""Routes of the desk for everybody: the ways in, and the description of the API."""


def table(heading: str) -> list[list[str]]:
    part = PAGE.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in part.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_page_shows_the_table_of_the_code_cell_by_cell() -> None:
    head, _, *rows = table("The table")
    roles = head[1:]
    assert sorted(roles) == sorted(ROLES)
    shown = {
        name.strip("`"): {role for role, cell in zip(roles, cells, strict=True) if cell}
        for name, *cells in rows
    }
    assert all(cell in ("", "x") for _, *cells in rows for cell in cells)
    assert shown == {action: set(allowed) for action, allowed in RIGHTS.items()}


def test_page_says_what_each_action_covers() -> None:
    _, _, *rows = table("What the actions cover")
    assert {name.strip("`"): meaning for name, meaning in rows} == dict(MEANINGS)


def test_every_action_is_decided() -> None:
    assert set(RIGHTS) == set(MEANINGS) == set(ACTIONS) == set(get_args(Action))
    assert all(RIGHTS.values())


def test_channel_is_no_role_of_a_person_and_reaches_the_list_of_cases_only() -> None:
    assert set(ROLES) - set(PERSON_ROLES) == {"channel", "monitor"}
    assert [action for action in ACTIONS if may("channel", action)] == ["list_cases"]


def test_monitor_reaches_the_figures_only() -> None:
    assert [action for action in ACTIONS if may("monitor", action)] == ["read_metrics"]


@pytest.mark.parametrize(
    ("role", "home"), [("agent", "/desk"), ("content", "/desk/report"), ("admin", "/desk")]
)
def test_everybody_begins_on_a_page_they_may_see(role: Role, home: str) -> None:
    assert home_of(role) == home


@pytest.fixture
def app(connection: Connection, content: Content, clock: Clock) -> Sanic:
    return create_app(connection, content, clock)


def routes_of(app: Sanic) -> dict[str, list[object]]:
    """Addresses of the API, the figures and the desk -> their handlers."""
    app.router.finalize()
    found: dict[str, list[object]] = {}
    for route in app.router.routes:
        path = f"/{route.path}"
        if re.match(r"/(api|desk|metrics)(/|$)", path) and not path.startswith("/desk/static"):
            found.setdefault(path, []).append(route.handler)
    return found


def test_every_route_asks_for_an_action(app: Sanic) -> None:
    routes = routes_of(app)
    assert len(routes) > 20
    unguarded = {
        path
        for path, handlers in routes.items()
        if not all(map(action_of, handlers))  # type: ignore[arg-type]
    }
    assert unguarded - OPEN == set()


def test_only_known_actions_are_asked_for(app: Sanic) -> None:
    asked = {action_of(handler) for handlers in routes_of(app).values() for handler in handlers}  # type: ignore[arg-type]
    assert asked - {None} <= set(ACTIONS)
