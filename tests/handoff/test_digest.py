"""Mornings: over real Redis, HTTP and SMTP; only the clock is ours."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

import pytest

from bot.cases.case import Sla
from bot.errors import ConfigurationError
from bot.handoff.digest import MorningDigests
from bot.handoff.settings import HandoffSettings, check_on_call
from bot.playbook.content import Content
from bot.playbook.hours import Calendar, Span
from bot.playbook.model import DigestAddress, Severity
from bot.store.connection import Connection
from bot.store.digests import Digest, Digests
from bot.store.index import CaseIndex
from bot.tasks import end_tasks
from tests.standing_in import stored

from .people import SECRET, WORDS, Clock, Mailbox, OpenCase, Phone, facts_of, until

CLOSED_PORT = "http://127.0.0.1:9/digest"
MAIL = "support@example.com"
MONDAY = datetime(2026, 3, 2, 18, 30, tzinfo=timezone.utc)
"""After hours: the office opens at nine, in London, and it is winter there."""

MakeDigests = Callable[..., MorningDigests]


@pytest.fixture
def clock() -> Clock:
    return Clock(MONDAY)


def sent_to(content: Content, webhook: str | None = None, email: str | None = None) -> Content:
    """The real content, with these addresses for the support team's digest and none for others."""
    teams = {name: replace(team, digest=None) for name, team in content.playbook.teams.items()}
    teams["support"] = replace(teams["support"], digest=DigestAddress(webhook, email))
    return replace(content, playbook=replace(content.playbook, teams=teams))


@pytest.fixture
def digests_over(
    connection: Connection, content: Content, settings: HandoffSettings, clock: Clock
) -> MakeDigests:
    """Makes one process's digests, sent to these addresses."""

    def make(webhook: str | None = None, email: str | None = None, **more: Any) -> MorningDigests:
        given = more.pop("content", None) or sent_to(content, webhook, email)
        values = {"settings": settings, "clock": clock, **more}
        return MorningDigests(connection, CaseIndex(connection), lambda: given, **values)

    return make


@pytest.fixture
async def open_support_case(open_case: OpenCase, clock: Clock) -> OpenCase:
    """Opens a case of the support team, promised until ten o'clock on Tuesday."""

    async def open_(number: int, severity: Severity = Severity.NORMAL, **more: Any) -> Any:
        due = Sla(datetime(2026, 3, 3, 10, 0, tzinfo=timezone.utc))
        values = {"team": "support", "topic": "technical_issue", "sla": due, **more}
        return await open_case(f"ND-{number:07}", severity, **values)

    return open_


async def look(*processes: MorningDigests) -> None:
    """What each process does every few seconds, side by side."""
    await asyncio.gather(*(one.make_due() for one in processes))
    await asyncio.gather(*(one.send_due() for one in processes))


async def made(connection: Connection, team: str = "support") -> Digest | None:
    return next(iter(await Digests(connection).latest([team])), None)


async def made_for(connection: Connection) -> list[str]:
    """The teams of the facts, in order."""
    return [fact["team"] for fact in await facts_of(connection, "digest_made")]


def set_clock(clock: Clock, text: str) -> None:
    clock.now = datetime.fromisoformat(text).replace(tzinfo=timezone.utc)


