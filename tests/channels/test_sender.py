"""Replies on their way out: in order, again and again, given up, sent again by people; and what
happens when the sender or the store dies in the middle."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from bot.cases.case import Customer
from bot.cases.masking import Masker
from bot.cases.turn import Reply
from bot.channels.base import Reception
from bot.channels.sender import GIVE_UP_AFTER, Sender, pause_before
from bot.channels.webhook import Webhook
from bot.errors import StoreUnavailable
from bot.playbook.content import Content
from bot.store.connection import Connection
from bot.store.conversations import Conversations, Inbound
from bot.store.embedded import EmbeddedStore
from bot.store.keys import Keys
from bot.store.listening import Listening
from bot.store.outbox import LEASE, Outbox
from bot.store.tokens import Tokens
from bot.web import create_app
from tests.fakes.brand import OLDER, SECRET, Brand, open_brand
from tests.handoff.people import facts_of
from tests.standing_in import until

from .house import Clock, House, Serving

BUSY = (429, {"Retry-After": "90"}, {})
BLOCKED = (403, {}, {"error": {"code": "blocked"}})


@dataclass
class Post:
    """A post office: what the bot says comes into the outbox, `sender` takes it to the brand."""

    connection: Connection
    content: Content
    clock: Clock
    brand: Brand
    sender: Sender

    async def says(self, *texts: str, to: str = "ann", id_: str = "") -> None:
        """The customer writes, the bot answers with these."""
        customer = Inbound(
            id_ or f"to {texts}", f"webhook:{to}", "webhook", Customer(to), "hello", posted=True
        )
        await Conversations(self.connection).accept(customer, self.clock())
        house = House(None, self.connection, self.content, self.clock)  # type: ignore[arg-type]
        await house.answer(*(Reply(text) for text in texts))

    async def dead(self) -> list[str]:
        letters, _ = await Outbox(self.connection).letters()
        return [letter.reason for letter in letters]

    async def waits(self) -> float:
        """Tries what is due; the seconds until the next try."""
        due = await self.sender.post_due()
        assert due is not None, "nothing waits"
        return (due - self.clock()).total_seconds()

    async def until_taken(self) -> None:
        """Moves the clock from try to try until nothing waits."""
        while (due := await self.sender.post_due()) is not None:
            self.clock.at = max(due, self.clock.at)


def webhook(
    connection: Connection, clock: Clock, brand: Brand, kind: type[Webhook] = Webhook
) -> Webhook:
    reception = Reception(
        Conversations(connection), Listening(connection), Tokens(connection), Masker({}), clock
    )
    return kind(reception, {"secrets": [SECRET, OLDER], "url": brand.url})


@pytest.fixture
async def brand(clock: Clock) -> AsyncIterator[Brand]:
    async with open_brand(clock) as made:
        yield made


@pytest.fixture
async def post(
    connection: Connection, content: Content, clock: Clock, brand: Brand
) -> AsyncIterator[Post]:
    sender = Sender(connection, [webhook(connection, clock, brand)], clock, lambda: 1.0)
    yield Post(connection, content, clock, brand, sender)
    await sender.stop()


async def test_reply_arrives_signed_with_its_buttons_and_what_it_answers(post: Post) -> None:
    await post.says("first", id_="m-7")
    assert await post.sender.post_due() is None
    [reply] = post.brand.replies
    assert (reply["recipient"], reply["text"], reply["answers"]) == ("ann", "first", "m-7")
    assert (reply["from"], reply["visibility"], reply["line"]) == ("bot", "private", 2)
    key = post.connection.keys.conversation("webhook:ann", "sent")
    assert await post.connection.redis.hgetall(key) == {"2": "brand-2"}


async def test_lines_arrive_in_order_though_each_needs_several_tries(post: Post) -> None:
    post.brand.moods = [500, 200, 503, BUSY, 200, 500]
    await post.says("one", "two", "three")
    await post.says("four", id_="m-2")
    await post.until_taken()
    assert post.brand.texts == ["one", "two", "three", "four"]
    assert len(post.brand.ids) == 8
    assert await post.dead() == []


async def test_one_customers_trouble_does_not_hold_up_another(post: Post) -> None:
    post.brand.moods = [500]
    await post.says("to ann")
    await post.sender.post_due()
    await post.says("to bob", to="bob")
    await post.sender.post_due()
    assert post.brand.texts == ["to bob"]


async def test_pauses_grow_to_ten_minutes_and_the_line_is_given_up_after_six_hours(
    post: Post,
) -> None:
    post.brand.moods = [500] * 200
    await post.says("one")
    began, pauses = post.clock(), []
    while (due := await post.sender.post_due()) is not None:
        pauses.append((due - post.clock()).total_seconds())
        post.clock.at = due
    assert pauses[:5] == [1, 2, 4, 8, 16]
    assert max(pauses) == 600
    assert timedelta(0) <= began + GIVE_UP_AFTER - post.clock() < timedelta(minutes=10)
    assert await post.dead() == ["status_500"]
    failed = await facts_of(post.connection, "reply_failed")
    assert [fact["tries"] for fact in failed] == list(range(1, len(pauses) + 1))


@pytest.mark.parametrize(("tries", "least", "most"), [(1, 0.5, 1), (3, 2, 4), (500, 300, 600)])
def test_pause_is_spread_over_its_second_half(tries: int, least: float, most: float) -> None:
    assert pause_before(tries, 0.0) == timedelta(seconds=least)
    assert pause_before(tries, 1.0) == timedelta(seconds=most)


async def test_platform_is_left_alone_for_as_long_as_it_asks(post: Post, clock: Clock) -> None:
    moment = format_datetime(clock() + timedelta(seconds=300))
    post.brand.moods = [BUSY, (503, {"Retry-After": moment}, {}), (429, {"Retry-After": "x"}, {})]
    await post.says("one")
    assert await post.waits() == 90
    clock.forward(seconds=89)
    assert await post.waits() == 1, "not tried before its time"
    clock.forward(seconds=1)
    assert await post.waits() == 210
    clock.forward(seconds=210)
    assert await post.waits() == 4
    clock.forward(seconds=4)
    assert await post.sender.post_due() is None
    assert post.brand.texts == ["one"]


async def test_platform_that_asks_for_a_day_gets_nothing_more_of_this_line(post: Post) -> None:
    post.brand.moods = [(429, {"Retry-After": "86400"}, {})]
    await post.says("one", "two")
    await post.sender.post_due()
    assert (await post.dead(), post.brand.texts) == (["rate_limited"], ["two"])


@pytest.mark.parametrize(
    ("mood", "reason"),
    [
        (400, "status_400"),
        (413, "status_413"),
        (BLOCKED, "blocked"),
        ((404, {}, {"error": {"code": "unknown_recipient"}}), "unknown_recipient"),
        ((422, {}, {"error": {"code": "window_closed"}}), "window_closed"),
    ],
)
async def test_refusal_that_will_not_change_is_given_up_at_once_and_blocks_nothing(
    post: Post, mood: Any, reason: str
) -> None:
    post.brand.moods = [mood]
    await post.says("one", "two")
    assert await post.sender.post_due() is None
    assert (await post.dead(), post.brand.texts) == ([reason], ["two"])


@pytest.mark.parametrize(
    "mood", [401, 403, 404, 408, 302, 502, (403, {}, {"error": {"code": ["blocked"]}})]
)
async def test_refusal_that_people_can_mend_is_tried_again(post: Post, mood: Any) -> None:
    post.brand.moods = [mood]
    await post.says("one")
    await post.until_taken()
    assert (await post.dead(), post.brand.texts) == ([], ["one"])


async def test_brand_that_hangs_is_asked_again(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.channels.sender.POST_SECONDS", 0.2)
    post.brand.moods = ["hang"]
    await post.says("one")
    await post.until_taken()
    failed = await facts_of(post.connection, "reply_failed")
    assert {fact["reason"] for fact in failed} == {"timeout"}
    assert post.brand.texts == ["one"]


async def test_connection_cut_after_the_brand_took_it_repeats_that_one_by_the_same_id(
    post: Post,
) -> None:
    post.brand.moods = ["drop"]
    await post.says("one", "two")
    await post.until_taken()
    first, again, second = post.brand.ids
    assert first == again != second
    assert post.brand.texts == ["one", "two"]


async def test_brand_that_is_not_there_is_waited_for(post: Post, clock: Clock) -> None:
    channel = Webhook(
        webhook(post.connection, clock, post.brand).reception,
        {"secrets": SECRET, "url": "http://127.0.0.1:9/"},
    )
    sender = Sender(post.connection, [channel], clock, lambda: 1.0)
    await post.says("one")
    assert await sender.post_due() is not None
    await sender.stop()
    clock.forward(seconds=1)
    await post.sender.post_due()
    assert post.brand.texts == ["one"]
    [fact] = await facts_of(post.connection, "reply_failed")
    assert fact["reason"] == "unreachable"


class Clumsy(Webhook):
    """A channel with a mistake of ours."""

    async def send(self, _: Any) -> str:
        raise KeyError("the customer's words")


async def test_mistake_of_ours_is_a_failed_try_and_no_log_holds_the_words(
    post: Post, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    sender = Sender(post.connection, [webhook(post.connection, clock, post.brand, Clumsy)], clock)
    await post.says("one")
    assert await sender.post_due() is not None
    [fact] = await facts_of(post.connection, "reply_failed")
    assert fact["reason"] == "internal"
    assert "KeyError" in caplog.text
    assert "words" not in caplog.text


async def test_channel_that_was_switched_off_keeps_its_replies_for_when_it_is_back(
    post: Post, clock: Clock
) -> None:
    await post.says("one")
    assert await Sender(post.connection, [], clock, lambda: 1.0).post_due() is not None
    clock.forward(seconds=1)
    await post.sender.post_due()
    assert post.brand.texts == ["one"]


class DayOnly(Webhook):
    window = timedelta(hours=24)


@pytest.mark.parametrize(("hours", "dead"), [(23.9, []), (24, ["window_closed"])])
async def test_reply_is_not_posted_after_the_platforms_window(
    post: Post, clock: Clock, hours: float, dead: list[str]
) -> None:
    sender = Sender(post.connection, [webhook(post.connection, clock, post.brand, DayOnly)], clock)
    await post.says("good morning")
    clock.forward(hours=hours)
    await sender.post_due()
    await sender.stop()
    assert await post.dead() == dead
    assert len(post.brand.ids) == (0 if dead else 1)


async def test_letter_that_is_sent_again_arrives(post: Post) -> None:
    post.brand.moods = [400]
    await post.says("one")
    await post.sender.post_due()
    [letter], _ = await Outbox(post.connection).letters()
    await Outbox(post.connection).send_again(letter.id)
    await post.sender.post_due()
    assert (await post.dead(), post.brand.texts) == ([], ["one"])


# ---- dying in the middle ---------------------------------------------------------------------


async def test_killed_sender_leaves_at_most_the_one_in_its_hand_to_be_repeated(
    post: Post, clock: Clock
) -> None:
    post.brand.moods = [200, "hang"]
    await post.says("one", "two", "three")
    killed = asyncio.create_task(post.sender.post_due())
    await until(lambda: _is(lambda: len(post.brand.ids) == 2))
    killed.cancel()  # with what it has in hand: as by kill -9, nobody notes it
    other = Sender(post.connection, [webhook(post.connection, clock, post.brand)], clock)
    await other.post_due()
    assert post.brand.texts == ["one"], "the dead one's lease still runs"
    clock.forward(seconds=LEASE.total_seconds() + 1)
    await other.post_due()
    await other.stop()
    assert post.brand.texts == ["one", "two", "three"]
    assert len(post.brand.ids) == 4
    assert len(await facts_of(post.connection, "reply_sent")) == 3


async def _is(holds: Callable[[], bool]) -> bool:
    return holds()


async def test_two_senders_post_each_line_once(post: Post, clock: Clock) -> None:
    for number in range(30):
        await post.says(*(f"{number}.{line}" for line in range(3)), to=f"customer {number}")
    other = Sender(post.connection, [webhook(post.connection, clock, post.brand)], clock)
    await asyncio.gather(post.sender.post_due(), other.post_due())
    await other.stop()
    assert sorted(post.brand.ids) == sorted(set(post.brand.ids))
    for number in range(30):
        mine = [text for text in post.brand.texts if text.startswith(f"{number}.")]
        assert mine == [f"{number}.{line}" for line in range(3)]


async def test_store_that_goes_away_between_post_and_note_repeats_nothing_when_it_is_back(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.channels.sender._AGAIN_SECONDS", 0.01)
    run, failed = Connection.run, []

    async def away_twice(self: Connection, script: str, *arguments: Any) -> Any:
        if script == "outbox_write" and len(failed) < 2:
            failed.append(script)
            raise StoreUnavailable("Redis does not answer.")
        return await run(self, script, *arguments)

    monkeypatch.setattr(Connection, "run", away_twice)
    await post.says("one", "two")
    await post.sender.post_due()
    assert (len(failed), len(post.brand.ids), post.brand.texts) == (2, 2, ["one", "two"])


async def test_sender_goes_on_by_itself_when_the_store_is_back(
    content: Content, clock: Clock, brand: Brand, tmp_path_factory: pytest.TempPathFactory
) -> None:
    own = EmbeddedStore(tmp_path_factory.mktemp("valkey"))
    connection = Connection(own.start().url, Keys("own"))
    sender = Sender(connection, [webhook(connection, clock, brand)], clock)
    running = asyncio.create_task(sender.run())
    try:
        office = Post(connection, content, clock, brand, sender)
        await office.says("before")
        await until(lambda: _is(lambda: brand.texts == ["before"]))
        own.stop()
        await asyncio.sleep(0.3)
        own.start()
        await office.says("after")
        await until(lambda: _is(lambda: brand.texts == ["before", "after"]), 30)
    finally:
        await sender.stop()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await connection.close()
        own.stop()


# ---- in the web process ----------------------------------------------------------------------


async def test_web_process_posts_what_the_bot_answers(
    connection: Connection, content: Content, clock: Clock, brand: Brand
) -> None:
    channels = {"webhook": {"secrets": SECRET, "url": brand.url}}
    serving = await Serving(create_app(connection, content, clock, channels=channels)).start()
    house = House(serving, connection, content, clock)
    try:
        await brand.post(serving.url, {"id": "m-1", "sender": "ann", "text": "hello"})
        await house.answer(Reply("good evening", (("Agent", "/wants_human"),)))
        await until(lambda: _is(lambda: bool(brand.replies)))
    finally:
        await serving.stop()
    [reply] = brand.replies
    assert reply["buttons"] == [{"title": "Agent", "payload": "/wants_human"}]
    assert brand.refused == 0


async def test_web_process_that_ends_notes_what_it_is_just_posting(
    connection: Connection, content: Content, clock: Clock, brand: Brand
) -> None:
    brand.moods = ["slow"]
    channels = {"webhook": {"secrets": SECRET, "url": brand.url}}
    serving = await Serving(create_app(connection, content, clock, channels=channels)).start()
    house = House(serving, connection, content, clock)
    await brand.post(serving.url, {"id": "m-1", "sender": "ann", "text": "hello"})
    await house.answer(Reply("one"), Reply("two"))
    await until(lambda: _is(lambda: bool(brand.ids)))
    await serving.stop()
    assert brand.texts == ["one"]
    [fact] = await facts_of(connection, "reply_sent")
    assert fact["reply"] == brand.ids[0]
    [posting], _ = await Outbox(connection).take("the next process", clock(), 1)
    assert posting.line == 3, "at once: the lease was given back"
