"""A real browser (Debian's Chromium) for tests of pages; that it is missing is a failure."""

from __future__ import annotations

import json
import shutil
from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from bot.store.connection import Connection
from bot.store.embedded import EmbeddedStore
from tests.running import RunningBot

_PATIENCE_MS = 15_000
expect.set_options(timeout=_PATIENCE_MS)
_QUIET = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    path = shutil.which("chromium")
    if path is None:
        pytest.fail("Chromium is not installed: apt-get install chromium")
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=path, args=list(_QUIET))
        yield started
        await started.close()


class Window:
    """A customer's browser window; `complaints` are the console's errors and warnings."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda message: self._note(message.type, message.text))

    def _note(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.complaints.append(text)

    @classmethod
    async def open(cls, browser: Browser, width: int, height: int, **options: Any) -> Window:
        size = {"width": width, "height": height}
        context = await browser.new_context(viewport=size, locale="en-GB", **options)  # type: ignore[arg-type]
        context.set_default_timeout(_PATIENCE_MS)
        return cls(await context.new_page())

    @classmethod
    async def phone(cls, browser: Browser, width: int = 390, height: int = 844) -> Window:
        return await cls.open(browser, width, height, is_mobile=True, has_touch=True)


async def write_as_agent(bot: RunningBot, session: str, text: str) -> None:
    """A person writes into the conversation of a session."""
    connection = Connection(EmbeddedStore(bot.data_dir / "store").url)
    conversation = f"webchat:{session.partition('.')[0]}"
    line = {"from": "agent", "at": "2026-01-05T09:00:00.000Z", "text": text}
    log = connection.keys.conversation(conversation, "log")
    await connection.redis.rpush(log, json.dumps(line))
    await connection.redis.publish(connection.keys.one("done"), conversation)
    await connection.close()
    await connection.redis.connection_pool.disconnect()