async def test_team_finds_its_digest_when_it_opens_by_webhook_mail_and_on_the_desk(
    digests_over: MakeDigests, open_support_case: OpenCase, connection: Connection,
    phone: Phone, mailbox: Mailbox, clock: Clock,
) -> None:  # fmt: skip
    process = digests_over(phone.url, MAIL)
    await open_support_case(1, Severity.CRITICAL)
    await open_support_case(2)
    set_clock(clock, "2026-03-03 08:59:59")
    await look(process)
    assert await made(connection) is None

    set_clock(clock, "2026-03-03 09:00")
    await look(process)
    await look(process)

    (call,) = phone.calls
    bad = {
        "case": "ND-0000001", "topic": "technical_issue", "severity": "critical", "status": "new",
        "respond_by": "2026-03-03T10:00:00Z",
    }  # fmt: skip
    assert call == {
        "type": "team.digest",
        "id": "support:2026-03-03T09:00:00Z",
        "sent_at": "2026-03-03T09:00:00Z",
        "team": "support",
        "made_at": "2026-03-03T09:00:00Z",
        "opens_at": "2026-03-03T09:00:00Z",
        "since": "2026-03-02T18:00:00Z",
        "total": 2,
        "by_severity": {"critical": 1, "normal": 1},
        "by_topic": {"technical_issue": 2},
        "unanswered": 2,
        "unanswered_critical": 1,
        "promises": [bad, {**bad, "case": "ND-0000002", "severity": "normal"}],
        "breached": [],
        "breached_total": 0,
        "critical": [bad],
        "critical_total": 1,
        "url": "https://desk.example.com/desk/digest",
    }
    (mail,) = mailbox.mails
    assert mailbox.recipients == [MAIL]
    assert mail["Subject"] == "Brightnook, support team: 2 cases waiting, 1 critical"
    assert mail["X-Nightdesk-Digest"] == call["id"]
    assert "https://desk.example.com/desk/digest" in mail.get_content().splitlines()
    facts = [
        fact for fact in await facts_of(connection, "digest_made") if fact["team"] == "support"
    ]
    assert facts == [{"type": "digest_made", "at": "2026-03-03T09:00:00Z", "team": "support"}]


async def test_monday_tells_of_the_whole_weekend(
    digests_over: MakeDigests, open_support_case: OpenCase, connection: Connection, clock: Clock
) -> None:
    for day, number in (("2026-03-07 15:59", 1), ("2026-03-07 16:00", 2), ("2026-03-08 12:00", 3)):
        set_clock(clock, day)
        await open_support_case(number)
    set_clock(clock, "2026-03-08 10:00")
    await look(digests_over())
    assert await made(connection) is None

    set_clock(clock, "2026-03-09 09:00")
    await look(digests_over())

    digest = await made(connection)
    assert digest is not None
    assert (digest.since, digest.total, digest.unanswered) == ("2026-03-07T16:00:00Z", 2, 3)
    assert digest.breached_total == 3


async def test_no_digest_on_a_holiday(
    digests_over: MakeDigests, connection: Connection, clock: Clock
) -> None:
    set_clock(clock, "2026-04-06 08:30")  # Easter Monday, half past nine in London
    await look(digests_over())
    assert await made_for(connection) == ["trust"]  # which is always in


async def test_one_digest_on_a_split_day(
    digests_over: MakeDigests, connection: Connection, clock: Clock
) -> None:
    process = digests_over()
    for time in ("10:00", "12:45", "14:00", "15:30"):
        set_clock(clock, f"2026-03-07 {time}")
        await look(process)
    assert (await made_for(connection)).count("support") == 1


async def test_team_that_is_always_in_gets_it_at_eight(
    digests_over: MakeDigests, open_support_case: OpenCase, connection: Connection, clock: Clock
) -> None:
    await open_support_case(1, team="trust")
    set_clock(clock, "2026-03-03 07:59")
    await look(digests_over())
    assert await made_for(connection) == []

    clock.advance(minutes=1)
    await look(digests_over())

    digest = await made(connection, "trust")
    assert digest is not None
    assert (digest.since, digest.total) == ("2026-03-02T08:00:00Z", 1)


@pytest.mark.parametrize(
    ("before", "opening"),
    [
        ("2026-03-29 06:59", "2026-03-29T07:00:00Z"),  # summer time since one o'clock
        ("2026-10-25 07:59", "2026-10-25T08:00:00Z"),  # no more since two
    ],
)
async def test_digest_comes_by_the_clock_on_the_wall_after_the_night_it_was_changed(
    digests_over: MakeDigests, connection: Connection, clock: Clock, before: str, opening: str
) -> None:
    set_clock(clock, before)
    await look(digests_over())
    assert await made_for(connection) == []

    clock.advance(minutes=1)
    await look(digests_over())
    clock.advance(hours=1)
    await look(digests_over())

    assert await made_for(connection) == ["trust"]
    digest = await made(connection, "trust")
    assert digest is not None
    assert digest.opens_at == opening


