"""The outbox: filled with the lines, emptied in order, given up and sent again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.store.outbox import LEASE, DeadLetter, Outbox, Posting
from tests.handoff.people import facts_of

from .speaking import Speaking

ANN = "pigeon:ann"


async def answer(speaking: Speaking, *replies: str, text: str = "hello", **more: bool) -> None:
    """A customer writes, and the bot answers."""
    await speaking.accept(text, conversation=ANN, **{"posted": True, **more})
    claimed = await speaking.take()
    await speaking.commit(claimed, speaking.turn(claimed, *replies))


async def take(speaking: Speaking, token: str = "one", most: int = 5) -> list[Posting]:
    return (await Outbox(speaking.connection).take(token, speaking.now, most))[0]


async def one(speaking: Speaking, token: str = "one") -> Posting:
    [posting] = await take(speaking, token)
    return posting


async def give_up(speaking: Speaking, posting: Posting, reason: str = "refused") -> Posting | None:
    outbox = Outbox(speaking.connection)
    letter = await outbox.letter_of(posting, "pigeon", "bot", reason, speaking.now)
    return await outbox.dead(posting, letter, speaking.now, speaking.now + LEASE)


async def sent(speaking: Speaking, posting: Posting) -> Posting | None:
    until = speaking.now + LEASE
    return await Outbox(speaking.connection).sent(posting, "p-1", speaking.now, until)


async def lines_left(speaking: Speaking) -> list[int]:
    """The lines that are posted from here on, in order."""
    speaking.later(minutes=5)
    [posting], order = await take(speaking), []
    following: Posting | None = posting
    while following is not None:
        order.append(following.line)
        following = await sent(speaking, following)
    return order


async def test_replies_are_in_the_outbox_as_soon_as_they_are_in_the_transcript(
    speaking: Speaking,
) -> None:
    await answer(speaking, "good evening", "how can I help")
    assert (await one(speaking)).line == 2
    assert await lines_left(speaking) == [2, 3]
    assert await Outbox(speaking.connection).waiting() == 0


async def test_channel_whose_customers_fetch_their_replies_has_no_outbox(
    speaking: Speaking,
) -> None:
    await answer(speaking, "good evening", posted=False)
    assert await take(speaking) == []
    assert await Outbox(speaking.connection).waiting() == 0


async def test_silent_turn_leaves_nothing_to_post(speaking: Speaking) -> None:
    await answer(speaking)
    assert await Outbox(speaking.connection).waiting() == 0


async def test_what_an_agent_writes_goes_out_too(speaking: Speaking) -> None:
    await answer(speaking)
    case = await speaking.case_for(ANN)
    await speaking.connection.redis.hset(
        speaking.connection.keys.conversation(ANN, "main"), "posted", "1"
    )
    await speaking.handling().claim(case.id, "u-kim")
    await speaking.handling().reply(case.id, "u-kim", "r-1", "I look into it")
    posting = await one(speaking)
    [line] = await speaking.store.lines(ANN, posting.line, posting.line)
    assert (line.speaker, line.text) == ("agent", "I look into it")


async def test_conversation_is_in_one_senders_hands_until_the_lease_ends(
    speaking: Speaking,
) -> None:
    await answer(speaking, "good evening")
    first = await one(speaking)
    assert await take(speaking, "two") == []
    speaking.later(seconds=LEASE.total_seconds() + 1)
    second = await one(speaking, "two")
    assert (second.line, second.id) == (first.line, first.id)
    assert await sent(speaking, first) is None, "the first sender lost it"
    assert await facts_of(speaking.connection, "reply_sent") == []
    await sent(speaking, second)
    assert len(await facts_of(speaking.connection, "reply_sent")) == 1


async def test_line_that_comes_while_another_is_in_hand_follows_it(speaking: Speaking) -> None:
    await answer(speaking, "one")
    first = await one(speaking)
    await answer(speaking, "two", text="and?")
    assert await take(speaking, "two") == []
    second = await sent(speaking, first)
    assert second is not None
    assert second.line == 4
    assert await sent(speaking, second) is None


async def test_later_lines_wait_for_the_one_that_is_tried_again(speaking: Speaking) -> None:
    await answer(speaking, "one", "two")
    first, outbox = await one(speaking), Outbox(speaking.connection)
    again_at = speaking.now + timedelta(seconds=30)
    await outbox.later(first, "timeout", speaking.now, again_at)
    await answer(speaking, "three", text="hello?")
    postings, due = await outbox.take("one", speaking.now, 5)
    assert (postings, due) == ([], again_at)
    began = speaking.now
    speaking.later(seconds=30)
    second_try = await one(speaking)
    assert (second_try.line, second_try.tries, second_try.since) == (2, 1, began)
    [fact] = await facts_of(speaking.connection, "reply_failed")
    assert (fact["reason"], fact["tries"]) == ("timeout", 1)


async def test_platforms_id_is_noted_with_the_fact(speaking: Speaking) -> None:
    await answer(speaking, "good evening")
    posting = await one(speaking)
    await sent(speaking, posting)
    key = speaking.connection.keys.conversation(ANN, "sent")
    assert await speaking.connection.redis.hgetall(key) == {"2": "p-1"}
    [fact] = await facts_of(speaking.connection, "reply_sent")
    assert fact == {
        "type": "reply_sent", "at": "2026-11-21T23:30:00Z", "conversation": ANN,
        "reply": posting.id, "tries": 1,
    }  # fmt: skip


async def test_what_was_given_up_is_a_letter_without_a_text_and_the_rest_goes_on(
    speaking: Speaking,
) -> None:
    await answer(speaking, "the secret words", "two")
    following = await give_up(speaking, await one(speaking))
    assert following is not None
    assert following.line == 3
    [letter], total = await Outbox(speaking.connection).letters()
    assert (letter.line, letter.reason, letter.case, letter.tries, total) == (
        2,
        "refused",
        "",
        1,
        1,
    )
    kept = await speaking.connection.redis.hgetall(speaking.connection.keys.one("dead:letters"))
    assert "secret" not in str(kept)
    [fact] = await facts_of(speaking.connection, "reply_dead")
    assert (fact["reason"], fact["line"], "case" in fact) == ("refused", 2, False)


async def test_letter_names_the_case_its_line_belongs_to(speaking: Speaking) -> None:
    await answer(speaking, "hello")
    await give_up(speaking, await one(speaking))
    case = await speaking.case_for(ANN)
    outbox = Outbox(speaking.connection)
    before, within = Posting(ANN, "one", 2), Posting(ANN, "one", 4)
    assert (await outbox.letter_of(before, "pigeon", "bot", "x", speaking.now)).case == ""
    assert (await outbox.letter_of(within, "pigeon", "bot", "x", speaking.now)).case == case.id


async def test_latest_letters_come_first_in_pages(speaking: Speaking) -> None:
    await answer(speaking, "one", "two", "three")
    posting: Posting | None = await one(speaking)
    while posting is not None:
        posting = await give_up(speaking, posting)
        speaking.later(seconds=1)
    outbox = Outbox(speaking.connection)
    page, total = await outbox.letters(0, 2)
    assert ([letter.line for letter in page], total) == ([4, 3], 3)
    assert [letter.line for letter in (await outbox.letters(2, 2))[0]] == [2]
    assert await outbox.letters(0, 0) == ([], 3)


async def dead_letter(speaking: Speaking, *replies: str) -> DeadLetter:
    """The first of these replies was given up; the others wait."""
    await answer(speaking, *replies)
    await give_up(speaking, await one(speaking))
    [letter], _ = await Outbox(speaking.connection).letters()
    return letter


async def test_letter_is_sent_again_at_its_place(speaking: Speaking) -> None:
    letter, outbox = await dead_letter(speaking, "one", "two", "three"), Outbox(speaking.connection)
    again = await outbox.send_again(letter.id)
    assert again == letter
    assert await outbox.letters() == ([], 0)
    assert await lines_left(speaking) == [3, 2, 4], "behind the line that is in hand"


async def test_letter_is_sent_again_at_once_though_the_others_wait(speaking: Speaking) -> None:
    letter, outbox = await dead_letter(speaking, "one", "two"), Outbox(speaking.connection)
    speaking.later(seconds=LEASE.total_seconds() + 1)
    second = await one(speaking)
    await outbox.later(second, "timeout", speaking.now, speaking.now + timedelta(hours=1))
    await outbox.send_again(letter.id)
    posting = await one(speaking)
    assert (posting.line, posting.tries, posting.id) == (2, 0, letter.id)


@pytest.mark.parametrize("way", ["send_again", "drop"])
async def test_letter_is_taken_off_the_list_once(speaking: Speaking, way: str) -> None:
    letter, outbox = await dead_letter(speaking, "one"), Outbox(speaking.connection)
    assert await getattr(outbox, way)(letter.id) == letter
    assert await getattr(outbox, way)(letter.id) is None
    assert await outbox.waiting() == (1 if way == "send_again" else 0)
    assert await outbox.letters() == ([], 0)


async def test_addressee_is_whom_the_conversation_is_with(speaking: Speaking) -> None:
    await answer(speaking, "hello")
    found = await Outbox(speaking.connection).addressee(ANN)
    assert found is not None
    assert (found.channel, found.customer.id) == ("rest", "ann")
    assert await Outbox(speaking.connection).addressee("pigeon:nobody") is None
