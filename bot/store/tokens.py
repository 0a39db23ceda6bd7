"""Bearer tokens: made once, shown once, kept only as a hash."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass
from typing import Literal, get_args

from bot.errors import BadRequest
from bot.store.connection import Connection, answering

Role = Literal["channel", "agent", "lead", "content", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)


@dataclass(frozen=True)
class Holder:
    """Who a token belongs to."""

    name: str
    role: Role


class Tokens:
    """The tokens of one prefix."""

    def __init__(self, connection: Connection) -> None:
        self._at = connection
        self._key = connection.keys.one("tokens")

    async def add(self, name: str, role: str) -> str:
        """A new token for `name`; the only time it is seen. Raises BadRequest for a wrong role."""
        if role not in ROLES:
            raise BadRequest("unknown_role", f"unknown role {role}; valid are {', '.join(ROLES)}")
        token = "nd_" + secrets.token_urlsafe(32)
        async with answering():
            await self._at.redis.hset(
                self._key, _hash(token), json.dumps({"name": name, "role": role})
            )
        return token

    async def holder(self, token: str) -> Holder | None:
        """Whose token this is, None for an unknown one."""
        async with answering():
            text = await self._at.redis.hget(self._key, _hash(token))
        return Holder(**json.loads(text)) if text else None


def _hash(token: str) -> str:
    """`token` may hold whatever a header held, surrogates for bytes that are no UTF-8 included."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
