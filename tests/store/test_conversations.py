"""Messages in, turns out: nothing lost, nothing doubled, nothing half written."""

from __future__ import annotations

import asyncio
import itertools
from typing import get_args

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bot.cases.case import Customer
from bot.cases.turn import Reply
from bot.errors import ConversationBusy
from bot.store.conversations import LEASE_SECONDS, CaseChanged, Inbound
from bot.store.keys import ConversationPart
from tests.standing_in import stored

from .speaking import ANN, Speaking

# ---- accepting -------------------------------------------------------------------------------


async def test_message_comes_out_as_it_went_in(speaking: Speaking) -> None:
    customer = Customer("ann", "Ann Ö", "@ann", 12_000, "de")
    message = Inbound("m1", ANN, "rest", customer, "Hallo\n„Welt“ 😀", "/a", "public", True)
    assert (await speaking.store.accept(message, speaking.now)).line == 1
    claimed = await speaking.take()
    assert claimed.waiting == [(1, message)]


async def test_channel_stores_a_message_once_when_it_comes_again(speaking: Speaking) -> None:
    first = await speaking.accept("hello", "m1")
    again = await speaking.accept("hello", "m1")
    assert (first.duplicate, again.duplicate, again.replies) == (False, True, None)
    assert await speaking.waiting() == ["hello"]


async def test_channel_stores_a_message_once_when_it_comes_many_times_at_once(
    speaking: Speaking,
) -> None:
    results = await asyncio.gather(*(speaking.accept("hello", "m1") for _ in range(20)))
    assert sorted(accepted.duplicate for accepted in results) == [False] + [True] * 19
    assert await speaking.waiting() == ["hello"]


async def test_channel_gets_the_replies_when_an_answered_message_comes_again(
    speaking: Speaking,
) -> None:
    await speaking.accept("hello", "m1")
    claimed = await speaking.take()
    await speaking.commit(claimed, speaking.turn(claimed, "one", "two"))
    again = await speaking.accept("hello", "m1")
    assert again.replies == (2, 3) == await speaking.store.replies_of(ANN, "m1")
    assert [line.text for line in await speaking.store.lines(ANN, 2, 3)] == ["one", "two"]
    assert await speaking.claim() is None


async def test_message_without_an_answer_is_answered_with_nothing(speaking: Speaking) -> None:
    await speaking.accept("hello", "m1")
    assert await speaking.store.replies_of(ANN, "m1") is None
    claimed = await speaking.take()
    await speaking.commit(claimed, speaking.turn(claimed))
    span = await speaking.store.replies_of(ANN, "m1")
    assert span == (2, 1)
    assert await speaking.store.lines(ANN, *span) == []


async def test_messages_keep_their_order(speaking: Speaking) -> None:
    texts = [f"message {number}" for number in range(30)]
    for text in texts:
        await speaking.accept(text)
    assert await speaking.waiting() == texts
    lines = await speaking.store.lines(ANN)
    assert [(line.number, line.text) for line in lines] == list(enumerate(texts, start=1))


# ---- claiming --------------------------------------------------------------------------------


async def test_worker_waits_for_the_end_of_a_burst(speaking: Speaking) -> None:
    await speaking.accept("hi", burst=2)
    begun = speaking.now
    speaking.later(seconds=1.5)
    await speaking.accept("my lamp", burst=2)
    claimed, due = await speaking.store.claim("one", speaking.now)
    assert claimed is None
    assert due is not None
    assert (due - begun).total_seconds() == pytest.approx(2)
    speaking.later(seconds=0.5)  # the burst counts from its first message, and ends
    assert await speaking.waiting() == ["hi", "my lamp"]


async def test_conversation_is_in_one_pair_of_hands(speaking: Speaking) -> None:
    await speaking.accept("hello")
    taken = await asyncio.gather(*(speaking.claim(f"worker {n}") for n in range(10)))
    assert len([claimed for claimed in taken if claimed]) == 1
    await speaking.accept("more")
    assert await speaking.claim("another") is None


async def test_conversations_are_taken_side_by_side_the_longest_waiting_first(
    speaking: Speaking,
) -> None:
    names = ["rest:cem", "rest:ann", "rest:bob"]
    for name in names:
        await speaking.accept("hello", conversation=name)
        speaking.later(seconds=1)
    assert [(await speaking.take(f"for {name}")).conversation for name in names] == names


async def test_worker_keeps_the_conversation_when_more_came_meanwhile(speaking: Speaking) -> None:
    await speaking.accept("one")
    claimed = await speaking.take()
    await speaking.accept("two")
    assert await speaking.commit(claimed, speaking.turn(claimed, "to one")) is True
    assert await speaking.claim("another") is None
    await speaking.store.load(claimed, speaking.now)
    assert [message.text for _, message in claimed.waiting] == ["two"]
    assert await speaking.commit(claimed, speaking.turn(claimed, "to two")) is False
    assert [line.text for line in await speaking.store.lines(ANN)] == [
        "one", "two", "to one", "to two",
    ]  # fmt: skip


