"""Waiting requests hear at once that their conversation grew."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.store.connection import Connection
from bot.store.keys import Keys
from bot.store.listening import Listening, grown
from bot.tasks import end_tasks
from tests.standing_in import until

from .speaking import ANN, Speaking


@pytest.fixture
async def listening(connection: Connection) -> AsyncIterator[Listening]:
    made = Listening(connection)
    task = asyncio.create_task(made.run())
    done = connection.keys.one("done")

    async def subscribed() -> bool:
        return [(done, 1)] == await connection.redis.pubsub_numsub(done)

    await until(subscribed)
    yield made
    await end_tasks(task)


async def test_waiting_request_hears_of_its_own_conversation(
    speaking: Speaking, listening: Listening
) -> None:
    with listening.watching(ANN) as ann, listening.watching("rest:bob") as bob:
        await speaking.accept("hello")
        await asyncio.wait_for(ann.wait(), 5)
        assert not bob.is_set()
        ann.clear()
        claimed = await speaking.take()
        await speaking.commit(claimed, speaking.turn(claimed, "hi"))
        await asyncio.wait_for(ann.wait(), 5)


async def test_all_who_wait_for_a_conversation_hear(
    speaking: Speaking, listening: Listening
) -> None:
    with listening.watching(ANN) as one, listening.watching(ANN) as two:
        await speaking.accept("hello")
        await asyncio.wait_for(asyncio.gather(one.wait(), two.wait()), 5)


async def test_nobody_is_remembered_who_went(listening: Listening) -> None:
    with listening.watching(ANN), listening.watching(ANN):
        assert listening._waiting
    assert not listening._waiting


async def test_waiting_requests_are_let_go_when_listening_ends(connection: Connection) -> None:
    listening = Listening(connection)
    task = asyncio.create_task(listening.run())
    with listening.watching(ANN) as event:
        await asyncio.sleep(0)
        await end_tasks(task)
        assert event.is_set()
    assert listening.ended


async def test_listening_outlives_an_outage() -> None:
    listening = Listening(Connection("unix:///nowhere/at/all.sock", Keys("test")))
    task = asyncio.create_task(listening.run())
    await asyncio.sleep(0.05)
    assert not task.done()
    await end_tasks(task)


async def test_waiting_ends_at_the_event_or_at_the_time() -> None:
    event = asyncio.Event()
    event.set()
    await asyncio.wait_for(grown(event, 60, look_again_seconds=60), 1)
    assert not event.is_set()
    await asyncio.wait_for(grown(event, 0.01, look_again_seconds=60), 1)
    await asyncio.wait_for(grown(event, 60, look_again_seconds=0.01), 1)
    await asyncio.wait_for(grown(event, -1), 1)
