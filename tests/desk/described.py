"""Holds answers of the API against its OpenAPI description."""

from __future__ import annotations

import functools
import re
from typing import Any

import httpx
from jsonschema import Draft202012Validator, RefResolver

from bot.desk.openapi import description

METHODS = ("get", "post", "put", "patch", "delete")


@functools.cache
def document() -> dict[str, Any]:
    return description()


@functools.cache
def operations() -> dict[tuple[str, str], dict[str, Any]]:
    """(METHOD, path as the document writes it) -> operation."""
    return {
        (method.upper(), path): item[method]
        for path, item in document()["paths"].items()
        for method in METHODS
        if method in item
    }


def operation_for(method: str, path: str) -> dict[str, Any] | None:
    """The operation that a request is for; a path without parameters comes before one with."""
    for (known, template), operation in sorted(
        operations().items(), key=lambda item: item[0][1].count("{")
    ):
        pattern = re.sub(r"\\{\w+\\}", "[^/]+", re.escape(template))
        if known == method and re.fullmatch(pattern, path):
            return operation
    return None


async def check(response: httpx.Response) -> None:
    """Fails when an answer of the API is none that the description knows; a hook for httpx."""
    request = response.request
    operation = operation_for(request.method, request.url.path)
    if operation is None or response.status_code == 405:
        return
    about = f"{request.method} {request.url.path} -> {response.status_code}"
    assert str(response.status_code) in operation["responses"], f"{about} is not described"
    described = _resolved(operation["responses"][str(response.status_code)])
    kind = response.headers.get("content-type", "").partition(";")[0]
    if "content" not in described:
        assert (await response.aread()) == b"", about
    elif kind != "text/event-stream":
        assert kind in described["content"], f"{about}: {kind} is not described"
        await response.aread()
        if kind == "application/json":
            valid(response.json(), described["content"][kind]["schema"], about)


def valid(value: object, schema: dict[str, Any], about: str = "") -> None:
    """Fails when the value does not fit a schema of the document."""
    resolver = RefResolver.from_schema(document())
    problems = [
        f"{'/'.join(map(str, error.absolute_path))}: {error.message}"
        for error in Draft202012Validator(schema, resolver=resolver).iter_errors(value)
    ]
    assert not problems, (about, problems)


def _resolved(part: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in part:
        found: Any = document()
        for step in part["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        part = found
    return part
