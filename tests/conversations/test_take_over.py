"""People and the bot in one conversation, as dialogues with the demo brand's assistant.

The bot is silent while a person has the case, hears ratings after it, and opens it again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from bot.cases.beside import NEW, SAME
from bot.cases.case import Case, validate
from bot.cases.changing import Changes, change
from bot.cases.handling import claim, give_to_bot, reopen, reply, resolve
from bot.cases.intake import NOT_SOLVED, SOLVED
from bot.cases.rating import payload
from bot.cases.watching import watch
from bot.playbook.model import Severity
from bot.playbook.speaking import speak_time
from tests.talking import Talk

Talks = Callable[..., Talk]

MARIA = "u-maria"
SILENCE = ""
LATE = "My order BN-104233 has not arrived, my email is jo@example.com"
CHARGED = "I was charged twice for my subscription"
TROUBLE = "My Nook Cam keeps going offline"
WEDNESDAY = datetime(2026, 3, 4, 10, tzinfo=timezone.utc)
"""People are in until six."""


async def hold(talk: Talk, *dialogue: tuple[str, str]) -> Talk:
    """(customer, bot) pairs: the bot's side is the kind of its last reply, and words of it."""
    for customer, bot in dialogue:
        await talk.say(customer)
        kind, _, words = bot.partition(": ")
        assert (talk.kinds or [SILENCE])[-1] == kind, f"{customer!r} -> {talk.replies}"
        assert words in talk.text, f"{customer!r} -> {talk.text!r}"
    return talk


def case_of(talk: Talk) -> Case:
    assert talk.case is not None
    validate(talk.case.to_json())
    return talk.case


async def with_case(talk: Talk) -> Talk:
    """A customer whose parcel is late, up to the receipt."""
    talk.now = WEDNESDAY
    await hold(talk, (LATE, "receipt"))
    return talk


async def held(talk: Talk) -> Talk:
    """... and Maria has the case."""
    await with_case(talk)
    talk.wait(timedelta(minutes=30))
    talk.deed(MARIA, claim)
    return talk


async def resolved(talk: Talk) -> Talk:
    """... answered and resolved it."""
    await held(talk)
    talk.deed(MARIA, reply, "It comes today.")
    talk.wait(timedelta(hours=1))
    talk.deed(MARIA, resolve, "It was delivered.")
    talk.wait(timedelta(hours=1))
    return talk


def facts(talk: Talk) -> list[str]:
    return [fact.type for fact in talk.facts]


# ---- while a person has the case ---------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        "my parcel is still not here",
        TROUBLE,
        CHARGED,
        "what is your return policy?",
        "hello?",
        "thanks",
        "ok",
        "no",
        "any news?",
        "let me talk to a person",
        "it's solved now, thanks",
        "you are idiots",
        "are you a bot?",
        "asdf",
        "5",
        "BN-104234",
        "I love my new Nook Bulb, you guys are the best!",
        NOT_SOLVED,
        SOLVED,
        "",
    ],
)
async def test_bot_is_silent_and_the_words_are_the_persons(talk: Talks, words: str) -> None:
    customer = await held(talk())
    before = len(case_of(customer).history)
    await hold(customer, (words, SILENCE))
    case = case_of(customer)
    assert [entry.what for entry in case.history[before:]] == ["customer_replied"]
    assert (case.status, case.assignee) == ("claimed", MARIA)
    assert facts(customer) == ["message_for_person"]


async def test_waiting_case_is_the_agents_again_when_the_customer_answers(talk: Talks) -> None:
    customer = await held(talk())
    customer.deed(MARIA, reply, "Which order?")
    assert case_of(customer).status == "waiting"
    await hold(customer, ("thanks, it is BN-104299", SILENCE))
    case = case_of(customer)
    assert (case.status, case.assignee) == ("claimed", MARIA)
    assert case.details["order_number"].value == "BN-104299"
    assert case.sla.next_response_by == case.sla.respond_by > customer.now