async def test_conversation_comes_back_when_its_worker_fell_silent(speaking: Speaking) -> None:
    await speaking.accept("hello")
    assert (await speaking.take("silent")).attempts == 1
    speaking.later(seconds=LEASE_SECONDS - 0.01)
    assert await speaking.claim("next") is None
    speaking.later(seconds=0.01)
    assert (await speaking.take("next")).attempts == 2


async def test_idle_worker_is_told_to_come_back_when_a_lease_ends_within_five_seconds(
    speaking: Speaking,
) -> None:
    await speaking.accept("hello")
    await speaking.take("silent")
    await speaking.accept("much later", conversation="rest:bob", burst=60)
    claimed, due = await speaking.store.claim("idle", speaking.now)
    assert claimed is None
    assert due is not None
    assert 0 < (due - speaking.now).total_seconds() < 5
    speaking.later(seconds=(due - speaking.now).total_seconds())
    assert (await speaking.take("idle")).conversation == ANN


async def test_worker_keeps_a_conversation_that_it_renews(speaking: Speaking) -> None:
    await speaking.accept("hello")
    claimed = await speaking.take("slow")
    for _ in range(5):
        speaking.later(seconds=LEASE_SECONDS - 1)
        assert await speaking.store.renew(claimed, speaking.now) is True
        assert await speaking.claim("next") is None
    assert await speaking.commit(claimed, speaking.turn(claimed, "at last")) is False


async def test_worker_renews_nothing_that_another_took(speaking: Speaking) -> None:
    await speaking.accept("hello")
    slow = await speaking.take("slow")
    speaking.later(seconds=LEASE_SECONDS)
    await speaking.take("next")
    assert await speaking.store.renew(slow, speaking.now) is False
    speaking.later(seconds=LEASE_SECONDS)
    assert await speaking.claim("third") is not None


async def test_conversation_given_back_comes_when_it_is_due(speaking: Speaking) -> None:
    await speaking.accept("hello")
    claimed = await speaking.take()
    again = speaking.now.replace(second=30)
    await speaking.store.release(claimed, again)
    assert await speaking.store.claim("two", speaking.now) == (None, again)
    speaking.now = again
    assert await speaking.claim("two") is not None


@pytest.mark.parametrize(("failed", "attempts"), [(False, 1), (True, 2)])
async def test_only_a_failure_counts_as_a_try(
    speaking: Speaking, failed: bool, attempts: int
) -> None:
    await speaking.accept("hello")
    await speaking.store.release(await speaking.take("one"), speaking.now, failed)
    assert (await speaking.take("two")).attempts == attempts


async def test_tries_are_counted_anew_for_the_next_message(speaking: Speaking) -> None:
    await speaking.accept("one")
    await speaking.store.release(await speaking.take(), speaking.now, failed=True)
    claimed = await speaking.take()
    await speaking.accept("two")
    await speaking.commit(claimed, speaking.turn(claimed))
    await speaking.store.release(claimed, speaking.now, failed=True)
    assert (await speaking.take()).attempts == 2


# ---- committing ------------------------------------------------------------------------------


async def test_worker_that_lost_the_conversation_writes_nothing(speaking: Speaking) -> None:
    await speaking.accept("hello")
    slow = await speaking.take("slow")
    late = speaking.turn(slow, "too late")
    late.state = "of the slow"
    await speaking.open_case(late)
    late.happened("case_opened")
    speaking.later(seconds=LEASE_SECONDS)
    quick = await speaking.take("quick")
    before = await stored(speaking.connection)
    with pytest.raises(ConversationBusy):
        await speaking.commit(slow, late)
    assert await stored(speaking.connection) == before
    assert await speaking.commit(quick, speaking.turn(quick, "in time")) is False


async def test_worker_may_be_late_when_nobody_took_over(speaking: Speaking) -> None:
    await speaking.accept("hello")
    claimed = await speaking.take()
    speaking.later(minutes=1)
    assert await speaking.commit(claimed, speaking.turn(claimed, "here I am")) is False
    assert await speaking.claim("next") is None


async def test_turn_is_done_again_when_its_case_was_changed_meanwhile(speaking: Speaking) -> None:
    case = await speaking.case_for()
    await speaking.accept("any news?")
    claimed = await speaking.take()
    assert (claimed.case, claimed.revisions) == (case, {case.id: 1})
    turn = speaking.turn(claimed, "none")
    turn.put(case.noted(speaking.now, "bot", "note"))
    noted = await speaking.handling().note(case.id, "u-1", "n1", "looks bad")
    before = await stored(speaking.connection)
    with pytest.raises(CaseChanged):
        await speaking.commit(claimed, turn)
    assert await stored(speaking.connection) == before
    await speaking.store.load(claimed, speaking.now)
    assert (claimed.case, claimed.revisions) == (noted, {case.id: 2})
    assert await speaking.commit(claimed, speaking.turn(claimed, "seen")) is False


