"""A critical case in, people woken: over real Redis, HTTP and SMTP; only the clock is ours."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.cases.changing import Changes
from bot.cases.filing import customer_wrote
from bot.cases.handling import Step
from bot.cases.watching import watch
from bot.handoff.fact_reader import FactReader
from bot.handoff.on_call import GROUP, OnCallDesk
from bot.handoff.settings import HandoffSettings
from bot.handoff.webhook import Webhook
from bot.playbook.content import Content
from bot.playbook.model import Severity
from bot.store.connection import Connection
from bot.store.conversations import Conversations
from bot.store.desk_steps import Handling
from bot.store.embedded import EmbeddedStore

from .people import (
    SECRET,
    WORDS,
    Clock,
    Mailbox,
    MakeDesk,
    OpenCase,
    Phone,
    a_case,
    attempts_of,
    chained,
    facts_of,
    put_case,
    step,
    until,
)

CLOSED_PORT = "http://127.0.0.1:9/wake"


@contextlib.asynccontextmanager
async def running(*desks: OnCallDesk) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(desk.run()) for desk in desks]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def woken(desk: OnCallDesk) -> None:
    """Reads what is new and sends what is due."""
    await desk.read_facts()
    await desk.send_due()


async def test_on_call_is_woken_on_a_sunday_night_again_and_up_the_chain_until_acknowledged(
    desk_over: MakeDesk, open_case: OpenCase, phone: Phone, mailbox: Mailbox, clock: Clock
) -> None:
    desk = desk_over(step("duty", phone.url, times=2), step("head", email="head@example.com"))
    async with running(desk):
        started = time.monotonic()
        case = await open_case()
        await until(lambda: phone.calls)
        assert time.monotonic() - started < 2

        clock.advance(minutes=5)
        await until(lambda: attempts_of(phone) == [1, 2])
        clock.advance(minutes=5)
        await until(lambda: mailbox.mails)
        assert mailbox.recipients == ["head@example.com"]

        token = phone.calls[0]["acknowledge_url"].rpartition("/")[2]
        assert await desk.acknowledge(token, clock.now) == case.id
        clock.advance(hours=3)
        await asyncio.sleep(1.2)
    assert (len(phone.calls), len(mailbox.mails)) == (2, 1)


async def test_webhook_says_which_case_without_words_of_the_customer(
    desk_over: MakeDesk, open_case: OpenCase, phone: Phone
) -> None:
    desk = desk_over(step("duty", phone.url))
    await open_case()

    await woken(desk)

    (call,) = phone.calls
    assert len(call.pop("id")) == 16
    assert call.pop("acknowledge_url").startswith("https://desk.example.com/on-call/acknowledge/")
    assert call == {
        "type": "case.critical",
        "attempt": 1,
        "sent_at": "2026-03-01T03:00:00Z",
        "step": "duty",
        "case": {
            "id": "ND-7KQ2M4X",
            "topic": "incident",
            "subtopic": "safety",
            "severity": "critical",
            "severity_reasons": ["Mentions smoke, fire or an injury"],
            "team": "trust",
            "channel": "web",
            "opened_at": "2026-03-01T03:00:00Z",
            "respond_by": "2026-03-01T03:30:00Z",
        },
    }


async def test_repeats_carry_the_same_id_and_link(
    desk_over: MakeDesk, open_case: OpenCase, phone: Phone, clock: Clock
) -> None:
    desk = desk_over(step("duty", phone.url))
    await open_case()
    await woken(desk)

    clock.advance(minutes=5)
    await desk.send_due()

    first, second = phone.calls
    assert first["id"] == second["id"]
    assert first["acknowledge_url"] == second["acknowledge_url"]


async def test_nobody_is_woken_for_lesser_cases(
    desk_over: MakeDesk, open_case: OpenCase, phone: Phone
) -> None:
    desk = desk_over(step("duty", phone.url))
    await open_case(severity=Severity.HIGH)

    await woken(desk)

    assert phone.calls == []


async def test_on_call_is_woken_once_when_a_case_becomes_critical_and_is_added_to(
    desk_over: MakeDesk,
    open_case: OpenCase,
    phone: Phone,
    connection: Connection,
    content: Content,
    clock: Clock,
) -> None:
    desk = desk_over(step("duty", phone.url))
    case = await open_case(severity=Severity.NORMAL)
    worse = replace(case, severity=Severity.CRITICAL)
    for revision in (1, 2):
        await put_case(connection, content, clock, worse, revision, "case_extended")

    await woken(desk)
    await woken(desk)

    assert attempts_of(phone) == [1]


async def test_a_failing_address_does_not_stop_the_other_and_is_tried_again_soon(
    desk_over: MakeDesk,
    open_case: OpenCase,
    phone: Phone,
    mailbox: Mailbox,
    connection: Connection,
    clock: Clock,
) -> None:
    desk = desk_over(step("duty", phone.url, "duty@example.com"))
    phone.status = 500
    await open_case()
    await woken(desk)
    assert (len(phone.calls), len(mailbox.mails)) == (1, 1)

    phone.status = 200
    clock.advance(seconds=10)
    await desk.send_due()
    clock.advance(seconds=60)
    await desk.send_due()

    assert attempts_of(phone) == [1, 1]
    assert len(mailbox.mails) == 1
    (failed,) = await facts_of(connection, "alert_failed")
    assert (failed["way"], failed["reason"], failed["attempt"]) == ("webhook", "status_500", 1)


async def test_mail_goes_out_when_the_webhook_is_unreachable_or_too_slow(
    desk_over: MakeDesk,
    open_case: OpenCase,
    phone: Phone,
    mailbox: Mailbox,
    connection: Connection,
    clock: Clock,
) -> None:
    phone.delay_seconds = 1
    ways = {"webhook": Webhook([SECRET], timeout_seconds=0.1)}
    slow = desk_over(step("duty", phone.url), ways=ways)
    gone = desk_over(step("duty", CLOSED_PORT, "duty@example.com"))
    await open_case("ND-2222222")
    await woken(slow)
    await open_case("ND-3333333")
    await woken(gone)

    facts = await facts_of(connection, "alert_failed")
    assert [fact["reason"] for fact in facts] == ["timeout", "ConnectError"]
    assert len(mailbox.mails) == 1


async def test_refused_mail_is_tried_again_with_longer_pauses(
    desk_over: MakeDesk, open_case: OpenCase, mailbox: Mailbox, connection: Connection, clock: Clock
) -> None:
    mailbox.reply = "550 no such person"
    desk = desk_over(step("duty", email="duty@example.com"))
    await open_case()
    await woken(desk)
    for seconds in (10, 20, 40, 60, 60):
        clock.advance(seconds=seconds - 1)
        await desk.send_due()
        clock.advance(seconds=1)
        await desk.send_due()

    facts = await facts_of(connection, "alert_failed")
    assert [fact["reason"] for fact in facts] == ["SMTPRecipientsRefused"] * 6


async def test_a_step_without_address_is_passed_over_at_once_and_noted(
    desk_over: MakeDesk,
    open_case: OpenCase,
    phone: Phone,
    connection: Connection,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    desk = desk_over(step("nobody yet"), step("head", phone.url))
    await open_case()
    await woken(desk)
    clock.advance(minutes=5)
    await desk.send_due()

    assert [call["step"] for call in phone.calls] == ["head", "head"]
    (fact,) = await facts_of(connection, "alert_unreachable")
    assert (fact["team"], fact["step"], fact["case"]) == ("trust", 1, "ND-7KQ2M4X")
    warnings = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert warnings == ["nobody can be reached by step nobody yet of team trust"]


async def test_an_alert_waits_for_somebody_to_set_an_address(
    desk_over: MakeDesk, open_case: OpenCase, phone: Phone, connection: Connection, clock: Clock
) -> None:
    await open_case()
    unset = desk_over(step("duty"))
    await woken(unset)
    clock.advance(minutes=1)
    await unset.send_due()
    assert len(await facts_of(connection, "alert_unreachable")) == 2

    mended = desk_over(step("duty", phone.url))
    clock.advance(minutes=1)
    await mended.send_due()

    assert [(call["step"], call["attempt"]) for call in phone.calls] == [("duty", 1)]


async def test_last_step_is_woken_hourly_for_a_day_when_nobody_answers(
    desk_over: MakeDesk,
    open_case: OpenCase,
    phone: Phone,
    mailbox: Mailbox,
    connection: Connection,
    clock: Clock,
) -> None:
    desk = desk_over(step("duty", phone.url, times=1), step("head", email="head@example.com"))
    await open_case()
    await woken(desk)
    for _ in range(12 * 26):
        clock.advance(minutes=5)
        await desk.send_due()

    assert len(phone.calls) == 1
    assert len(mailbox.mails) == 2 + 24
    assert len(await facts_of(connection, "alert_exhausted")) == 1


async def test_an_alert_is_sent_once_when_several_processes_run(
    desk_over: MakeDesk, open_case: OpenCase, phone: Phone, connection: Connection, clock: Clock
) -> None:
    phone.delay_seconds = 0.3
    desks = [desk_over(step("duty", phone.url), who=f"web-{n}") for n in range(4)]
    async with running(*desks):
        for number in range(10):
            await open_case(f"ND-222222{'23456789AB'[number]}")
        while len(await facts_of(connection, "alert_sent")) < 10:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        clock.advance(minutes=5)
        await until(lambda: len(phone.calls) >= 20)
        await asyncio.sleep(0.8)
    sent = [(call["case"]["id"], call["attempt"]) for call in phone.calls]
    assert (len(sent), len(set(sent))) == (20, 20)


async def test_a_fact_that_a_dead_process_took_is_read_by_another(
    desk_over: MakeDesk, open_case: OpenCase, phone: Phone, connection: Connection
) -> None:
    dead = FactReader(connection, GROUP, "web-dead")
    await open_case()
    assert len(await dead.next()) == 1

    desk = desk_over(step("duty", phone.url))
    desk._reader = FactReader(connection, GROUP, "web-1", claim_after_ms=0)
    await woken(desk)

    assert attempts_of(phone) == [1]
    pending = await connection.redis.xpending(connection.keys.one("events"), GROUP)
    assert pending["pending"] == 0


async def test_an_alert_whose_sender_died_is_sent_again_after_its_lease(
    desk_over: MakeDesk, open_case: OpenCase, phone: Phone, clock: Clock
) -> None:
    dying = desk_over(step("duty", phone.url))
    await open_case()
    await dying.read_facts()
    assert len(await dying.alerts.take(clock.now, 10)) == 1

    other = desk_over(step("duty", phone.url), who="web-2")
    await other.send_due()
    assert phone.calls == []
    clock.advance(seconds=26)
    await other.send_due()

    assert attempts_of(phone) == [1]


async def test_alerts_stop_when_an_agent_takes_the_case_but_not_when_its_customer_closes_it(
    desk_over: MakeDesk,
    open_case: OpenCase,
    phone: Phone,
    connection: Connection,
    content: Content,
    clock: Clock,
) -> None:
    desk = desk_over(step("duty", phone.url, times=9))
    case = await open_case()
    await woken(desk)
    closed = replace(case, status="closed")
    await put_case(connection, content, clock, closed, 1, "case_closed")
    clock.advance(minutes=5)
    await desk.send_due()
    assert attempts_of(phone) == [1, 2]

    handling = Handling(connection, lambda: content, lambda: clock.now)
    await handling.reopen(case.id, "u-mina")
    clock.advance(minutes=5)
    await desk.send_due()

    assert attempts_of(phone) == [1, 2]
    (fact,) = await facts_of(connection, "alert_acknowledged")
    assert fact["by"] == "desk"


async def test_on_call_is_woken_anew_when_who_had_the_critical_case_fell_silent(
    desk_over: MakeDesk,
    open_case: OpenCase,
    phone: Phone,
    connection: Connection,
    content: Content,
    clock: Clock,
) -> None:
    desk, case = desk_over(step("duty", phone.url, times=9)), await open_case()
    handling = Handling(connection, lambda: content, lambda: clock.now)
    await woken(desk)
    await handling.claim(case.id, "u-mina")
    clock.advance(minutes=20)
    await woken(desk)
    assert attempts_of(phone) == [1]

    clock.advance(minutes=10)
    await handling.do(case.id, "bot", watch)
    await woken(desk)
    await woken(desk)

    assert attempts_of(phone) == [1, 1]
    assert phone.calls[0]["acknowledge_url"] != phone.calls[1]["acknowledge_url"]


async def test_on_call_is_woken_when_a_case_gets_critical_in_hands_that_do_not_stir(
    desk_over: MakeDesk,
    open_case: OpenCase,
    phone: Phone,
    connection: Connection,
    content: Content,
    clock: Clock,
) -> None:
    desk, case = desk_over(step("duty", phone.url)), await open_case(severity=Severity.HIGH)
    handling = Handling(connection, lambda: content, lambda: clock.now)

    def it_burns(step: Step) -> None:
        worse = replace(step.case, severity=Severity.CRITICAL)
        step.put(customer_wrote(worse, step.now, content))
        step.happened("message_for_person", severity="critical")

    await handling.claim(case.id, "u-mina")
    await handling.do(case.id, "customer", it_burns)
    await woken(desk)
    assert attempts_of(phone) == [1]

    await handling.reply(case.id, "u-mina", "r1", "Get out of the house!")
    clock.advance(minutes=5)
    await handling.do(case.id, "customer", it_burns)
    await woken(desk)
    assert attempts_of(phone) == [1]


async def test_nobody_is_woken_for_what_an_agent_calls_critical_while_they_have_it(
    desk_over: MakeDesk,
    open_case: OpenCase,
    phone: Phone,
    connection: Connection,
    content: Content,
    clock: Clock,
) -> None:
    desk, case = desk_over(step("duty", phone.url)), await open_case(severity=Severity.HIGH)
    handling = Handling(connection, lambda: content, lambda: clock.now)
    await handling.claim(case.id, "u-mina")
    await handling.change(case.id, "u-mina", Changes(severity=Severity.CRITICAL))
    await woken(desk)
    assert phone.calls == []

    clock.advance(minutes=30)
    await handling.do(case.id, "bot", watch)
    await woken(desk)

    assert attempts_of(phone) == [1]


async def test_acknowledging_while_a_send_is_under_way_stands(
    desk_over: MakeDesk, open_case: OpenCase, phone: Phone, connection: Connection, clock: Clock
) -> None:
    phone.delay_seconds = 0.4
    desk = desk_over(step("duty", phone.url))
    await open_case()
    await desk.read_facts()
    sending = asyncio.create_task(desk.send_due())
    await until(lambda: phone.calls)
    token = phone.calls[0]["acknowledge_url"].rpartition("/")[2]
    await desk.acknowledge(token, clock.now)
    await sending

    clock.advance(hours=5)
    await desk.send_due()

    assert attempts_of(phone) == [1]
    types = [f["type"] for f in await facts_of(connection, "alert_sent", "alert_acknowledged")]
    assert types == ["alert_acknowledged", "alert_sent"]


async def test_acknowledging_twice_changes_nothing_and_an_unknown_token_is_nobodys(
    desk_over: MakeDesk, open_case: OpenCase, phone: Phone, connection: Connection, clock: Clock
) -> None:
    desk = desk_over(step("duty", phone.url))
    await open_case()
    await woken(desk)
    token = phone.calls[0]["acknowledge_url"].rpartition("/")[2]

    assert await desk.acknowledge(token, clock.now) == "ND-7KQ2M4X"
    clock.advance(minutes=1)
    assert await desk.acknowledge(token, clock.now) == "ND-7KQ2M4X"
    assert await desk.acknowledge("guessed", clock.now) is None

    alert = await desk.alerts.of_case("ND-7KQ2M4X")
    assert alert is not None
    assert alert.acknowledged_at == "2026-03-01T03:00:00Z"
    assert len(await facts_of(connection, "alert_acknowledged")) == 1


async def test_facts_and_logs_hold_no_words_of_the_customer(
    desk_over: MakeDesk,
    open_case: OpenCase,
    phone: Phone,
    mailbox: Mailbox,
    connection: Connection,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    phone.status = 503
    desk = desk_over(step("nobody"), step("duty", phone.url, "duty@example.com"))
    await open_case()
    await woken(desk)

    entries = await connection.redis.xrange(connection.keys.one("events"))
    alerts = await connection.redis.hgetall(connection.keys.one("alerts"))
    mails = [mail.as_string() + mail.get_content() for mail in mailbox.mails]
    everything = json.dumps([entries, alerts, phone.calls, mails]) + caplog.text
    for word in (*WORDS.replace(",", "").split()[4:], "Ada Quill", "7 Elm Row"):
        if len(word) > 4:
            assert word not in everything, word


async def test_a_group_that_is_new_does_not_wake_people_for_what_is_long_done(
    desk_over: MakeDesk, open_case: OpenCase, phone: Phone, clock: Clock
) -> None:
    await open_case("ND-2222222", status="closed")
    await open_case("ND-3333333", status="resolved")
    await open_case("ND-4444444")
    clock.advance(days=3)

    await woken(desk_over(step("duty", phone.url)))

    assert [call["case"]["id"] for call in phone.calls] == ["ND-4444444"]


async def test_on_call_is_woken_after_the_store_was_away(
    tmp_path: Path, content: Content, settings: HandoffSettings, phone: Phone, clock: Clock
) -> None:
    server = EmbeddedStore(tmp_path)
    server.start()
    connection = Connection(server.url)
    book = chained(content, step("duty", phone.url))
    desk = OnCallDesk(connection, lambda: book, settings, "web-1", clock=clock)
    try:
        async with running(desk):
            await asyncio.sleep(0.3)
            server.stop()
            await asyncio.sleep(0.5)
            server.start()
            case = a_case("ND-7KQ2M4X", clock.now)
            await put_case(connection, content, clock, case, 0, "case_opened")
            await until(lambda: phone.calls)
        assert await Conversations(connection).case(case.id)
    finally:
        await connection.redis.connection_pool.disconnect()
        server.stop()
