"""The generic webhook: what its signed posts bring in, and what they do not."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.cases.turn import Reply
from bot.channels.webhook import MESSAGE_KEYS, MOST_MESSAGES, REFUSALS
from bot.channels.webhook_settings import read_webhook_settings
from bot.errors import ConfigurationError
from bot.playbook.content import Content
from bot.store.connection import Connection
from bot.store.conversations import Conversations, Line
from bot.web import create_app
from tests.fakes.brand import OLDER, REPLY_KEYS, SECRET, Brand, open_brand

from .house import Clock, House, Serving

SECRETS = f"{SECRET}, {OLDER}"
PHOTO = {"kind": "image", "url": "https://files.example.com/1.jpg", "name": "broken.jpg"}


@pytest.fixture
async def brand(clock: Clock) -> AsyncIterator[Brand]:
    async with open_brand(clock) as made:
        yield made


@pytest.fixture
async def house(
    connection: Connection, content: Content, clock: Clock, brand: Brand
) -> AsyncIterator[House]:
    channels = {"webhook": {"secrets": SECRETS, "url": brand.url}}
    serving = await Serving(create_app(connection, content, clock, channels=channels)).start()
    yield House(serving, connection, content, clock)
    await serving.stop()


def text(words: Any = "hello", id_: str = "m-1", **more: Any) -> dict[str, Any]:
    return {"id": id_, "sender": "ann", "text": words, **more}


async def lines(house: House, sender: str = "ann") -> list[Line]:
    return await Conversations(house.connection).lines(f"webhook:{sender}")


async def said(house: House, sender: str = "ann") -> list[str]:
    return [line.text for line in await lines(house, sender)]


@pytest.mark.parametrize("secret", [SECRET, OLDER])
async def test_batch_signed_with_any_of_the_secrets_is_stored_in_order(
    house: House, brand: Brand, secret: str
) -> None:
    posts = [text("hello"), text("my plug is hot", "m-2"), text("hi", "m-1", sender="bob")]
    answer = await brand.post(house.serving.url, *posts, secret=secret)
    assert (answer.status_code, answer.json()) == (200, {"stored": 3, "known": 0})
    assert await said(house) == ["hello", "my plug is hot"]
    assert await said(house, "bob") == ["hi"]


async def test_same_batch_three_times_counts_once(house: House, brand: Brand) -> None:
    for known in (0, 2, 2):
        answer = await brand.post(house.serving.url, text("one"), text("two", "m-2"))
        assert answer.json() == {"stored": 2 - known, "known": known}
    assert await said(house) == ["one", "two"]


@pytest.mark.parametrize(
    "forged",
    [
        {"secret": "no secret of the brand's"},
        {"signed": b'{"messages": [] }'},
        {"stamp": 0},
        {"stamp": "x"},
    ],
)
async def test_post_that_nobody_we_know_signed_is_refused(
    house: House, brand: Brand, forged: dict[str, Any]
) -> None:
    answer = await brand.post(house.serving.url, text(), **forged)
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "bad_signature"
    assert await said(house) == []


@pytest.mark.parametrize(("seconds", "status"), [(-299, 200), (-301, 401), (299, 200), (301, 401)])
async def test_signature_counts_for_five_minutes(
    house: House, brand: Brand, clock: Clock, seconds: int, status: int
) -> None:
    stamp = int(clock().timestamp()) + seconds
    answer = await brand.post(house.serving.url, text(), stamp=stamp)
    assert answer.status_code == status


async def test_signature_over_a_reserialised_body_is_refused(house: House, brand: Brand) -> None:
    body = b'{"messages":[{"id":"m-1","sender":"ann","text":"hello"}]}'
    signed = json.dumps(json.loads(body)).encode()
    answer = await brand.post(house.serving.url, body=body, signed=signed)
    assert answer.status_code == 401


async def test_profile_visibility_and_attachments_are_kept_and_masked(
    house: House, brand: Brand
) -> None:
    number = "4111 1111 1111 1111"
    posts = [
        text(
            f"look, card {number}", profile={"name": f"Ann {number}", "followers": 12},
            visibility="public", private_url="https://example.com/dm",
            attachments=[PHOTO, {"kind": "hologram", "url": "https://x.example/2"}],
        ),
        {"id": "m-2", "sender": "ann", "attachments": [PHOTO, {**PHOTO, "kind": "video"}]},
    ]  # fmt: skip
    assert (await brand.post(house.serving.url, *posts)).status_code == 200
    first, second = await lines(house)
    assert (first.visibility, first.id) == ("public", "m-1")
    assert [(one.kind, one.name) for one in first.attachments] == [
        ("image", "broken.jpg"),
        ("other", None),
    ]
    assert (second.text, second.visibility) == ("[image] [video]", "private")
    claimed, _ = await Conversations(house.connection).claim(
        "one", house.clock.at.replace(hour=23, minute=59)
    )
    assert claimed is not None
    await Conversations(house.connection).load(claimed, house.clock())
    message = claimed.waiting[0][1]
    assert (message.customer.followers, message.private_url) == (12, "https://example.com/dm")
    assert message.attachments == first.attachments
    assert "4111" not in f"{message}{first}"


async def test_button_is_pressed_by_its_payload_and_no_other_payload_gets_in(
    house: House, brand: Brand
) -> None:
    await brand.post(house.serving.url, text())
    await house.answer(Reply("solved?", (("Yes", "/solved"),)))
    press = {"id": "m-2", "sender": "ann", "payload": "/solved"}
    assert (await brand.post(house.serving.url, press)).status_code == 200
    assert await house.answer(Reply("good")) == "/solved"
    forged = {"id": "m-3", "sender": "ann", "payload": "/restart"}
    answer = await brand.post(house.serving.url, forged)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "unknown_button")
    titled = {**forged, "text": "Start again"}
    assert (await brand.post(house.serving.url, titled)).status_code == 200
    assert await house.answer(Reply("ok")) == "Start again"


@pytest.mark.parametrize(
    "message",
    [
        "x",
        {},
        {**text(), "text": None},
        text(""),
        text(7),
        text("\ud800"),
        text("x" * 2001),
        text(id_=""),
        text(sender=1),
        text(surprise=1),
        text(visibility="secret"),
        text(visibility=[]),
        text(profile=3),
        text(profile={"followers": -1}),
        text(profile={"followers": True}),
        text(profile={"shoe_size": 43}),
        text(attachments={}),
        text(attachments=[PHOTO] * 11),
        text(attachments=[{**PHOTO, "url": "javascript:alert(1)"}]),
        text(attachments=[{"kind": [], "url": 1}]),
        text(private_url="ftp://x"),
        text(payload={}),
    ],
)
async def test_nonsense_is_refused_by_its_place_and_nothing_of_the_batch_is_stored(
    house: House, brand: Brand, message: Any
) -> None:
    answer = await brand.post(house.serving.url, text("hello"), message)
    assert answer.status_code in (400, 413)
    assert answer.json()["error"]["message"].startswith("messages[1]: ")
    assert await said(house) == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"messages": []}',
        b'{"messages": {}}',
        b"\xff",
        pytest.param(b"[" * 5000, id="deep"),
    ],
)
async def test_body_that_is_no_batch_is_refused(house: House, brand: Brand, body: bytes) -> None:
    assert (await brand.post(house.serving.url, body=body)).status_code == 400


async def test_batch_has_an_end(house: House, brand: Brand) -> None:
    posts = [text(id_=f"m-{number}") for number in range(MOST_MESSAGES + 1)]
    assert (await brand.post(house.serving.url, *posts)).status_code == 400
    assert (await brand.post(house.serving.url, *posts[1:])).json()["stored"] == MOST_MESSAGES


URL = "https://shop.example.com/nightdesk"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"url": URL}, "[webhook.secrets]: there is no secret to sign with -> write `secrets:"),
        ({"url": URL, "secrets": ","}, "there is no secret to sign with"),
        ({"url": URL, "secrets": "hush-hush"}, "a secret is too short"),
        ({"url": URL, "secrets": ["x" * 16, "hush-hush"]}, "a secret is too short"),
        ({"secrets": "x" * 16}, "[webhook.url]: this is no web address -> write where"),
        ({"secrets": "x" * 16, "url": "ftp://hush"}, "this is no web address"),
        ({"secrets": "x" * 16, "url": "http://[hush"}, "this is no web address"),
        ({"secrets": "x" * 16, "url": URL, "token": "hush"}, "[webhook.token]: there is no such"),
    ],
)
def test_channel_without_what_it_needs_refuses_to_start_and_says_how_to_set_it(
    connection: Connection, content: Content, clock: Clock, settings: Any, message: str
) -> None:
    with pytest.raises(ConfigurationError) as raised:
        create_app(connection, content, clock, channels={"webhook": settings})
    assert message in str(raised.value)
    assert "hush" not in str(raised.value)


def test_settings_do_not_show_their_secrets() -> None:
    read = read_webhook_settings({"secrets": SECRETS, "url": URL})
    assert read.secrets == (SECRET, OLDER)
    assert SECRET not in repr(read)


# ---- the page ------------------------------------------------------------------------------------

PAGE = (Path(__file__).parents[2] / "docs" / "channels" / "webhook.md").read_text("utf-8")


def shown(heading: str) -> str:
    return PAGE.split(f"\n## {heading}", 1)[1].split("\n## ", 1)[0]


def example(part: str) -> Any:
    [block] = re.findall(r"```json\n(.*?)```", part, re.DOTALL)
    return json.loads(block)


async def test_example_of_the_page_is_taken(house: House, brand: Brand) -> None:
    part = shown("You post")
    answer = await brand.post(house.serving.url, *example(part)["messages"])
    assert (answer.status_code, answer.json()["stored"]) == (200, 1)


def test_page_names_every_key_of_a_message_and_of_a_reply() -> None:
    rows = set(re.findall(r"^\| `(\w+)` \|", shown("You post"), re.MULTILINE))
    assert rows == MESSAGE_KEYS
    assert set(example(shown("We post"))) == REPLY_KEYS
    assert set(REFUSALS) <= set(re.findall(r"\w+", shown("We post")))
