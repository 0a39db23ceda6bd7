"""The worker around the understanding: order, hands, poison, outages. Rasa is a stand-in."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path

import pytest

from bot.cases.case import Case, Customer, validate
from bot.cases.turn import Turn
from bot.playbook.content import Content, load_content
from bot.store.cases import Cases
from bot.store.connection import Connection
from bot.store.conversations import LEASE_SECONDS, Conversations, Inbound
from bot.store.desk_steps import Handling
from bot.store.embedded import EmbeddedStore
from bot.store.keys import Keys
from bot.worker import SIDE_BY_SIDE
from tests.channels.house import Clock
from tests.handoff.people import facts_of
from tests.standing_in import BUTTON, StandIn, stored, until, working

SAMPLE = Path(__file__).parent / "playbook" / "sample"
CANARY = "zanzibarcanary"


@pytest.fixture(scope="session")
def content() -> Content:
    return load_content(SAMPLE, {})


@dataclass
class Shift:
    """A worker at work, and the channel's side of the store."""

    connection: Connection
    assistant: StandIn
    content: Content = field(repr=False)
    clock: Clock

    def __post_init__(self) -> None:
        self.store = Conversations(self.connection)

    async def send(self, text: str, name: str = "ann", payload: str | None = None) -> str:
        """Accepts a message; returns its id."""
        number = len(await self.store.lines(f"rest:{name}")) + 1
        message = Inbound(
            f"m{number}", f"rest:{name}", "rest", Customer(name), text, payload=payload
        )
        await self.store.accept(message, self.clock())
        return message.id

    async def settled(self, name: str = "ann") -> list[str]:
        """Waits until nothing waits for its turn; returns the bot's texts."""

        async def answered() -> bool:
            return not await self.store.unanswered(f"rest:{name}")

        await until(answered)
        lines = await self.store.lines(f"rest:{name}")
        return [line.text for line in lines if line.speaker == "bot"]

    def handling(self) -> Handling:
        """What people do, on the same clock."""
        return Handling(self.connection, lambda: self.content, self.clock)

    async def free(self, name: str = "ann") -> None:
        """Waits until the conversation was given back, and lets its next try come due."""

        redis, keys = self.connection.redis, self.connection.keys

        async def given_back() -> bool:
            due = await redis.zscore(keys.one("ready"), f"rest:{name}")
            return due is not None and due > self.clock().timestamp() * 1000

        await until(given_back)
        self.clock.forward(minutes=1)
        await redis.rpush(keys.one("bell"), "the clock was moved")


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 11, 21, 23, 30, tzinfo=timezone.utc))


@pytest.fixture
async def shift(connection: Connection, content: Content, clock: Clock) -> AsyncIterator[Shift]:
    made = Shift(connection, StandIn(), content, clock)
    async with working(connection, made.assistant, content, clock):
        yield made


# ---- order and hands -------------------------------------------------------------------------


async def test_customer_is_answered_in_order(shift: Shift) -> None:
    for number in range(10):
        await shift.send(f"message {number}")
    assert await shift.settled() == [f"{n + 1}: message {n}" for n in range(10)]


async def test_messages_that_come_during_a_turn_are_handled_after_it(shift: Shift) -> None:
    await shift.send("wait a moment")
    await asyncio.wait_for(shift.assistant.waiting.wait(), 5)
    for text in ("second", "third"):
        await shift.send(text)
    assert len(shift.assistant.heard) == 1
    shift.assistant.go.set()
    assert await shift.settled() == ["1: wait a moment", "2: second", "3: third"]


async def test_customers_are_served_side_by_side(shift: Shift) -> None:
    for number in range(SIDE_BY_SIDE):
        await shift.send("wait", f"customer {number}")

    async def all_in_hand() -> bool:
        return shift.assistant.side_by_side == SIDE_BY_SIDE

    await until(all_in_hand)
    shift.assistant.go.set()
    for number in range(SIDE_BY_SIDE):
        assert await shift.settled(f"customer {number}") == ["1: wait"]


async def test_one_customers_messages_are_never_handled_side_by_side(
    shift: Shift, content: Content
) -> None:
    second = StandIn()
    async with working(shift.connection, second, content, shift.clock):
        for number in range(30):
            await shift.send(f"message {number}")
        assert await shift.settled() == [f"{n + 1}: message {n}" for n in range(30)]
    assert {shift.assistant.most_side_by_side, second.most_side_by_side} <= {0, 1}
    assert len(shift.assistant.heard) + len(second.heard) == 30


