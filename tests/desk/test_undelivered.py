"""Replies that were not delivered: the list of the desk, and what people do about them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.async_api import expect

from bot.cases.turn import Fact
from bot.store.conversations import Conversations, fact_json
from bot.store.outbox import DeadLetter, Outbox

from .office import Office
from .window import Desk, chromium


async def given_up(office: Office, reason: str = "blocked") -> tuple[str, DeadLetter]:
    """An agent's reply that the platform refused; the reference of its case, and the letter."""
    reference = await office.open_case()
    main = office.connection.keys.conversation("rest:ann", "main")
    await office.connection.redis.hset(main, "posted", "1")
    tom = await office.agent("Tom")
    await tom.post(f"/api/cases/{reference}/claim")
    words = {"id": office.step(), "text": "It is on its way to you."}
    await tom.post(f"/api/cases/{reference}/replies", json=words)
    outbox, now = Outbox(office.connection), office.clock()
    [posting], _ = await outbox.take("a sender", now, 1)
    letter = await outbox.letter_of(posting, "rest", "agent", reason, now)
    assert await outbox.dead(posting, letter, now, now + timedelta(seconds=15)) is None
    return reference, letter


async def waiting(office: Office) -> list[int]:
    postings, _ = await Outbox(office.connection).take("b", office.clock(), 5)
    return [posting.line for posting in postings]


async def test_list_shows_what_where_why_and_when(office: Office) -> None:
    reference, letter = await given_up(office)
    kim = await office.agent()
    shown = (await kim.get("/api/undelivered")).json()
    [one] = shown["replies"]
    assert shown["total"] == 1
    assert (one["id"], one["case"], one["reason"]) == (letter.id, reference, "blocked")
    assert (one["from"], one["channel"], one["tries"]) == ("agent", "rest", 1)
    assert (one["text"], one["at"]) == ("It is on its way to you.", "2026-11-21T23:30:00Z")
    assert one["summary"]
    counted = (await kim.get("/api/undelivered", params={"limit": 0})).json()
    assert (counted["replies"], counted["total"]) == ([], 1)


async def test_reply_is_sent_again_once_and_the_case_says_by_whom(office: Office) -> None:
    reference, letter = await given_up(office)
    kim = await office.agent()
    assert (await kim.post(f"/api/undelivered/{letter.id}/send")).status_code == 204
    again = await kim.post(f"/api/undelivered/{letter.id}/send")
    assert (again.status_code, again.json()["error"]["code"]) == (404, "unknown_reply")
    assert await waiting(office) == [letter.line]
    assert (await kim.get("/api/undelivered")).json()["total"] == 0
    case = (await kim.get(f"/api/cases/{reference}")).json()
    last = case["history"][-1]
    assert (last["what"], last["line"], case["names"][last["who"]]) == (
        "sent_again",
        letter.line,
        "Kim",
    )


async def test_reply_that_is_taken_off_the_list_is_not_sent(office: Office) -> None:
    _, letter = await given_up(office)
    kim = await office.agent()
    assert (await kim.delete(f"/api/undelivered/{letter.id}")).status_code == 204
    assert (await kim.delete(f"/api/undelivered/{letter.id}")).status_code == 404
    assert (await kim.get("/api/undelivered")).json()["total"] == 0
    assert await waiting(office) == []


@pytest.mark.parametrize("query", ["limit=201", "limit=-1", "offset=x"])
async def test_page_that_cannot_be_is_refused(office: Office, query: str) -> None:
    kim = await office.agent()
    assert (await kim.get(f"/api/undelivered?{query}")).status_code == 400


async def test_people_see_in_the_queue_that_something_was_not_delivered_and_send_it_again(
    office: Office,
) -> None:
    async with chromium() as browser:
        kim = await Desk.open(browser, office, await office.hire("Kim"))
        page = await kim.go("/desk")
        note = page.locator("#undelivered")
        await expect(note).to_be_hidden()
        _, letter = await given_up(office)
        await page.reload()
        await expect(note).to_contain_text("1 reply was not delivered")
        assert await kim.barriers() == []
        await note.get_by_role("link").click()
        one = page.locator(f'[data-reply="{letter.id}"]')
        await expect(one).to_contain_text("the customer has blocked the brand")
        await expect(one).to_contain_text("An agent's reply")
        assert await kim.barriers() == []
        await one.get_by_role("button", name="Send again").click()
        await kim.says("It is on its way again.")
        await expect(page.locator(".empty")).to_contain_text("Every reply was delivered")
        assert kim.complaints == []
    assert await waiting(office) == [letter.line]


async def test_list_follows_what_happens(office: Office) -> None:
    async with chromium() as browser:
        kim = await Desk.open(browser, office, await office.hire("Kim"))
        page = await kim.go("/desk/undelivered")
        await expect(page.locator(".empty")).to_be_visible()
        reference, _ = await given_up(office, "status_400")
        about = Fact("delivery_noted", {"case": reference})
        stream = office.connection.keys.one("events")
        told = fact_json(about, "rest:ann", office.clock())
        await office.connection.redis.xadd(stream, {"fact": told})
        await expect(page.locator("[data-reply]")).to_contain_text("(status 400)")
        lines = await Conversations(office.connection).lines("rest:ann")
        await expect(page.locator("blockquote")).to_have_text(lines[-1].text)
