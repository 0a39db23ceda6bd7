"""Sessions of people who signed in: a random token in their browser, its sha256 here."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.cases.timestamps import read_utc, write_utc
from bot.store.connection import Connection, answering
from bot.store.people import Person
from bot.store.tokens import token_hash

IDLE = timedelta(hours=12)
LONGEST = timedelta(days=7)
_TOUCH_AFTER = timedelta(minutes=1)
_LEAST = timedelta(seconds=1)


@dataclass(frozen=True)
class Session:
    """`generation` is that of the person at sign-in; the session is over when they differ."""

    person: str
    generation: int
    began: datetime
    seen: datetime

    def left(self, now: datetime) -> timedelta:
        """How long it lasts if nothing is heard of it any more."""
        return min(self.seen + IDLE, self.began + LONGEST) - now

    def to_json(self) -> str:
        times = {"began": write_utc(self.began), "seen": write_utc(self.seen)}
        return json.dumps({"person": self.person, "generation": self.generation, **times})

    @classmethod
    def from_json(cls, text: str) -> Session:
        plain = json.loads(text)
        times = {name: read_utc(plain[name]) for name in ("began", "seen")}
        return cls(plain["person"], plain["generation"], **times)


class Sessions:
    """The sessions of one prefix. They end by our clock, and by Redis' own."""

    def __init__(self, connection: Connection) -> None:
        self._at = connection

    async def begin(self, person: Person, now: datetime) -> str:
        """A session's token, which nobody else ever sees."""
        token = secrets.token_urlsafe(32)
        await self._write(token, Session(person.id, person.generation, now, now), now)
        return token

    async def find(self, token: str, now: datetime, touch: bool = True) -> Session | None:
        """The session of a token that has not run out. Counts as a sign of life, with `touch`."""
        async with answering():
            text = await self._at.redis.get(self._key(token))
        session = Session.from_json(text) if text else None
        if session is None or session.left(now) <= timedelta(0):
            return None
        if touch and now - session.seen >= _TOUCH_AFTER:
            session = Session(session.person, session.generation, session.began, now)
            await self._write(token, session, now, known=True)
        return session

    async def end(self, token: str) -> None:
        async with answering():
            await self._at.redis.delete(self._key(token))

    async def _write(
        self, token: str, session: Session, now: datetime, known: bool = False
    ) -> None:
        """With `known` only while it is there: what was ended meanwhile stays so."""
        left = max(session.left(now), _LEAST)
        async with answering():
            await self._at.redis.set(self._key(token), session.to_json(), px=left, xx=known)

    def _key(self, token: str) -> str:
        return self._at.keys.session(token_hash(token))


def csrf_of(token: str) -> str:
    """The token that requests of a session must repeat. Derived from the session's, so that it can
    be told again at any time and is kept nowhere."""
    key = token.encode("utf-8", "surrogatepass")
    return hmac.new(key, b"nightdesk csrf", hashlib.sha256).hexdigest()