@pytest.mark.parametrize(
    "words", ["my Nook Plug is on fire", "I want to kill myself", "I was hacked, help"]
)
async def test_emergency_raises_the_case_without_a_word_of_the_bot(talk: Talks, words: str) -> None:
    customer = await held(talk())
    await hold(customer, (words, SILENCE))
    assert case_of(customer).severity == Severity.CRITICAL
    assert case_of(customer).assignee == MARIA


async def test_abuse_does_not_climb_the_ladder_while_a_person_listens(talk: Talks) -> None:
    customer = await held(talk())
    for _ in range(4):
        await hold(customer, ("you are all idiots", SILENCE))
    customer.deed(MARIA, give_to_bot)
    await hold(customer, ("hello", "small_talk"))


async def test_muted_customer_is_heard_by_the_person(talk: Talks) -> None:
    customer = await with_case(talk())
    for insult in ("you are idiots", "fuck you", "you stupid bot"):
        await customer.say(insult)
    assert customer.kinds == ["mute"]
    customer.deed(MARIA, claim)
    await hold(customer, ("you are all morons", SILENCE))
    assert facts(customer) == ["message_for_person"]


async def test_what_the_bot_was_asking_goes_to_the_person(talk: Talks) -> None:
    """In the middle of the intake of a second matter."""
    customer = await with_case(talk())
    await hold(customer, (CHARGED, "same_or_new"), (NEW, "ask"), ("£15.99", "receipt"))
    await hold(customer, (TROUBLE, "same_or_new"), (NEW, "ask"))
    customer.deed(MARIA, claim)
    await hold(customer, ("since monday", SILENCE))
    case = case_of(customer)
    assert case.topic == "billing"
    assert "technical_issue" in case.secondary_topics
    assert case.details["product"].value == "Nook Cam"
    assert len(customer.cases) == 2
    customer.deed(MARIA, give_to_bot)
    await hold(customer, ("what is your return policy?", "answer: 30 days"))


async def test_what_was_asked_same_or_new_goes_to_the_person(talk: Talks) -> None:
    customer = await with_case(talk())
    await hold(customer, (CHARGED, "same_or_new"))
    customer.deed(MARIA, claim)
    await hold(customer, ("something new", SILENCE))
    case = case_of(customer)
    assert "billing" in case.secondary_topics
    assert facts(customer) == ["message_for_person", "message_for_person"]
    customer.deed(MARIA, give_to_bot)
    await hold(customer, ("hello", "small_talk"))
    assert len(customer.cases) == 1


async def test_agents_corrections_survive_what_the_customer_says(talk: Talks) -> None:
    customer = await with_case(talk())
    await hold(customer, ("this is the third time I write, nobody answers", "added"))
    assert case_of(customer).severity == Severity.HIGH
    customer.deed(MARIA, claim)
    wanted = Changes(severity=Severity.LOW, details={"order_number": "BN-999999"}, tags=["vip"])
    customer.deed(MARIA, change, wanted)
    await hold(customer, ("ok, thanks", SILENCE))
    case = case_of(customer)
    assert (case.severity, case.tags) == (Severity.LOW, ("vip",))
    assert case.details["order_number"].value == "BN-999999"


# ---- the bot again -----------------------------------------------------------------------------


async def test_bot_says_that_it_is_back_and_answers_again(talk: Talks) -> None:
    customer = await held(talk())
    await hold(customer, ("hello?", SILENCE))
    customer.deed(MARIA, give_to_bot)
    assert customer.kinds == ["returned"]
    assert case_of(customer).id in customer.text
    await hold(
        customer,
        ("what is your return policy?", "answer: 30 days"),
        ("the tracking says my parcel is still in the depot", "added"),
        ("any news?", "status: waiting for a person"),
        ("let me talk to a human", "status"),
    )


async def test_customer_of_silent_hands_hears_when_to_expect_an_answer(talk: Talks) -> None:
    customer = await held(talk())
    customer.wait(timedelta(minutes=30))
    customer.deed("bot", watch)
    case, calendar = case_of(customer), customer.content.calendars["office"]
    due = speak_time(case.sla.respond_by, customer.now, calendar.timezone, "en")
    assert customer.kinds == ["promise"]
    assert due in customer.text
    await hold(customer, ("any news?", f"status: {due}"))