async def test_burst_is_one_turn_and_a_press_is_alone(shift: Shift) -> None:
    await shift.send("wait")
    await asyncio.wait_for(shift.assistant.waiting.wait(), 5)
    for number, (text, payload) in enumerate(
        [("hi", None), ("my lamp", None), (BUTTON[0], BUTTON[1]), ("is broken", None)]
    ):
        customer = Customer("ann")
        message = Inbound(f"b{number}", "rest:ann", "rest", customer, text, payload, merges=True)
        await shift.store.accept(message, shift.clock())
    shift.assistant.go.set()
    await shift.settled()
    said = [text for _, text in shift.assistant.heard]
    assert said == ["wait", "hi\nmy lamp", BUTTON[1], "is broken"]


@pytest.mark.parametrize(
    ("typed", "heard"), [("/not_solved", "not_solved"), (" //restart", "restart"), ("/", "?")]
)
async def test_typed_payload_is_only_words(shift: Shift, typed: str, heard: str) -> None:
    await shift.send(typed)
    await shift.settled()
    assert shift.assistant.heard == [("rest:ann", heard)]


async def test_turn_finishes_before_the_worker_does(
    connection: Connection, content: Content, clock: Clock
) -> None:
    shift = Shift(connection, StandIn(), content, clock)
    async with working(connection, shift.assistant, content, clock):
        await shift.send("wait")
        await asyncio.wait_for(shift.assistant.waiting.wait(), 5)
    assert await shift.settled() == ["1: wait"]


# ---- while a person has the conversation ---------------------------------------------------------


async def with_case(shift: Shift) -> Case:
    await shift.send("a case")
    await shift.settled()
    [case] = await Cases(shift.connection).all()
    return case


async def read(shift: Shift, case: Case) -> Case:
    found = await shift.store.case(case.id)
    assert found is not None
    return found[0]


async def test_turn_that_somebody_claimed_into_is_done_again_in_silence(shift: Shift) -> None:
    case = await with_case(shift)
    message = await shift.send("wait, when do you open?")
    await asyncio.wait_for(shift.assistant.waiting.wait(), 5)
    await shift.handling().claim(case.id, "u-maria")
    shift.assistant.go.set()
    assert len(await shift.settled()) == 2  # what was said before
    assert shift.assistant.heard.count(("rest:ann", "wait, when do you open?")) == 2
    assert (await read(shift, case)).history[-1].what == "customer_replied"
    span = await shift.store.replies_of("rest:ann", message)
    assert span is not None
    assert await shift.store.lines("rest:ann", *span) == []


async def test_message_to_a_person_is_a_turn_without_replies(shift: Shift) -> None:
    case = await with_case(shift)
    await shift.handling().claim(case.id, "u-maria")
    await shift.send("hello?")
    await shift.settled()
    *_, fact = await facts_of(shift.connection, "turn_answered")
    assert fact["replies"] == 0


async def test_agents_answer_between_two_messages_makes_the_second_theirs(shift: Shift) -> None:
    case, handling = await with_case(shift), shift.handling()
    await handling.claim(case.id, "u-maria")
    await shift.send("hello?")
    await shift.settled()
    shift.clock.forward(minutes=1)
    await handling.reply(case.id, "u-maria", "r1", "which order?")
    assert (await read(shift, case)).status == "waiting"
    await shift.send("BN-104233")
    await shift.settled()
    after = await read(shift, case)
    assert (after.status, after.sla.next_response_by is not None) == ("claimed", True)


async def test_message_that_fails_while_a_person_has_the_case_is_noted_without_apology(
    shift: Shift,
) -> None:
    case = await with_case(shift)
    await shift.handling().claim(case.id, "u-maria")
    await shift.send("poison")
    for _ in range(3):
        await shift.free()
    assert len(await shift.settled()) == 2  # what was said before
    after = await read(shift, case)
    assert [entry.what for entry in after.history[-2:]] == ["customer_replied", "set_aside"]
    assert [known.id for known in await Cases(shift.connection).all()] == [case.id]
    [fact] = await facts_of(shift.connection, "message_set_aside")
    assert fact["case"] == case.id


