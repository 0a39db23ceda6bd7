"""A person's browser window on the desk of an office, with the page's own complaints."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Locator, Page, async_playwright, expect

from bot.desk.access import SESSION_COOKIE
from bot.store.people import Person
from bot.store.sessions import Sessions

from .office import Office

_PATIENCE_MS = 10_000
_QUIET = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync")
_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
_NETWORK = "Failed to load resource"


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Debian's browser; that it is missing is a failure."""
    path = shutil.which("chromium")
    assert path is not None, "Chromium is not installed: apt-get install chromium"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=list(_QUIET))
        yield browser
        await browser.close()


@dataclass
class Desk:
    """What one person sees. `complaints` are errors of the page, without those of the network."""

    office: Office
    person: Person
    page: Page
    complaints: list[str] = field(default_factory=list)

    @classmethod
    async def open(
        cls, browser: Browser, office: Office, person: Person, phone: bool = False, **options: Any
    ) -> Desk:
        size = {"width": 390, "height": 844} if phone else {"width": 1280, "height": 800}
        touch = {"is_mobile": True, "has_touch": True} if phone else {}
        context = await browser.new_context(viewport=size, locale="en-GB", **touch, **options)  # type: ignore[arg-type]
        context.set_default_timeout(_PATIENCE_MS)
        desk = cls(office, person, await context.new_page())
        desk.page.on("pageerror", lambda error: desk.complaints.append(str(error)))
        desk.page.on("console", lambda message: desk._note(message.type, message.text))
        await desk.sign_in()
        return desk

    def _note(self, kind: str, text: str) -> None:
        if kind in ("error", "warning") and _NETWORK not in text:
            self.complaints.append(text)

    async def sign_in(self) -> None:
        sessions = Sessions(self.office.connection)
        token = await sessions.begin(self.person, self.office.clock())
        cookie = {"name": SESSION_COOKIE, "value": token, "url": self.office.serving.url}
        await self.page.context.add_cookies([cookie])  # type: ignore[list-item]

    async def go(self, path: str) -> Page:
        """Opens a page and waits until it shows what it is about."""
        await self.page.goto(f"{self.office.serving.url}{path}")
        await expect(self.page.locator(".ghost, .placeholder")).to_have_count(0)
        await expect(self.page.locator("[aria-busy]")).to_have_count(0)
        return self.page

    async def case(self, reference: str) -> Page:
        return await self.go(f"/desk/cases/{reference}")

    def rows(self) -> Locator:
        return self.page.locator(".case:not(.ghost)")

    async def says(self, text: str) -> None:
        await expect(self.page.locator("#notices")).to_contain_text(text)

    async def is_in_state(self, text: str) -> None:
        await expect(self.page.locator("#state")).to_contain_text(text)

    def reply(self) -> Locator:
        return self.page.get_by_label("Reply to the customer")

    async def barriers(self) -> list[str]:
        """What axe-core finds on the page as it is now."""
        found = (await Axe().run(self.page, options=_RULES)).response["violations"]
        return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found]
