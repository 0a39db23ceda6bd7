"""Bearer tokens: shown once, kept as a hash."""

from __future__ import annotations

import pytest

from bot.errors import BadRequest
from bot.store.connection import Connection
from bot.store.tokens import ROLES, Holder, Role, Tokens
from tests.standing_in import stored


@pytest.mark.parametrize("role", ROLES)
async def test_token_tells_whose_it_is(connection: Connection, role: Role) -> None:
    token = await Tokens(connection).add("kim", role)
    assert await Tokens(connection).holder(token) == Holder("kim", role)


@pytest.mark.parametrize("token", ["", "nd_", "nd_wrong", "\udcff", "ä" * 9000, "*"])
async def test_unknown_token_is_nobodys(connection: Connection, token: str) -> None:
    await Tokens(connection).add("kim", "agent")
    assert await Tokens(connection).holder(token) is None


async def test_token_is_not_kept(connection: Connection) -> None:
    token = await Tokens(connection).add("kim", "agent")
    everything = str(await stored(connection))
    assert "kim" in everything
    assert token.removeprefix("nd_") not in everything


async def test_tokens_of_one_name_differ(connection: Connection) -> None:
    made = [await Tokens(connection).add("kim", "agent") for _ in range(2)]
    assert made[0] != made[1]
    assert len(made[0]) >= 43


async def test_role_that_does_not_exist_is_refused(connection: Connection) -> None:
    with pytest.raises(BadRequest, match="valid are channel, agent, lead, content, admin"):
        await Tokens(connection).add("kim", "king")
    assert await stored(connection) == {}
