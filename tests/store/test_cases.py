"""Cases as readers want them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.cases.case import Status
from bot.store.cases import Cases

from .speaking import ANN, Speaking


@pytest.fixture
def cases(speaking: Speaking) -> Cases:
    return Cases(speaking.connection)


async def changed(speaking: Speaking, conversation: str, **values: object) -> str:
    """A new case of a conversation, with values of its own."""
    case = await speaking.case_for(conversation)
    await speaking.accept("more", f"{conversation} more", conversation)
    claimed = await speaking.take(f"changing {conversation}")
    turn = speaking.turn(claimed)
    turn.put(replace(case, **values))  # type: ignore[arg-type]
    await speaking.commit(claimed, turn)
    return case.id


async def test_reader_sees_a_transcript_from_the_intakes_line_on(
    speaking: Speaking, cases: Cases
) -> None:
    for text in ("hello", "thanks"):
        await speaking.accept(text)
        claimed = await speaking.take()
        await speaking.commit(claimed, speaking.turn(claimed, f"to {text}"))
    case = await speaking.case_for(text="charged twice")
    await speaking.accept("any news?")
    read = await cases.get(case.id)
    assert read is not None
    assert [(line.speaker, line.text) for line in read.transcript] == [
        ("customer", "charged twice"), ("bot", "noted"), ("customer", "any news?"),
    ]  # fmt: skip
    assert replace(read, transcript=()) == case


async def test_reader_gets_nothing_for_an_unknown_reference(cases: Cases) -> None:
    assert await cases.get("ND-7KQ2M4X") is None


async def test_agent_reads_the_conversation_with_its_buttons_and_places(
    speaking: Speaking, cases: Cases
) -> None:
    await speaking.accept("hello")
    claimed = await speaking.take()
    await speaking.commit(claimed, speaking.turn(claimed, "hi"))
    case = await speaking.case_for(text="charged twice")
    file = await cases.file(case.id)
    assert file is not None
    assert (file.case, file.revision) == (case, 1)
    assert [(line.number, line.speaker, line.kind) for line in file.lines] == [
        (3, "customer", "text"), (4, "bot", "text"),
    ]  # fmt: skip


async def test_reader_gets_the_cases_it_names_in_its_order(
    speaking: Speaking, cases: Cases
) -> None:
    ids = [(await speaking.case_for(f"rest:{number}")).id for number in range(3)]
    wanted = [ids[2], "ND-7KQ2M4X", ids[0]]
    assert [case.id for case in await cases.several(wanted)] == [ids[2], ids[0]]
    assert await cases.several([]) == []
    assert sorted(case.id for case in await cases.all()) == sorted(ids)


@pytest.mark.parametrize(("status", "runs"), [("new", True), ("claimed", True), ("closed", False)])
async def test_promise_runs_while_the_case_waits_for_people(
    speaking: Speaking, status: Status, runs: bool
) -> None:
    reference = await changed(speaking, ANN, status=status)
    redis, keys = speaking.connection.redis, speaking.connection.keys
    assert (await redis.zscore(keys.one("watched"), reference) is not None) is runs