async def test_turn_is_done_again_when_a_person_took_the_conversation_meanwhile(
    speaking: Speaking,
) -> None:
    """Also when the turn would not have touched the case: the bot must not speak any more."""
    case = await speaking.case_for()
    await speaking.accept("when do you open?")
    claimed = await speaking.take()
    turn = speaking.turn(claimed, "at nine")
    await speaking.handling().claim(case.id, "u-1")
    with pytest.raises(CaseChanged):
        await speaking.commit(claimed, turn)
    await speaking.store.load(claimed, speaking.now)
    assert claimed.held == case.id
    assert claimed.case is not None
    assert claimed.case.is_held


async def test_writers_beside_a_turn_do_not_lose_each_others_work(speaking: Speaking) -> None:
    case = await speaking.case_for()
    handling = speaking.handling()
    await asyncio.gather(*(handling.note(case.id, f"u-{n}", "n", f"note {n}") for n in range(5)))
    found = await speaking.store.case(case.id)
    assert found is not None
    assert {note.text for note in found[0].notes} == {f"note {n}" for n in range(5)}


async def test_buttons_are_known_in_their_conversation_only(speaking: Speaking) -> None:
    await speaking.accept("hello")
    claimed = await speaking.take()
    turn = speaking.turn(claimed)
    turn.replies.append(Reply("Solved?", (("Yes", "/solved"), ("No", "/not_solved"))))
    await speaking.commit(claimed, turn)
    assert await speaking.store.button(ANN, "/solved") == "Yes"
    assert await speaking.store.button(ANN, "/other") is None
    assert await speaking.store.button("rest:bob", "/solved") is None


async def test_repeat_contacts_are_open_cases_of_two_weeks(speaking: Speaking) -> None:
    for text in ("first", "second"):
        await speaking.accept(text)
        claimed = await speaking.take()
        turn = speaking.turn(claimed)
        await speaking.open_case(turn, number=1 + len(text))
        await speaking.commit(claimed, turn)
        speaking.later(days=8)
    await speaking.accept("again")
    assert (await speaking.take()).repeat_contacts == 1


# ---- references ------------------------------------------------------------------------------


async def test_reference_is_the_same_however_often_it_is_asked(speaking: Speaking) -> None:
    asked = await asyncio.gather(*(speaking.store.reference_for(ANN, 1) for _ in range(10)))
    assert len(set(asked)) == 1
    assert asked[0] != await speaking.store.reference_for(ANN, 2)
    assert asked[0] != await speaking.store.reference_for("rest:bob", 1)


async def test_reference_is_given_once_when_two_would_share_it(speaking: Speaking) -> None:
    keys, redis = speaking.connection.keys, speaking.connection.redis
    wanted = await speaking.store.reference_for(ANN, 1)
    await redis.hset(keys.one("refs"), wanted, "somebody else|1")
    other = await speaking.store.reference_for(ANN, 1)
    assert other != wanted
    assert other == await speaking.store.reference_for(ANN, 1)


# ---- erasure ---------------------------------------------------------------------------------

_numbers = itertools.count(1)
PRINTABLE = st.characters(exclude_categories=("C", "Z"))
names = st.text(PRINTABLE, min_size=1, max_size=12)


@settings(
    max_examples=40,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],  # shrinking would take minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(sender=names, words=st.lists(names, min_size=1, max_size=3))
async def test_customers_words_stand_only_under_their_own_keys(
    speaking: Speaking, sender: str, words: list[str]
) -> None:
    number = next(_numbers)
    canary = f"CANARY{number}YRANAC"
    conversation = f"rest:{number}:{sender}"
    for place, word in enumerate(words):
        await speaking.accept(f"{word} {canary}", f"m{place}", conversation)
    claimed = await speaking.take(f"worker {number}")
    turn = speaking.turn(claimed, f"you said {canary}")
    turn.replies.append(Reply("Yes?", ((f"Title {canary}", "/yes"),)))
    turn.state = f"state with {canary}"
    case = await speaking.open_case(turn)
    turn.happened("case_opened", case=case.id)
    await speaking.commit(claimed, turn, [message for _, message in claimed.waiting])
    holding = {key for key, text in (await stored(speaking.connection)).items() if canary in text}
    keys = speaking.connection.keys
    own = {keys.conversation(conversation, part) for part in get_args(ConversationPart)}
    assert keys.conversation(conversation, "log") in holding
    assert holding <= own | {keys.case(case.id)}
