"""Cases as readers want them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.cases.case import Severity, Status
from bot.errors import BadRequest
from bot.store.cases import Cases

from .speaking import ANN, Speaking


@pytest.fixture
def cases(speaking: Speaking) -> Cases:
    return Cases(speaking.connection)


async def found(
    cases: Cases, speaking: Speaking, order: str = "oldest", **filters: str
) -> list[str]:
    page = await cases.find(filters, order, 0, 50, speaking.now)
    assert page.total == len(page.cases)
    return [case.id for case in page.cases]


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


async def test_reader_filters_by_what_a_case_says(speaking: Speaking, cases: Cases) -> None:
    ann = await changed(speaking, ANN, status="claimed", assignee="kim")
    bob = await changed(speaking, "rest:bob", severity=Severity.HIGH)
    cem = await changed(speaking, "rest:cem", channel="webchat")
    for filters, wanted in (
        ({}, {ann, bob, cem}), ({"status": "claimed"}, {ann}), ({"assignee": "kim"}, {ann}),
        ({"status": "new,claimed"}, {ann, bob, cem}), ({"severity": "high"}, {bob}),
        ({"channel": "webchat"}, {cem}), ({"conversation": ANN}, {ann}),
        ({"status": "new", "channel": "rest"}, {bob}), ({"topic": "none"}, set()),
    ):  # fmt: skip
        assert set(await found(cases, speaking, **filters)) == wanted, filters


async def test_reader_gets_pages_in_the_order_asked_for(speaking: Speaking, cases: Cases) -> None:
    ids = []
    for number in range(5):
        ids.append((await speaking.case_for(f"rest:{number}")).id)
        speaking.later(minutes=1)
    assert await found(cases, speaking, "oldest") == ids
    assert await found(cases, speaking, "newest") == ids[::-1]
    pages = [await cases.find({}, "oldest", offset, 2, speaking.now) for offset in (0, 2, 4, 6)]
    assert [[case.id for case in page.cases] for page in pages] == [ids[:2], ids[2:4], ids[4:], []]
    assert {page.total for page in pages} == {5}


async def test_queue_begins_with_what_is_most_severe(speaking: Speaking, cases: Cases) -> None:
    low = await changed(speaking, ANN, severity=Severity.LOW)
    critical = await changed(speaking, "rest:bob", severity=Severity.CRITICAL)
    assert await found(cases, speaking, "queue") == [critical, low]


@pytest.mark.parametrize(
    ("filters", "order", "code"),
    [({"colour": "red"}, "queue", "unknown_filter"), ({}, "sideways", "unknown_order")],
)
async def test_wrong_question_is_refused(
    speaking: Speaking, cases: Cases, filters: dict[str, str], order: str, code: str
) -> None:
    with pytest.raises(BadRequest) as caught:
        await cases.find(filters, order, 0, 9, speaking.now)
    assert caught.value.code == code


@pytest.mark.parametrize(("status", "runs"), [("new", True), ("claimed", True), ("closed", False)])
async def test_promise_runs_while_the_case_waits_for_people(
    speaking: Speaking, status: Status, runs: bool
) -> None:
    reference = await changed(speaking, ANN, status=status)
    redis, keys = speaking.connection.redis, speaking.connection.keys
    assert (await redis.zscore(keys.one("promises"), reference) is not None) is runs
