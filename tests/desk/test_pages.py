"""The desk's pages: what the server sends, and what people see and do in a browser."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Route, expect

from bot.desk.assets import assets, static_path
from bot.store.digests import Digest, Digests, Mentioned

from .door import Door
from .office import Office
from .window import Desk, chromium

DESK = Path(__file__).parents[2] / "bot" / "desk"
PAGES = ("/desk", "/desk/cases/ND-0000000", "/desk/digest", "/desk/undelivered")
Open = Callable[..., Awaitable[Desk]]


# ---- what the server sends -------------------------------------------------------------------


@pytest.mark.parametrize("path", PAGES)
async def test_pages_are_for_those_who_work_on_cases(door: Door, path: str) -> None:
    async with door.browser() as nobody:
        answer = await nobody.get(path)
        assert (answer.status_code, answer.headers["location"][:13]) == (303, "/desk/sign-in")
    async with await door.as_(await door.person("content", "cora")) as cora:
        assert (await cora.get(path)).status_code == 403
    async with await door.as_(await door.person("agent", "kim")) as kim:
        answer = await kim.get(path)
        assert answer.status_code == 200
        assert "script-src 'self'; style-src 'self'" in answer.headers["content-security-policy"]
        assert (await kim.head(path)).status_code == 200


async def test_reference_in_an_address_stays_text(door: Door) -> None:
    async with await door.as_(await door.person()) as kim:
        answer = await kim.get('/desk/cases/nd-1"><script>alert(1)')
        assert answer.status_code == 200
        assert "<script>alert" not in answer.text.lower()


async def test_browser_keeps_the_files_of_this_version_only(door: Door) -> None:
    async with door.browser() as nobody:
        now = await nobody.get(f"{static_path()}/queue.js")
        assert "immutable" in now.headers["cache-control"]
        assert now.headers["content-type"].startswith("text/javascript")
        for old in ("/desk/static/0123456789ab/queue.js", "/desk/static/queue.js"):
            answer = await nobody.get(old)
            assert (answer.text, answer.headers["cache-control"]) == (now.text, "no-cache")
            known = {"If-None-Match": answer.headers["etag"]}
            assert (await nobody.get(old, headers=known)).status_code == 304


@pytest.mark.parametrize("name", ["nothing.js", "..%2Fpages.py", "%2e%2e/pages.py", "x/queue.py"])
async def test_nothing_else_is_served(door: Door, name: str) -> None:
    async with door.browser() as nobody:
        assert (await nobody.get(f"{static_path()}/{name}")).status_code == 404


# ---- what the files are made of --------------------------------------------------------------

SOURCES = {
    path.name: path.read_text("utf-8")
    for path in [*DESK.glob("static/*"), *DESK.glob("templates/*.html")]
}


def named(pattern: str) -> set[str]:
    return {match for text in SOURCES.values() for match in re.findall(pattern, text)}


def test_every_file_that_is_named_is_there() -> None:
    asked = named(r'from "\./([\w.]+)"') | named(r"\{\{ static \}\}/([\w.]+)")
    assert len(asked) > 30
    assert asked - set(assets()) == set()


def test_every_drawing_that_is_named_is_there() -> None:
    drawn = set(re.findall(r'id="shape-(\w+)"', SOURCES["shapes.html"]))
    asked = named(r'href="#shape-([a-z]+)"') | named(r'[\s(\[]icon\("(\w+)"')
    assert asked - drawn == set()


def test_no_file_comes_from_elsewhere_or_needs_a_weaker_policy() -> None:
    forbidden = re.compile(
        r"innerHTML\s*=[^=]|insertAdjacentHTML|document\.write|\beval\(|\sstyle=|\son\w+=\"|"
        r"(?:src|href|url\()\W{0,2}https?:"
    )
    found = {name: forbidden.findall(text) for name, text in SOURCES.items()}
    assert {name: hits for name, hits in found.items() if hits} == {}


def test_modules_stay_small() -> None:
    lines = {name: len(text.splitlines()) for name, text in SOURCES.items()}
    assert {name: count for name, count in lines.items() if count >= 400} == {}


# ---- in a browser ----------------------------------------------------------------------------


@pytest.fixture
async def web() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser


@pytest.fixture
async def open_desk(web: Browser, office: Office) -> AsyncIterator[Open]:
    """Opens a window for somebody new; no page may have complained in the end."""
    opened: list[Desk] = []

    async def open_for(name: str = "Kim", role: str = "agent", **options: Any) -> Desk:
        desk = await Desk.open(web, office, await office.hire(name, role), **options)
        opened.append(desk)
        return desk

    yield open_for
    assert {desk.person.name: desk.complaints for desk in opened if desk.complaints} == {}


async def test_new_case_appears_by_itself_and_disturbs_nobody(
    office: Office, open_desk: Open
) -> None:
    first = await office.open_case("ann")
    kim = await open_desk()
    page = await kim.go("/desk")
    await expect(page).to_have_title("(1) To do – Nightdesk")
    await page.keyboard.press("j")
    link = page.locator(f'[data-ref="{first}"] a')
    await expect(link).to_be_focused()
    await link.evaluate("(node) => { node.same = true; }")
    office.clock.forward(minutes=-5)  # it runs out earlier, and stands above
    second = await office.open_case("bob")
    await expect(kim.rows()).to_have_count(2)
    await expect(kim.rows().first).to_have_attribute("data-ref", second)
    await expect(kim.rows().first).to_have_class(re.compile("fresh"))
    await expect(page.locator("#told")).to_have_text("A new case came in.")
    await expect(page).to_have_title("(2) To do – Nightdesk")
    await expect(link).to_be_focused()
    assert await link.evaluate("(node) => node.same"), "the row kept its element"


async def test_countdown_follows_the_clock_of_the_server(office: Office, open_desk: Open) -> None:
    await office.open_case()
    kim = await open_desk()
    await kim.page.clock.install(time="2031-01-01T00:00:00Z")
    page = await kim.go("/desk")
    await expect(page.locator(".due")).to_contain_text("in 1 d")
    office.clock.forward(days=30)
    await kim.sign_in()
    page = await kim.go("/desk")
    await expect(page.locator(".due")).to_contain_text("overdue by 28 d")


async def test_queue_is_worked_by_keyboard(office: Office, open_desk: Open) -> None:
    for sender in ("ann", "bob"):
        await office.open_case(sender)
        office.clock.forward(minutes=1)
    kim = await open_desk()
    page = await kim.go("/desk")
    for key, at in (("j", 0), ("j", 1), ("j", 1), ("k", 0)):
        await page.keyboard.press(key)
        await expect(kim.rows().nth(at).locator("a")).to_be_focused()
    await page.keyboard.press("/")
    await page.keyboard.type("jk?")
    await expect(page.locator("#q")).to_have_value("jk?")
    await page.locator("#q").fill("")
    await page.locator("#q").blur()
    await page.keyboard.press("?")
    await expect(page.locator("#help")).to_be_visible()
    await page.get_by_label("Use these single keys").uncheck()
    await page.keyboard.press("Escape")
    await page.keyboard.press("?")
    await expect(page.locator("#help")).to_be_hidden()


async def test_filters_stand_in_the_address(office: Office, open_desk: Open) -> None:
    ann, bob = await office.open_case("ann"), await office.open_case("bob", "a case of zebras")
    kim = await open_desk()
    api = await office.signed_in(kim.person)
    await api.patch(f"/api/cases/{ann}", json={"severity": "critical", "tags": ["vip"]})
    page = await kim.go("/desk")
    await page.get_by_label("Critical 1").check()
    await expect(page).to_have_url(re.compile(r"/desk\?severity=critical$"))
    await expect(kim.rows()).to_have_count(1)
    await page.reload()
    await expect(kim.rows()).to_have_attribute("data-ref", ann)
    await page.get_by_role("button", name="Remove filter Severity: Critical").click()
    await expect(kim.rows()).to_have_count(2)
    await page.keyboard.press("/")
    await page.keyboard.type("ZEBRA")
    await expect(kim.rows()).to_have_count(1)
    await expect(kim.rows()).to_have_attribute("data-ref", bob)
    await page.keyboard.type("fish")
    await expect(page.locator(".empty")).to_contain_text("Nothing found for “ZEBRAfish”")
    await page.get_by_role("button", name="Clear search and filters").click()
    await expect(kim.rows()).to_have_count(2)
    await page.get_by_role("link", name="Mine").click()
    await expect(page.locator(".empty")).to_contain_text("You have no cases")
    await page.go_back()
    await expect(kim.rows()).to_have_count(2)
    await page.go_forward()
    await expect(page.locator(".empty")).to_be_visible()


async def test_empty_queue_wishes_well_and_a_broken_one_can_be_tried_again(
    open_desk: Open,
) -> None:
    kim = await open_desk()
    page = await kim.go("/desk")
    await expect(page.locator(".empty")).to_contain_text("Nothing is waiting")
    for path in AWAY:
        await page.route(path, unavailable)
    await page.clock.install()
    await page.reload()
    await expect(page.locator(".empty")).to_contain_text("The queue can't be shown")
    await expect(page.locator("#banner")).to_contain_text("The store is away")
    assert await kim.barriers() == []
    soon = datetime.now(timezone.utc) + timedelta(seconds=60)
    await page.clock.pause_at(soon)  # the queue does not try by itself
    for path in AWAY:
        await page.unroute(path)
    await page.get_by_role("button", name="Try again").click()
    await expect(page.locator(".empty")).to_contain_text("Nothing is waiting")
    await page.clock.resume()
    await expect(page.locator("#banner")).to_be_empty()


async def test_queue_comes_back_by_itself_when_the_store_does(
    office: Office, open_desk: Open
) -> None:
    await office.open_case()
    kim = await open_desk()
    await kim.page.route("**/api/c*", unavailable)
    await kim.page.goto(f"{office.serving.url}/desk")
    await expect(kim.page.locator(".empty")).to_be_visible()
    await kim.page.unroute("**/api/c*")
    await expect(kim.rows()).to_have_count(1, timeout=10_000)
    await expect(kim.page.locator("#banner")).to_be_empty()


AWAY = ("**/api/c*", "**/api/events")
"""What does not answer while the store is away: lists, counts, names, and the stream."""


async def unavailable(route: Route) -> None:
    error = {"code": "store_unavailable", "message": "the store does not answer"}
    await route.fulfill(status=503, json={"error": error})


async def test_more_cases_are_shown_on_request(office: Office, open_desk: Open) -> None:
    for number in range(52):
        await office.open_case(f"c{number}")
    kim = await open_desk()
    page = await kim.go("/desk")
    await expect(kim.rows()).to_have_count(50)
    await page.get_by_role("button", name="Show 2 more").click()
    await expect(kim.rows()).to_have_count(52)
    await expect(kim.rows().nth(50).locator("a")).to_be_focused()


async def test_case_is_claimed_once_and_the_other_is_told_who(
    office: Office, open_desk: Open
) -> None:
    reference = await office.open_case()
    kim, lou, tom = [await open_desk(*one) for one in (("Kim",), ("Lou",), ("Tom", "lead"))]
    await lou.page.route("**/api/events", unavailable)  # Lou does not hear of it
    for desk in (kim, lou, tom):
        await desk.case(reference)
    await kim.page.keyboard.press("c")
    await kim.is_in_state("You have it")
    await expect(tom.page.locator("#news")).to_contain_text("Kim claimed the case")
    await lou.page.locator('[data-deed="claim"]').click()
    await lou.says("Not done: Kim has this conversation")
    await lou.is_in_state("Kim has it")
    await expect(lou.page.locator("#why-not")).to_contain_text("Kim has this case")
    await lou.page.keyboard.press("e")
    await lou.says("Kim has this case.")
    await tom.page.get_by_role("button", name="Take over").first.click()
    await tom.is_in_state("You have it")
    await expect(kim.page.locator("#news")).to_contain_text("Tom took the case over from Kim")
    await kim.is_in_state("Tom has it")


async def test_reply_is_kept_until_it_is_sent(office: Office, open_desk: Open) -> None:
    reference = await office.open_case()
    kim = await open_desk()
    page = await kim.case(reference)
    await page.keyboard.press("c")
    await kim.is_in_state("You have it")
    await page.keyboard.press("r")
    await page.keyboard.type("Hello Ann,\nKim here.")
    await kim.case(reference)
    await expect(kim.reply()).to_have_value("Hello Ann,\nKim here.")
    await page.context.set_offline(True)
    await kim.reply().press("Control+Enter")
    await expect(page.locator("#banner")).to_contain_text("You are offline")
    await expect(page.locator(".dock-state").first).to_contain_text("It is kept here")
    assert await kim.barriers() == []
    await page.context.set_offline(False)
    await page.get_by_role("button", name="Try again").click()
    await expect(page.locator(".said.agent")).to_contain_text("Kim here.")
    await expect(kim.reply()).to_have_value("")
    await kim.is_in_state("Waiting for customer")
    assert ("agent", "Hello Ann,\nKim here.") in await office.transcript()


async def test_reply_whose_answer_was_lost_is_never_doubled(
    office: Office, open_desk: Open
) -> None:
    reference = await office.open_case()
    kim = await open_desk()
    page = await kim.case(reference)
    await page.keyboard.press("c")
    await kim.is_in_state("You have it")

    async def lose_the_answer(route: Route) -> None:
        await route.fetch()
        await route.abort()

    await page.route("**/replies", lose_the_answer, times=2)
    await kim.reply().fill("first")
    await kim.reply().press("Control+Enter")
    await page.get_by_role("button", name="Try again").click()
    await expect(page.locator(".dock-state").first).to_contain_text("Not sent")
    await kim.reply().fill("first, in other words")
    await kim.reply().press("Control+Enter")
    await expect(page.locator(".dock-state").first).to_contain_text("had arrived after all")
    await kim.reply().press("Control+Enter")
    await expect(page.locator(".said.agent")).to_have_count(2)
    said = [text for speaker, text in await office.transcript() if speaker == "agent"]
    assert said == ["first", "first, in other words"]


async def test_ended_session_is_renewed_beside_what_was_typed(
    office: Office, open_desk: Open
) -> None:
    reference = await office.open_case()
    kim = await open_desk()
    page = await kim.case(reference)
    await page.keyboard.press("n")
    await page.keyboard.type("Ann called")
    await page.context.clear_cookies()
    await page.keyboard.press("Control+Enter")
    dialog = page.get_by_role("dialog", name="You are signed out")
    await expect(dialog).to_be_visible()
    await dialog.get_by_role("button", name="I have signed in").click()
    await expect(dialog).to_contain_text("Nobody is signed in yet")
    assert await kim.barriers() == []
    await kim.sign_in()
    await dialog.get_by_role("button", name="I have signed in").click()
    await expect(dialog).to_be_hidden()
    await page.get_by_role("button", name="Try again").click()
    await expect(page.locator(".said.note")).to_contain_text("Ann called")


async def test_text_of_customers_stays_text(office: Office, open_desk: Open) -> None:
    said = (
        '<img src=x onerror="document.title=1"> a case\nsecond line javascript:alert(1) '
        "(see https://shop.example/a_(b)?c=1)."
    )
    reference = await office.open_case("ann", said)
    kim = await open_desk()
    page = await kim.case(reference)
    bubble = page.locator(".said.customer .bubble").first
    await expect(bubble).to_have_text(said, use_inner_text=True)
    [link] = await bubble.locator("a").all()
    assert await link.get_attribute("href") == "https://shop.example/a_(b)?c=1"
    assert await link.get_attribute("rel") == "noopener noreferrer"
    assert await page.title() != "1"


async def test_agent_corrects_what_is_known(office: Office, open_desk: Open) -> None:
    reference = await office.open_case()
    kim, lou = await open_desk("Kim"), await open_desk("Lou")
    page = await kim.case(reference)
    await lou.case(reference)
    await page.get_by_role("button", name="Edit topic and severity").click()
    await page.get_by_label("Subtopic").select_option("refund")
    await page.get_by_label("Severity").select_option("critical")
    await page.get_by_label("Why").fill("The rent is due")
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(page.locator("#facts")).to_contain_text("The rent is due")
    await page.get_by_role("button", name="Edit details").click()
    await page.get_by_label("Order number").fill("A-1234")
    await page.get_by_role("button", name="Save", exact=True).click()
    await page.get_by_role("button", name="Edit tags").click()
    await page.get_by_label("Tags with commas between").fill("Rent, vip")
    await page.keyboard.press("Enter")
    await expect(page.locator("#tags")).to_contain_text("rent")
    await page.get_by_text("History", exact=True).click()
    for words in ("severity from Normal to Critical", "order number to “A-1234”", "to “rent, vip”"):
        await expect(page.locator("#history-list")).to_contain_text(words)
    await expect(lou.page.locator("#news")).to_contain_text("Kim set order number to “A-1234”.")
    await expect(lou.page.locator("#facts")).to_contain_text("Critical")


async def test_focus_stays_when_others_change_the_case(office: Office, open_desk: Open) -> None:
    reference = await office.open_case()
    kim = await open_desk()
    api = await office.signed_in(await office.hire("Lou"))
    page = await kim.case(reference)
    for button in (
        page.get_by_role("button", name="Edit details"),
        page.locator("#dock").get_by_role("button", name="Claim"),
        page.locator('[data-deed="transfer"]'),
    ):
        await button.focus()
        text = f"note {await page.locator('.said.note').count()}"
        await api.post(f"/api/cases/{reference}/notes", json={"text": text})
        await expect(page.locator(".said.note").last).to_contain_text(text)
        await expect(button).to_be_focused()


async def test_refused_edit_keeps_the_form(office: Office, open_desk: Open) -> None:
    reference = await office.open_case()
    kim = await open_desk()
    page = await kim.case(reference)
    await page.get_by_role("button", name="Edit tags").click()
    await page.get_by_label("Tags").fill("a" * 41)
    await page.keyboard.press("Enter")
    await expect(page.locator("#tags .error")).to_contain_text(
        "Not saved: A case has up to 20 tags"
    )
    await office.say("more", "ann")  # what comes in meanwhile does not close it
    await expect(page.get_by_label("Tags")).to_have_value("a" * 41)


async def test_lead_gives_a_case_and_its_holder_ends_it(office: Office, open_desk: Open) -> None:
    reference = await office.open_case()
    kim, tom = await open_desk("Kim"), await open_desk("Tom", "lead")
    page = await tom.case(reference)
    await kim.case(reference)
    await page.keyboard.press("t")
    assert await tom.barriers() == []
    await page.get_by_label("To a person").check()
    await page.get_by_label("Person", exact=True).select_option(label="Kim")
    await page.get_by_label("Note for them").fill("You know her")
    await page.locator("#transfer [data-do]").click()
    await tom.says("Transferred to Kim.")
    await kim.is_in_state("You have it")
    await expect(kim.page.locator(".said.note")).to_contain_text("You know her")
    await kim.page.keyboard.press("e")
    await kim.page.keyboard.type("All done, Ann.")
    await kim.page.keyboard.press("Control+Enter")
    await kim.is_in_state("Resolved")
    assert ("agent", "All done, Ann.") in await office.transcript()
    await kim.page.get_by_role("button", name="Reopen").first.click()
    await kim.is_in_state("You have it")
    await kim.page.get_by_role("button", name="To assistant").click()
    await kim.page.locator("#return [data-do]").click()
    await kim.is_in_state("New")


async def test_agent_may_give_a_case_to_a_team_only(office: Office, open_desk: Open) -> None:
    reference = await office.open_case()
    kim = await open_desk()
    page = await kim.case(reference)
    await page.keyboard.press("t")
    await expect(page.get_by_label("To a person")).to_be_disabled()
    await page.get_by_label("Team", exact=True).select_option("support")
    await page.locator("#transfer [data-do]").click()
    await expect(page.locator("#facts")).to_contain_text("Team Support")


async def test_unknown_case_is_said(open_desk: Open) -> None:
    kim = await open_desk()
    page = await kim.case("nd-0000000")
    await expect(page.get_by_role("heading", level=1)).to_have_text("There is no case ND-0000000")
    assert await kim.barriers() == []


async def test_morning_shows_the_digest_of_each_team(office: Office, open_desk: Open) -> None:
    reference = await office.open_case()
    at = "2026-11-23T08:00:00.000Z"
    one = Mentioned(reference, "billing", "critical", "new", at)
    digest = Digest(
        "money", at, at, "2026-11-20T17:00:00.000Z", 3, {"critical": 1, "low": 2}, {"billing": 3},
        4, 1, (one,), (one,), 1, (one,), 5,
    )  # fmt: skip
    kim = await open_desk()
    page = await kim.go("/desk/digest")
    await expect(page.locator(".empty")).to_contain_text("No digest yet")
    await Digests(office.connection).make(digest, (), office.clock())
    await expect(page.locator(".team")).to_contain_text("3 cases since Fri 17:00")
    await expect(page.locator(".team")).to_contain_text("4 waited for an answer")
    await expect(page.locator(".alarm.critical")).to_contain_text("Critical: 5")
    await expect(page.locator(".promises li")).to_have_count(2)
    assert await kim.barriers() == []
    await page.get_by_role("link", name="4 more").click()
    await expect(page).to_have_url(re.compile(r"/desk\?team=money&severity=critical$"))


async def test_chosen_colours_stay(open_desk: Open) -> None:
    kim = await open_desk(color_scheme="light")
    page = await kim.go("/desk")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = await page.evaluate(ground)
    await page.get_by_role("button", name="Kim: account and settings").click()
    await page.get_by_label("Dark").check()
    dark = await page.evaluate(ground)
    page = await kim.go("/desk/digest")
    assert light != dark == await page.evaluate(ground)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_phone_shows_everything_and_fingers_reach_it(
    office: Office, open_desk: Open, scheme: str
) -> None:
    long = "a case of " + "Donaudampfschifffahrtsgesellschaftskapitän" * 3
    reference = await office.open_case("ann", long)
    kim = await open_desk(phone=True, color_scheme=scheme)
    page = await kim.go("/desk")
    assert await crowded(kim) == []
    await page.get_by_role("button", name="Filters").tap()
    await expect(page.get_by_role("dialog", name="Filters")).to_be_visible()
    assert await crowded(kim) == []
    await page.get_by_role("button", name="Show 1 case").tap()
    page = await kim.case(reference)
    await page.locator('[data-deed="claim"]').tap()
    await kim.is_in_state("You have it")
    await page.locator("#dock").get_by_role("button", name="Reply", exact=True).tap()
    await kim.reply().fill("Hello")
    assert await crowded(kim) == []
    await page.get_by_role("button", name="Send reply").tap()
    await expect(page.locator(".said.agent")).to_be_visible()
    assert await kim.barriers() == []


_CROWDED = """() => {
  const found = [];
  if (document.documentElement.scrollWidth > innerWidth) found.push("the page scrolls sideways");
  const open = document.querySelector("dialog[open]") ?? document;
  for (const one of open.querySelectorAll("button, select, textarea, input, nav a, .facet-value")) {
    const box = (one.closest("label") ?? one).getBoundingClientRect();
    if (!one.checkVisibility() || box.width < 2 || one.closest("[popover], .unseen")) continue;
    if (box.height < 43.5) found.push(`${one.id || one.className}: ${box.height}`);
  }
  return found;
}"""


async def crowded(desk: Desk) -> list[str]:
    """What is too small for a finger, and whether anything hangs over the edge."""
    found: list[str] = await desk.page.evaluate(_CROWDED)
    return found
