"""The settings of a process, read once at its start. docs/settings.md lists them for people."""

from __future__ import annotations

import difflib
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.errors import ConfigurationError, Problem
from bot.store.address import FORMS, read_address

PREFIX = "NIGHTDESK_"
KNOWN = {
    "REDIS_URL": "a Redis or Valkey to use instead of the embedded one, such as redis://host:6379/0",
    "NIGHTDESK_PUBLIC_URL": "the address customers and on-call people reach this server at",
    "NIGHTDESK_WEBHOOK_SECRETS": "secrets that sign webhooks, separated by commas; the first signs",
    "NIGHTDESK_SMTP_URL": "the mail server, such as smtp://user:password@host:587?starttls=1",
    "NIGHTDESK_MAIL_FROM": "the sender of mails",
    "NIGHTDESK_LOG_LEVEL": "DEBUG, INFO, WARNING or ERROR",
    "NIGHTDESK_CLOCK_SHIFT": "seconds the clock is ahead (negative: behind), to try out a night",
}
"""Every environment variable Nightdesk reads -> what it is for."""

_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


@dataclass(frozen=True)
class Settings:
    """`root` holds data/ and config.yml; `data_dir` what this machine keeps (store, model). A web
    process that is asked to stop still serves for `linger_seconds`."""

    root: Path
    data_dir: Path
    host: str = "127.0.0.1"
    port: int = 8080
    redis_url: str = field(default="", repr=False)
    log_level: str = "INFO"
    clock_shift: float = 0.0
    linger_seconds: float = 0.0

    @property
    def models(self) -> Path:
        return self.data_dir / "models"

    @property
    def store(self) -> Path:
        return self.data_dir / "store"


def read_settings(
    root: Path,
    data_dir: Path,
    host: str = "127.0.0.1",
    port: int = 8080,
    environment: Mapping[str, str] = os.environ,
) -> Settings:
    """Raises ConfigurationError for an unknown NIGHTDESK_ variable or a value that cannot be."""
    problems = [_unknown(name) for name in environment if _is_unknown(name)]
    level = environment.get("NIGHTDESK_LOG_LEVEL", "INFO").upper()
    if level not in _LEVELS:
        problems.append(_problem("NIGHTDESK_LOG_LEVEL", "no log level", ", ".join(_LEVELS)))
    shift = environment.get("NIGHTDESK_CLOCK_SHIFT", "0")
    if not _is_number(shift):
        problems.append(_problem("NIGHTDESK_CLOCK_SHIFT", "no number", "seconds, such as -3600"))
    if store_mistake := _what_is_wrong_with(environment.get("REDIS_URL", "")):
        problems.append(_problem("REDIS_URL", store_mistake, FORMS))
    if not 0 < port < 65536:
        problems.append(_problem("--port", f"{port} is no port", "a number from 1 to 65535"))
    if problems:
        raise ConfigurationError(problems)
    return Settings(
        root=root.resolve(),
        data_dir=data_dir.resolve(),
        host=host,
        port=port,
        redis_url=environment.get("REDIS_URL", ""),
        log_level=level,
        clock_shift=float(shift),
    )


def _what_is_wrong_with(redis_url: str) -> str:
    """Empty for an address that can be used, and for none (the embedded store)."""
    try:
        if redis_url:
            read_address(redis_url)
    except ValueError as error:
        return str(error)
    return ""


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def _is_unknown(name: str) -> bool:
    return name.startswith(PREFIX) and name not in KNOWN


def _unknown(name: str) -> Problem:
    near = difflib.get_close_matches(name, KNOWN, n=1)
    meant = f"did you mean {near[0]}? " if near else ""
    return _problem(name, "unknown setting", f"{meant}known are {', '.join(sorted(KNOWN))}")


def _problem(key: str, message: str, valid: str) -> Problem:
    return Problem("environment", 0, key, message, f"valid: {valid}")
