"""The night, played in browsers: a customer writes, the case appears on the desk, an agent takes
it, answers into the chat, resolves it, and sees how the customer rated it."""

from __future__ import annotations

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from tests.running import RunningBot

from .conftest import Window
from .night import Customer, sign_in

_RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
}


async def violations(page: Page) -> list[str]:
    """What axe-core finds against WCAG levels A and AA."""
    found = (await Axe().run(page, options=_RULES)).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found]


async def settled(page: Page) -> None:
    """Nothing is being fetched that the page shows; its event stream never ends."""
    await expect(page.locator(".ghost, .placeholder")).to_have_count(0)


@pytest.mark.parametrize("phone", [False, True], ids=["laptop", "phone"])
async def test_night_goes_from_the_chat_over_the_desk_back_to_the_chat(
    browser: Browser, running_bot: RunningBot, phone: bool
) -> None:
    desk = await (Window.phone(browser) if phone else Window.open(browser, 1280, 860))
    page = desk.page
    await sign_in(page, running_bot)

    customer = await Customer.enter(browser, running_bot, phone)
    reference = await customer.report()
    row = page.locator(f'[data-ref="{reference}"]')
    await expect(row).to_be_visible()  # without a reload
    await expect(row).to_contain_text("charged twice")

    await row.get_by_role("link").first.click()
    await expect(page.locator("#summary")).to_contain_text("charged twice")
    await page.locator('[data-deed="claim"]').click()
    await expect(page.locator("#state")).to_contain_text("You")

    bot_said = await customer.replies.count()
    await customer.say("Are you still there? I need the money for rent.")
    await expect(page.locator("#log")).to_contain_text("I need the money for rent.")
    assert await customer.replies.count() == bot_said, "the bot is silent while Maria has it"

    await page.locator("#dock").get_by_role("button", name="Reply", exact=True).click()
    await page.get_by_label("Reply to the customer").fill(
        "I'm Maria. The second charge goes back today."
    )
    await page.get_by_role("button", name="Send reply").click()
    answer = customer.page.locator(".message.agent").last
    await expect(answer).to_contain_text("The second charge goes back today.")

    await page.locator('[data-deed="resolve"]').click()
    await page.get_by_label("Closing words to the customer").fill("It is done. Good night!")
    await page.locator("#resolve [data-do]").click()
    await expect(customer.page.locator(".message.agent").last).to_contain_text("Good night!")
    await expect(customer.page.locator(".choice").last).to_be_visible()
    assert await customer.page.locator(".choice").count() >= 5
    await customer.page.locator(".choice").last.click()
    await expect(page.locator("#case")).to_contain_text("Rated 5 of 5")

    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert (desk.complaints, customer.window.complaints) == ([], [])


async def test_no_page_of_the_desk_breaks_a_rule_of_wcag(
    browser: Browser, running_bot: RunningBot
) -> None:
    customer = await Customer.enter(browser, running_bot, phone=False)
    reference = await customer.report("My camera is offline since this morning, order BN-104233")
    problems = {"/chat": await violations(customer.page)}
    for scheme in ("light", "dark"):
        for width, height in ((1280, 860), (390, 844)):
            desk = await Window.open(browser, width, height, color_scheme=scheme)
            page = desk.page
            await page.goto(f"{running_bot.url}/desk/sign-in")
            problems[f"sign-in {scheme} {width}"] = await violations(page)
            await sign_in(page, running_bot)
            for path in (
                "/desk", f"/desk/cases/{reference}", "/desk/digest", "/desk/report",
                "/desk/report?by=agent", "/desk/people", "/desk/account", "/desk?q=nothing+like+it",
                "/desk/cases/ND-0000000",
            ):  # fmt: skip
                await page.goto(
                    f"{running_bot.url}{path}",
                )
                await settled(page)
                problems[f"{path} {scheme} {width}"] = await violations(page)
            await page.goto(f"{running_bot.url}/desk/cases/{reference}")
            await expect(page.locator("#summary")).not_to_be_empty()
            await page.locator('[data-deed="resolve"]').click()
            problems[f"resolve dialog {scheme} {width}"] = await violations(page)
            await page.context.close()
    assert {place: found for place, found in problems.items() if found} == {}
