"""The widget on somebody else's page, which is served from another host name."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from playwright.async_api import Browser, FrameLocator, Page, expect

from tests.running import RunningBot

from .conftest import Window, write_as_agent

_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Shop</title>
<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">
<style>button, iframe {{ display: none !important; color: red }}</style></head>
<body><h1>Shop</h1><a href="/next">Next page</a><p style="height: 3000px"></p>
<script src="{bot}/widget.js" async></script></body></html>"""


@pytest.fixture
async def shop(running_bot: RunningBot) -> AsyncIterator[str]:
    """The address of a page with the widget, hostile styles and a strict content policy."""
    policy = (
        f"default-src 'none'; script-src {running_bot.url}; connect-src {running_bot.url}; "
        f"frame-src {running_bot.url}; img-src data:; style-src 'unsafe-inline'"
    )

    async def page(_: web.Request) -> web.Response:
        text = _PAGE.format(bot=running_bot.url)
        headers = {"Content-Security-Policy": policy}
        return web.Response(text=text, content_type="text/html", headers=headers)

    app = web.Application()
    app.router.add_get("/{any:.*}", page)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "localhost", 0)
    await site.start()
    port = runner.addresses[0][1]
    yield f"http://localhost:{port}"
    await runner.cleanup()


def chat(page: Page) -> FrameLocator:
    return page.frame_locator("nightdesk-chat iframe")


async def say(page: Page, text: str) -> None:
    await chat(page).locator("#text").fill(text)
    await chat(page).locator("#text").press("Enter")
    await expect(chat(page).locator(".message.bot")).not_to_have_count(0)


async def session_of(page: Page) -> str:
    """Where the browser blocks the frame's storage, the host page keeps the session."""
    kept = await page.evaluate("JSON.parse(localStorage['nightdesk.widget']).kept?.session?.token")
    if kept:
        return str(kept)
    [frame] = [frame for frame in page.frames if "embed=1" in frame.url]
    return str(await frame.evaluate("JSON.parse(localStorage['nightdesk.session']).token"))


async def test_customer_opens_writes_and_closes_with_the_keyboard(
    browser: Browser, shop: str
) -> None:
    window = await Window.open(browser, 1280, 860)
    page = window.page
    await page.goto(shop)
    launcher = page.get_by_role("button", name="Open the chat")
    await launcher.focus()
    await page.keyboard.press("Enter")
    await expect(chat(page).locator("#text")).to_be_focused()
    opened = page.get_by_role("button", name="Close the chat").first
    await expect(opened).to_have_attribute("aria-expanded", "true")
    await expect(page.get_by_role("dialog", name="Chat with Brightnook")).to_be_visible()
    await page.keyboard.type("Hello")
    await page.keyboard.press("Enter")
    await expect(chat(page).locator(".message.bot")).to_have_count(1)
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_be_hidden()
    await expect(launcher).to_be_focused()
    assert window.complaints == []


async def test_answer_to_a_closed_chat_is_counted_also_on_the_next_page(
    browser: Browser, shop: str, running_bot: RunningBot
) -> None:
    window = await Window.open(browser, 1280, 860)
    page = window.page
    await page.goto(shop)
    await page.locator(".launcher").click()
    await say(page, "Hello")
    await page.locator(".launcher").click()
    await write_as_agent(running_bot, await session_of(page), "Good morning!")
    counted = page.get_by_role("button", name="Open the chat. New messages: 1")
    await expect(counted).to_be_visible()
    await page.get_by_role("link", name="Next page").click()
    await expect(counted).to_be_visible()
    await counted.click()
    await expect(chat(page).locator(".message.agent .bubble")).to_have_text("Good morning!")
    await expect(page.locator(".badge")).to_be_hidden()
    await page.reload()
    await expect(page.get_by_role("dialog")).to_be_visible()
    await expect(chat(page).locator(".message.agent")).to_have_count(1)
    await expect(page.locator(".badge")).to_be_hidden()
    assert window.complaints == []


async def test_chat_fills_a_phone_and_the_page_behind_it_stands_still(
    browser: Browser, shop: str
) -> None:
    window = await Window.phone(browser)
    page = window.page
    await page.goto(shop)
    await page.locator(".launcher").tap()
    await expect(chat(page).locator("#welcome")).to_be_visible()
    box = await page.get_by_role("dialog").bounding_box()
    assert box == {"x": 0, "y": 0, "width": 390, "height": 844}
    assert await page.evaluate("getComputedStyle(document.documentElement).overflowY") == "hidden"
    await expect(page.locator(".launcher")).to_be_hidden()
    await chat(page).get_by_role("button", name="Close the chat").tap()
    await expect(page.locator(".launcher")).to_be_visible()
    assert await page.evaluate("getComputedStyle(document.documentElement).overflowY") != "hidden"
    assert window.complaints == []


async def test_host_page_gets_no_text_of_the_chat(browser: Browser, shop: str) -> None:
    window = await Window.open(browser, 1280, 860)
    page = window.page
    await page.add_init_script(
        "window.heard = []; addEventListener('message', (e) => heard.push(JSON.stringify(e.data)))"
    )
    await page.goto(shop)
    await page.locator(".launcher").click()
    await say(page, "mysecretword")
    heard = await page.evaluate("heard.join() + JSON.stringify(localStorage)")
    assert "unread" in heard
    assert "mysecretword" not in heard
