"""Bearer tokens: made once, shown once, kept only as a hash."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

from bot.cases.timestamps import read_utc, write_utc
from bot.errors import BadRequest
from bot.store.connection import Connection, answering

Role = Literal["channel", "agent", "lead", "content", "admin", "monitor"]
ROLES: tuple[Role, ...] = get_args(Role)
_ID_LETTERS = 12


@dataclass(frozen=True)
class Holder:
    """Who a token belongs to."""

    name: str
    role: Role


@dataclass(frozen=True)
class Kept:
    """What can be told of a token. `id` is the beginning of its sha256; `created_at` is None for
    those that were made before it was noted."""

    id: str
    name: str
    role: Role
    created_at: datetime | None


class Tokens:
    """The tokens of one prefix."""

    def __init__(self, connection: Connection) -> None:
        self._at = connection
        self._key = connection.keys.one("tokens")

    async def add(self, name: str, role: str, now: datetime | None = None) -> str:
        """A new token for `name`; the only time it is seen. Raises BadRequest for a wrong role."""
        if role not in ROLES:
            raise BadRequest("unknown_role", f"unknown role {role}; valid are {', '.join(ROLES)}")
        token = "nd_" + secrets.token_urlsafe(32)
        kept = {"name": name, "role": role, "created_at": write_utc(now) if now else None}
        async with answering():
            await self._at.redis.hset(self._key, token_hash(token), json.dumps(kept))
        return token

    async def holder(self, token: str) -> Holder | None:
        """Whose token this is, None for an unknown one."""
        async with answering():
            text = await self._at.redis.hget(self._key, token_hash(token))
        return _holder(json.loads(text)) if text else None

    async def all(self) -> list[Kept]:
        """Every token, by name."""
        async with answering():
            texts = await self._at.redis.hgetall(self._key)
        found = [_kept(hashed, json.loads(text)) for hashed, text in texts.items()]
        return sorted(found, key=lambda kept: (kept.name.casefold(), kept.id))

    async def revoke(self, token_id: str) -> bool:
        """Ends a token at once; False when there is none with this id."""
        async with answering():
            hashes = await self._at.redis.hkeys(self._key)
            fitting = [hashed for hashed in hashes if hashed[:_ID_LETTERS] == token_id]
            return bool(fitting) and bool(await self._at.redis.hdel(self._key, *fitting))


def token_id(token: str) -> str:
    """The id of a token whose text is at hand."""
    return token_hash(token)[:_ID_LETTERS]


def _holder(plain: dict[str, Any]) -> Holder:
    return Holder(plain["name"], plain["role"])


def _kept(hashed: str, plain: dict[str, Any]) -> Kept:
    created = plain.get("created_at")
    return Kept(
        hashed[:_ID_LETTERS],
        plain["name"],
        plain["role"],
        read_utc(created) if created else None,
    )


def token_hash(token: str) -> str:
    """`token` may hold whatever a header held, surrogates for bytes that are no UTF-8 included."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
