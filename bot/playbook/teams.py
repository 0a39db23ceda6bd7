"""The teams of data/playbook.yml: their hours, their targets, and where they are reached."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta

from bot.playbook.conditions import Names
from bot.playbook.entry import NAME, Entry, is_web_address
from bot.playbook.model import (
    NEXT_RESPONSE,
    RESOLUTION,
    DigestAddress,
    OnCallStep,
    Targets,
    Team,
)
from bot.playbook.times import times_by_severity

_ENVIRONMENT = re.compile(r"\$\{(\w+)\}")
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def load_teams(entry: Entry, names: Names, environment: Mapping[str, str]) -> dict[str, Team]:
    """The teams by name; `environment` fills `${NAME}` in their addresses."""
    return {name: _team(name, part, names, environment) for name, part in entry.named(NAME).items()}


def _team(name: str, entry: Entry, names: Names, environment: Mapping[str, str]) -> Team:
    parts = entry.keyed(("label", "calendar"), ("on_call", "targets", "digest"))
    return Team(
        name=name,
        label=parts["label"].localized(),
        calendar=parts["calendar"].choice(names.calendars, "calendar"),
        on_call=tuple(_on_call(part, environment) for part in parts["on_call"].listed()),
        targets=_targets(parts["targets"]),
        digest=_digest(parts["digest"], environment) if parts["digest"] else None,
    )


def _targets(entry: Entry) -> Targets:
    parts = entry.keyed((), ("first_response", "next_response", "resolution"))
    stated = {name: times_by_severity(part) for name, part in parts.items() if part}
    return Targets(
        first_response=stated.get("first_response"),
        next_response=stated.get("next_response", NEXT_RESPONSE),
        resolution=stated.get("resolution", RESOLUTION),
    )


def _on_call(entry: Entry, environment: Mapping[str, str]) -> OnCallStep:
    parts = entry.keyed(("name",), ("webhook", "email", "repeat_every", "times"))
    _refuse_unreachable(entry, parts, "nobody can be reached by this step")
    return OnCallStep(
        name=parts["name"].text(),
        webhook=_webhook(parts["webhook"], environment),
        email=_email(parts["email"], environment),
        repeat_every=parts["repeat_every"].duration(timedelta(minutes=5)),
        times=parts["times"].count(3),
    )


def _digest(entry: Entry, environment: Mapping[str, str]) -> DigestAddress:
    parts = entry.keyed((), ("webhook", "email"))
    _refuse_unreachable(entry, parts, "the digest has no address")
    return DigestAddress(
        webhook=_webhook(parts["webhook"], environment),
        email=_email(parts["email"], environment),
    )


def _refuse_unreachable(entry: Entry, parts: Mapping[str, Entry], message: str) -> None:
    if entry.is_mapping() and not parts["webhook"] and not parts["email"]:
        entry.refuse(message, "add `webhook:` or `email:`")


def _webhook(entry: Entry, environment: Mapping[str, str]) -> str | None:
    webhook = _filled(entry, environment)
    if webhook and not is_web_address(webhook):
        entry.refuse("the webhook is no web address", "write it in full: https://host/path")
    return webhook


def _email(entry: Entry, environment: Mapping[str, str]) -> str | None:
    email = _filled(entry, environment)
    if email and not _MAIL.fullmatch(email):
        entry.refuse("this is no e-mail address", "write it like oncall@example.com")
    return email


def _filled(entry: Entry, environment: Mapping[str, str]) -> str | None:
    """The text with each `${NAME}` filled; None where it is absent or a name is not set.

    Problems never show the filled text: it may hold a secret.
    """
    written = entry.text()
    if any(not environment.get(name) for name in _ENVIRONMENT.findall(written)):
        return None
    return _ENVIRONMENT.sub(lambda match: environment[match[1]], written) or None
