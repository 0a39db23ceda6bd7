"""`nightdesk token add`."""

from __future__ import annotations

from bot.clock import moved_clock
from bot.commands.opening import with_store
from bot.settings import Settings
from bot.store.connection import Connection
from bot.store.tokens import Tokens


def add_token(settings: Settings, name: str, role: str) -> str:
    """A new token. Raises BadRequest for an unknown role."""

    async def add(connection: Connection) -> str:
        now = moved_clock(settings.clock_shift)()
        return await Tokens(connection).add(name, role, now)

    return with_store(settings, add)