# ---- after it: thanks and ratings --------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    ["thanks", "thank you so much!", "great, thanks", "ok", "👍", "perfect", "cheers", "bye",
     "all good now", "it works now", "great service, you were so kind", "hi", "no thanks", "lol",
     "asdf", "?", "that's all", "are you a bot?", "what is your return policy?"],
)  # fmt: skip
async def test_kind_words_and_questions_are_answered_and_leave_the_case_done(
    talk: Talks, words: str
) -> None:
    customer = await resolved(talk())
    await customer.say(words)
    assert customer.replies
    assert case_of(customer).status == "resolved"
    assert len(customer.cases) == 1


@pytest.mark.parametrize(
    "words", ["thanks", "thank you so much!", "ok", "👍", "perfect", "all good now"]
)
async def test_kind_words_are_no_question_what_is_wrong(talk: Talks, words: str) -> None:
    customer = await resolved(talk())
    await customer.say(words)
    assert customer.kinds[-1] in ("thanks", "small_talk")


async def test_kind_words_alone_open_no_case(talk: Talks) -> None:
    customer = await hold(talk(), ("thank you so much!", "thanks"))
    assert customer.cases == {}


@pytest.mark.parametrize(
    ("words", "stars"),
    [("5", 5), ("4/5", 4), ("5 stars", 5), ("3 out of 5", 3), ("1", 1), ("five", 5),
     ("5, thanks Maria!", 5), ("2, took too long", 2), ("3, friendly but slow", 3),
     ("5 out of 5, great help!", 5), ("4!\nthank you", 4)],
)  # fmt: skip
async def test_number_rates_the_case(talk: Talks, words: str, stars: int) -> None:
    customer = await resolved(talk())
    await hold(customer, (words, "thanks"))
    case = case_of(customer)
    assert (case.status, case.rating) == ("resolved", stars)
    assert facts(customer) == ["case_rated"]
    assert customer.facts[0].about == {"case": case.id, "rating": stars}
    assert (case.history[-1].what, dict(case.history[-1].more)) == ("rated", {"rating": stars})


@pytest.mark.parametrize(("words", "answer"), [("5", "thank"), ("1", "sorry")])
async def test_rating_is_answered_as_good_or_bad(talk: Talks, words: str, answer: str) -> None:
    customer = await resolved(talk())
    await customer.say(words)
    assert answer in customer.text.lower()


async def test_second_rating_changes_the_first(talk: Talks) -> None:
    customer = await resolved(talk())
    for words, stars in (("5", 5), ("2 stars", 2), (payload(4, case_of(customer).id), 4)):
        await hold(customer, (words, "thanks"))
        assert case_of(customer).rating == stars


@pytest.mark.parametrize(
    "words", ["5 cameras are broken", "2 of my parcels are missing", "6", "10/10"]
)
async def test_number_of_something_else_is_no_rating(talk: Talks, words: str) -> None:
    customer = await resolved(talk())
    reference = case_of(customer).id
    await customer.say(words)
    assert customer.cases[reference].rating is None


async def test_number_is_no_rating_where_none_was_asked_for(talk: Talks) -> None:
    customer = await held(talk())
    customer.deed(MARIA, resolve, "It was delivered.", ask_rating=False)
    await customer.say("5")
    assert case_of(customer).rating is None


@pytest.mark.parametrize("words", ["1, it still does not work", "1 - still no parcel"])
async def test_problem_behind_a_rating_is_not_lost(talk: Talks, words: str) -> None:
    customer = await resolved(talk())
    await hold(customer, (words, "added: again"))
    assert (case_of(customer).rating, case_of(customer).status) == (1, "new")


async def test_new_problem_behind_a_rating_is_taken_in(talk: Talks) -> None:
    customer = await resolved(talk())
    reference = case_of(customer).id
    await hold(customer, (f"1, and now {TROUBLE}", "ask: technical"))
    assert customer.cases[reference].rating == 1


