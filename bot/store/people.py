"""The people of the desk: who they are, what they may do, whether they can sign in."""

from __future__ import annotations

import dataclasses
import json
import re
import secrets
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, get_args

from bot.cases.timestamps import read_utc, write_utc
from bot.errors import BadRequest
from bot.store.connection import Connection, answering
from bot.store.links import Link

PersonRole = Literal["agent", "lead", "content", "admin"]
PERSON_ROLES: tuple[PersonRole, ...] = get_args(PersonRole)
LONGEST_NAME = 80
LONGEST_EMAIL = 254
_ID_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_EMAIL = re.compile(r"[^\s@<>\"(),:;\\\[\]]+@[^\s@<>\"(),:;\\\[\]]+")


@dataclass(frozen=True)
class Person:
    """`password` is an argon2id hash, '' as long as an invited person has chosen none.

    `generation` counts the times all sessions were ended: a session of an older one is over.
    """

    id: str
    name: str
    email: str
    role: PersonRole
    teams: tuple[str, ...]
    created_at: datetime
    disabled: bool = False
    password: str = field(default="", repr=False)
    generation: int = 0

    @property
    def invited(self) -> bool:
        return not self.password

    def to_json(self) -> str:
        plain = {**dataclasses.asdict(self), "created_at": write_utc(self.created_at)}
        return json.dumps(plain, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Person:
        plain = json.loads(text)
        created = read_utc(plain.pop("created_at"))
        return cls(**{**plain, "teams": tuple(plain["teams"])}, created_at=created)


class People:
    """The people of one prefix. Writes are one step each and see no half of another's."""

    def __init__(self, connection: Connection) -> None:
        self._at = connection
        self._key = connection.keys.one("people")

    async def get(self, person_id: str) -> Person | None:
        async with answering():
            text = await self._at.redis.hget(self._key, person_id)
        return Person.from_json(text) if text else None

    async def by_email(self, email: str) -> Person | None:
        async with answering():
            found = await self._at.redis.hget(self._at.keys.one("people:emails"), folded(email))
        return await self.get(found or "")  # as many steps when there is nobody

    async def all(self) -> list[Person]:
        """Everybody, by name."""
        async with answering():
            texts = await self._at.redis.hvals(self._key)
        return sorted(map(Person.from_json, texts), key=lambda one: (one.name.casefold(), one.id))

    async def anybody(self) -> bool:
        """Whether the desk has been set up."""
        async with answering():
            return bool(await self._at.redis.exists(self._key))

    async def add(
        self,
        name: str,
        email: str,
        role: str,
        teams: Sequence[str],
        now: datetime,
        password: str = "",
        link: Link | None = None,
    ) -> Person:
        """A new person; `password` is a hash, '' for an invited one. `link` is used up with it.

        Raises BadRequest: bad_name, bad_email, unknown_role, email_taken (409), link_gone (410).
        """
        person = Person(
            _new_id(), _checked_name(name), checked_email(email), checked_role(role),
            tuple(dict.fromkeys(teams)), now, password=password,
        )  # fmt: skip
        if await self._written(person, "", link):
            return person
        return await self.add(name, email, role, teams, now, password, link)  # the id was taken

    async def change(
        self,
        person_id: str,
        role: str | None = None,
        teams: Sequence[str] | None = None,
        disabled: bool | None = None,
    ) -> Person:
        """Changes what is given. Another role, or being disabled, ends all sessions of the person.

        Raises BadRequest: unknown_role, unknown_person (404), last_admin (409).
        """

        def changed(person: Person) -> Person:
            after = dataclasses.replace(
                person,
                role=person.role if role is None else checked_role(role),
                teams=person.teams if teams is None else tuple(dict.fromkeys(teams)),
                disabled=person.disabled if disabled is None else disabled,
            )
            ends = after.role != person.role or (after.disabled and not person.disabled)
            return dataclasses.replace(after, generation=person.generation + ends)

        return await self._rewritten(person_id, changed)

    async def set_password(self, person_id: str, password: str, link: Link | None = None) -> Person:
        """Another password (a hash), which ends all sessions. `link` is used up with it.

        Raises BadRequest: unknown_person (404), link_gone (410).
        """
        return await self._rewritten(
            person_id,
            lambda person: dataclasses.replace(
                person, password=password, generation=person.generation + 1
            ),
            link,
        )

    async def rehash(self, person: Person, password: str) -> None:
        """The same password, hashed anew; nothing when the person was changed meanwhile."""
        after = dataclasses.replace(person, password=password)
        await self._written(after, person.to_json(), None)

    async def _rewritten(
        self, person_id: str, changed: Callable[[Person], Person], link: Link | None = None
    ) -> Person:
        while True:
            async with answering():
                before = await self._at.redis.hget(self._key, person_id)
            if before is None:
                raise BadRequest("unknown_person", "there is nobody with this id", 404)
            after = changed(Person.from_json(before))
            if await self._written(after, before, link):
                return after

    async def _written(self, person: Person, before: str, link: Link | None) -> bool:
        """False when somebody else wrote meanwhile."""
        said = await self._at.run(
            "person_write", person.id, person.to_json(), before, folded(person.email),
            link.owner if link else "", link.hash if link else "",
        )  # fmt: skip
        if said in _REFUSALS:
            raise _refusal(said)
        return bool(said == "written")


_REFUSALS: dict[str, tuple[str, int]] = {
    "email_taken": ("somebody with this e-mail address is there already", 409),
    "last_admin": ("nobody else could manage the desk; make another person admin first", 409),
    "link_gone": ("this link was used already, or a newer one was made", 410),
}


def _refusal(said: str) -> BadRequest:
    message, status = _REFUSALS[said]
    return BadRequest(said, message, status)


def folded(email: str) -> str:
    """How e-mail addresses are compared."""
    return unicodedata.normalize("NFKC", email.strip()).casefold()


def checked_email(email: str) -> str:
    """The address without space around it. Raises BadRequest when it is none."""
    email = email.strip()
    if len(email) > LONGEST_EMAIL or not _EMAIL.fullmatch(email):
        raise BadRequest("bad_email", "this is no e-mail address, such as kim@example.com")
    return email


def checked_role(role: str) -> PersonRole:
    if role not in PERSON_ROLES:
        raise BadRequest("unknown_role", f"valid roles are {', '.join(PERSON_ROLES)}")
    return role


def _checked_name(name: str) -> str:
    name = " ".join(name.split())
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        raise BadRequest("bad_name", f"a name has 1 to {LONGEST_NAME} characters")
    return name


def _new_id() -> str:
    return "u-" + "".join(secrets.choice(_ID_LETTERS) for _ in range(6))
