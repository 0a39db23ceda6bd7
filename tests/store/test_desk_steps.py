"""What people do, written: one holder, done once, said to the customer, handed to the bot."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from bot.cases.case import Case, validate
from bot.cases.changing import Changes
from bot.cases.filing import customer_wrote
from bot.cases.rating import payload
from bot.cases.watching import watch
from bot.errors import BadRequest
from bot.playbook.content import Content
from bot.store.cases import Cases
from bot.store.connection import Connection
from bot.store.desk_steps import CLOCK, Handling
from bot.store.embedded import EmbeddedStore
from bot.store.tokens import Tokens
from bot.web import create_app
from tests.channels.house import Clock, Serving
from tests.handoff.people import facts_of
from tests.interleaving import Interrupted

from .speaking import ANN, Speaking

Interrupt = Callable[[Callable[[], Awaitable[object]]], Handling]

MARIA, JONAS = "u-maria", "u-jonas"


async def held(speaking: Speaking, conversation: str = ANN) -> str:
    """The case by which the conversation is held."""
    return (await speaking.store.beside(conversation))[0]


async def spoken(speaking: Speaking) -> list[tuple[str, str]]:
    """Who said what, from behind the bot's first answer on."""
    lines = await speaking.store.lines(ANN, 3)
    return [(line.who or line.speaker, line.text) for line in lines]


async def read(speaking: Speaking, case: Case) -> Case:
    found = await speaking.store.case(case.id)
    assert found is not None
    return found[0]


async def writes_to_a_person(speaking: Speaking, text: str) -> Case:
    """The customer writes, and the worker's turn notes it without a word."""
    await speaking.accept(text)
    claimed = await speaking.take()
    turn = speaking.turn(claimed)
    assert turn.case is not None
    turn.put(customer_wrote(turn.case, speaking.now, speaking.content))
    await speaking.commit(claimed, turn)
    return turn.case


async def two_cases(speaking: Speaking) -> tuple[Case, Case]:
    """An older and a newer case of one conversation."""
    first = await speaking.case_for()
    speaking.later(minutes=1)
    await speaking.accept("another thing")
    claimed = await speaking.take()
    turn = speaking.turn(claimed, "noted")
    second = await speaking.open_case(turn, number=2)
    await speaking.commit(claimed, turn)
    return first, second


@pytest.fixture
async def interrupted(speaking: Speaking, store: EmbeddedStore) -> AsyncIterator[Interrupt]:
    """Somebody's steps; just before the first is written another steps in, once."""
    slow = Interrupted(store.url, speaking.connection.keys)

    def made(step: Callable[[], Awaitable[object]]) -> Handling:
        async def once() -> None:
            slow.before_commit = None
            await step()

        slow.before_commit = once
        return Handling(slow, lambda: speaking.content, lambda: speaking.now)

    yield made
    await slow.close()
    await slow.redis.connection_pool.disconnect()


# ---- one holder --------------------------------------------------------------------------------


async def test_of_two_who_claim_at_once_one_has_the_case_and_the_other_is_told_who(
    speaking: Speaking,
) -> None:
    case = await speaking.case_for()

    async def name(who: str) -> str:
        return {MARIA: "Maria", JONAS: "Jonas"}[who]

    handling = replace(speaking.handling(), name_of=name)
    outcome = await asyncio.gather(
        *(handling.claim(case.id, who) for who in (MARIA, JONAS)), return_exceptions=True
    )
    [mine] = [one for one in outcome if isinstance(one, Case)]
    [refused] = [one for one in outcome if isinstance(one, BadRequest)]
    holder = await name(str(mine.assignee))
    assert (refused.code, refused.status) == ("held_by", 409)
    assert refused.message == f"{holder} has this conversation ({case.id})"
    assert len(await facts_of(speaking.connection, "case_claimed")) == 1


