"""Shown by chaos: 200 conversations on three channels, every message delivered two or three times,
while workers, web and store are killed at random: nothing is lost, doubled or out of order.

The whole house is real: `nightdesk serve --workers 2`, the demo brand's assistant, Valkey on disk.
Seen to fail without the check of known ids in accept.lua (messages twice in the transcript),
without the check of the lease in commit.lua (a worker that hung answers a second time), and without
taking over ended leases in claim.lua (a dead worker's conversations stay where they were).
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from signal import SIGCONT, SIGKILL, SIGSTOP
from typing import Any

import httpx
import pytest

from bot.clock import Now, moved_clock
from bot.errors import StoreUnavailable
from bot.store.connection import Connection, answering
from bot.store.conversations import Conversations, Line
from bot.store.embedded import EmbeddedStore
from tests.chaos import InChat, Numbered, OverRest, OverWebhook
from tests.conftest import ROOT
from tests.fakes.brand import SECRET, Brand, open_brand
from tests.killing import House
from tests.running import environment
from tests.standing_in import until

SEED = 5
CONVERSATIONS = 200
AT_ONCE = 12
PLAY_SECONDS = 280
SETTLE_SECONDS = 90
BLOWS = ("worker",) * 4 + ("hung",) * 2 + ("web",) * 3 + ("store",) * 2
"""Processes to kill; a `hung` worker is stopped, and goes on when others have its conversations."""

LONGEST_TAKEOVER_SECONDS = 90.0
"""Five, where another worker is up; when the one before it was struck, too, a new one has to load
its model first, on a machine that may be busy."""


@pytest.fixture
def now() -> Now:
    return moved_clock(float(environment()["NIGHTDESK_CLOCK_SHIFT"]))


@pytest.fixture
async def brand(now: Now) -> AsyncIterator[Brand]:
    async with open_brand(now) as made:
        yield made


@pytest.fixture
def house(trained_model: Path, tmp_path: Path, brand: Brand) -> Iterator[House]:
    made = House(ROOT, trained_model.parent, tmp_path, workers=2)
    channels = {"rest": {}, "webchat": {}, "webhook": {"secrets": SECRET, "url": brand.url}}
    (made.root / "credentials.yml").write_text(json.dumps(channels), encoding="utf-8")
    made.serve()
    try:
        yield made
    finally:
        made.end()


@pytest.fixture
async def client(house: House) -> AsyncIterator[httpx.AsyncClient]:
    await asyncio.to_thread(house.wait_until_ready)
    added = await asyncio.to_thread(house.run, "token", "add", "tests", "--role", "admin")
    headers = {"Authorization": f"Bearer {added.stdout.strip()}"}
    async with httpx.AsyncClient(base_url=house.url, headers=headers, timeout=15) as made:
        yield made


@pytest.fixture
async def at_store(house: House) -> AsyncIterator[Connection]:
    made = Connection(EmbeddedStore(house.data_dir / "store").url)
    yield made
    await made.close()


def crowd(client: httpx.AsyncClient, now: Now, chance: random.Random) -> list[Numbered]:
    """Half of them over REST, whose callers see most; the others share chat and webhook."""
    makers: tuple[Any, ...] = (OverRest, InChat, OverRest, OverWebhook)
    return [
        kind(client, place, random.Random(chance.random()), **more)
        for place in range(CONVERSATIONS)
        for kind in [makers[place % 4]]
        for more in [{"now": now} if kind is OverWebhook else {}]
    ]


async def play_all(customers: Sequence[Numbered], done: asyncio.Semaphore) -> None:
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(customer: Numbered) -> None:
        async with gate:
            await customer.play()
        done.release()

    await asyncio.wait_for(asyncio.gather(*map(one, customers)), PLAY_SECONDS)


async def strike_at_random(
    house: House, at_store: Connection, done: asyncio.Semaphore, chance: random.Random
) -> list[float]:
    """One blow after another, at random moments while conversations go on; returns how many
    seconds it took each time until a worker's conversations were in other hands."""
    took = []
    for name in chance.sample(BLOWS, len(BLOWS)):
        for _ in range(CONVERSATIONS // (len(BLOWS) + 2)):
            await done.acquire()
        await asyncio.sleep(chance.random())
        if name in ("web", "store"):
            await asyncio.to_thread(house.signal_any, name, chance, SIGKILL)
            continue
        blow = SIGSTOP if name == "hung" else SIGKILL
        struck = await asyncio.to_thread(house.signal_any, "worker", chance, blow)
        took.append(await taken_over(at_store, await leases(at_store)))
        if name == "hung":
            os.kill(struck, SIGCONT)
    return took


async def leases(at_store: Connection) -> dict[str, str]:
    """Conversation -> the token of the hands it is in; tried again until the store answers."""
    redis, keys = at_store.redis, at_store.keys
    while True:
        try:
            async with answering():
                names = await redis.zrange(keys.one("leases"), 0, -1)
                return {
                    name: str(await redis.hget(keys.conversation(name, "main"), "lease"))
                    for name in names
                }
        except StoreUnavailable:
            await asyncio.sleep(0.1)


async def taken_over(at_store: Connection, in_hand: dict[str, str]) -> float:
    """Seconds until none of these is in the hands that had it."""
    began = time.monotonic()
    while set((await leases(at_store)).items()) & set(in_hand.items()):
        assert time.monotonic() - began < LONGEST_TAKEOVER_SECONDS
        await asyncio.sleep(0.05)
    return time.monotonic() - began


async def settle(at_store: Connection, brand: Brand) -> None:
    """Waits until everything was answered and posted."""
    redis, one = at_store.redis, at_store.keys.one

    async def nothing_left() -> bool:
        left = [await redis.zcard(one(name)) for name in ("ready", "leases", "outbox")]
        return sum(left) == 0

    await until(nothing_left, SETTLE_SECONDS)
    assert await redis.zcard(one("dead")) == 0
    assert brand.refused == 0


async def test_nothing_is_lost_doubled_or_out_of_order_when_everything_dies_at_random(
    house: House, client: httpx.AsyncClient, at_store: Connection, brand: Brand, now: Now
) -> None:
    chance, done = random.Random(SEED), asyncio.Semaphore(0)
    customers = crowd(client, now, chance)
    _, took = await asyncio.gather(
        play_all(customers, done), strike_at_random(house, at_store, done, chance)
    )
    await settle(at_store, brand)
    print(f"trouble {sum(one.trouble for one in customers)}, taken over in", took)  # noqa: T201
    assert sum(customer.trouble for customer in customers) > 0
    for customer in customers:
        lines = await Conversations(at_store).lines(customer.conversation)
        every_message_is_there_once_in_order(customer, lines)
        spans = await spans_of(at_store, customer)
        every_reply_answers_one_turn_in_order(lines, spans)
        await customer_has_what_is_in_the_transcript(customer, lines, spans, brand)
    await every_conversation_has_one_case(client, at_store, customers)


def every_message_is_there_once_in_order(customer: Numbered, lines: Sequence[Line]) -> None:
    said = [line for line in lines if line.speaker == "customer"]
    assert [line.id for line in said] == customer.sent
    assert [line.text[:3] for line in said] == ["(1)", "(2)", "(3)", "(4)"]


async def spans_of(at_store: Connection, customer: Numbered) -> list[tuple[int, int]]:
    """The lines (first, last) that answered each message."""
    store = Conversations(at_store)
    spans = [await store.replies_of(customer.conversation, id_) for id_ in customer.sent]
    return [span for span in spans if span is not None]


def every_reply_answers_one_turn_in_order(
    lines: Sequence[Line], spans: list[tuple[int, int]]
) -> None:
    """Each message was answered by one turn (a burst by one together), each turn after the one
    before, and there is no line of the bot that no turn knows of."""
    assert len(spans) == 4
    turns = list(dict.fromkeys(spans))
    assert turns == sorted(turns)
    answered = [number for first, last in turns for number in range(first, last + 1)]
    assert answered == [line.number for line in lines if line.speaker == "bot"]


async def customer_has_what_is_in_the_transcript(
    customer: Numbered, lines: Sequence[Line], spans: list[tuple[int, int]], brand: Brand
) -> None:
    said = [(line.number, line.text) for line in lines]
    bots = [(line.number, line.text) for line in lines if line.speaker == "bot"]
    if isinstance(customer, OverRest):
        for id_, (first, last) in zip(customer.sent, spans, strict=False):
            answers = customer.answers[id_]
            assert len(answers) >= 2
            assert all(answer == said[first - 1 : last] for answer in answers)
    elif isinstance(customer, InChat):
        assert await customer.read() == said
    else:
        replies = [reply for reply in brand.replies if reply["recipient"] == customer.name]
        assert [(reply["line"], reply["text"]) for reply in replies] == bots


async def every_conversation_has_one_case(
    client: httpx.AsyncClient, at_store: Connection, customers: Sequence[Numbered]
) -> None:
    answer = await client.get("/api/cases", params={"limit": 200, "order": "oldest"})
    cases = answer.json()["cases"]
    names = {customer.conversation for customer in customers}
    assert Counter(case["conversation"] for case in cases) == dict.fromkeys(names, 1)
    found = await at_store.redis.xrange(at_store.keys.one("events"))
    facts = [json.loads(fields["fact"]) for _, fields in found]
    of_type = {
        type_: Counter(fact["conversation"] for fact in facts if fact["type"] == type_)
        for type_ in ("message_received", "case_opened", "message_set_aside")
    }
    assert of_type["case_opened"] == dict.fromkeys(names, 1)
    assert of_type["message_received"] == dict.fromkeys(names, 4)
    assert not of_type["message_set_aside"]
