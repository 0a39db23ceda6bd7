"""Promises about to break: moved once, said to the customer, and noted when they break anyway."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from bot.cases.case import Case, Customer, Sla
from bot.cases.promise import PROMISE_MOVED
from bot.cases.watching import PROMISE_BROKEN
from bot.handoff.watch import CaseWatch
from bot.playbook.content import Content
from bot.playbook.model import Severity
from bot.store.connection import Connection
from bot.store.conversations import Conversations, milliseconds
from bot.store.desk_steps import Handling

from .people import Clock, OpenCase, facts_of, put_case

MONDAY_NOON = datetime(2026, 3, 2, 12, 0, tzinfo=timezone.utc)
AFTER_TWO_HOURS = MONDAY_NOON + timedelta(hours=2)


@pytest.fixture
def clock() -> Clock:
    return Clock(MONDAY_NOON)


@pytest.fixture
def keeper_of(connection: Connection, content: Content, clock: Clock) -> Callable[[], CaseWatch]:
    return lambda: CaseWatch(connection, lambda: content, clock)


@pytest.fixture
async def case(open_case: OpenCase) -> Case:
    """A high billing case of the office hours, promised in two hours."""
    return await open_case(
        severity=Severity.HIGH,
        topic="billing",
        subtopic="general",
        team="billing",
        sla=Sla(AFTER_TWO_HOURS),
        customer=Customer("ada", name="Ada Quill", language="en"),
    )


async def stored(connection: Connection, case: Case) -> Case:
    found = await Conversations(connection).case(case.id)
    assert found is not None
    return found[0]


async def texts(connection: Connection, case: Case) -> list[str]:
    return [line.text for line in await Conversations(connection).lines(case.conversation)]


async def test_customer_gets_a_new_promise_before_the_old_one_breaks_and_only_once(
    keeper_of: Callable[[], CaseWatch], case: Case, connection: Connection, clock: Clock
) -> None:
    keeper = keeper_of()
    clock.advance(minutes=104)
    await keeper.look()
    assert await texts(connection, case) == []

    clock.advance(minutes=1)
    await keeper.look()
    await keeper.look()

    (text,) = await texts(connection, case)
    assert case.id in text
    assert "today at 15:45" in text
    moved = await stored(connection, case)
    assert moved.sla.respond_by == clock.now + timedelta(hours=2)
    assert moved.happened(PROMISE_MOVED)
    score = await connection.redis.zscore(connection.keys.one("watched"), case.id)
    assert score == milliseconds(moved.sla.respond_by)
    (fact,) = await facts_of(connection, "promise_moved")
    assert fact["case"] == case.id


async def test_customer_gets_it_once_when_many_keepers_look_and_restart(
    keeper_of: Callable[[], CaseWatch], case: Case, connection: Connection, clock: Clock
) -> None:
    clock.advance(minutes=110)
    await asyncio.gather(*(keeper_of().look() for _ in range(8)))
    await keeper_of().look()

    assert len(await texts(connection, case)) == 1
    assert len(await facts_of(connection, "promise_moved")) == 1


async def test_a_promise_that_breaks_after_all_is_noted_once(
    keeper_of: Callable[[], CaseWatch], case: Case, connection: Connection, clock: Clock
) -> None:
    keeper = keeper_of()
    for minutes in (110, 130, 5, 600):
        clock.advance(minutes=minutes)
        await keeper.look()
        await keeper_of().look()

    assert len(await texts(connection, case)) == 1
    assert len(await facts_of(connection, "promise_broken")) == 1
    assert (await stored(connection, case)).happened(PROMISE_BROKEN)


async def test_a_promise_that_broke_while_nobody_looked_is_noted_and_moved(
    keeper_of: Callable[[], CaseWatch], case: Case, connection: Connection, clock: Clock
) -> None:
    clock.advance(hours=5)
    await keeper_of().look()

    assert len(await texts(connection, case)) == 1
    facts = await facts_of(connection, "promise_broken", "promise_moved")
    assert [fact["type"] for fact in facts] == ["promise_broken", "promise_moved"]


@pytest.mark.parametrize("status", ["waiting", "resolved", "closed"])
async def test_nothing_is_said_when_the_case_is_answered_or_done(
    keeper_of: Callable[[], CaseWatch],
    case: Case,
    connection: Connection,
    content: Content,
    clock: Clock,
    status: str,
) -> None:
    done = replace(case, status=status)
    await put_case(connection, content, clock, done, 1, "case_changed")
    clock.advance(hours=5)
    await keeper_of().look()

    assert await texts(connection, case) == []
    assert await facts_of(connection, "promise_broken", "promise_moved") == []


async def test_a_change_meanwhile_is_kept_and_the_promise_moved_on_top_of_it(
    keeper_of: Callable[[], CaseWatch],
    case: Case,
    connection: Connection,
    content: Content,
    clock: Clock,
) -> None:
    clock.advance(minutes=110)
    handling = Handling(connection, lambda: content, lambda: clock.now)
    await asyncio.gather(
        keeper_of().look(), *(handling.note(case.id, "u-1", str(n), "hm") for n in range(5))
    )

    after = await stored(connection, case)
    assert (len(after.notes), after.happened(PROMISE_MOVED)) == (5, True)
    assert len(await texts(connection, case)) == 1


async def test_customer_is_told_in_their_language(
    case: Case, connection: Connection, content: Content, clock: Clock
) -> None:
    german = {**content.texts.by_language, "de": {"promise_moved": ("{reference}: bis {due}",)}}
    spoken_here = replace(content, texts=replace(content.texts, by_language=german))
    keeper = CaseWatch(connection, lambda: spoken_here, clock)
    spoken = replace(case, customer=replace(case.customer, language="de"))
    await put_case(connection, content, clock, spoken, 1, "case_changed")
    clock.advance(minutes=110)
    await keeper.look()

    assert await texts(connection, case) == [f"{case.id}: bis heute um 15:50 Uhr"]


async def test_a_case_that_cannot_be_read_does_not_stop_the_others(
    keeper_of: Callable[[], CaseWatch],
    open_case: OpenCase,
    case: Case,
    connection: Connection,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    broken = await open_case("ND-2222222", sla=Sla(MONDAY_NOON + timedelta(hours=1)))
    await connection.redis.hset(connection.keys.case(broken.id), "json", '{"schema": 2}')
    clock.advance(minutes=110)
    await keeper_of().look()

    assert len(await texts(connection, case)) == 1
    assert "the clock of case ND-2222222: KeyError" in caplog.text


async def test_a_case_whose_topic_and_team_are_gone_is_watched_as_any_other(
    keeper_of: Callable[[], CaseWatch], open_case: OpenCase, connection: Connection, clock: Clock
) -> None:
    gone = {"topic": "telegrams", "team": "telegraph"}
    old = await open_case("ND-2222222", Severity.HIGH, sla=Sla(AFTER_TWO_HOURS), **gone)
    clock.advance(minutes=110)
    await keeper_of().look()

    assert (await stored(connection, old)).happened(PROMISE_MOVED)
    assert "today at" in (await texts(connection, old))[0]


async def test_keeper_runs_until_it_is_cancelled(
    keeper_of: Callable[[], CaseWatch], case: Case, connection: Connection, clock: Clock
) -> None:
    clock.advance(minutes=110)
    running = asyncio.create_task(keeper_of().run())
    moved: list[object] = []
    for _ in range(100):
        moved = await facts_of(connection, "promise_moved")
        if moved:
            break
        await asyncio.sleep(0.02)
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running

    assert len(moved) == 1
