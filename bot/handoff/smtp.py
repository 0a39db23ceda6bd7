"""Mail, in plain text."""

from __future__ import annotations

import asyncio
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid, parseaddr

import aiosmtplib

from bot.errors import NotifierFailed
from bot.handoff.notice import Message
from bot.handoff.settings import SmtpServer

TIMEOUT_SECONDS = 10.0
"""For the whole exchange; a server may wait some seconds before it greets."""


class Mail:
    """Sends messages through one SMTP server. `sender` is an address, with or without a name."""

    def __init__(self, server: SmtpServer, sender: str) -> None:
        self._server = server
        self._sender = sender

    async def send(self, address: str, message: Message) -> None:
        try:
            await asyncio.wait_for(self._hand_over(self._mail(address, message)), TIMEOUT_SECONDS)
        except (asyncio.TimeoutError, aiosmtplib.SMTPTimeoutError):
            raise NotifierFailed("timeout") from None
        except aiosmtplib.SMTPResponseException as error:
            raise NotifierFailed(f"smtp_{error.code}") from None
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            raise NotifierFailed(type(error).__name__) from None

    def _mail(self, address: str, message: Message) -> EmailMessage:
        mail = EmailMessage()
        mail["From"] = self._sender
        mail["To"] = address
        mail["Subject"] = message.subject
        mail["Date"] = format_datetime(message.sent_at)
        mail["Message-ID"] = make_msgid(domain=parseaddr(self._sender)[1].rpartition("@")[2])
        mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: holiday answers are not sent to it
        for name, value in message.mail_headers.items():
            mail[name] = value
        mail.set_content(message.to_text())
        return mail

    async def _hand_over(self, mail: EmailMessage) -> None:
        await aiosmtplib.send(
            mail,
            hostname=self._server.host,
            port=self._server.port,
            use_tls=self._server.tls,
            start_tls=self._server.starttls,
            username=self._server.user,
            password=self._server.password,
            timeout=TIMEOUT_SECONDS,
        )