async def with_another_case(talk: Talk) -> tuple[Talk, str]:
    """... resolved, and a second matter is open."""
    customer = await resolved(talk)
    reference = case_of(customer).id
    await hold(customer, (TROUBLE, "ask"), ("since monday", "receipt"))
    assert case_of(customer).id != reference
    return customer, reference


async def test_button_rates_its_own_case_also_when_another_is_open(talk: Talks) -> None:
    customer, reference = await with_another_case(talk())
    await hold(customer, (payload(2, reference), "thanks"))
    assert customer.cases[reference].rating == 2
    assert case_of(customer).rating is None
    assert len(case_of(customer).history) == 1


async def test_button_rates_in_silence_while_a_person_has_another_case(talk: Talks) -> None:
    customer, reference = await with_another_case(talk())
    customer.deed(MARIA, claim)
    customer.deed(MARIA, reply, "Is the light blue?")
    await hold(customer, (payload(5, reference), SILENCE))
    assert customer.cases[reference].rating == 5
    assert case_of(customer).status == "waiting"  # it was no answer to Maria


async def test_typed_number_is_for_the_person_who_has_another_case(talk: Talks) -> None:
    customer, reference = await with_another_case(talk())
    customer.deed(MARIA, claim)
    await hold(customer, ("5", SILENCE))
    assert customer.cases[reference].rating is None
    assert facts(customer) == ["message_for_person"]


async def test_button_of_a_case_that_came_back_still_counts(talk: Talks) -> None:
    customer = await resolved(talk())
    reference = case_of(customer).id
    await hold(customer, ("it still does not work", "added"), (payload(1, reference), "thanks"))
    assert (case_of(customer).rating, case_of(customer).status) == (1, "new")


async def test_case_that_was_resolved_twice_is_rated_anew(talk: Talks) -> None:
    customer = await resolved(talk())
    await hold(customer, ("1", "thanks"), ("it still does not work", "added"))
    customer.deed(MARIA, resolve, "Now it is.")
    await hold(customer, ("5", "thanks"))
    assert case_of(customer).rating == 5


# ---- after it: more of the same, something else ------------------------------------------------


@pytest.mark.parametrize(
    "words",
    ["it still does not work", "still broken", "that did not help", "my parcel still isn't here",
     "no, still there", "I need to talk to a person", "human please", "any news?",
     "where is my order BN-104233", "You closed it but I have no parcel"],
)  # fmt: skip
async def test_more_of_the_same_opens_the_case_again_with_a_promise(
    talk: Talks, words: str
) -> None:
    customer = await resolved(talk())
    reference = case_of(customer).id
    await hold(customer, (words, f"added: {reference}"))
    case, calendar = case_of(customer), customer.content.calendars["office"]
    assert (case.id, case.status, case.assignee) == (reference, "new", None)
    due = speak_time(case.sla.respond_by, customer.now, calendar.timezone, "en")
    assert due in customer.text
    assert case.sla.respond_by == case.sla.next_response_by > customer.now
    about = next(fact.about for fact in customer.facts if fact.type == "case_reopened")
    assert (about["case"], about["by"], about["severity"]) == (
        reference, "customer", case.severity.word,
    )  # fmt: skip
    assert [entry.what for entry in case.history[-2:]] == ["reopened", "message_added"]


@pytest.mark.parametrize(("hours", "again"), [(71, True), (73, False)])
async def test_case_comes_back_within_the_playbooks_window_only(
    talk: Talks, hours: int, again: bool
) -> None:
    customer = await resolved(talk())
    reference = case_of(customer).id
    customer.wait(timedelta(hours=hours - 1))
    await customer.say("My parcel BN-104233 still has not arrived")
    assert (customer.cases[reference].status == "new") is again
    assert customer.replies
    if not again:
        await customer.say(NOT_SOLVED if NOT_SOLVED in customer.payloads else "no idea")
        assert len(customer.cases) == 2


