"""Settings from the environment: what is taken, what is refused and how it is said."""

from __future__ import annotations

import pytest

from bot.errors import ConfigurationError
from bot.handoff.on_call import notifiers
from bot.handoff.settings import (
    MAIL_FROM,
    PUBLIC_URL,
    SMTP_URL,
    WEBHOOK_SECRETS,
    SmtpServer,
    check_on_call,
    read_settings,
)
from bot.playbook.content import Content

from .people import chained, step

GOOD = "0123456789abcdef"
SENDER = "nightdesk@example.com"


def test_nothing_is_needed_to_start() -> None:
    settings = read_settings({}, port=8080)

    assert settings.public_url == "http://127.0.0.1:8080"
    assert notifiers(settings) == {}


def test_all_is_read() -> None:
    settings = read_settings(
        {
            PUBLIC_URL: "https://desk.example.com/",
            WEBHOOK_SECRETS: f"{GOOD}, {GOOD}2,",
            SMTP_URL: "smtp://ni%40a:p%2Fss@mail.example.com:2525?starttls=0",
            MAIL_FROM: SENDER,
        },
        port=8080,
    )

    assert settings.public_url == "https://desk.example.com"
    assert settings.webhook_secrets == (GOOD, f"{GOOD}2")
    assert settings.smtp == SmtpServer("mail.example.com", 2525, False, False, "ni@a", "p/ss")
    assert set(notifiers(settings)) == {"webhook", "email"}


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example.com", SmtpServer("mail.example.com", 587, starttls=True)),
        ("smtps://mail.example.com", SmtpServer("mail.example.com", 465, True, False)),
    ],
)
def test_mail_is_encrypted_unless_said_otherwise(url: str, server: SmtpServer) -> None:
    assert read_settings({SMTP_URL: url, MAIL_FROM: SENDER}, 8080).smtp == server


@pytest.mark.parametrize(
    ("environment", "key"),
    [
        ({PUBLIC_URL: "desk.example.com"}, PUBLIC_URL),
        ({PUBLIC_URL: "https://"}, PUBLIC_URL),
        ({PUBLIC_URL: "https://desk.example.com/?a=b"}, PUBLIC_URL),
        ({PUBLIC_URL: "https://desk.example.com:port"}, PUBLIC_URL),
        ({WEBHOOK_SECRETS: "hush"}, WEBHOOK_SECRETS),
        ({SMTP_URL: "mail.example.com:25", MAIL_FROM: SENDER}, SMTP_URL),
        ({SMTP_URL: "http://u:hush@h", MAIL_FROM: SENDER}, SMTP_URL),
        ({SMTP_URL: "smtp://u:hush@h:99999", MAIL_FROM: SENDER}, SMTP_URL),
        ({SMTP_URL: "smtp://u:hush@h?starttls=yes", MAIL_FROM: SENDER}, SMTP_URL),
        ({SMTP_URL: "smtp://u:hush@h?tls=1", MAIL_FROM: SENDER}, SMTP_URL),
        ({SMTP_URL: "smtp://u:hush@h"}, MAIL_FROM),
        ({MAIL_FROM: "nightdesk"}, MAIL_FROM),
        ({MAIL_FROM: "a@b\nBcc: c@d"}, MAIL_FROM),
    ],
)
def test_bad_value_is_refused_with_its_key_and_no_secret(
    environment: dict[str, str], key: str
) -> None:
    with pytest.raises(ConfigurationError) as refused:
        read_settings(environment, port=8080)

    (problem,) = refused.value.problems
    assert problem.key == key
    assert key in problem.fix
    assert "hush" not in str(refused.value)


def test_all_mistakes_are_named_at_once() -> None:
    with pytest.raises(ConfigurationError) as refused:
        read_settings({PUBLIC_URL: "x", WEBHOOK_SECRETS: "x", SMTP_URL: "x"}, port=8080)

    assert [problem.key for problem in refused.value.problems] == [
        PUBLIC_URL,
        WEBHOOK_SECRETS,
        SMTP_URL,
    ]


def test_secrets_are_masked() -> None:
    shown = repr(
        read_settings(
            {WEBHOOK_SECRETS: GOOD, SMTP_URL: "smtp://u:hush@h", MAIL_FROM: SENDER}, port=8080
        )
    )

    assert GOOD not in shown
    assert "hush" not in shown


def test_start_is_refused_when_a_webhook_would_be_unsigned(content: Content) -> None:
    hooked = chained(content, step("duty", "https://hooks.example.com/1"))
    with pytest.raises(ConfigurationError, match=WEBHOOK_SECRETS):
        check_on_call(read_settings({}, 8080), hooked)

    check_on_call(read_settings({WEBHOOK_SECRETS: GOOD}, 8080), hooked)
    check_on_call(read_settings({}, 8080), chained(content, step("duty", email="d@example.com")))