async def test_claim_that_was_overtaken_is_computed_again(
    speaking: Speaking, interrupted: Interrupt
) -> None:
    case, handling = await speaking.case_for(), speaking.handling()
    slow = interrupted(lambda: handling.note(case.id, JONAS, "n1", "look here"))
    claimed = await slow.claim(case.id, MARIA)
    assert (claimed.assignee, len(claimed.notes)) == (MARIA, 1)


async def test_unknown_case_is_nobodys(speaking: Speaking) -> None:
    with pytest.raises(BadRequest) as refused:
        await speaking.handling().claim("ND-2222222", MARIA)
    assert (refused.value.code, refused.value.status) == ("unknown_case", 404)


@pytest.mark.parametrize(
    ("step", "code", "status"),
    [
        (lambda it, ref: it.reply(ref, MARIA, "r1", "hello"), "not_yours", 409),
        (lambda it, ref: it.reopen(ref, MARIA), "not_resolved", 409),
        (lambda it, ref: it.change(ref, MARIA, Changes(topic="telegrams")), "bad_topic", 400),
        (lambda it, ref: it.to_team(ref, MARIA, "telegraph", None), "bad_team", 400),
    ],
)
async def test_what_is_refused_has_a_code_and_writes_nothing(
    speaking: Speaking,
    step: Callable[[Handling, str], Awaitable[Case]],
    code: str,
    status: int,
) -> None:
    case = await speaking.case_for()
    with pytest.raises(BadRequest) as refused:
        await step(speaking.handling(), case.id)
    assert (refused.value.code, refused.value.status) == (code, status)
    assert await speaking.store.case(case.id) == (case, 1)


# ---- the holder of a conversation --------------------------------------------------------------


async def test_conversation_is_held_from_the_claim_until_the_case_is_out_of_hands(
    speaking: Speaking,
) -> None:
    case, handling = await speaking.case_for(), speaking.handling()
    assert await held(speaking) == ""
    await handling.claim(case.id, MARIA)
    assert await held(speaking) == case.id
    await handling.reply(case.id, MARIA, "r1", "which order?")
    assert await held(speaking) == case.id
    await handling.resolve(case.id, MARIA, "e1", None)
    assert await held(speaking) == ""
    await handling.reopen(case.id, MARIA)
    assert await held(speaking) == case.id


@pytest.mark.parametrize("ends", ["resolve", "return", "team", "silence"])
async def test_conversation_is_free_again_however_the_case_leaves_the_hands(
    speaking: Speaking, ends: str
) -> None:
    case, handling = await speaking.case_for(), speaking.handling()
    await handling.claim(case.id, MARIA)
    if ends == "resolve":
        await handling.resolve(case.id, MARIA, "e1", "done")
    elif ends == "return":
        await handling.give_to_bot(case.id, MARIA, None)
    elif ends == "team":
        await handling.to_team(case.id, MARIA, "support", None)
    else:
        speaking.later(hours=1)
        await handling.do(case.id, CLOCK, watch)
    assert await held(speaking) == ""


async def test_conversation_stays_with_the_other_case_when_one_of_two_is_done(
    speaking: Speaking,
) -> None:
    handling = speaking.handling()
    first, second = await two_cases(speaking)
    for case in (first, second):
        await handling.claim(case.id, MARIA)
    assert await held(speaking) == second.id
    await handling.resolve(second.id, MARIA, "e1", None)
    assert await held(speaking) == first.id
    await handling.resolve(first.id, MARIA, "e2", None)
    assert await held(speaking) == ""


async def test_customers_words_are_about_the_case_that_was_answered_last(
    speaking: Speaking,
) -> None:
    handling = speaking.handling()
    first, second = await two_cases(speaking)
    for case in (first, second):
        await handling.claim(case.id, MARIA)
    await handling.reply(first.id, MARIA, "r1", "which order?")
    assert (await writes_to_a_person(speaking, "BN-104233")).id == first.id


