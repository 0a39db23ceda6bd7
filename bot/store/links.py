"""One-time links: to set up the desk, to accept an invitation, to choose a new password.

A link's token is `<person's id>.<secret>`, or the secret alone for the setup; the store has only
the sha256 of the secret. Each owner has one link at a time: a new one replaces the old. It is used
up by the write that it allows (`scripts/person_write.lua`).
"""

from __future__ import annotations

import hmac
import json
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.cases.timestamps import read_utc, write_utc
from bot.store.connection import Connection, answering
from bot.store.tokens import token_hash

SETUP = "setup"
SETUP_PATH = "/desk/setup/"
INVITE_PATH = "/desk/invite/"
SETUP_LASTS = timedelta(hours=24)
INVITE_LASTS = timedelta(hours=72)
_FORM = re.compile(r"(?:(u-[a-z0-9]{6})\.)?([A-Za-z0-9_-]{43})", re.ASCII)


@dataclass(frozen=True)
class Link:
    """A link that was valid when it was found. `owner` is a person's id or `setup`."""

    owner: str
    hash: str


class Links:
    """The one-time links of one prefix."""

    def __init__(self, connection: Connection) -> None:
        self._at = connection

    async def make(self, owner: str, now: datetime) -> str:
        """The token of a new link; older ones of this owner are void."""
        secret = secrets.token_urlsafe(32)
        lasts = SETUP_LASTS if owner == SETUP else INVITE_LASTS
        kept = json.dumps({"hash": token_hash(secret), "ends": write_utc(now + lasts)})
        async with answering():
            await self._at.redis.set(self._at.keys.link(owner), kept, px=lasts)
        return secret if owner == SETUP else f"{owner}.{secret}"

    async def find(self, token: str, now: datetime) -> Link | None:
        """The link of a token, None when it never was, was used, replaced or has run out."""
        match = _FORM.fullmatch(token)
        if match is None:
            return None
        owner, given = match[1] or SETUP, token_hash(match[2])
        async with answering():
            text = await self._at.redis.get(self._at.keys.link(owner))
        if text is None:
            return None
        kept = json.loads(text)
        fits = hmac.compare_digest(kept["hash"], given) and now < read_utc(kept["ends"])
        return Link(owner, given) if fits else None

    async def end(self, owner: str) -> None:
        async with answering():
            await self._at.redis.delete(self._at.keys.link(owner))
