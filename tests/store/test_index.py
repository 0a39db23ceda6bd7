"""The index of cases: what it finds, counts, and how it follows the store."""

from __future__ import annotations

import asyncio
import json
import unicodedata
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cases.case import Case, Customer, Detail, Severity, Sla, Status
from bot.cases.queue import sort_queue
from bot.errors import BadRequest
from bot.playbook.content import Content
from bot.store.connection import Connection
from bot.store.conversations import Conversations, Inbound, case_json
from bot.store.index import FACETS, FILTERS, CaseIndex, Wanted
from bot.store.rows import MOST_CHARACTERS, fold, make_row

from .speaking import Speaking

NIGHT = datetime(2026, 11, 21, 23, 30, tzinfo=timezone.utc)
HOUR = timedelta(hours=1)


def a_case(number: int = 1, **values: object) -> Case:
    """A case with values of its own; later numbers are opened later."""
    opened = NIGHT + timedelta(minutes=number)
    case = Case(
        id=f"ND-{number:07}", opened_at=opened, channel="rest", conversation=f"rest:{number}",
        customer=Customer(str(number)), visibility="private", topic="billing",
        subtopic="charged_twice", severity=Severity.NORMAL, severity_reasons=("Because.",),
        sentiment="neutral", team="money", sla=Sla(opened + 9 * HOUR), summary="Charged twice",
    )  # fmt: skip
    return replace(case, **values)  # type: ignore[arg-type]


class Writing:
    """Writes cases as a turn of theirs does."""

    def __init__(self, connection: Connection, content: Content) -> None:
        self.connection = connection
        self._content = content
        self._store = Conversations(connection)
        self._revisions: dict[str, int] = {}

    async def put(self, *cases: Case) -> None:
        for case in cases:
            revision = self._revisions.get(case.id, 0)
            await self._store.write(
                case.conversation,
                "",
                {
                    "handled": [], "lines": [], "buttons": [], "facts": [],
                    "cases": [case_json(case, revision, self._content)],
                    "held": await self._held(case.conversation), "held_else": "",
                },
            )  # fmt: skip
            self._revisions[case.id] = revision + 1

    async def _held(self, conversation: str) -> str:
        return (await self._store.beside(conversation))[0]

    async def say(self, case: Case, *texts: str) -> None:
        for text in texts:
            message = Inbound(text, case.conversation, case.channel, case.customer, text)
            await self._store.accept(message, NIGHT)


@pytest.fixture
def writing(connection: Connection, content: Content) -> Writing:
    return Writing(connection, content)


@pytest.fixture
def index(connection: Connection) -> CaseIndex:
    return CaseIndex(connection)


async def found(index: CaseIndex, order: str = "oldest", me: str = "", **query: str) -> list[str]:
    """The last digit of what is found, in order."""
    await index.catch_up()
    page = index.find(Wanted.read(query, me), order, 0, 1000)
    assert page.total == len(page.rows)
    return [row.id[-1] for row in page.rows]


# ---- following the store ---------------------------------------------------------------------


async def test_reader_sees_what_was_written_before_it_asked(
    writing: Writing, index: CaseIndex
) -> None:
    assert await found(index) == []
    await writing.put(a_case(1))
    assert await found(index) == ["1"]
    await writing.put(a_case(2), a_case(1, status="claimed", assignee="u-kim"))
    assert await found(index) == ["1", "2"]
    assert await found(index, status="claimed") == ["1"]


async def test_many_readers_at_once_see_the_same(writing: Writing, index: CaseIndex) -> None:
    await writing.put(*(a_case(number) for number in range(1, 8)))
    answers = await asyncio.gather(*(found(index) for _ in range(20)))
    assert answers == [list("1234567")] * 20


async def test_reader_that_gave_up_while_it_waited_leaves_nothing_undone(
    writing: Writing, index: CaseIndex
) -> None:
    await writing.put(*(a_case(number) for number in range(1, 8)))
    reading = asyncio.create_task(index.catch_up())
    await asyncio.sleep(0)
    reading.cancel()
    assert await found(index) == list("1234567")


async def test_cases_from_before_changes_were_numbered_are_there(
    writing: Writing, index: CaseIndex
) -> None:
    await writing.put(a_case(1), a_case(2), a_case(3))
    redis, keys = writing.connection.redis, writing.connection.keys
    await redis.delete(keys.one("changes"), keys.one("changes:seq"))
    await writing.put(a_case(2, status="claimed", assignee="u-kim"))
    assert await found(index) == ["1", "2", "3"]
    assert await found(index, status="claimed") == ["2"]