async def test_one_digest_however_many_processes_run(
    digests_over: MakeDigests, open_support_case: OpenCase, connection: Connection,
    phone: Phone, mailbox: Mailbox, clock: Clock,
) -> None:  # fmt: skip
    processes = [digests_over(phone.url, MAIL) for _ in range(6)]
    await open_support_case(1)
    set_clock(clock, "2026-03-03 09:00")
    await look(*processes)
    await look(*processes)

    assert (len(phone.calls), len(mailbox.mails)) == (1, 1)
    teams = await made_for(connection)
    assert len(teams) == len(set(teams)) == 6


async def test_digest_is_made_up_for_by_a_process_that_was_down(
    digests_over: MakeDigests, open_support_case: OpenCase, connection: Connection,
    phone: Phone, clock: Clock,
) -> None:  # fmt: skip
    await open_support_case(1)
    set_clock(clock, "2026-03-03 12:59")
    await look(digests_over(phone.url))

    (call,) = phone.calls
    assert (call["opens_at"], call["made_at"]) == ("2026-03-03T09:00:00Z", "2026-03-03T12:59:00Z")
    assert call["breached_total"] == 1  # promised until ten


async def test_digest_that_would_be_four_hours_late_is_not_made(
    digests_over: MakeDigests, connection: Connection, clock: Clock
) -> None:
    set_clock(clock, "2026-03-03 13:00")
    await look(digests_over())
    assert await made_for(connection) == []