async def test_note_on_the_other_case_does_not_turn_the_talk_to_it(speaking: Speaking) -> None:
    handling = speaking.handling()
    first, second = await two_cases(speaking)
    for case in (first, second):
        await handling.claim(case.id, MARIA)
    await handling.note(first.id, JONAS, "n1", "seen before")
    await handling.change(first.id, MARIA, Changes(tags=["vip"]))
    assert await held(speaking) == second.id


async def test_one_of_two_held_cases_goes_to_a_team_and_the_bot_stays_silent(
    speaking: Speaking,
) -> None:
    handling = speaking.handling()
    first, second = await two_cases(speaking)
    for case in (first, second):
        await handling.claim(case.id, MARIA)
    await handling.to_team(second.id, MARIA, "support", None)
    assert await held(speaking) == first.id


async def test_bot_gets_both_cases_of_a_conversation_back(speaking: Speaking) -> None:
    handling = speaking.handling()
    first, second = await two_cases(speaking)
    for case in (first, second):
        await handling.claim(case.id, MARIA)
    await handling.give_to_bot(first.id, MARIA, None)
    assert await held(speaking) == ""
    assert [(await read(speaking, case)).status for case in (first, second)] == ["new", "new"]


async def test_conversation_is_never_held_by_a_case_that_was_resolved_meanwhile(
    speaking: Speaking, interrupted: Interrupt
) -> None:
    handling = speaking.handling()
    first, second = await two_cases(speaking)
    for case in (first, second):
        await handling.claim(case.id, MARIA)
    slow = interrupted(lambda: handling.resolve(first.id, MARIA, "e1", None))
    await slow.to_team(second.id, MARIA, "support", None)
    assert await held(speaking) == ""


async def test_conversation_never_has_two_holders_also_when_the_other_case_changes_hands(
    speaking: Speaking, interrupted: Interrupt
) -> None:
    handling = speaking.handling()
    first, second = await two_cases(speaking)
    await handling.claim(first.id, MARIA)
    slow = interrupted(lambda: handling.to_person(first.id, MARIA, JONAS, None))
    with pytest.raises(BadRequest, match=JONAS):
        await slow.claim(second.id, MARIA)
    assert (await read(speaking, second)).assignee is None


# ---- once --------------------------------------------------------------------------------------


async def test_reply_note_and_resolve_are_done_once_for_an_id(speaking: Speaking) -> None:
    case, handling = await speaking.case_for(), speaking.handling()
    await handling.claim(case.id, MARIA)
    for _ in range(3):
        await handling.note(case.id, MARIA, "step-1", "call them")
        await handling.reply(case.id, MARIA, "step-1", "which order?")
    for _ in range(3):
        done = await handling.resolve(case.id, MARIA, "step-1", "found it")
    assert done.status == "resolved"
    assert len(done.notes) == 1
    texts = [text for who, text in await spoken(speaking) if who == MARIA]
    assert texts == ["which order?", "found it"]
    facts = await facts_of(speaking.connection, "note_added", "agent_replied", "case_resolved")
    assert len(facts) == 4


async def test_reply_sent_again_after_the_case_was_resolved_is_no_mistake(
    speaking: Speaking,
) -> None:
    """The answer to it was lost on the way, and another window resolved the case meanwhile."""
    case, handling = await speaking.case_for(), speaking.handling()
    await handling.claim(case.id, MARIA)
    await handling.reply(case.id, MARIA, "r1", "found it")
    await handling.resolve(case.id, MARIA, "e1", None)
    assert (await handling.reply(case.id, MARIA, "r1", "found it")).status == "resolved"


async def test_step_that_is_sent_twice_at_once_is_done_once(speaking: Speaking) -> None:
    case, handling = await speaking.case_for(), speaking.handling()
    await handling.claim(case.id, MARIA)
    replies = await asyncio.gather(
        *(handling.reply(case.id, MARIA, "r1", "which order?") for _ in range(4))
    )
    assert [reply.status for reply in replies] == ["waiting"] * 4
    assert [who for who, _ in await spoken(speaking)] == [MARIA]


