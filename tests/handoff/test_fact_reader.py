"""Reading the event stream in groups."""

from __future__ import annotations

import logging

import pytest

from bot.handoff.fact_reader import FactReader
from bot.store.connection import Connection


async def add(connection: Connection, text: str, field: str = "fact") -> None:
    await connection.redis.xadd(connection.keys.one("events"), {field: text})


async def types(reader: FactReader) -> list[str]:
    facts = await reader.next()
    await reader.done(facts)
    return [fact.type for fact in facts]


async def test_each_fact_reaches_one_reader_of_a_group_and_every_group(
    connection: Connection,
) -> None:
    await add(connection, '{"type": "a"}')
    one, two = FactReader(connection, "g", "one"), FactReader(connection, "g", "two")

    assert await types(one) == ["a"]
    assert await types(two) == []
    assert await types(FactReader(connection, "h", "one")) == ["a"]


async def test_what_was_not_finished_comes_again_to_whoever_asks_next(
    connection: Connection,
) -> None:
    await add(connection, '{"type": "a"}')
    assert len(await FactReader(connection, "g", "dead").next()) == 1

    assert await types(FactReader(connection, "g", "early")) == []
    assert await types(FactReader(connection, "g", "two", claim_after_ms=0)) == ["a"]
    assert await types(FactReader(connection, "g", "two", claim_after_ms=0)) == []


@pytest.mark.parametrize(
    ("field", "text"), [("fact", "{tell nobody"), ("fact", '["tell nobody"]'), ("x", "tell nobody")]
)
async def test_an_entry_that_is_no_fact_is_passed_over_and_its_id_logged(
    connection: Connection, caplog: pytest.LogCaptureFixture, field: str, text: str
) -> None:
    caplog.set_level(logging.DEBUG)
    await add(connection, text, field)
    await add(connection, '{"type": "a"}')

    assert await types(FactReader(connection, "g", "one")) == ["", "a"]
    assert "cannot be read" in caplog.text
    assert "tell nobody" not in caplog.text


async def test_reader_goes_on_when_its_group_was_lost(connection: Connection) -> None:
    reader = FactReader(connection, "g", "one")
    await add(connection, '{"type": "a"}')
    assert await types(reader) == ["a"]

    await connection.redis.delete(connection.keys.one("events"))
    await add(connection, '{"type": "b"}')

    assert [await types(reader), await types(reader)] == [[], ["b"]]
