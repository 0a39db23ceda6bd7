"""The description of the API says what there is: no route more, none less."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import openapi_v31_spec_validator
from sanic import Sanic

from bot.cases.case import schema
from bot.desk import openapi
from bot.desk.access import action_of
from bot.desk.asked import LONGEST_TEXT, MOST_AT_ONCE
from bot.desk.rights import ACTIONS
from bot.errors import Problem
from bot.insights.asking import USED
from bot.insights.measures import UNITS
from bot.insights.report import DIMENSIONS
from bot.playbook.yaml_source import read_file
from bot.store.index import FACETS, FILTERS, MOST_SEARCHED, ORDERS

from .described import document, operations
from .office import Office


def api_routes(app: Sanic) -> dict[tuple[str, str], Any]:
    """(METHOD, path as OpenAPI writes it) -> handler, of every route below /api."""
    found = {}
    for route in app.router.routes:
        parts = [
            "{" + part.strip("<>").partition(":")[0] + "}" if part.startswith("<") else part
            for part in route.path.split("/")
        ]
        if parts[0] == "api":
            for method in route.methods:
                found[method, "/" + "/".join(parts)] = route.handler
    return found


def test_description_is_openapi() -> None:
    assert list(openapi_v31_spec_validator.iter_errors(document())) == []


def test_description_says_nothing_twice() -> None:
    """YAML keeps the last of two equal keys without a word; our reader of content refuses them."""
    written = Path(openapi.__file__).with_name("openapi.yml")
    problems: list[Problem] = []
    read_file(written, written.parent, problems)
    assert problems == []


async def test_description_has_the_routes_of_the_app_and_no_others(office: Office) -> None:
    assert set(operations()) == set(api_routes(office.app))


async def test_description_names_the_action_that_guards_each_route(office: Office) -> None:
    described = {route: operation["x-action"] for route, operation in operations().items()}
    guarded = {route: action_of(handler) for route, handler in api_routes(office.app).items()}
    assert described == guarded
    assert set(described.values()) <= set(ACTIONS)


def test_whatever_changes_something_needs_the_sessions_token() -> None:
    for (method, path), operation in operations().items():
        ways = operation.get("security", document()["security"])
        for way in ways:
            needed = {"session", "csrf"} if method != "GET" else {"session"}
            assert set(way) in ({"token"}, needed), (method, path)


def test_every_operation_tells_of_its_errors() -> None:
    for route, operation in operations().items():
        assert {"401", "403", "503"} <= set(operation["responses"]), route
        assert operation["summary"], route
    names = [operation["operationId"] for operation in operations().values()]
    assert len(set(names)) == len(names)


def test_described_case_is_the_case_of_its_schema() -> None:
    fields = document()["components"]["schemas"]["CaseFields"]
    assert {*fields["properties"], "transcript"} == set(schema()["properties"])
    assert {*fields["required"], "transcript"} == set(schema()["required"])
    for name, known in schema()["properties"].items():
        described = fields["properties"].get(name, {})
        for key in ("enum", "const"):
            assert _resolved(described).get(key) == known.get(key), name
    source = fields["properties"]["details"]["additionalProperties"]["properties"]["source"]
    details = schema()["properties"]["details"]["additionalProperties"]["properties"]
    assert source["enum"] == details["source"]["enum"]


def test_described_limits_are_those_of_the_code() -> None:
    parameters = {
        _resolved(one)["name"]: _resolved(one)["schema"]
        for one in operations()["GET", "/api/cases"]["parameters"]
    }
    assert set(parameters) == {*FILTERS, "q", "order", "offset", "limit"}
    assert parameters["limit"]["maximum"] == MOST_AT_ONCE
    assert parameters["q"]["maxLength"] == MOST_SEARCHED
    assert tuple(parameters["order"]["enum"]) == ORDERS
    schemas = document()["components"]["schemas"]
    assert set(schemas["Measure"]["enum"]) == {*UNITS, *USED}
    assert tuple(schemas["Report"]["properties"]["by"]["enum"]) == DIMENSIONS
    assert schemas["Words"]["maxLength"] == LONGEST_TEXT
    assert set(schemas["Counts"]["properties"]["by"]["properties"]) == {*FACETS, "assignee"}


@pytest.mark.parametrize("role", ["agent", "content"])
async def test_people_get_the_description(office: Office, role: str) -> None:
    served = await (await office.agent("Kim", role)).get("/api/openapi.json")
    assert served.json() == document()


def _resolved(part: dict[str, Any]) -> dict[str, Any]:
    found: Any = part
    if "$ref" in part:
        found = document()
        for step in part["$ref"].removeprefix("#/").split("/"):
            found = found[step]
    return dict(found)
