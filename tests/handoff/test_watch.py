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
from bot.errors import BadRequest
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


# ---- targets and silent agents -------------------------------------------------------------------


@pytest.fixture
async def claimed(case: Case, connection: Connection, content: Content, clock: Clock) -> Case:
    """The case in the hands of Mina, who then says nothing."""
    handling = Handling(connection, lambda: content, lambda: clock.now)
    return await handling.claim(case.id, "u-mina")


async def test_silent_agent_is_reminded_once_and_the_case_given_back_once_by_many_keepers(
    keeper_of: Callable[[], CaseWatch], claimed: Case, connection: Connection, clock: Clock
) -> None:
    for minutes in (14, 1, 5, 10, 5):
        clock.advance(minutes=minutes)
        await asyncio.gather(*(keeper_of().look() for _ in range(5)))

    (reminded,) = await facts_of(connection, "agent_reminded")
    (given_back,) = await facts_of(connection, "case_given_back")
    assert (reminded["agent"], reminded["at"]) == ("u-mina", "2026-03-02T12:15:00Z")
    assert (given_back["agent"], given_back["at"]) == ("u-mina", "2026-03-02T12:30:00Z")
    after = await stored(connection, claimed)
    assert (after.status, after.assignee) == ("new", None)
    assert len(await texts(connection, claimed)) == 1
    assert (await Conversations(connection).beside(claimed.conversation))[0] == ""


async def test_agent_who_answers_just_in_time_keeps_the_case(
    keeper_of: Callable[[], CaseWatch],
    claimed: Case,
    connection: Connection,
    content: Content,
    clock: Clock,
) -> None:
    handling = Handling(connection, lambda: content, lambda: clock.now)
    clock.advance(minutes=30)
    looked = asyncio.create_task(keeper_of().look())
    with contextlib.suppress(BadRequest):  # too late by a moment: the case is the team's again
        await handling.reply(claimed.id, "u-mina", "r1", "It comes today.")
    await looked

    after = await stored(connection, claimed)
    replied, given_back = after.happened("replied"), after.happened("given_back")
    assert replied != given_back
    assert after.assignee == ("u-mina" if replied else None)


async def test_targets_are_warned_of_and_breached_once_by_many_keepers(
    keeper_of: Callable[[], CaseWatch],
    open_case: OpenCase,
    connection: Connection,
    content: Content,
    clock: Clock,
) -> None:
    sla = Sla(AFTER_TWO_HOURS, first_response_by=AFTER_TWO_HOURS)
    await open_case(severity=Severity.HIGH, topic="billing", team="billing", sla=sla)
    for minutes in (105, 15, 60):
        clock.advance(minutes=minutes)
        await asyncio.gather(*(keeper_of().look() for _ in range(5)))

    facts = await facts_of(connection, "target_warned", "target_breached")
    assert [(fact["type"], fact["target"], fact["due"]) for fact in facts] == [
        ("target_warned", "first_response", "2026-03-02T14:00:00Z"),
        ("target_breached", "first_response", "2026-03-02T14:00:00Z"),
    ]


async def test_case_is_not_watched_while_the_customer_is_waited_for(
    claimed: Case, connection: Connection, content: Content, clock: Clock
) -> None:
    handling = Handling(connection, lambda: content, lambda: clock.now)
    assert await connection.redis.zscore(connection.keys.one("watched"), claimed.id)
    await handling.reply(claimed.id, "u-mina", "r1", "Which order?")
    assert await connection.redis.zscore(connection.keys.one("watched"), claimed.id) is None