async def test_emptied_store_is_an_empty_index(writing: Writing, index: CaseIndex) -> None:
    await writing.put(a_case(1), a_case(2), a_case(3))
    assert await found(index) == ["1", "2", "3"]
    redis, prefix = writing.connection.redis, writing.connection.keys.prefix
    await redis.delete(*[key async for key in redis.scan_iter(f"{prefix}:*")])
    assert await found(index) == []
    await Writing(writing.connection, writing._content).put(a_case(4))
    assert await found(index) == ["4"]


async def test_case_that_is_gone_is_no_row(writing: Writing, index: CaseIndex) -> None:
    await writing.put(a_case(1), a_case(2))
    assert await found(index) == ["1", "2"]
    redis, keys = writing.connection.redis, writing.connection.keys
    await redis.delete(keys.case("ND-0000001"))
    await redis.zadd(keys.one("changes"), {"ND-0000001": await redis.incr(keys.one("changes:seq"))})
    assert await found(index) == ["2"]


async def test_case_that_cannot_be_read_hides_no_other(
    writing: Writing, index: CaseIndex, caplog: pytest.LogCaptureFixture
) -> None:
    await writing.put(a_case(1, summary="zanzibarcanary"), a_case(2))
    redis, key = writing.connection.redis, writing.connection.keys.case("ND-0000001")
    document = {**json.loads(await redis.hget(key, "json") or ""), "schema": 99}
    await redis.hset(key, "json", json.dumps(document))
    assert await found(index) == ["2"]
    assert "ND-0000001" in caplog.text
    assert "zanzibarcanary" not in caplog.text


@pytest.fixture
async def many(connection: Connection) -> int:
    """3,000 cases with transcripts, written past the scripts: fast."""
    keys, count = connection.keys, 3_000
    pipe = connection.redis.pipeline(transaction=False)
    line = json.dumps(
        {"from": "customer", "at": "2026-11-21T23:30:00Z", "text": "ü and more " * 40}
    )
    for number in range(count):
        case = a_case(number)
        pipe.hset(keys.case(case.id), mapping={"json": json.dumps(case.to_json()), "revision": "1"})
        pipe.rpush(keys.conversation(case.conversation, "log"), *[line] * 4)
        pipe.zadd(keys.one("changes"), {case.id: number + 1})
        if number % 500 == 499:
            await pipe.execute()
    await connection.redis.set(keys.one("changes:seq"), count)
    return count


async def test_reading_everything_lets_others_have_their_turn(index: CaseIndex, many: int) -> None:
    turns, reading = 0, asyncio.create_task(index.catch_up())
    while not reading.done():
        await asyncio.sleep(0)
        turns += 1
    assert index.find(Wanted(), "queue", 0, 1).total == many
    assert turns > many / 50, "others have a turn after every few cases"


# ---- finding ---------------------------------------------------------------------------------


async def test_agent_filters_by_what_a_case_says(writing: Writing, index: CaseIndex) -> None:
    await writing.put(
        a_case(1, status="claimed", assignee="u-kim", tags=("vip", "refund")),
        a_case(2, severity=Severity.HIGH, tags=("vip",), team="support"),
        a_case(3, channel="webchat", customer=Customer("3", language="de")),
        a_case(4, topic="delivery", subtopic="late", status="resolved", assignee="t-bot"),
    )
    for query, wanted in (
        ({}, "1234"), ({"status": "claimed"}, "1"), ({"status": "new, claimed"}, "123"),
        ({"severity": "high"}, "2"), ({"channel": "webchat"}, "3"), ({"team": "money"}, "134"),
        ({"conversation": "rest:2"}, "2"), ({"topic": "delivery"}, "4"), ({"topic": "none"}, ""),
        ({"subtopic": "late,charged_twice"}, "1234"), ({"language": "de"}, "3"),
        ({"tag": "vip"}, "12"), ({"tag": "refund,other"}, "1"), ({"team": ","}, "1234"),
        ({"tag": "vip", "team": "money"}, "1"),
        ({"assignee": "u-kim"}, "1"), ({"assignee": "me"}, "1"), ({"assignee": "none"}, "23"),
        ({"assignee": "me,none"}, "123"), ({"assignee": "u-kim,t-bot"}, "14"),
    ):  # fmt: skip
        assert await found(index, me="u-kim", **query) == list(wanted), query


