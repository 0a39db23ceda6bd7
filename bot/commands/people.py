"""`nightdesk people list | setup-link | reset-link`: for whoever has the machine, when nobody can
sign in."""

from __future__ import annotations

import os
from datetime import datetime

from bot.clock import moved_clock
from bot.commands.opening import with_store
from bot.errors import BadRequest
from bot.handoff.settings import read_settings
from bot.settings import Settings
from bot.store.connection import Connection
from bot.store.links import INVITE_PATH, SETUP_PATH, Links
from bot.store.people import People, Person
from bot.store.sign_in import SignIn


def list_people(settings: Settings) -> list[str]:
    """A line a person: id, name, e-mail address, role, teams, state."""

    async def read(connection: Connection) -> list[Person]:
        return await People(connection).all()

    return [_line(person) for person in with_store(settings, read)]


def setup_link(settings: Settings) -> str:
    """The address that sets up the desk. Raises BadRequest when that was done."""

    async def make(connection: Connection) -> str | None:
        return await SignIn(connection).setup_link(_now(settings))

    token = with_store(settings, make)
    if token is None:
        raise BadRequest(
            "set_up", "the desk is set up already; for a lost password: nightdesk people"
            " reset-link EMAIL"
        )  # fmt: skip
    return _public(settings) + SETUP_PATH + token


def reset_link(settings: Settings, email: str) -> str:
    """The address at which a person chooses a new password; it works once, for 72 hours. Raises
    BadRequest when there is no such person, or they are disabled."""

    async def make(connection: Connection) -> str:
        person = await People(connection).by_email(email)
        if person is None:
            raise BadRequest("unknown_person", f"nobody signs in as {email}", 404)
        if person.disabled:
            raise BadRequest("disabled", f"{email} is disabled; an admin enables them first", 409)
        return await Links(connection).make(person.id, _now(settings))

    return _public(settings) + INVITE_PATH + with_store(settings, make)


def _line(person: Person) -> str:
    state = "disabled" if person.disabled else "invited" if person.invited else "active"
    teams = ", ".join(person.teams) or "-"
    return "  ".join((person.id, person.name, person.email, person.role, teams, state))


def _now(settings: Settings) -> datetime:
    return moved_clock(settings.clock_shift)()


def _public(settings: Settings) -> str:
    return read_settings(os.environ, settings.port).public_url