@pytest.mark.parametrize("words", [TROUBLE, CHARGED])
async def test_another_problem_begins_another_case(talk: Talks, words: str) -> None:
    customer = await resolved(talk())
    reference = case_of(customer).id
    await hold(customer, (words, "ask"), ("since monday, £15.99", "receipt"))
    assert customer.cases[reference].status == "resolved"
    assert case_of(customer).id != reference


async def test_emergency_after_it_is_a_case_of_its_own(talk: Talks) -> None:
    customer = await resolved(talk())
    reference = case_of(customer).id
    await hold(customer, ("my Nook Plug is on fire", "receipt"))
    assert customer.kinds[0] == "safety"
    assert customer.cases[reference].status == "resolved"
    assert (case_of(customer).topic, case_of(customer).severity.word) == ("incident", "critical")


async def test_any_news_long_after_it_is_no_promise_of_the_past(talk: Talks) -> None:
    customer = await resolved(talk())
    customer.wait(timedelta(days=9))
    await hold(customer, ("any news on my case?", "status: can't see an open case"))


async def test_case_that_its_customer_closed_comes_back_with_a_promise_of_its_own(
    talk: Talks,
) -> None:
    customer = await with_case(talk())
    customer.wait(timedelta(minutes=10))
    await hold(customer, ("it's solved now, thanks", "solved"))
    closed = case_of(customer)
    assert (closed.status, closed.sla.resolve_by) == ("closed", None)
    customer.wait(timedelta(days=2))
    await hold(customer, ("it still does not work", f"added: {closed.id}"))
    case = case_of(customer)
    assert case.sla.respond_by > customer.now
    assert case.sla.resolve_by is not None
    assert case.sla.resolve_by - customer.now > timedelta(hours=23)
    await hold(customer, ("it's solved now, thanks", "solved"))
    assert case_of(customer).status == "closed"


async def test_closed_case_that_an_agent_opens_is_theirs(talk: Talks) -> None:
    customer = await with_case(talk())
    await hold(customer, ("it's solved now, thanks", "solved"))
    customer.deed(MARIA, reopen)
    await hold(customer, ("hello?", SILENCE))
    assert (case_of(customer).status, case_of(customer).assignee) == ("claimed", MARIA)


# ---- "same or new?", and the case was resolved meanwhile ---------------------------------------


async def asked(talk: Talk) -> Talk:
    customer = await with_case(talk)
    await hold(customer, (CHARGED, "same_or_new"))
    customer.deed(MARIA, resolve, "Your parcel was delivered.")
    return customer


async def test_same_matter_opens_the_resolved_case_again(talk: Talks) -> None:
    customer = await asked(talk())
    await hold(customer, (SAME, "added: again"))
    assert len(customer.cases) == 1
    assert "billing" in case_of(customer).secondary_topics


async def test_new_matter_is_taken_in(talk: Talks) -> None:
    customer = await asked(talk())
    await hold(customer, (NEW, "ask"), ("£15.99", "receipt: billing"))
    assert len(customer.cases) == 2


@pytest.mark.parametrize("before", [[], [("5", "thanks")]], ids=["at once", "after the stars"])
async def test_matter_that_was_left_open_is_taken_in_all_the_same(
    talk: Talks, before: list[tuple[str, str]]
) -> None:
    customer = await hold(await asked(talk()), *before)
    await hold(customer, ("thanks", "ask: amount"), ("£15.99", "receipt: billing"))
    assert len(customer.cases) == 2


# ---- the content changes -----------------------------------------------------------------------


async def test_customer_of_a_topic_that_is_gone_is_still_answered(talk: Talks) -> None:
    customer = await with_case(talk())
    case = case_of(customer)
    customer.cases[case.id] = customer.case = replace(case, topic="telegrams", team="telegraph")
    await hold(
        customer,
        ("any news?", "status: your message"),
        ("the tracking says my parcel is still in the depot", "added"),
        ("it's solved now, thanks", "solved"),
        ("it still does not work", "added"),
    )
