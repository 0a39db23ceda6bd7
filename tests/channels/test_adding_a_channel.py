"""The channel that docs/adding-a-channel.md shows, run as it stands there."""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.cases.masking import Masker
from bot.channels.base import Reception
from bot.store.conversations import Conversations
from bot.store.listening import Listening
from bot.store.tokens import Tokens
from bot.web import create_app

from .house import House, Serving

PAGE = Path(__file__).parents[2] / "docs" / "adding-a-channel.md"
NEW, OLD = "the newer secret", "the older secret"


def shown_channel() -> Any:
    """The class of the page's Python block."""
    [code] = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, Any] = {"__name__": "pigeon"}
    exec(compile(code, PAGE.name, "exec", dont_inherit=True), names)
    return names["Pigeon"]


@pytest.fixture
async def house(house: House) -> AsyncIterator[House]:
    """The web server with the new channel beside the others."""
    connection = house.connection
    reception = Reception(
        Conversations(connection), Listening(connection), Tokens(connection), Masker({}),
        house.clock,
    )  # fmt: skip
    app = create_app(connection, house.content, house.clock)
    app.blueprint(shown_channel()(reception, {"secrets": [NEW, OLD]}).blueprint())
    serving = await Serving(app).start()
    yield House(serving, connection, house.content, house.clock)
    await serving.stop()


async def post(house: House, body: Any, secret: str = NEW) -> httpx.Response:
    raw = json.dumps(body).encode()
    headers = {"X-Pigeon-Signature": hmac.new(secret.encode(), raw, sha256).hexdigest()}
    async with house.client() as client:
        return await client.post("/webhooks/pigeon", content=raw, headers=headers)


async def said(house: House, sender: str = "anna") -> list[str]:
    lines = await Conversations(house.connection).lines(f"pigeon:{sender}")
    return [line.text for line in lines]


def text(words: Any, id_: str = "p1", sender: str = "anna") -> dict[str, Any]:
    return {"type": "text", "id": id_, "from": sender, "text": words}


@pytest.mark.parametrize("secret", [NEW, OLD])
async def test_signed_posts_are_all_stored_in_order(house: House, secret: str) -> None:
    posts = [text("hello", "p1"), {"type": "read"}, text("where is my parcel", "p2")]
    answer = await post(house, {"messages": posts}, secret)
    assert answer.status_code == 200
    assert await said(house) == ["hello", "where is my parcel"]


async def test_post_of_a_stranger_is_refused_and_not_stored(house: House) -> None:
    answer = await post(house, {"messages": [text("hello")]}, "no secret of ours")
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "bad_signature"
    assert await said(house) == []


async def test_same_post_counts_once(house: House) -> None:
    for _ in range(3):
        assert (await post(house, {"messages": [text("hello")]})).status_code == 200
    assert await said(house) == ["hello"]


async def test_card_numbers_are_masked_before_they_are_stored(house: House) -> None:
    await post(house, {"messages": [text("my card is 4111 1111 1111 1111")]})
    [line] = await said(house)
    assert "4111" not in line


@pytest.mark.parametrize(
    "body", [[], {}, {"messages": 1}, {"messages": ["x"]}, {"messages": [text(7)]}]
)
async def test_nonsense_is_refused_without_a_quote(house: House, body: Any) -> None:
    answer = await post(house, body)
    assert answer.status_code == 400
    assert set(answer.json()) == {"error"}
    assert await said(house) == []
