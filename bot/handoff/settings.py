"""How people outside are reached: the settings of webhooks, mail and links."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from bot.errors import ConfigurationError, Problem
from bot.http.signatures import SHORTEST_SECRET
from bot.playbook.model import Playbook

PUBLIC_URL = "NIGHTDESK_PUBLIC_URL"
WEBHOOK_SECRETS = "NIGHTDESK_WEBHOOK_SECRETS"
SMTP_URL = "NIGHTDESK_SMTP_URL"
MAIL_FROM = "NIGHTDESK_MAIL_FROM"
KEYS = (PUBLIC_URL, WEBHOOK_SECRETS, SMTP_URL, MAIL_FROM)

"""Characters. Shorter ones can be found by trying; `openssl rand -hex 32` makes 64."""

_SMTP_PORTS = {"smtp": 587, "smtps": 465}
_SMTP_EXAMPLE = "smtp://user:password@mail.example.com:587?starttls=1"


@dataclass(frozen=True)
class SmtpServer:
    """`tls` from the first byte (smtps://), or `starttls` after the greeting."""

    host: str
    port: int
    tls: bool = False
    starttls: bool = True
    user: str | None = None
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class HandoffSettings:
    """`public_url` (no slash at its end) is where people's browsers reach this server; the first of
    `webhook_secrets` signs, the others are for receivers that have not changed yet; without `smtp`
    no mail is sent."""

    public_url: str
    webhook_secrets: tuple[str, ...] = field(default=(), repr=False)
    smtp: SmtpServer | None = None
    mail_from: str | None = None


def read_settings(environment: Mapping[str, str], port: int) -> HandoffSettings:
    """The settings in `environment`; `port` is the web server's, for the default public address.

    Raises ConfigurationError with a problem for each value that cannot be used.
    """
    problems: list[Problem] = []
    settings = HandoffSettings(
        public_url=_public_url(environment.get(PUBLIC_URL, ""), port, problems),
        webhook_secrets=_secrets(environment.get(WEBHOOK_SECRETS, ""), problems),
        smtp=_smtp(environment.get(SMTP_URL, ""), problems),
        mail_from=environment.get(MAIL_FROM, "").strip() or None,
    )
    _check_sender(settings, problems)
    if problems:
        raise ConfigurationError(problems)
    return settings


def check_on_call(settings: HandoffSettings, playbook: Playbook) -> None:
    """Raises ConfigurationError when a webhook of the playbook would be called unsigned."""
    teams = playbook.teams.values()
    woken = any(step.webhook for team in teams for step in team.on_call)
    digests = any(team.digest.webhook for team in teams if team.digest)
    if settings.webhook_secrets or not (woken or digests):
        return
    which = "on-call" if woken else "digest"
    message = f"{which} webhooks have an address, but no secret is set to sign them with"
    raise ConfigurationError([_problem(WEBHOOK_SECRETS, message, _SECRET_FIX)])


_SECRET_FIX = (
    f"set {WEBHOOK_SECRETS} to a secret of at least {SHORTEST_SECRET} characters, such as the"
    " output of `openssl rand -hex 32`; several are separated by commas and the first one signs"
)


def _problem(key: str, message: str, fix: str) -> Problem:
    return Problem("environment", 0, key, message, fix)


def _public_url(value: str, port: int, problems: list[Problem]) -> str:
    if not value.strip():
        return f"http://127.0.0.1:{port}"
    parts = _split(value)
    if not parts or parts.scheme not in ("http", "https") or parts.query or parts.fragment:
        fix = (
            f"write the address people reach this server at: {PUBLIC_URL}=https://desk.example.com"
        )
        problems.append(_problem(PUBLIC_URL, f"`{value}` is no web address", fix))
    return value.strip().rstrip("/")


def _split(value: str) -> SplitResult | None:
    """The parts of an address that has a host and a port that can be; else None."""
    try:
        parts = urlsplit(value.strip())
        parts.port  # noqa: B018  raises ValueError when it is none
    except ValueError:
        return None
    return parts if parts.hostname else None


def _secrets(value: str, problems: list[Problem]) -> tuple[str, ...]:
    secrets = tuple(part.strip() for part in value.split(",") if part.strip())
    for number, secret in enumerate(secrets, start=1):
        if len(secret) < SHORTEST_SECRET:
            message = f"secret number {number} has only {len(secret)} characters"
            problems.append(_problem(WEBHOOK_SECRETS, message, _SECRET_FIX))
    return secrets


def _smtp(value: str, problems: list[Problem]) -> SmtpServer | None:
    """Problems never show the value: it holds the password."""
    if not value.strip():
        return None
    parts = _split(value)
    options = dict(parse_qsl(parts.query, keep_blank_values=True)) if parts else {}
    starttls = options.pop("starttls", "1")
    if parts is None or parts.scheme not in _SMTP_PORTS or options or starttls not in ("0", "1"):
        message = "the value (not shown, it may hold a password) is no mail server's address"
        fix = f"write {SMTP_URL}={_SMTP_EXAMPLE} (or smtps://...); starttls is 1 or 0"
        problems.append(_problem(SMTP_URL, message, fix))
        return None
    tls = parts.scheme == "smtps"
    return SmtpServer(
        host=parts.hostname or "",
        port=parts.port or _SMTP_PORTS[parts.scheme],
        tls=tls,
        starttls=starttls == "1" and not tls,
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
    )


def _check_sender(settings: HandoffSettings, problems: list[Problem]) -> None:
    fix = f"write the sender's address: {MAIL_FROM}=nightdesk@example.com"
    sender = settings.mail_from
    if settings.smtp and not sender:
        problems.append(_problem(MAIL_FROM, f"is not set, but {SMTP_URL} is", fix))
    elif sender and ("@" not in sender.strip("@") or any(not c.isprintable() for c in sender)):
        problems.append(_problem(MAIL_FROM, f"`{sender}` is no e-mail address", fix))
