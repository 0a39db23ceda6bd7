"""The conversation the design promises, as dialogues with the demo brand's assistant.

A dialogue is a list of (customer, bot) pairs. The bot's side is the kind of its last reply, and
after a colon words that stand in what it said: `"offer: devices/offline"`. `SILENCE` is no reply.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

import pytest

from bot.cases.beside import NEW, SAME
from bot.cases.case import Case
from bot.cases.intake import NOT_SOLVED, PERSON, SOLVED
from bot.cases.promise import due
from bot.playbook.speaking import speak_time
from tests.talking import Talk

Talks = Callable[..., Talk]

SILENCE = ""
TROUBLE = "My Nook Cam keeps going offline"
"""Wants since and e-mail; there is a page for it."""
WHOLE_TROUBLE = "My Nook Cam has been offline since yesterday, I am jo@example.com"
LATE = "My order BN-104233 has not arrived, my email is jo@example.com"
CHARGED = "I was charged twice for my subscription"


def at(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=timezone.utc)


NOON = at(3, 4, 12)
"""A Wednesday at noon: people are in until six."""


async def hold(talk: Talk, *dialogue: tuple[str, str]) -> Talk:
    for customer, bot in dialogue:
        await talk.say(customer)
        kind, _, words = bot.partition(": ")
        assert (talk.kinds or [SILENCE])[-1] == kind, f"{customer!r} -> {talk.replies}"
        assert words in talk.text, f"{customer!r} -> {talk.text!r}"
    return talk


async def with_case(talk: Talk) -> Talk:
    """A customer whose parcel is late, up to the receipt."""
    return await hold(talk, (LATE, "offer"), (NOT_SOLVED, "receipt"))


def case_of(talk: Talk) -> Case:
    assert talk.case is not None
    return talk.case


# -------------------------------------------------------------------------------- the first reply


@pytest.mark.parametrize(
    ("now", "back"),
    [
        (at(3, 4, 2, 30), "today at 09:00"),
        (at(3, 4, 22), "tomorrow at 09:00"),
        (at(4, 3, 11), "tomorrow at 10:00"),  # Good Friday
        (at(4, 4, 17), "on Tuesday at 09:00"),  # Easter Monday is a holiday
        (at(3, 7, 13), "today at 14:00"),  # the gap of a split Saturday
        (at(3, 7, 16), "on Monday at 09:00"),
        (at(12, 24, 12), "on Sunday at 10:00"),  # closed by the brand; opens on the 27th only
        (at(7, 1, 7, 30), "today at 09:00"),  # summer time: half past eight in London
    ],
    ids=["night", "evening", "holiday", "easter", "gap", "weekend", "exception", "summer"],
)
async def test_first_reply_names_assistant_and_when_people_are_back(
    talk: Talks, now: datetime, back: str
) -> None:
    customer = await hold(talk(now=now), (TROUBLE, "offer"))
    assert "Nia" in customer.text
    assert "assistant" in customer.text
    assert "Brightnook" in customer.text
    assert f"back {back}" in customer.text


async def test_bot_introduces_itself_once(talk: Talks) -> None:
    customer = await hold(talk(), ("hi", "ask_problem: Nia"), (TROUBLE, "offer"))
    assert "Nia" not in customer.text
    assert "today at" not in customer.text


@pytest.mark.parametrize("now", [NOON, at(3, 7, 15), at(12, 27, 11)])
async def test_first_reply_says_that_people_are_in(talk: Talks, now: datetime) -> None:
    customer = await hold(talk(now=now), ("hi", "ask_problem: Nia"))
    assert "we close today at" in customer.text
    assert "back" not in customer.text


# ------------------------------------------------------------------------------------- open hours


async def test_open_hours_run_shorter_and_say_so(talk: Talks) -> None:
    customer = await hold(talk(now=NOON), (TROUBLE, "ask: we close today at 18:00"))
    assert customer.asked == ["since", "email"]
    assert not customer.payloads  # no page is offered: a person is near
    await hold(customer, ("since monday, jo@example.com", "receipt: tomorrow at 11:00"))


async def test_open_hours_ask_once_only(talk: Talks) -> None:
    customer = await hold(talk(now=NOON), ("Parcel has not arrived", "ask"))
    await hold(customer, ("I'm on the train", "receipt: Still missing: order number, e-mail"))


async def test_who_says_everything_in_open_hours_gets_the_receipt_at_once(talk: Talks) -> None:
    customer = await hold(talk(now=NOON), (WHOLE_TROUBLE, "receipt: jo@example.com"))
    assert customer.turns == 1


# -------------------------------------------------------------------------- parse first, ask once


async def test_all_that_is_missing_is_asked_in_one_message(talk: Talks) -> None:
    customer = await hold(talk(), (TROUBLE, "offer"), (NOT_SOLVED, "ask"))
    assert customer.asked == ["since", "email"]
    await hold(customer, ("since monday, I'm jo@example.com", "receipt"))
    details = case_of(customer).details
    assert {name: (d.value, d.source) for name, d in details.items()} == {
        "product": ("Nook Cam", "said"),
        "since": ("monday", "asked"),
        "email": ("jo@example.com", "asked"),
    }


async def test_nothing_is_asked_when_everything_was_said(talk: Talks) -> None:
    customer = await hold(talk(), (WHOLE_TROUBLE, "offer"), (NOT_SOLVED, "receipt"))
    assert "details_asked" not in {fact.type for fact in customer.facts}


@pytest.mark.parametrize(
    ("message", "given"),
    [
        ("My Nook Cam keeps going offline, it started yesterday", "since"),
        ("My Nook Cam keeps going offline. jo@example.com", "email"),
        ("I was charged 15.99 twice for my subscription", "amount"),
        ("I was charged twice £15.99 for my subscription", "amount"),
        ("Parcel BN-104233 never arrived", "order_number"),
        ("Three days and still no parcel, order number 104233", "order_number"),
        ("I'd like a quote for 40 Nook Locks for our company", "quantity"),
    ],
)
async def test_what_was_given_is_never_asked_for(talk: Talks, message: str, given: str) -> None:
    customer = talk()
    await customer.say(message)
    asked = list(customer.asked)
    for answer in (NOT_SOLVED, "no idea, sorry", "really no idea"):
        await customer.say(answer)
        asked += customer.asked
    assert given not in asked
    assert case_of(customer).details[given].value


async def test_what_is_left_is_asked_singly(talk: Talks) -> None:
    customer = await hold(talk(), (TROUBLE, "offer"), (NOT_SOLVED, "ask"))
    await hold(customer, ("jo@example.com", "ask"))
    assert customer.asked == ["since"]
    await hold(customer, ("last friday", "receipt"))


async def test_detail_is_marked_missing_after_two_failed_tries(talk: Talks) -> None:
    customer = await hold(
        talk(),
        ("Parcel has not arrived", "offer"),
        (NOT_SOLVED, "ask"),
        ("one moment, I'm on the train", "ask"),
        ("still on the train", "ask"),
        ("nope, still no clue", "receipt: Still missing: order number, e-mail address"),
    )
    assert set(case_of(customer).missing) == {"order_number", "email"}


async def test_refused_details_are_not_asked_for_again(talk: Talks) -> None:
    customer = await hold(
        talk(),
        (TROUBLE, "offer"),
        (NOT_SOLVED, "ask"),
        ("I won't tell you that", "receipt: Still missing"),
    )
    assert set(case_of(customer).missing) == {"since", "email"}


@pytest.mark.parametrize(
    "filler", ["ok", "whatever", "hmm", "lol", "what?", "why do you need that"]
)
async def test_filler_is_no_answer(talk: Talks, filler: str) -> None:
    customer = await hold(talk(), (TROUBLE, "offer"), (NOT_SOLVED, "ask"))
    for _ in range(3):
        await customer.say(filler)
    noted = {detail.value for detail in case_of(customer).details.values()}
    assert noted == {"Nook Cam", None}


@pytest.mark.parametrize(
    "answer",
    ["my order number is BN-104233, email jo@example.com", "BN-104233 / jo@example.com"],
)
async def test_answer_is_no_new_problem(talk: Talks, answer: str) -> None:
    customer = await hold(talk(), ("Parcel has not arrived", "offer"), (NOT_SOLVED, "ask"))
    await hold(customer, (answer, "receipt: a delivery"))
    assert case_of(customer).secondary_topics == ()


async def test_corrected_detail_replaces_the_wrong_one(talk: Talks) -> None:
    customer = await with_case(talk())
    await hold(customer, ("sorry, I meant BN-104234", "added"))
    assert case_of(customer).details["order_number"].value == "BN-104234"


# ------------------------------------------------------------------------------------ self-service


async def test_page_that_may_help_is_offered_with_buttons(talk: Talks) -> None:
    customer = await hold(talk(), (TROUBLE, "offer: https://help.brightnook.example/devices"))
    assert customer.payloads == [SOLVED, NOT_SOLVED]


@pytest.mark.parametrize("words", [SOLVED, "yes that solved it", "yes", "works again, thank you!"])
async def test_offer_that_solved_it_ends_without_case(talk: Talks, words: str) -> None:
    customer = await hold(talk(), (TROUBLE, "offer"), (words, "solved"))
    assert customer.cases == {}
    assert [fact.type for fact in customer.facts] == ["solved"]


@pytest.mark.parametrize("words", ["never mind, it works now", "ok it's fixed", "sorted it myself"])
async def test_solved_while_details_are_asked_ends_without_case(talk: Talks, words: str) -> None:
    customer = await hold(talk(), (TROUBLE, "offer"), (NOT_SOLVED, "ask"), (words, "solved"))
    assert customer.cases == {}


async def test_what_only_resembles_solved_loses_nothing(talk: Talks) -> None:
    customer = await hold(
        talk(),
        ("I have an old Nook Hub", "ask"),
        ("the very first one", "ask"),
        ("it has done its duty", "receipt"),
    )
    assert case_of(customer).details["product"].value == "Nook Hub"


@pytest.mark.parametrize("words", [NOT_SOLVED, "no", "that did not help", "still not working"])
async def test_offer_that_did_not_help_goes_on_to_the_case(talk: Talks, words: str) -> None:
    await hold(talk(), (WHOLE_TROUBLE, "offer"), (words, "receipt"))


async def test_question_is_answered_and_asked_whether_that_helped(talk: Talks) -> None:
    customer = await hold(talk(), ("What is your return policy?", "offer: 30 days"))
    assert customer.payloads == [SOLVED, NOT_SOLVED]
    await hold(customer, (SOLVED, "solved"))
    assert customer.cases == {}


async def test_question_that_was_not_helped_becomes_a_case(talk: Talks) -> None:
    customer = await hold(
        talk(),
        ("What is your return policy?", "offer"),
        (NOT_SOLVED, "ask"),
        ("skip", "receipt"),
    )
    assert case_of(customer).resources_offered == ("faq:return_period",)


async def test_question_in_the_middle_is_answered_and_the_intake_goes_on(talk: Talks) -> None:
    customer = await hold(
        talk(),
        (TROUBLE, "offer"),
        (NOT_SOLVED, "ask"),
        ("by the way, what is your return policy?", "ask: 30 days"),
    )
    assert "since when" in customer.text
    await hold(customer, ("since monday, jo@example.com", "receipt: a technical problem"))


# ------------------------------------------------------------------------------- never loops

SMALL_TALK = (
    "hi", "hello there", "thanks", "thank you so much", "ok", "okay", "lol", "haha", "yes", "no",
    "are you a bot?", "are you human", "what can you do?", "help", "bye", "good night", "hmm", "👍",
    "🙂🙂", "what?", "nice", "cool", "whatever", "maybe", "?", "...", "asdf", "1", "tell me a joke",
)  # fmt: skip


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("first", ["hi", TROUBLE])
async def test_small_talk_never_makes_it_loop(talk: Talks, seed: int, first: str) -> None:
    """Thirty turns of nothing: always an answer, no detail asked for more often than the tries
    allow, and never three times the same words in a row."""
    chance, customer = random.Random(seed), talk()
    asked: Counter[tuple[str, str]] = Counter()
    said = [""]
    for text in [first, *chance.choices(SMALL_TALK, k=29)]:
        await customer.say(text)
        said.append(customer.text)
        asked.update((str(len(customer.cases)), name) for name in customer.asked)
        assert customer.replies, text
        assert len(set(said[-3:])) > 1, customer.text
    assert not [name for name, count in asked.items() if count > customer.content.playbook.tries]
    assert len(customer.cases) <= 1


# ------------------------------------------------------------------------------------- the receipt


@pytest.mark.parametrize(
    "now", [at(3, 4, 2, 30), at(4, 3, 11), at(3, 7, 13), at(3, 7, 20), at(12, 24, 12), NOON]
)
async def test_receipt_promises_exactly_the_due_time(talk: Talks, now: datetime) -> None:
    customer = talk(now=now)
    await customer.say(WHOLE_TROUBLE)
    if NOT_SOLVED in customer.payloads:
        await customer.say(NOT_SOLVED)
    case = case_of(customer)
    topic = customer.content.playbook.topics[case.topic]
    calendar = customer.content.calendars[customer.content.playbook.teams[case.team].calendar]
    assert case.sla.respond_by == due(now, case.severity, topic, calendar)
    assert speak_time(case.sla.respond_by, now, calendar.timezone, "en") in customer.text


async def test_receipt_says_reference_details_team_and_promise(talk: Talks) -> None:
    customer = await with_case(talk())
    case = case_of(customer)
    for words in (case.id, "BN-104233", "jo@example.com", "delivery team", "today at 09:00"):
        assert words in customer.text
    assert case.sla.respond_by == at(3, 4, 11)
    assert "today at 11:00" in customer.text


async def test_summary_is_what_was_told_and_no_buttons_title(talk: Talks) -> None:
    customer = talk()
    await customer.say("app crashes\nevery time")
    customer.buttons[NOT_SOLVED] = "No, it is still there"
    await customer.say(NOT_SOLVED)
    await customer.say("let me talk to a person")
    assert case_of(customer).summary == "App crashes"


# ------------------------------------------------------------------------------ beside an open case


async def test_later_message_is_added_to_the_open_case(talk: Talks) -> None:
    customer = await with_case(talk())
    reference = case_of(customer).id
    await hold(customer, ("the postcode is LS6 2QB", f"added: {reference}"))
    assert case_of(customer).details["postcode"].value == "LS6 2QB"
    assert list(customer.cases) == [reference]


async def test_more_of_the_same_is_added_without_asking(talk: Talks) -> None:
    customer = await with_case(talk())
    await hold(customer, ("the tracking says my parcel is still in the depot", "added"))
    assert len(customer.cases) == 1


async def test_worse_news_raises_the_case_and_says_so(talk: Talks) -> None:
    customer = await hold(talk(), (WHOLE_TROUBLE, "offer"), (NOT_SOLVED, "receipt"))
    before = case_of(customer)
    await hold(customer, ("this is the third time I write, nobody answers", "added: moved it up"))
    assert case_of(customer).severity > before.severity
    assert case_of(customer).sla.respond_by < before.sla.respond_by


async def test_another_topic_is_asked_same_or_new(talk: Talks) -> None:
    customer = await with_case(talk())
    await hold(customer, (CHARGED, f"same_or_new: {case_of(customer).id}"))
    assert customer.payloads == [SAME, NEW]


@pytest.mark.parametrize("words", [SAME, "same thing", "it's the same matter"])
async def test_same_matter_is_added(talk: Talks, words: str) -> None:
    customer = await with_case(talk())
    await hold(customer, (CHARGED, "same_or_new"), (words, "added"))
    assert len(customer.cases) == 1
    assert "billing" in case_of(customer).secondary_topics


@pytest.mark.parametrize("words", [NEW, "something new", "no, that's a new problem"])
async def test_new_matter_becomes_a_case_of_its_own(talk: Talks, words: str) -> None:
    customer = await with_case(talk())
    first = case_of(customer)
    await hold(customer, (CHARGED, "same_or_new"), (words, "offer"), (NOT_SOLVED, "ask"))
    assert customer.asked == ["amount"]  # the e-mail address is known
    await hold(customer, ("£15.99", "receipt: billing"))
    second = case_of(customer)
    assert second.id != first.id
    assert second.topic == "billing"
    assert customer.cases[first.id] == first


async def test_no_answer_to_same_or_new_goes_to_the_open_case(talk: Talks) -> None:
    customer = await with_case(talk())
    first = case_of(customer).id
    await hold(customer, (CHARGED, "same_or_new"), ("hello?", "small_talk"))
    assert list(customer.cases) == [first]
    assert "billing" in case_of(customer).secondary_topics


@pytest.mark.parametrize("words", ["any news?", "what is the status of my case", "any update yet?"])
async def test_any_news_gets_state_and_promise(talk: Talks, words: str) -> None:
    customer = await with_case(talk())
    await hold(customer, (words, f"status: {case_of(customer).id}"))
    assert "waiting for a person" in customer.text
    assert "today at 11:00" in customer.text


async def test_any_news_without_a_case_says_so(talk: Talks) -> None:
    await hold(talk(), ("any news on my case?", "status: can't see an open case"))


@pytest.mark.parametrize("words", ["it's solved now, thanks", "the parcel is here, all good now"])
async def test_solved_closes_the_case(talk: Talks, words: str) -> None:
    customer = await with_case(talk())
    await hold(customer, (words, f"solved: {case_of(customer).id}"))
    assert case_of(customer).status == "closed"


async def test_new_trouble_after_a_closed_case_is_taken_in(talk: Talks) -> None:
    customer = await with_case(talk())
    await hold(customer, ("it's solved now, thanks", "solved"), (TROUBLE, "offer"))
    await hold(customer, (NOT_SOLVED, "ask"), ("since monday", "receipt"))
    assert len(customer.cases) == 2


@pytest.mark.parametrize(
    "words",
    [
        "I love my new Nook Bulb, you guys are the best!",
        "Big shout out to your support team, brilliant job last night",
    ],
)
async def test_praise_is_thanked_without_case(talk: Talks, words: str) -> None:
    customer = await hold(talk(), (words, "thanks"))
    assert customer.cases == {}


# ---------------------------------------------------------------------------------------- a person


@pytest.mark.parametrize(
    "before",
    [[], ["hi"], [TROUBLE], [TROUBLE, NOT_SOLVED], [TROUBLE, NOT_SOLVED, "jo@example.com"]],
    ids=["first", "after hello", "at the offer", "at the question", "at the last question"],
)
@pytest.mark.parametrize("wish", ["I want to talk to a person", "can a human take this please?"])
async def test_person_is_had_at_any_time(talk: Talks, before: list[str], wish: str) -> None:
    customer = talk()
    for words in before:
        await customer.say(words)
    await hold(customer, (wish, "receipt"))
    case = case_of(customer)
    assert "wants_human" in case.tags
    assert case.topic == ("technical_issue" if TROUBLE in before else "other")
    assert "details_asked" not in {fact.type for fact in customer.facts}


async def test_person_is_had_by_button_when_nothing_was_understood(talk: Talks) -> None:
    customer = await hold(talk(), ("no idea", "not_understood"))
    assert customer.payloads == [PERSON]
    await hold(customer, (PERSON, "receipt"))


async def test_wish_for_a_person_beside_an_open_case_opens_no_second(talk: Talks) -> None:
    customer = await with_case(talk())
    await hold(customer, ("let me talk to a human", "status"))
    assert len(customer.cases) == 1


# --------------------------------------------------------------------------- abuse and emergencies


async def test_abuse_is_calmed_warned_and_muted(talk: Talks) -> None:
    customer = await hold(
        talk(),
        ("you are idiots", "ladder: tell me what happened"),
        ("fuck you", "ladder: stay civil"),
        ("you stupid bot", "mute: today at 14:30"),
        ("you are all morons", SILENCE),
        ("hello", SILENCE),
    )
    assert customer.cases == {}
    customer.wait(timedelta(hours=13))
    await hold(customer, ("hi", "ask_problem"))


async def test_real_case_is_heard_while_muted(talk: Talks) -> None:
    customer = talk()
    for insult in ("you are idiots", "fuck you", "you stupid bot"):
        await customer.say(insult)
    await hold(
        customer,
        ("my parcel BN-104233 never arrived you morons", "offer"),
        (NOT_SOLVED, "ask"),
        ("jo@example.com", "receipt"),
    )
    assert case_of(customer).topic == "delivery"
    assert "abusive" in case_of(customer).tags


async def test_real_case_with_an_insult_does_not_climb_the_ladder(talk: Talks) -> None:
    customer = talk()
    for _ in range(4):
        await customer.say("my fucking Nook Cam is offline again since monday, you idiots")
        assert customer.replies
        assert customer.kinds[-1] not in ("ladder", "mute")


async def test_insult_in_the_middle_loses_nothing(talk: Talks) -> None:
    customer = await hold(
        talk(),
        (TROUBLE, "offer"),
        (NOT_SOLVED, "ask"),
        ("you idiots", "ladder"),
        ("since monday, jo@example.com", "receipt: Nook Cam"),
    )
    assert case_of(customer).missing == ()


EMERGENCIES = {
    "my Nook Plug is on fire": "999",
    "the hub gave me an electric shock": "999",
    "I want to kill myself": "116 123",
    "i dont want to live anymore": "116 123",
    "I will come to your office and kill you all": "999",
}


@pytest.mark.parametrize("before", [[], [TROUBLE, NOT_SOLVED], [WHOLE_TROUBLE, NOT_SOLVED]])
@pytest.mark.parametrize("words", EMERGENCIES)
async def test_emergency_is_critical_with_its_text_at_once(
    talk: Talks, words: str, before: list[str]
) -> None:
    customer = talk()
    for said in before:
        await customer.say(said)
    await customer.say(words)
    assert customer.kinds[0] == "safety"
    assert EMERGENCIES[words] in customer.replies[0].text
    assert "details_asked" not in {fact.type for fact in customer.facts}
    assert case_of(customer).severity.word == "critical"


@pytest.mark.parametrize("words", EMERGENCIES)
async def test_emergency_goes_to_people_whose_work_it_is(talk: Talks, words: str) -> None:
    customer = await hold(talk(), (words, "receipt"))
    assert case_of(customer).topic in ("incident", "abuse")
    assert case_of(customer).team in ("trust", "community")


@pytest.mark.parametrize(
    "words",
    [
        "the camera is burning and there is smoke, how do i switch it off",
        "somebody hacked my account and changed the password",
    ],
)
async def test_emergency_that_sounds_like_a_question_is_no_faq(talk: Talks, words: str) -> None:
    customer = talk()
    await customer.say(words)
    assert case_of(customer).severity.word == "critical"
    assert "faq_answered" not in {fact.type for fact in customer.facts}


async def test_emergency_is_heard_while_muted(talk: Talks) -> None:
    customer = talk()
    for insult in ("you are idiots", "fuck you", "you stupid bot"):
        await customer.say(insult)
    await customer.say("there is smoke coming out of my hub you morons")
    assert customer.kinds[0] == "safety"


async def test_emergency_in_the_middle_is_no_answer_to_the_question(talk: Talks) -> None:
    customer = await hold(talk(), (TROUBLE, "offer"), (NOT_SOLVED, "ask"))
    await customer.say("now there is smoke coming out of it")
    assert case_of(customer).details["since"].value is None


# --------------------------------------------------------------------------------------- in public

LINK = "https://messages.example/brightnook"
PERSONAL = re.compile(r"BN-104233|jo@example\.com|900142|LS6 2QB")


@pytest.fixture
def mention(talk: Talks) -> Talk:
    return talk(visibility="public", private_url=LINK)


@pytest.mark.parametrize(
    "words",
    [
        LATE,
        TROUBLE,
        "I was charged twice, call me on 07700 900142",
        "I want to talk to a person, my mail is jo@example.com",
        "@brightnook can someone call me? 07700 900142",
        "worst customer service ever, waiting for hours",
    ],
)
async def test_public_problem_is_moved_to_private_with_a_case(mention: Talk, words: str) -> None:
    await mention.say(words)
    [reply] = mention.replies
    assert LINK in reply.text
    assert not PERSONAL.search(reply.text)
    assert not reply.buttons
    assert "details_asked" not in {fact.type for fact in mention.facts}
    assert case_of(mention).visibility == "public"


@pytest.mark.parametrize(
    "words",
    [
        "hi", "thanks", "BN-104233", "no idea", "any news?", "yes", "it is solved", "skip", "lol",
        "what is your return policy?", "asdf", "my mail is jo@example.com", "I love my Nook Cam!",
        "you are idiots", LATE,
    ],
)  # fmt: skip
async def test_nothing_personal_is_asked_or_repeated_in_public(mention: Talk, words: str) -> None:
    for text in (words, words, LATE, words, words):
        await mention.say(text)
        assert len(mention.replies) <= 1
        assert "details_asked" not in {fact.type for fact in mention.facts}
        assert not PERSONAL.search(mention.text), mention.text


@pytest.mark.parametrize("variant", range(6))
async def test_public_reply_is_short(mention: Talk, variant: int) -> None:
    """280 characters, the length of a post on X, whichever variants of the texts come up."""
    mention.turns = variant
    await mention.say(LATE)
    assert len(mention.text) <= 280


async def test_public_emergency_gets_the_text_and_the_way_to_private(mention: Talk) -> None:
    await mention.say("my Nook Plug is on fire, call me on 07700 900142")
    assert mention.kinds[0] == "safety"
    assert LINK in mention.text
    assert not PERSONAL.search(mention.text)


# --------------------------------------------------------------------------- overnight, every turn


@pytest.mark.parametrize("hours", [10, 30])
async def test_answer_after_hours_goes_on_where_it_stopped(talk: Talks, hours: int) -> None:
    customer = await hold(talk(), (TROUBLE, "offer"))
    customer.wait(timedelta(hours=hours))
    await hold(customer, (NOT_SOLVED, "ask"))
    customer.wait(timedelta(hours=hours))
    await hold(customer, ("since monday, jo@example.com", "receipt: Nook Cam"))
    assert case_of(customer).missing == ()


@pytest.mark.parametrize(
    "words",
    [
        "", "   ", "?", "👍", "🤬🤬🤬", "1", "12345678901234567890", "https://example.com/x",
        "ich habe ein Problem mit meiner Kamera", "카메라가 작동하지 않아요", "a" * 1500,
        "\u200b\u200d", "<b>hi</b>", "{assistant} {0}", "DROP TABLE cases;", "no no no no no",
        "\n\n\n", "help help help", "...", "test", "((((((", "¿dónde está mi pedido?",
    ],
)  # fmt: skip
async def test_every_turn_gets_a_reply(talk: Talks, words: str) -> None:
    for before in ([], [TROUBLE], [TROUBLE, NOT_SOLVED], [LATE, NOT_SOLVED]):
        customer = talk()
        for text in [*before, words]:
            await customer.say(text)
        assert customer.replies, (before, words)
        assert all(reply.text.strip() for reply in customer.replies)
