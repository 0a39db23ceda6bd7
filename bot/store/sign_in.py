"""Signing in: by password, by the link that sets up the desk, by an invitation; and out again."""

from __future__ import annotations

from datetime import datetime

from bot.errors import BadRequest
from bot.store.connection import Connection
from bot.store.links import SETUP, Link, Links
from bot.store.passwords import Passwords, checked_password
from bot.store.people import People, Person, folded
from bot.store.sessions import Sessions
from bot.store.tries import MOST_OF_ADDRESS, MOST_OF_EMAIL, Tries, Try


class SignIn:
    """Every way in. Each gives the token of a new session, never one that was known before."""

    def __init__(self, connection: Connection, passwords: Passwords | None = None) -> None:
        self.people = People(connection)
        self.sessions = Sessions(connection)
        self.links = Links(connection)
        self._passwords = passwords or Passwords()
        self._tries = Tries(connection)

    async def by_password(self, email: str, password: str, address: str, now: datetime) -> str:
        """`address` is where the caller calls from.

        Raises BadRequest: wrong_password (401), the same and after the same time whether there is
        such a person or not; too_many_tries (429) with the seconds to wait.
        """
        person = await self.people.by_email(email)
        if not await self._knows(person, email, password, address, now):
            raise BadRequest("wrong_password", "e-mail address or password is wrong", 401)
        assert person is not None
        if self._passwords.outdated(person.password):
            await self.people.rehash(person, await self._passwords.hash(password))
        return await self.sessions.begin(person, now)

    async def setting_up(self, token: str, now: datetime) -> Link:
        """The setup link of this token. Raises BadRequest: link_gone (410)."""
        link = await self.links.find(token, now)
        if link is None or link.owner != SETUP or await self.people.anybody():
            raise _gone()
        return link

    async def set_up(self, token: str, name: str, email: str, password: str, now: datetime) -> str:
        """The first person, an admin. Raises BadRequest: link_gone (410), bad_name, bad_email,
        bad_password."""
        link = await self.setting_up(token, now)
        hashed = await self._passwords.hash(checked_password(password, email))
        person = await self.people.add(name, email, "admin", (), now, hashed, link)
        return await self.sessions.begin(person, now)

    async def invited(self, token: str, now: datetime) -> Person:
        """Whose link this is. Raises BadRequest: link_gone (410)."""
        return (await self._invitation(token, now))[0]

    async def by_link(self, token: str, password: str, now: datetime) -> str:
        """An invited person, or one who lost the password, chooses one. Raises BadRequest:
        link_gone (410), bad_password."""
        person, link = await self._invitation(token, now)
        hashed = await self._passwords.hash(checked_password(password, person.email))
        person = await self.people.set_password(person.id, hashed, link)
        await self._tries.forget(_email(person.email))
        return await self.sessions.begin(person, now)

    async def change_password(
        self, person_id: str, password: str, new: str, address: str, now: datetime
    ) -> str:
        """Ends all sessions of the person. Raises BadRequest: wrong_password (403),
        bad_password, too_many_tries (429)."""
        person = await self.people.get(person_id)
        email = person.email if person else ""
        checked_password(new, email)
        if not await self._knows(person, email, password, address, now):
            raise BadRequest("wrong_password", "this is not your password", 403)
        changed = await self.people.set_password(person_id, await self._passwords.hash(new))
        return await self.sessions.begin(changed, now)

    async def setup_link(self, now: datetime) -> str | None:
        """The token of a new link that sets up the desk; None when that was done."""
        return None if await self.people.anybody() else await self.links.make(SETUP, now)

    async def _invitation(self, token: str, now: datetime) -> tuple[Person, Link]:
        link = await self.links.find(token, now)
        person = await self.people.get(link.owner) if link else None
        if link is None or person is None or person.disabled:
            raise _gone()
        return person, link

    async def _knows(
        self, person: Person | None, email: str, password: str, address: str, now: datetime
    ) -> bool:
        """Whether it is the password of a person who may sign in; a wrong one is counted."""
        of_address = await self._try(address, email, now)
        allowed = person is not None and not person.disabled
        right = await self._passwords.check(person.password if person else "", password)
        if not (right and allowed):
            return False
        await self._tries.forgive(of_address)
        await self._tries.forget(_email(email))
        return True

    async def _try(self, address: str, email: str, now: datetime) -> Try:
        """Counts a try for both; one that is not made counts for neither."""
        of_email = await self._tries.take(_email(email), MOST_OF_EMAIL, now)
        if of_email.wait_seconds:
            raise _too_many(of_email.wait_seconds)
        of_address = await self._tries.take(f"address {address}", MOST_OF_ADDRESS, now)
        if of_address.wait_seconds:
            await self._tries.forgive(of_email)
            raise _too_many(of_address.wait_seconds)
        return of_address


def _email(email: str) -> str:
    return f"e-mail {folded(email)}"


def _too_many(seconds: int) -> BadRequest:
    minutes = -(-seconds // 60)
    when = "a minute" if minutes == 1 else f"{minutes} minutes"
    message = f"too many wrong passwords; please wait {when} and try again"
    return BadRequest("too_many_tries", message, 429, seconds)


def _gone() -> BadRequest:
    return BadRequest("link_gone", "this link was used already, has run out or was replaced", 410)
