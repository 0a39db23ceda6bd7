"""The chat page in a real browser, against the whole bot: what a customer sees and does."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from tests.running import RunningBot

from .conftest import Window, write_as_agent

PROBLEM = "I forgot my password and cannot log in any more"
DETAILS = "My e-mail is sam@example.com and it has been like this since yesterday"
_CONTRAST = (Path(__file__).parent / "contrast.js").read_text(encoding="utf-8")


@pytest.fixture
async def window(browser: Browser) -> Window:
    return await Window.open(browser, 1280, 860)


async def enter(window: Window, bot: RunningBot) -> Page:
    await window.page.goto(f"{bot.url}/chat")
    await expect(window.page.locator("#welcome")).to_be_visible()
    return window.page


def replies(page: Page) -> Locator:
    return page.locator(".message.bot")


async def say(page: Page, text: str) -> str:
    """Writes, sends with Enter and waits for the answer."""
    before = await replies(page).count()
    await page.locator("#text").fill(text)
    await page.keyboard.press("Enter")
    return await next_reply(page, before)


async def next_reply(page: Page, before: int) -> str:
    await replies(page).nth(before).wait_for()
    await expect(page.locator("#typing")).to_be_hidden()
    return await replies(page).last.locator(".bubble").inner_text()


async def until_receipt(page: Page, reply: str) -> str:
    """Answers what is asked until there is a receipt."""
    for answer in (DETAILS, "since yesterday evening", "skip", "skip", "skip"):
        if "ND-" in reply:
            return reply
        reply = await say(page, answer)
    return reply


async def test_customer_gets_a_receipt_with_the_keyboard_alone(
    window: Window, running_bot: RunningBot
) -> None:
    page = await enter(window, running_bot)
    await expect(page.locator("#text")).to_be_focused()
    await page.keyboard.type(PROBLEM)
    await page.keyboard.press("Enter")
    await expect(page.locator("#typing")).to_be_visible()
    await expect(page.locator("#status")).to_have_text("Nia is writing")
    await next_reply(page, 0)
    assert await page.locator(".choice").all_inner_texts() == ["Yes, solved", "No, still there"]
    for _ in range(2):  # from the text area back over the buttons: the second comes first
        await page.keyboard.press("Shift+Tab")
        if await page.evaluate("document.activeElement.textContent") == "No, still there":
            break
    await page.keyboard.press("Enter")
    await expect(page.locator(".message.customer").last).to_contain_text("No, still there")
    await expect(page.locator(".choice:enabled")).to_have_count(0)
    receipt = await until_receipt(page, await next_reply(page, 1))
    assert "ND-" in receipt
    await expect(page.locator(".reference").last).to_have_text(receipt[receipt.index("ND-") :][:10])
    assert window.complaints == []


async def test_conversation_and_draft_are_there_after_a_reload(
    window: Window, running_bot: RunningBot
) -> None:
    page = await enter(window, running_bot)
    await say(page, PROBLEM)
    before = await page.locator(".bubble").all_inner_texts()
    await page.locator("#text").fill("half a")
    await page.reload()
    await expect(page.locator(".bubble")).to_have_text(before, use_inner_text=True)
    await expect(page.locator("#text")).to_have_value("half a")
    await expect(page.locator(".choice:enabled")).to_have_count(2)
    await expect(page.locator(".day")).to_have_text("Today")
    assert window.complaints == []


async def test_text_of_customers_stays_text(window: Window, running_bot: RunningBot) -> None:
    page = await enter(window, running_bot)
    await page.locator("#text").fill("first line")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type(
        '<img src=x onerror="document.title=1"> javascript:alert(1) '
        "(see https://shop.example/a_(b)?c=1&d=2). https://"
    )
    await page.keyboard.press("Enter")
    bubble = page.locator(".message.customer .bubble")
    await expect(bubble).to_contain_text('line\n<img src=x onerror="document.title=1">')
    await expect(page.locator(".message:not(.outgoing) a")).to_have_count(1)
    link = bubble.locator("a")
    assert await link.get_attribute("href") == "https://shop.example/a_(b)?c=1&d=2"
    assert await link.get_attribute("target") == "_blank"
    assert await link.get_attribute("rel") == "noopener noreferrer"
    assert await page.title() == "Chat with Brightnook"
    assert window.complaints == []


async def test_too_long_text_is_counted_and_never_cut(
    window: Window, running_bot: RunningBot
) -> None:
    page = await enter(window, running_bot)
    await page.locator("#text").fill("😀" * 1900)
    await expect(page.locator("#hint")).to_have_text("100 characters left")
    await page.locator("#text").fill("a" * 2001)
    await expect(page.locator("#hint")).to_contain_text("2000")
    await expect(page.locator("#send")).to_be_disabled()
    await page.locator("#text").press("Enter")
    assert len(await page.locator("#text").input_value()) == 2001
    await expect(page.locator(".message")).to_have_count(0)


async def test_message_written_offline_is_sent_once_when_the_line_is_back(
    window: Window, running_bot: RunningBot
) -> None:
    page = await enter(window, running_bot)
    await page.context.set_offline(True)
    await page.locator("#text").fill("Hello, who is there?")
    await page.keyboard.press("Enter")
    await expect(page.locator("#banner")).to_contain_text("You are offline")
    await expect(page.locator(".failed .again")).to_be_visible()
    await page.context.set_offline(False)
    await next_reply(page, 0)
    await expect(page.locator("#banner")).to_be_empty()
    await expect(page.locator(".message.customer")).to_have_count(1)
    await expect(page.locator(".failed")).to_have_count(0)
    await page.reload()
    await expect(page.locator(".message.customer")).to_have_count(1)


async def test_server_that_does_not_answer_is_told_and_tried_again(
    window: Window, running_bot: RunningBot
) -> None:
    page = await enter(window, running_bot)
    broken = {"error": {"code": "store_unavailable", "message": "away"}}
    await page.route("**/chat/messages", lambda route: route.fulfill(status=503, json=broken))
    await page.locator("#text").fill("Is this thing on?")
    await page.keyboard.press("Enter")
    await expect(page.locator("#banner")).to_contain_text("can't be reached")
    await page.reload()
    await expect(page.locator(".message.customer .bubble")).to_have_text("Is this thing on?")
    await page.unroute("**/chat/messages")
    await next_reply(page, 0)
    await expect(page.locator("#banner")).to_be_empty()


async def test_chat_works_where_storage_is_blocked(window: Window, running_bot: RunningBot) -> None:
    await window.page.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no') }})"
    )
    page = await enter(window, running_bot)
    await say(page, "Hello")
    await expect(page.locator(".message.customer")).to_have_count(1)
    assert window.complaints == []


@pytest.mark.parametrize(("width", "height"), [(390, 844), (320, 568)])
async def test_phone_shows_everything_and_fingers_reach_it(
    browser: Browser, running_bot: RunningBot, width: int, height: int
) -> None:
    window = await Window.phone(browser, width, height)
    page = await enter(window, running_bot)
    await page.locator("#text").fill(PROBLEM)
    await page.locator("#send").tap()
    await next_reply(page, 0)
    assert await page.evaluate("document.documentElement.scrollWidth") == width
    for button in await page.locator("button:visible, textarea").all():
        box = await button.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
    await page.locator(".choice").first.tap()
    await next_reply(page, 1)
    assert window.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_everybody_can_read_it(
    browser: Browser, running_bot: RunningBot, scheme: str
) -> None:
    """WCAG AA: at least 4.5:1 for every text that is shown."""
    window = await Window.open(browser, 700, 900, color_scheme=scheme)
    page = await enter(window, running_bot)
    await say(page, PROBLEM)
    session = await page.evaluate("JSON.parse(localStorage['nightdesk.session']).token")
    await write_as_agent(running_bot, session, "Hello, this is Priya. https://shop.example")
    await expect(page.locator(".message.agent .bubble")).to_be_visible()
    await page.locator("#text").fill("a" * 1990)
    checked, weak = await page.evaluate(_CONTRAST)
    assert checked > 12
    assert weak == []