async def test_ids_of_two_people_and_two_cases_never_meet(speaking: Speaking) -> None:
    handling = speaking.handling()
    first, second = await two_cases(speaking)
    for case in (first, second):
        for who in (MARIA, JONAS):
            after = await handling.note(case.id, who, "step-1", "seen")
        assert len(after.notes) == 2


# ---- what the customer reads -------------------------------------------------------------------


async def test_agents_line_is_in_the_transcript_with_who_wrote_it(speaking: Speaking) -> None:
    case, handling = await speaking.case_for(), speaking.handling()
    await handling.claim(case.id, MARIA)
    await handling.reply(case.id, MARIA, "r1", "Grüße, which order?")
    line = (await speaking.store.lines(ANN))[-1]
    assert (line.speaker, line.who, line.text) == ("agent", MARIA, "Grüße, which order?")
    whole = await Cases(speaking.connection).get(case.id)
    assert whole is not None
    assert whole.transcript[-1].speaker == "agent"
    validate(whole.to_json())


async def test_rating_buttons_may_be_pressed(speaking: Speaking) -> None:
    case, handling = await speaking.case_for(), speaking.handling()
    await handling.resolve(case.id, MARIA, "e1", "found it")
    assert await speaking.store.button(ANN, payload(4, case.id)) == "4 of 5"


@pytest.fixture
async def serving(
    connection: Connection, content: Content, speaking: Speaking
) -> AsyncIterator[Serving]:
    made = await Serving(create_app(connection, content, Clock(speaking.now))).start()
    yield made
    await made.stop()


async def test_back_end_of_the_rest_channel_reads_what_the_agent_wrote(
    speaking: Speaking, serving: Serving
) -> None:
    case, handling = await speaking.case_for(), speaking.handling()
    await handling.claim(case.id, MARIA)
    await handling.reply(case.id, MARIA, "r1", "which order?")
    token = await Tokens(speaking.connection).add("shop", "channel")
    async with httpx.AsyncClient(base_url=serving.url) as shop:
        answer = await shop.get(
            "/webhooks/rest/messages",
            params={"sender": "ann", "after": 2},
            headers={"Authorization": f"Bearer {token}"},
        )
    [line] = answer.json()
    assert (line["text"], line["from"], line["recipient_id"]) == ("which order?", "agent", "ann")


async def test_customer_of_the_web_chat_reads_what_the_agent_wrote(
    speaking: Speaking, serving: Serving
) -> None:
    async with httpx.AsyncClient(base_url=serving.url) as chat:
        session = (await chat.post("/chat/sessions")).json()["session"]
        chat.headers["Authorization"] = f"Bearer {session}"
        await chat.post("/chat/messages", json={"id": "12345678", "text": "charged twice"})
        speaking.later(seconds=3)
        claimed = await speaking.take()
        turn = speaking.turn(claimed, "noted")
        case = await speaking.open_case(turn)
        await speaking.commit(claimed, turn)
        handling = speaking.handling()
        await handling.claim(case.id, MARIA)
        await handling.reply(case.id, MARIA, "r1", "which order?")
        read = (await chat.get("/chat/messages")).json()
    assert [line["from"] for line in read["messages"]] == ["customer", "bot", "agent"]
    assert read["messages"][-1]["text"] == "which order?"
    assert MARIA not in str(read)
    assert not read["typing"]


# ---- back to the bot ---------------------------------------------------------------------------


async def test_bot_gets_what_nobody_answered_as_one_message(speaking: Speaking) -> None:
    case, handling = await speaking.case_for(), speaking.handling()
    await handling.claim(case.id, MARIA)
    await writes_to_a_person(speaking, "hello?")
    await handling.reply(case.id, MARIA, "r1", "one moment")
    await writes_to_a_person(speaking, "when do you open?")
    await writes_to_a_person(speaking, "on Sunday")
    await handling.give_to_bot(case.id, MARIA, None)
    assert await speaking.waiting() == ["when do you open?\non Sunday"]


