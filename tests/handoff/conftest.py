"""What the tests of handing over share."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiosmtpd.smtp import SMTP

from bot.cases.case import Case
from bot.handoff.on_call import OnCallDesk
from bot.handoff.settings import HandoffSettings, SmtpServer
from bot.playbook.content import Content, load_content
from bot.playbook.model import OnCallStep, Severity
from bot.store.connection import Connection

from .people import (
    SECRET,
    Clock,
    Mailbox,
    MakeDesk,
    OpenCase,
    Phone,
    a_case,
    chained,
    put_case,
)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def phone(clock: Clock) -> AsyncIterator[Phone]:
    made = Phone(clock)
    app = web.Application()
    app.router.add_post("/{path:.*}", made.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/wake"
    yield made
    await runner.cleanup()


@pytest.fixture
async def mailbox() -> AsyncIterator[Mailbox]:
    box = Mailbox()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(box, loop=loop), "127.0.0.1", 0)
    box.port = server.sockets[0].getsockname()[1]
    yield box
    server.close()
    await server.wait_closed()


@pytest.fixture
def settings(mailbox: Mailbox) -> HandoffSettings:
    server = SmtpServer("127.0.0.1", mailbox.port, starttls=False)
    return HandoffSettings(
        "https://desk.example.com", (SECRET,), server, "Nightdesk <nightdesk@example.com>"
    )


@pytest.fixture(scope="session")
def content() -> Content:
    """The brand's real content."""
    return load_content(Path(__file__).parents[2], {})


@pytest.fixture
def desk_over(
    connection: Connection, content: Content, settings: HandoffSettings, clock: Clock
) -> MakeDesk:
    """Makes a desk whose team trust has these steps."""

    def make(*steps: OnCallStep, who: str = "web-1", **more: Any) -> OnCallDesk:
        book = chained(content, *steps)
        return OnCallDesk(connection, lambda: book, settings, who, clock=clock, **more)

    return make


@pytest.fixture
def open_case(connection: Connection, content: Content, clock: Clock) -> OpenCase:
    """Opens a case as a turn does: the case, its lines and its fact in one step."""

    async def open_(
        reference: str = "ND-7KQ2M4X", severity: Severity = Severity.CRITICAL, **more: Any
    ) -> Case:
        case = a_case(reference, clock.now, severity=severity, **more)
        await put_case(connection, content, clock, case, 0, "case_opened")
        return case

    return open_
