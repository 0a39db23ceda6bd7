"""What admins do with people: invite, change, hand out links; for the API and the page alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from bot.cases.timestamps import write_utc
from bot.clock import Now
from bot.errors import BadRequest
from bot.playbook.content import Content
from bot.store.connection import Connection
from bot.store.links import INVITE_PATH, Links
from bot.store.people import People, Person


class Staff:
    """The people of the desk, with the teams of the playbook."""

    def __init__(self, connection: Connection, content: Callable[[], Content], now: Now) -> None:
        self.people = People(connection)
        self._links = Links(connection)
        self._content = content
        self._now = now

    async def invite(
        self, name: str, email: str, role: str, teams: Sequence[str]
    ) -> tuple[Person, str]:
        """The invited person, and the path of the link. Raises BadRequest: unknown_team, and what
        `People.add` raises."""
        now = self._now()
        person = await self.people.add(name, email, role, self._known(teams), now)
        return person, await self._link(person)

    async def change(
        self,
        person_id: str,
        role: str | None = None,
        teams: Sequence[str] | None = None,
        disabled: bool | None = None,
    ) -> Person:
        """Raises BadRequest: unknown_team, and what `People.change` raises."""
        known = None if teams is None else self._known(teams)
        person = await self.people.change(person_id, role, known, disabled)
        if person.disabled:
            await self._links.end(person.id)
        return person

    async def new_link(self, person_id: str) -> tuple[Person, str]:
        """The person, and the path of a link to choose a password with; an older link is void.

        Raises BadRequest: unknown_person (404), disabled (409).
        """
        person = await self.people.get(person_id)
        if person is None:
            raise BadRequest("unknown_person", "there is nobody with this id", 404)
        if person.disabled:
            raise BadRequest("disabled", f"{person.name} is disabled; enable them first", 409)
        return person, await self._link(person)

    async def _link(self, person: Person) -> str:
        return INVITE_PATH + await self._links.make(person.id, self._now())

    def _known(self, teams: Sequence[str]) -> Sequence[str]:
        known = self._content().playbook.teams
        if set(teams) - set(known):
            raise BadRequest("unknown_team", f"valid teams are {', '.join(known)}")
        return teams


def to_colleague(person: Person) -> dict[str, Any]:
    """What everybody who works on cases may know."""
    return {
        "id": person.id,
        "name": person.name,
        "role": person.role,
        "teams": list(person.teams),
        "disabled": person.disabled,
    }


def to_admin(person: Person) -> dict[str, Any]:
    """What admins may know."""
    more = {"email": person.email, "invited": person.invited}
    return {**to_colleague(person), **more, "created_at": write_utc(person.created_at)}
