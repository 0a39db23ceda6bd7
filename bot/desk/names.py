"""What agents are called: their ids, as cases hold them, become names."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from bot.store.connection import Connection
from bot.store.people import People
from bot.store.tokens import Tokens

_PERSON, _TOKEN = "u-", "t-"


class Names:
    """Names of people and of API tokens."""

    def __init__(self, connection: Connection) -> None:
        self._people = People(connection)
        self._tokens = Tokens(connection)

    async def of(self, who: str) -> str:
        """The name of an id; of one that nobody has (any more), the id itself."""
        if who.startswith(_TOKEN):
            return who.removeprefix(_TOKEN)
        person = await self._people.get(who) if who.startswith(_PERSON) else None
        return person.name if person else who

    async def all(self) -> dict[str, str]:
        """Everybody there is, by id."""
        people = {person.id: person.name for person in await self._people.all()}
        tokens = {f"{_TOKEN}{token.name}": token.name for token in await self._tokens.all()}
        return {**tokens, **people}

    async def of_all(self, ids: Iterable[str]) -> dict[str, str]:
        """Id -> name of the people and tokens among `ids`; others, such as `bot`, are left out."""
        wanted = sorted({who for who in ids if who.startswith((_PERSON, _TOKEN))})
        return dict(zip(wanted, await asyncio.gather(*map(self.of, wanted)), strict=True))
