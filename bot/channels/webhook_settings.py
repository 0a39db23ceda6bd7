"""The settings of the webhook channel in credentials.yml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from bot.channels.credentials import FILE
from bot.errors import ConfigurationError, Problem
from bot.http.signatures import SHORTEST_SECRET


@dataclass(frozen=True)
class WebhookSettings:
    """The first of `secrets` signs, all are taken; `url` is where replies are posted to."""

    secrets: tuple[str, ...] = field(repr=False)
    url: str = field(repr=False)


def read_webhook_settings(settings: Mapping[str, object]) -> WebhookSettings:
    """Raises ConfigurationError, without showing a value: each may hold a secret."""
    problems = [
        _problem(str(key), "there is no such setting", "known are secrets, url")
        for key in set(settings) - {"secrets", "url"}
    ]
    secrets = _secrets(settings.get("secrets"))
    if not secrets or any(len(secret) < SHORTEST_SECRET for secret in secrets):
        what = "a secret is too short" if secrets else "there is no secret to sign with"
        problems.append(_problem("secrets", what, _SECRETS_FIX))
    url = settings.get("url")
    if not isinstance(url, str) or not is_address(url):
        problems.append(_problem("url", "this is no web address", _URL_FIX))
    if problems:
        raise ConfigurationError(problems)
    return WebhookSettings(secrets, str(url))


_SECRETS_FIX = (
    "write `secrets: ${WEBHOOK_SECRETS}` and set WEBHOOK_SECRETS to a secret of at least"
    f" {SHORTEST_SECRET} characters, such as the output of `openssl rand -hex 32`; several are"
    " separated by commas and the first one signs"
)
_URL_FIX = "write where replies are posted to: `url: https://shop.example.com/nightdesk`"


def _problem(key: str, message: str, fix: str) -> Problem:
    return Problem(FILE, 0, f"webhook.{key}", message, fix)


def _secrets(value: object) -> tuple[str, ...]:
    """A list, or a text with commas."""
    parts = value.split(",") if isinstance(value, str) else value
    if not isinstance(parts, list):
        return ()
    return tuple(part.strip() for part in map(str, parts) if part.strip())


def is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        parts.port  # noqa: B018  raises ValueError when it is none
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)