async def test_bot_gets_nothing_when_all_is_answered(speaking: Speaking) -> None:
    case, handling = await speaking.case_for(), speaking.handling()
    await handling.claim(case.id, MARIA)
    await writes_to_a_person(speaking, "hello?")
    await handling.reply(case.id, MARIA, "r1", "on Sunday")
    await handling.give_to_bot(case.id, MARIA, None)
    assert await speaking.claim() is None


async def test_what_waits_for_its_turn_comes_behind_what_was_left_open(speaking: Speaking) -> None:
    case, handling = await speaking.case_for(), speaking.handling()
    await handling.claim(case.id, MARIA)
    await writes_to_a_person(speaking, "when do you open?")
    await speaking.accept("and where?")
    await handling.give_to_bot(case.id, MARIA, None)
    assert await speaking.waiting() == ["when do you open?", "and where?"]


async def test_what_was_left_open_is_kept_when_a_person_steps_in_before_the_bot_answers(
    speaking: Speaking,
) -> None:
    """Neither the new promise nor the bot's "I am back" answered it."""
    case, handling = await speaking.case_for(), speaking.handling()
    await handling.claim(case.id, MARIA)
    await writes_to_a_person(speaking, "when do you open?")
    await handling.give_to_bot(case.id, MARIA, None)
    await handling.claim(case.id, JONAS)
    claimed = await speaking.take()
    await speaking.commit(claimed, speaking.turn(claimed))  # silently: it is Jonas' now
    await handling.give_to_bot(case.id, JONAS, None)
    assert await speaking.waiting() == ["when do you open?"]


async def test_bot_does_not_get_it_while_the_person_keeps_the_other_case(
    speaking: Speaking,
) -> None:
    handling = speaking.handling()
    first, second = await two_cases(speaking)
    for case in (first, second):
        await handling.claim(case.id, MARIA)
    await writes_to_a_person(speaking, "hello?")
    await handling.to_team(first.id, MARIA, "support", None)
    assert await held(speaking) == second.id
    assert await speaking.claim() is None


async def test_message_that_failed_before_is_not_set_aside_for_another(speaking: Speaking) -> None:
    case, handling = await speaking.case_for(), speaking.handling()
    await handling.claim(case.id, MARIA)
    await writes_to_a_person(speaking, "when do you open?")
    await speaking.accept("poison")
    for _ in range(2):
        claimed = await speaking.take()
        await speaking.store.release(claimed, speaking.now, failed=True)
    await handling.give_to_bot(case.id, MARIA, None)
    claimed = await speaking.take()
    assert (claimed.attempts, claimed.waiting[0][1].text) == (1, "when do you open?")


# ---- other hours -------------------------------------------------------------------------------


async def test_case_is_due_in_the_hours_of_the_team_it_went_to(
    speaking: Speaking, content: Content
) -> None:
    """The sample's teams share one office; here billing sits in Seoul."""
    office, money = content.calendars["office"], content.playbook.teams["money"]
    seoul = replace(office, name="seoul", timezone=type(office.timezone)("Asia/Seoul"))
    speaking.content = replace(
        content,
        calendars={**content.calendars, "seoul": seoul},
        playbook=replace(
            content.playbook,
            teams={**content.playbook.teams, "money": replace(money, calendar="seoul")},
        ),
    )
    case = await speaking.case_for()  # on a Saturday night; eight hours are Monday's in Seoul
    assert case.sla.respond_by == speaking.now.replace(day=23, hour=9, minute=0)
    after = await speaking.handling().to_team(case.id, MARIA, "support", None)
    assert after.sla.first_response_by == case.sla.respond_by + timedelta(hours=8)
    assert after.sla.respond_by == case.sla.respond_by
