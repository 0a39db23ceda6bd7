"""Mail to the on-call person, taken by a real SMTP server."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from aiosmtpd.smtp import SMTP, AuthResult

from bot.errors import NotifierFailed
from bot.handoff.notice import Notice
from bot.handoff.settings import SmtpServer
from bot.handoff.smtp import Mail

from .people import SUNDAY_NIGHT, WORDS, Mailbox, a_case

SENDER = "Nightdesk <nightdesk@example.com>"
LINK = "https://desk.example.com/on-call/acknowledge/token"


@pytest.fixture
def notice() -> Notice:
    case = a_case("ND-7KQ2M4X", SUNDAY_NIGHT, severity_reasons=("Erwähnt Rauch\u2009…",))
    return Notice("a1", 2, SUNDAY_NIGHT, case, "safety\nincident", "duty", LINK)


async def test_person_on_call_gets_a_plain_mail(mailbox: Mailbox, notice: Notice) -> None:
    server = SmtpServer("127.0.0.1", mailbox.port, starttls=False)

    await Mail(server, SENDER).send("duty@example.com", notice)

    (mail,) = mailbox.mails
    assert mailbox.recipients == ["duty@example.com"]
    assert mail["Subject"] == "[Nightdesk] critical case ND-7KQ2M4X (safety incident)"
    assert (mail["From"], mail["To"]) == (SENDER, "duty@example.com")
    assert mail["Date"] == "Sun, 01 Mar 2026 03:00:00 +0000"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content_type() == "text/plain"
    text = mail.get_content()
    assert LINK in text.splitlines()
    assert "Erwähnt Rauch" in text
    assert WORDS not in text


async def test_mail_is_not_sent_unencrypted_when_starttls_is_asked_for(
    mailbox: Mailbox, notice: Notice
) -> None:
    server = SmtpServer("127.0.0.1", mailbox.port, starttls=True)

    with pytest.raises(NotifierFailed, match="^SMTPException$"):
        await Mail(server, SENDER).send("duty@example.com", notice)

    assert mailbox.mails == []


async def test_mail_server_gets_user_and_password(mailbox: Mailbox, notice: Notice) -> None:
    def right(_: object, __: object, ___: object, mechanism: str, data: object) -> AuthResult:
        good = getattr(data, "login", b"") == b"nia" and getattr(data, "password", b"") == b"p@ss"
        return AuthResult(success=good, handled=False)

    loop = asyncio.get_running_loop()
    listening = await loop.create_server(
        lambda: SMTP(
            mailbox, loop=loop, authenticator=right, auth_required=True, auth_require_tls=False
        ),
        "127.0.0.1",
        0,
    )
    port = listening.sockets[0].getsockname()[1]
    server = SmtpServer("127.0.0.1", port, starttls=False, user="nia", password="p@ss")

    await Mail(server, SENDER).send("duty@example.com", notice)
    with pytest.raises(NotifierFailed, match="^smtp_535$"):
        await Mail(replace(server, password="no"), SENDER).send("duty@example.com", notice)

    assert len(mailbox.mails) == 1
    listening.close()


async def test_failure_is_one_word_when_there_is_no_server(notice: Notice) -> None:
    server = SmtpServer("127.0.0.1", 9, starttls=False)

    with pytest.raises(NotifierFailed, match="^SMTPConnectError$"):
        await Mail(server, SENDER).send("duty@example.com", notice)
