"""People to wake (real servers on loopback), a clock that is set by hand, and cases."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiohttp import web
from aiosmtpd.smtp import SMTP, Envelope, Session

from bot.cases.case import Case, Customer, Detail, Sla
from bot.cases.turn import Fact
from bot.handoff.on_call import OnCallDesk
from bot.http.signatures import SIGNATURE, TIMESTAMP, verify
from bot.playbook.content import Content
from bot.playbook.model import OnCallStep, Playbook, Severity
from bot.store.connection import Connection
from bot.store.conversations import Conversations, case_json, fact_json

OpenCase = Callable[..., Awaitable[Case]]


MakeDesk = Callable[..., OnCallDesk]

SECRET = "a-secret-of-the-tests-only"
SUNDAY_NIGHT = datetime(2026, 3, 1, 3, 0, tzinfo=timezone.utc)
WORDS = "Tell nobody: my Nook Hub burns, I am Ada Quill of 7 Elm Row"
FIVE_MINUTES = timedelta(minutes=5)


@dataclass
class Clock:
    """Stands still until it is set on."""

    now: datetime = SUNDAY_NIGHT

    def __call__(self) -> float:
        return self.now.timestamp()

    def advance(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class Phone:
    """A webhook's receiver: `calls` are the documents whose signature is right. It answers with
    `status`, after `delay_seconds`."""

    clock: Clock
    url: str = ""
    status: int = 204
    delay_seconds: float = 0.0
    headers: dict[str, str] = field(default_factory=dict)
    calls: list[dict[str, Any]] = field(default_factory=list)
    refused: int = 0

    async def answer(self, request: web.Request) -> web.Response:
        body = await request.read()
        signed = request.headers.get(TIMESTAMP, ""), request.headers.get(SIGNATURE, "")
        if not verify([SECRET], *signed, body, self.clock.now):
            self.refused += 1
            return web.Response(status=401)
        self.calls.append(json.loads(body))
        await asyncio.sleep(self.delay_seconds)
        return web.Response(status=self.status, headers=self.headers)


class Mailbox:
    """An SMTP server; `mails` are what it took. It answers RCPT with `reply` where that is set."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.reply = ""
        self.port = 0

    async def handle_RCPT(
        self, _: SMTP, __: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if not self.reply:
            envelope.rcpt_tos.append(address)
        return self.reply or "250 OK"

    async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:
        self.recipients += envelope.rcpt_tos
        self.mails.append(message_from_bytes(envelope.content or b"", policy=default))  # type: ignore[arg-type]
        return "250 OK"


def step(
    name: str, webhook: str | None = None, email: str | None = None, times: int = 2
) -> OnCallStep:
    return OnCallStep(name, webhook, email, FIVE_MINUTES, times)


def chained(content: Content, *steps: OnCallStep) -> Playbook:
    """The real playbook with these steps for the team trust, and nobody on call elsewhere."""
    teams = {name: replace(team, on_call=()) for name, team in content.playbook.teams.items()}
    teams["trust"] = replace(teams["trust"], on_call=steps)
    return replace(content.playbook, teams=teams)


async def put_case(
    connection: Connection, content: Content, clock: Clock, case: Case, revision: int, fact: str
) -> None:
    about = Fact(fact, {"case": case.id, "severity": case.severity.word})
    document = {
        "handled": [],
        "lines": [],
        "buttons": [],
        "cases": [case_json(case, revision, content)],
        "facts": [fact_json(about, case.conversation, clock.now)],
        "held": "",
        "held_else": "",
    }
    await Conversations(connection).write(case.conversation, "", document)


def a_case(reference: str, at: datetime, **more: Any) -> Case:
    values: dict[str, Any] = {
        "id": reference,
        "opened_at": at,
        "channel": "web",
        "conversation": f"web:{reference}",
        "customer": Customer("ada", name="Ada Quill"),
        "visibility": "private",
        "topic": "incident",
        "subtopic": "safety",
        "severity": Severity.CRITICAL,
        "severity_reasons": ("Mentions smoke, fire or an injury",),
        "sentiment": "negative",
        "team": "trust",
        "sla": Sla(at + timedelta(minutes=30)),
        "summary": WORDS,
        "details": {"address": Detail("7 Elm Row", "said")},
    }
    return Case(**{**values, **more})


async def facts_of(connection: Connection, *types: str) -> list[dict[str, Any]]:
    """The facts on the stream, of these types."""
    entries = await connection.redis.xrange(connection.keys.one("events"))
    facts = [json.loads(fields["fact"]) for _, fields in entries]
    return [fact for fact in facts if fact["type"] in types]


async def until(holds: Callable[[], object], seconds: float = 5.0) -> None:
    """Waits until something holds. Raises TimeoutError after `seconds`."""

    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError
        await asyncio.sleep(0.02)


def attempts_of(phone: Phone) -> list[int]:
    return [call["attempt"] for call in phone.calls]
