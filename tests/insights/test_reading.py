"""The ledger follows the event stream of a real store."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime

import pytest

from bot.errors import StoreUnavailable
from bot.insights.ledger import Ledger
from bot.insights.reading import CHUNK, LiveLedger
from bot.store.connection import Connection
from bot.tasks import end_tasks
from tests.standing_in import until

from .telling import Fact, at, message, opened, replied


class Stream:
    """The event stream of a store, written as the store does."""

    def __init__(self, connection: Connection) -> None:
        self.redis = connection.redis
        self.key = connection.keys.one("events")

    async def write(self, *facts: Fact, entry: str = "*") -> None:
        for fact in facts:
            await self.redis.xadd(self.key, {"fact": json.dumps(fact)}, id=entry)


@pytest.fixture
def stream(connection: Connection) -> Stream:
    return Stream(connection)


@pytest.fixture
def live(connection: Connection) -> LiveLedger:
    return LiveLedger(connection, lambda: at("Sun 00:00"))


async def cases(live: LiveLedger) -> list[str]:
    return await live.read(lambda ledger, _: list(ledger.cases))


async def test_what_was_written_before_is_seen(stream: Stream, live: LiveLedger) -> None:
    assert await cases(live) == []
    await stream.write(opened("Mon 09:00"))
    assert await cases(live) == ["ND-1"]
    await stream.write(opened("Mon 10:00", "ND-2"))
    assert await cases(live) == ["ND-1", "ND-2"]


async def test_only_what_is_new_is_read(stream: Stream, live: LiveLedger) -> None:
    await stream.write(message("Mon 09:00"))
    await live.catch_up()
    await live.catch_up()
    await stream.write(message("Mon 09:01"))
    (contact,) = await live.read(lambda ledger, _: ledger.contacts["webchat:ann"])
    assert contact.messages == 2


async def test_many_facts_are_read_in_chunks(stream: Stream, live: LiveLedger) -> None:
    async with stream.redis.pipeline() as pipe:
        for n in range(2 * CHUNK + 1):
            pipe.xadd(stream.key, {"fact": json.dumps(opened("Mon 09:00", f"ND-{n}"))})
        await pipe.execute()
    assert len(await cases(live)) == 2 * CHUNK + 1


async def test_readers_at_once_count_each_fact_once(stream: Stream, live: LiveLedger) -> None:
    await stream.write(*(message("Mon 09:00") for _ in range(5)))
    counts = await asyncio.gather(
        *(live.read(lambda ledger, _: ledger.contacts["webchat:ann"][0].messages) for _ in range(4))
    )
    assert counts == [5] * 4


async def test_trimmed_stream_goes_on(stream: Stream, live: LiveLedger) -> None:
    await stream.write(opened("Mon 09:00"), replied("Mon 10:00"))
    await live.catch_up()
    await stream.redis.xtrim(stream.key, maxlen=0, approximate=False)
    assert await cases(live) == ["ND-1"]
    await stream.write(opened("Mon 11:00", "ND-2"))
    assert await cases(live) == ["ND-1", "ND-2"]
    await stream.write(opened("Mon 12:00", "ND-3"))
    await stream.redis.xtrim(stream.key, maxlen=1, approximate=False)
    assert await cases(live) == ["ND-1", "ND-2", "ND-3"]


async def test_store_that_was_emptied_is_read_anew(stream: Stream, live: LiveLedger) -> None:
    await stream.write(opened("Mon 09:00"))
    await live.catch_up()
    await stream.redis.delete(stream.key)
    assert await cases(live) == []
    await stream.write(opened("Mon 10:00", "ND-2"))
    assert await cases(live) == ["ND-2"]


@pytest.mark.parametrize(
    "entry", ["1-1", "99999999999999-0"], ids=["that ends before", "that goes on beyond"]
)
async def test_store_that_was_replaced_by_one_is_read_anew(
    stream: Stream, live: LiveLedger, entry: str
) -> None:
    await stream.write(opened("Mon 09:00"), entry="5-0")
    await live.catch_up()
    await stream.redis.delete(stream.key)
    await stream.write(opened("Mon 10:00", "ND-2"), entry="1-0")
    await stream.write(opened("Mon 10:00", "ND-3"), entry=entry)
    assert await cases(live) == ["ND-2", "ND-3"]


async def test_fact_of_a_clock_that_is_ahead_waits_for_its_time(
    connection: Connection, stream: Stream
) -> None:
    now = [at("Mon 09:00")]
    live = LiveLedger(connection, lambda: now[0])
    await stream.write(opened("Mon 09:01"))
    assert await cases(live) == []
    now[0] = at("Mon 09:01")
    assert await cases(live) == ["ND-1"]


@pytest.mark.parametrize("fields", [{"fact": "{"}, {"fact": "[]"}, {"other": "{}"}])
async def test_event_that_cannot_be_read_is_passed_over(
    stream: Stream, live: LiveLedger, fields: dict[str, str]
) -> None:
    await stream.redis.xadd(stream.key, fields)
    await stream.write(opened("Mon 09:00"))
    assert await cases(live) == ["ND-1"]


async def test_reader_that_went_away_leaves_the_ledger_to_the_next(
    stream: Stream, live: LiveLedger
) -> None:
    await stream.write(opened("Mon 09:00"))
    reading, go_on = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def look(_: Ledger, __: datetime) -> None:
        loop.call_soon_threadsafe(reading.set)
        asyncio.run_coroutine_threadsafe(go_on.wait(), loop).result(5)

    first = asyncio.create_task(live.read(look))
    await reading.wait()
    first.cancel()
    second = asyncio.create_task(cases(live))
    await asyncio.sleep(0.05)
    assert not second.done()
    go_on.set()
    assert await second == ["ND-1"]
    with pytest.raises(asyncio.CancelledError):
        await first


async def test_store_that_does_not_answer_is_said() -> None:
    nowhere = Connection("redis://127.0.0.1:1/0")
    with pytest.raises(StoreUnavailable):
        await LiveLedger(nowhere).catch_up()
    await nowhere.close()


async def test_keeping_up_reads_without_being_asked(stream: Stream, live: LiveLedger) -> None:
    await stream.write(opened("Mon 09:00"))
    keeping = asyncio.create_task(live.keep_up())

    async def has_read() -> bool:
        return "ND-1" in live._ledger.cases

    await until(has_read)
    await end_tasks(keeping)


async def test_keeping_up_outlives_an_outage() -> None:
    nowhere = Connection("redis://127.0.0.1:1/0")
    keeping = asyncio.create_task(LiveLedger(nowhere).keep_up())
    done, _ = await asyncio.wait([keeping], timeout=0.2)
    assert not done
    await end_tasks(keeping)
    await nowhere.close()