async def test_nobody_signed_in_has_no_cases_of_their_own(
    writing: Writing, index: CaseIndex
) -> None:
    await writing.put(a_case(1))
    assert await found(index, assignee="me") == []


async def test_agent_gets_pages_in_the_order_asked_for(writing: Writing, index: CaseIndex) -> None:
    await writing.put(*(a_case(number) for number in (3, 1, 5, 2, 4)))
    assert await found(index, "oldest") == list("12345")
    assert await found(index, "newest") == list("54321")
    pages = [index.find(Wanted(), "oldest", offset, 2) for offset in (0, 2, 4, 6)]
    assert [[row.id[-1] for row in page.rows] for page in pages] == [
        ["1", "2"], ["3", "4"], ["5"], [],
    ]  # fmt: skip
    assert {page.total for page in pages} == {5}


async def test_queue_is_in_the_order_of_the_queue(writing: Writing, index: CaseIndex) -> None:
    statuses: tuple[Status, ...] = ("new", "claimed", "waiting")
    cases = [
        a_case(number, severity=severity, status=status, sla=Sla(NIGHT + hours * HOUR))
        for number, (severity, status, hours) in enumerate(
            product(Severity, statuses, (3, 1, 3)), start=1
        )
    ]
    await writing.put(*cases)
    await index.catch_up()
    page = index.find(Wanted(), "queue", 0, 1000)
    assert [row.id for row in page.rows] == [case.id for case in sort_queue(cases)]


@pytest.mark.parametrize(
    ("query", "order", "code"),
    [({"colour": "red"}, "queue", "unknown_filter"), ({}, "sideways", "unknown_order")],
)
async def test_wrong_question_is_refused(
    index: CaseIndex, query: dict[str, str], order: str, code: str
) -> None:
    with pytest.raises(BadRequest) as caught:
        index.find(Wanted.read(query), order, 0, 9)
    assert caught.value.code == code


# ---- searching -------------------------------------------------------------------------------


async def test_agent_searches_reference_customer_and_text(
    writing: Writing, index: CaseIndex
) -> None:
    zoe = a_case(1, id="ND-7KQ2MX1", customer=Customer("1", "Zoë Müller", "zoe_m"))
    bob = a_case(2, customer=Customer("2", "Bob", "@bob"), summary="Die Straße ist gesperrt")
    cem = a_case(3, details={"email": Detail("cem@example.com", "edited")}, team="support")
    await writing.say(zoe, "My CAFÉ order", "never came")
    await writing.say(bob, "where is it")
    await writing.put(zoe, bob, cem)
    for q, wanted in (
        ("ND-7KQ2MX1", "1"), ("7kq2mx1", "1"), ("nd-7kq", "1"), ("  Nd-7Kq2mX1 ", "1"),
        ("zoe", "1"), ("ZOË muller", "1"), ("muller zoe", "1"), ("@zoe", "1"), ("@bob", "2"),
        ("cafe", "1"), ("order never", "1"), ("never order nothing", ""), ("ORDER", "1"),
        ("strasse", "2"), ("STRASSE gesperrt", "2"), ("charged twice", "13"), ("*", ""),
        ("cem@example", "3"), ("", "123"), ("   ", "123"), ("came\nmy", "1"),
    ):  # fmt: skip
        assert await found(index, q=q) == list(wanted), q
    assert await found(index, q="charged", team="support") == ["3"]


async def test_what_the_bot_said_is_not_searched(
    writing: Writing, index: CaseIndex, speaking: Speaking
) -> None:
    await speaking.case_for(text="my lamp is broken")  # the bot says "noted"
    await index.catch_up()
    assert index.find(Wanted.read({"q": "lamp"}), "queue", 0, 9).total == 1
    assert index.find(Wanted.read({"q": "noted"}), "queue", 0, 9).total == 0


async def test_words_of_before_the_case_are_not_its_words(
    speaking: Speaking, index: CaseIndex
) -> None:
    await speaking.accept("a walrus")
    claimed = await speaking.take()
    await speaking.commit(claimed, speaking.turn(claimed, "hello"))
    await speaking.case_for(text="a penguin")
    await index.catch_up()
    assert index.find(Wanted.read({"q": "penguin"}), "queue", 0, 9).total == 1
    assert index.find(Wanted.read({"q": "walrus"}), "queue", 0, 9).total == 0