async def test_nothing_outside_the_cases_holds_words_of_the_customer(
    digests_over: MakeDigests, open_support_case: OpenCase, connection: Connection,
    phone: Phone, mailbox: Mailbox, clock: Clock, caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    caplog.set_level("DEBUG")
    await open_support_case(1, Severity.CRITICAL)
    set_clock(clock, "2026-03-03 12:00")
    await look(digests_over(phone.url, MAIL))
    set_clock(clock, "2026-03-04 12:00")
    await look(digests_over(CLOSED_PORT))

    kept = await stored(connection)
    outside = {key: text for key, text in kept.items() if ":case:" not in key and ":c:" not in key}
    assert any(":digest:" in key for key in outside)
    said = [*outside.values(), json.dumps(phone.calls), *map(str, mailbox.mails), caplog.text]
    assert len(mailbox.mails) == len(phone.calls) == 1
    for word in (WORDS, "Ada", "Quill", "Elm Row"):
        assert not [text for text in said if word in text]


async def test_failing_webhook_does_not_stop_the_mail_and_is_tried_again(
    digests_over: MakeDigests, connection: Connection, phone: Phone, mailbox: Mailbox, clock: Clock
) -> None:
    phone.status = 503
    process = digests_over(phone.url, MAIL)
    set_clock(clock, "2026-03-03 09:00")
    await look(process)
    assert (len(phone.calls), len(mailbox.mails)) == (1, 1)

    for seconds, calls in ((9, 1), (1, 2), (9, 2), (1, 3), (19, 3), (1, 4)):
        clock.advance(seconds=seconds)
        await look(process)
        assert len(phone.calls) == calls
    phone.status = 204
    clock.advance(minutes=10)
    await look(process)
    clock.advance(minutes=20)
    await look(process)

    assert (len(phone.calls), len(mailbox.mails)) == (5, 1)
    assert len({call["id"] for call in phone.calls}) == 1
    assert await facts_of(connection, "digest_failed") == []


async def test_digest_is_given_up_after_an_hour_and_that_is_noted_once_for_each_way(
    digests_over: MakeDigests, connection: Connection, phone: Phone, mailbox: Mailbox, clock: Clock
) -> None:
    phone.status, mailbox.reply = 500, "550 no such user"
    process = digests_over(phone.url, MAIL)
    set_clock(clock, "2026-03-03 09:00")
    for _ in range(8 * 60):
        await look(process)
        clock.advance(seconds=10)

    failed = await facts_of(connection, "digest_failed")
    assert sorted((fact["way"], fact["reason"], fact["team"]) for fact in failed) == [
        ("email", "SMTPRecipientsRefused", "support"),
        ("webhook", "status_500", "support"),
    ]
    assert {fact["at"] for fact in failed} == {"2026-03-03T10:00:00Z"}
    assert len(phone.calls) == 13
    assert await connection.redis.zcard(connection.keys.one("digests:due")) == 0


async def test_what_a_killed_process_had_in_hand_is_sent_by_another(
    digests_over: MakeDigests, connection: Connection, phone: Phone, clock: Clock
) -> None:
    set_clock(clock, "2026-03-03 09:00")
    await digests_over(phone.url).make_due()
    assert len(await Digests(connection).take(clock.now, 10)) == 1  # and killed
    other = digests_over(phone.url)
    await look(other)
    assert phone.calls == []

    clock.advance(seconds=25)
    await look(other)
    assert len(phone.calls) == 1


async def test_ways_that_are_not_set_up_are_passed_over(
    digests_over: MakeDigests, connection: Connection, phone: Phone, clock: Clock
) -> None:
    set_clock(clock, "2026-03-03 09:00")
    only_webhooks = HandoffSettings("https://desk.example.com", (SECRET,))
    await look(digests_over(phone.url, MAIL, settings=only_webhooks))

    assert len(phone.calls) == 1
    assert await connection.redis.zcard(connection.keys.one("digests:due")) == 0
    assert await facts_of(connection, "digest_failed") == []


async def test_address_that_was_taken_away_meanwhile_gets_nothing(
    digests_over: MakeDigests, connection: Connection, phone: Phone, clock: Clock
) -> None:
    set_clock(clock, "2026-03-03 09:00")
    await digests_over(phone.url).make_due()
    await look(digests_over())

    assert phone.calls == []
    assert await connection.redis.zcard(connection.keys.one("digests:due")) == 0


async def test_team_that_never_opens_does_not_stop_the_others(
    digests_over: MakeDigests, content: Content, connection: Connection, clock: Clock,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    never = Calendar("office", content.calendars["office"].timezone, {})
    shut = replace(content, calendars={**content.calendars, "office": never})
    set_clock(clock, "2026-03-03 09:00")
    process = digests_over(content=shut)
    await look(process)
    await look(process)

    assert sorted(await made_for(connection)) == ["sales", "trust"]
    assert caplog.text.count("the digest of team support: ConfigurationError") == 1


def test_start_is_refused_when_a_digest_would_be_unsigned(content: Content) -> None:
    hooked = sent_to(content, "https://hooks.example.com/1").playbook
    with pytest.raises(ConfigurationError, match=r"digest webhooks .* no secret"):
        check_on_call(HandoffSettings("https://desk.example.com"), hooked)

    check_on_call(HandoffSettings("https://desk.example.com", (SECRET,)), hooked)
    check_on_call(
        HandoffSettings("https://desk.example.com"), sent_to(content, None, MAIL).playbook
    )


async def test_case_of_another_team_by_now_is_not_told(
    digests_over: MakeDigests, open_support_case: OpenCase, connection: Connection,
    content: Content, clock: Clock,
) -> None:  # fmt: skip
    await open_support_case(1)
    await open_support_case(2, team="billing")
    set_clock(clock, "2026-03-03 09:00")
    await look(digests_over())

    totals = {digest.team: digest.total for digest in await Digests(connection).latest()}
    assert (totals["support"], totals["billing"], totals["community"]) == (1, 1, 0)


async def test_digest_comes_on_its_own_while_a_process_runs(
    digests_over: MakeDigests, phone: Phone, mailbox: Mailbox, clock: Clock
) -> None:
    set_clock(clock, "2026-03-03 09:00")
    task = asyncio.create_task(digests_over(phone.url, MAIL).run())
    await until(lambda: phone.calls and mailbox.mails)
    await end_tasks(task)


async def test_early_team_tells_of_the_evening_too(
    digests_over: MakeDigests, content: Content, open_support_case: OpenCase,
    connection: Connection, clock: Clock,
) -> None:  # fmt: skip
    """A day that begins at midnight, after six closed hours."""
    week = dict.fromkeys(range(7), (Span(0, 18 * 60),))
    early = Calendar("office", content.calendars["office"].timezone, week)
    await open_support_case(1)
    set_clock(clock, "2026-03-03 00:00")
    await look(
        digests_over(content=replace(content, calendars={**content.calendars, "office": early}))
    )

    digest = await made(connection)
    assert digest is not None
    assert (digest.since, digest.total) == ("2026-03-02T18:00:00Z", 1)