async def test_bot_answers_what_was_left_open_and_all_that_follows_once_it_is_back(
    shift: Shift,
) -> None:
    case, handling = await with_case(shift), shift.handling()
    await handling.claim(case.id, "u-maria")
    for text in ("when do you open?", "on Sunday"):
        await shift.send(text)
        await shift.settled()
    await handling.give_to_bot(case.id, "u-maria", None)
    assert (await shift.settled())[-1] == "2: when do you open?\non Sunday"
    await shift.send("thanks")
    assert (await shift.settled())[-1] == "3: thanks"


async def test_worker_that_died_in_silence_leaves_the_message_to_the_next(
    connection: Connection, content: Content, clock: Clock
) -> None:
    shift = Shift(connection, StandIn(), content, clock)
    async with working(connection, shift.assistant, content, clock):
        case = await with_case(shift)
    await shift.handling().claim(case.id, "u-maria")
    await shift.send("hello?")
    assert (await shift.store.claim("killed", clock()))[0]
    clock.forward(seconds=LEASE_SECONDS)
    async with working(connection, shift.assistant, content, clock):
        assert len(await shift.settled()) == 2
    assert (await read(shift, case)).history[-1].what == "customer_replied"


# ---- poison ----------------------------------------------------------------------------------


async def test_message_that_fails_is_set_aside_after_three_tries_with_apology_and_case(
    shift: Shift,
) -> None:
    await shift.send("hello")
    await shift.settled()
    message = await shift.send("poison")
    for _ in range(3):
        await shift.free()
    assert len(await shift.settled()) == 2
    assert shift.assistant.heard.count(("rest:ann", "poison")) == 3
    [case] = await Cases(shift.connection).all()
    span = await shift.store.replies_of("rest:ann", message)
    assert span is not None
    [reply] = await shift.store.lines("rest:ann", *span)
    assert (reply.text, reply.kind) == (
        f"Something broke on our side; {case.id} is safe.", "receipt",
    )  # fmt: skip
    whole = await Cases(shift.connection).get(case.id)
    assert whole is not None
    validate(whole.to_json())
    assert [line.text for line in whole.transcript] == ["poison", reply.text]
    assert whole.history[-1].what == "set_aside"


async def test_conversation_goes_on_after_a_message_was_set_aside(shift: Shift) -> None:
    await shift.send("hello")
    await shift.settled()
    await shift.send("poison")
    await shift.send("are you there?")
    for _ in range(3):
        await shift.free()
    assert (await shift.settled())[-1] == "2: are you there?"


async def test_others_are_served_while_one_message_fails(shift: Shift) -> None:
    await shift.send("poison", "ann")
    await shift.send("hello", "bob")
    assert await shift.settled("bob") == ["1: hello"]
    await shift.free("ann")


async def test_message_that_fails_once_is_answered_at_the_next_try(
    connection: Connection, content: Content, clock: Clock
) -> None:
    class Stumbling(StandIn):
        async def handle(self, turn: Turn) -> None:
            await super().handle(turn)
            if len(self.heard) == 1:
                raise KeyError("once")

    shift = Shift(connection, Stumbling(), content, clock)
    async with working(connection, shift.assistant, content, clock):
        await shift.send("a case")
        await shift.free()
        assert len(await shift.settled()) == 2
    assert len(await Cases(connection).all()) == 1


async def test_turn_that_never_ends_counts_as_failed(
    connection: Connection, content: Content, clock: Clock
) -> None:
    shift = Shift(connection, StandIn(), content, clock)
    async with working(connection, shift.assistant, content, clock, turn_seconds=0.05):
        await shift.send("wait")
        for _ in range(3):
            await shift.free()
        assert "broke on our side" in (await shift.settled())[0]


async def test_message_that_killed_three_workers_is_set_aside(
    connection: Connection, content: Content, clock: Clock
) -> None:
    shift = Shift(connection, StandIn(), content, clock)
    await shift.send("hello")
    for number in range(3):
        assert (await shift.store.claim(f"killed {number}", clock()))[0]
        clock.forward(seconds=LEASE_SECONDS)
    async with working(connection, shift.assistant, content, clock):
        assert "broke on our side" in (await shift.settled())[0]
    assert shift.assistant.heard == []


