"""One night in a browser: a customer in the chat, an agent at the desk."""

from __future__ import annotations

import re
from dataclasses import dataclass

import httpx
from playwright.async_api import Browser, Locator, Page, expect

from tests.browser.conftest import Window
from tests.running import RunningBot

EMAIL, PASSWORD, NAME = "maria@brightnook.example", "four lamps and a kettle", "Maria Santos"
PROBLEM = "I was charged twice for my subscription and I want my money back"
_ANSWERS = (
    "No, it did not help",
    "Order BN-104233, 29.99 EUR, my e-mail is ana@example.com, on 3 January",
    "skip",
    "skip",
    "skip",
    "skip",
)
_REFERENCE = re.compile(r"ND-[0-9A-Z]{7}")


def set_up_the_desk(bot: RunningBot) -> None:
    """The link that `serve` printed makes the first admin; once used, it is gone."""
    [link] = re.findall(r"(/desk/setup/\S+)", bot.log)[-1:]
    with httpx.Client(base_url=bot.url, timeout=30) as browser:
        page = browser.get(link)
        if page.status_code != 200:
            return  # another test of this session was here before
        [csrf] = re.findall(r'name="csrf" value="([^"]+)"', page.text)
        form = {"csrf": csrf, "name": NAME, "email": EMAIL, "password": PASSWORD}
        assert browser.post(link, data=form).status_code in (302, 303)


async def sign_in(page: Page, bot: RunningBot) -> None:
    set_up_the_desk(bot)
    await page.goto(f"{bot.url}/desk")
    await page.get_by_label("E-mail address").fill(EMAIL)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.locator(".ghost")).to_have_count(0)


@dataclass
class Customer:
    """A customer's window on the chat page."""

    window: Window

    @classmethod
    async def enter(cls, browser: Browser, bot: RunningBot, phone: bool) -> Customer:
        window = await (Window.phone(browser) if phone else Window.open(browser, 1280, 860))
        await window.page.goto(f"{bot.url}/chat")
        await expect(window.page.locator("#welcome")).to_be_visible()
        return cls(window)

    @property
    def page(self) -> Page:
        return self.window.page

    @property
    def replies(self) -> Locator:
        return self.page.locator(".message.bot")

    async def say(self, text: str) -> None:
        await self.page.locator("#text").fill(text)
        await self.page.keyboard.press("Enter")

    async def ask(self, text: str) -> str:
        """Says something and waits for the bot's answer."""
        before = await self.replies.count()
        await self.say(text)
        await self.replies.nth(before).wait_for()
        await expect(self.page.locator("#typing")).to_be_hidden()
        return await self.replies.last.inner_text()

    async def report(self, problem: str = PROBLEM) -> str:
        """Tells a problem and answers until there is a receipt; returns its reference."""
        reply = await self.ask(problem)
        for answer in _ANSWERS:
            if found := _REFERENCE.search(reply):
                return found[0]
            reply = await self.ask(answer)
        raise AssertionError("the bot never gave a receipt")