async def test_long_conversation_is_searched_at_both_ends(
    writing: Writing, index: CaseIndex
) -> None:
    case = a_case(1)
    await writing.say(case, "alpha", *(f"word{number}" for number in range(400)), "omega")
    await writing.put(case)
    for q, wanted in (
        ("alpha", "1"), ("word3", "1"), ("word200", ""), ("word399", "1"), ("omega", "1"),
    ):  # fmt: skip
        assert await found(index, q=q) == list(wanted), q


def test_row_keeps_so_much_text_and_no_more() -> None:
    row = make_row(a_case(), ["alpha " + "x" * 20_000, "omega"])
    assert len(row.text) == MOST_CHARACTERS
    assert "alpha" in row.text
    assert row.text.endswith("omega")


@given(st.text(st.characters(blacklist_characters="ı𝚤")))  # whose capital is the plain I
def test_capitals_and_accents_make_no_difference(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert fold(text.upper()) == fold(text)
    assert fold(unicodedata.normalize("NFD", text)) == fold(text)


# ---- counting --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    [
        {}, {"status": "new"}, {"status": "new,claimed", "team": "money"}, {"tag": "vip"},
        {"q": "charged"}, {"q": "lamp", "severity": "high"}, {"assignee": "me"},
        {"assignee": "none", "tag": "vip", "language": "de"}, {"conversation": "rest:1"},
        {"topic": "nothing"},
    ],
)  # fmt: skip
async def test_count_of_a_value_is_what_choosing_it_would_find(
    writing: Writing, index: CaseIndex, query: dict[str, str]
) -> None:
    await writing.put(
        a_case(1, status="claimed", assignee="u-kim", tags=("vip", "refund")),
        a_case(2, severity=Severity.HIGH, tags=("vip",), team="support", summary="A lamp"),
        a_case(3, channel="webchat", customer=Customer("3", language="de"), tags=("vip",)),
        a_case(4, topic="delivery", subtopic="late", status="resolved", assignee="t-bot"),
    )
    total = len(await found(index, me="u-kim", **query))
    counts = index.counts(Wanted.read(query, "u-kim"), "u-kim")
    assert counts["total"] == total
    assert set(counts["by"]) == {*FACETS, "assignee"} == set(FILTERS) - {"conversation"}
    for facet, values in counts["by"].items():
        for value, count in values.items():
            chosen = {**query, facet: value}
            assert len(await found(index, me="u-kim", **chosen)) == count, chosen


# ---- a row -----------------------------------------------------------------------------------


def test_row_says_what_the_list_shows() -> None:
    case = a_case(
        1, customer=Customer("1", "Ann", "@ann", 12, "de"), tags=("vip",), severity=Severity.HIGH,
        details={"email": Detail("a@example.com", "said"), "amount": Detail(None, "missing")},
    ).noted(NIGHT + HOUR, "bot", "opened")  # fmt: skip
    assert make_row(case, []).to_json() == {
        "id": "ND-0000001", "summary": "Charged twice", "topic": "billing",
        "subtopic": "charged_twice", "severity": "high", "severity_reasons": ["Because."],
        "team": "money", "assignee": None, "status": "new", "channel": "rest",
        "conversation": "rest:1", "language": "de",
        "tags": ["vip"], "sentiment": "neutral", "customer": {"name": "Ann", "handle": "@ann"},
        "opened_at": "2026-11-21T23:31:00Z", "updated_at": "2026-11-22T00:30:00Z",
        "sla": {
            "respond_by": "2026-11-22T08:31:00Z", "window_closes_at": None,
            "first_response_by": None, "next_response_by": None, "resolve_by": None,
            "resolve_left": None,
        },
        "due": "2026-11-22T08:31:00Z", "due_kind": "promise", "missing": ["amount"],
        "rating": None, "unread": True,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("status", "happened", "unread"),
    [
        ("new", "opened", True), ("new", "opened given_back", True), ("claimed", "claimed", False),
        ("claimed", "message_added claimed", False), ("claimed", "claimed customer_replied", True),
        ("claimed", "claimed customer_replied noted target_warned", True),
        ("claimed", "claimed customer_replied replied", False), ("waiting", "replied", False),
        ("claimed", "claimed customer_replied transferred", True), ("resolved", "rated", False),
    ],
)  # fmt: skip
def test_case_is_unread_when_the_customer_wrote_after_its_agents_last_deed(
    status: Status, happened: str, unread: bool
) -> None:
    case = a_case(1, status=status, assignee="u-kim")
    for what in happened.split():
        case = case.noted(NIGHT, "somebody", what)
    assert make_row(case, []).to_json()["unread"] is unread