async def test_logs_and_events_never_hold_what_was_written(
    shift: Shift, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await shift.send(f"hello {CANARY}")
    await shift.send(f"poison {CANARY}")
    for _ in range(3):
        await shift.free()
    await shift.settled()
    ours = [record for record in caplog.records if record.name.startswith("nightdesk")]
    assert "ValueError" in ours[0].getMessage()
    assert not any(CANARY in record.getMessage() or record.exc_info for record in ours)
    keys = shift.connection.keys
    everything = await stored(shift.connection)
    holding = {key for key, text in everything.items() if CANARY in text}
    own = (f"{keys.prefix}:c:", f"{keys.prefix}:case:")
    assert holding
    assert all(key.startswith(own) for key in holding)


# ---- leases ----------------------------------------------------------------------------------


async def test_turn_that_lost_its_conversation_is_not_written(shift: Shift) -> None:
    await shift.send("wait for a case")
    await asyncio.wait_for(shift.assistant.waiting.wait(), 5)
    late = shift.clock().replace(minute=59)
    taken, _ = await shift.store.claim("another", late)
    assert taken is not None
    shift.assistant.go.set()

    async def done() -> bool:
        return shift.assistant.side_by_side == 0

    await until(done)
    await shift.send("hello", "bob")
    await shift.settled("bob")  # the hands are free again
    assert [line.speaker for line in await shift.store.lines("rest:ann")] == ["customer"]
    assert await Cases(shift.connection).all() == []
    await shift.store.release(taken, shift.clock())
    assert len(await shift.settled()) == 2


async def test_worker_renews_its_lease_during_a_long_turn(shift: Shift) -> None:
    await shift.send("wait")
    await asyncio.wait_for(shift.assistant.waiting.wait(), 5)
    begun = shift.clock()
    shift.clock.forward(seconds=LEASE_SECONDS - 1)

    async def renewed() -> bool:
        leases = shift.connection.keys.one("leases")
        ends_ms = await shift.connection.redis.zscore(leases, "rest:ann")
        return ends_ms is not None and ends_ms / 1000 > begun.timestamp() + LEASE_SECONDS

    await until(renewed)
    shift.clock.forward(seconds=LEASE_SECONDS - 1)
    assert (await shift.store.claim("another", shift.clock()))[0] is None
    shift.assistant.go.set()
    assert await shift.settled() == ["1: wait"]
    assert len(shift.assistant.heard) == 1


# ---- outages ---------------------------------------------------------------------------------


@asynccontextmanager
async def own_store(folder: Path) -> AsyncIterator[tuple[EmbeddedStore, Connection]]:
    """A server that a test may stop and start."""
    server = EmbeddedStore(folder)
    connection = Connection(server.start().url, Keys("own"))
    try:
        yield server, connection
    finally:
        await connection.close()
        await asyncio.to_thread(server.stop)


async def test_worker_survives_an_outage_and_goes_on(
    tmp_path: Path, content: Content, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    async with own_store(tmp_path) as (server, connection):
        shift = Shift(connection, StandIn(), content, clock)
        async with working(connection, shift.assistant, content, clock):
            await shift.send("hello")
            await shift.settled()
            await asyncio.to_thread(server.stop)

            async def noticed() -> bool:
                return "Trying again" in caplog.text

            await until(noticed)
            await asyncio.to_thread(server.start)
            await shift.send("still there?")
            assert await shift.settled() == ["1: hello", "2: still there?"]
    assert caplog.text.count("Trying again") == 1


async def test_turn_in_hand_is_done_again_when_the_store_went_away(
    tmp_path: Path, content: Content, clock: Clock
) -> None:
    async with own_store(tmp_path) as (server, connection):
        shift = Shift(connection, StandIn(), content, clock)
        async with working(connection, shift.assistant, content, clock):
            await shift.send("wait for a case")
            await asyncio.wait_for(shift.assistant.waiting.wait(), 5)
            await asyncio.to_thread(server.stop)
            shift.assistant.go.set()

            async def done() -> bool:
                return shift.assistant.side_by_side == 0

            await until(done)
            await asyncio.to_thread(server.start)
            assert len(await shift.settled()) == 2
        assert len(shift.assistant.heard) == 2
        assert len(await Cases(connection).all()) == 1
        key = connection.keys.conversation("rest:ann", "main")
        assert await connection.redis.hget(key, "attempts") == "0"


async def test_worker_stops_while_the_store_is_away(content: Content, clock: Clock) -> None:
    away = Connection("unix:///nowhere/at/all.sock", Keys("test"))
    async with working(away, StandIn(), content, clock):
        await asyncio.sleep(0.05)
