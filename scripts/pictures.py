"""Takes the README's pictures of the desk: plays two weeks of Brightnook's nights with the real
assistant and a moved clock, lets three people work by day, and photographs the last morning.

    .venv/bin/python -m scripts.pictures docs/images
"""

from __future__ import annotations

import asyncio
import random
import shutil
import sys
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import yaml
from playwright.async_api import Browser, Page, async_playwright
from rich.console import Console

from bot.cases.case import Case, Customer
from bot.clock import now_utc
from bot.desk.access import SESSION_COOKIE
from bot.engine.assistant import Assistant
from bot.engine.training import train
from bot.engine.training_stamp import MODEL, is_current
from bot.handoff.digest import MorningDigests
from bot.handoff.settings import HandoffSettings
from bot.handoff.watch import CaseWatch
from bot.playbook.content import Content, load_content
from bot.store.connection import Connection
from bot.store.conversations import Conversations, Inbound, Line
from bot.store.desk_steps import Handling
from bot.store.embedded import EmbeddedStore
from bot.store.index import CaseIndex, Wanted
from bot.store.people import People, Person
from bot.store.sessions import Sessions
from bot.web import create_app
from bot.worker import Worker
from tests.channels.house import Serving

ROOT = Path(__file__).parents[1]
CUSTOMERS = ROOT / "tests" / "customers" / "customers.yml"
FIRST, LAST = (
    datetime(2026, 11, 9, 18, 30, tzinfo=timezone.utc),
    datetime(2026, 11, 23, 8, 52, tzinfo=timezone.utc),
)
PEOPLE = (
    ("Maria Santos", "admin", ("billing", "support")),
    ("Jonas Weber", "agent", ("support", "logistics")),
    ("Ji-woo Han", "lead", ("trust", "sales")),
)
HANDLES = (
    "margo_pem",
    "kel.dawes",
    "the_real_dani",
    "noor",
    "vic.tan",
    "a_lindqvist",
    "sunny_okoye",
)
SIZES = {"": (1280, 860), "-phone": (390, 844)}
_ANSWERS = (
    "Thanks for waiting. I've looked at it and it is on its way to being fixed; "
    "you will see it in your account today.",
    "Good morning! I have your case in front of me. We're sending a replacement out today, "
    "and you can keep the old one.",
    "I've checked the payments: the second charge is ours, and it goes back to your card now.",
)


@dataclass
class Fortnight:
    """Two weeks, in order of time; `now` is everybody's clock."""

    connection: Connection
    content: Content
    assistant: Assistant
    console: Console
    now: datetime = FIRST
    agents: list[Person] = field(default_factory=list)
    random: random.Random = field(default_factory=lambda: random.Random(23))

    def __post_init__(self) -> None:
        self.store = Conversations(self.connection)
        self.handling = Handling(self.connection, lambda: self.content, lambda: self.now)
        self.index = CaseIndex(self.connection)
        self.events: list[tuple[datetime, int, Callable[[], Awaitable[None]]]] = []
        scripts = yaml.safe_load(CUSTOMERS.read_text(encoding="utf-8"))["customers"]
        self.scripts: list[dict[str, Any]] = scripts

    async def play(self) -> None:
        people = People(self.connection)
        for name, role, teams in PEOPLE:
            email = f"{name.split()[0].lower()}@brightnook.example"
            self.agents.append(
                await people.add(name, email, role, teams, self.now, password="never used")
            )
        self._plan()
        worker = Worker(self.connection, self.assistant, self.content, lambda: self.now)
        stop = asyncio.Event()
        working = asyncio.create_task(worker.run(stop))
        watch = CaseWatch(self.connection, lambda: self.content, lambda: self.now.timestamp())
        done = 0
        while self.events:
            self.events.sort(key=lambda event: event[:2])
            at, _, deed = self.events.pop(0)
            self.now = max(self.now, at)
            await watch.look()
            await deed()
            done += 1
            if done % 50 == 0:
                self.console.print(f"  {self.now:%a %d %b %H:%M}  {done} events")
        self.now = LAST
        stop.set()
        await working
        settings = HandoffSettings("http://127.0.0.1")
        await MorningDigests(
            self.connection, self.index, lambda: self.content, settings, {},
            lambda: (LAST + timedelta(minutes=9)).timestamp(),
        ).make_due()  # fmt: skip

    def _plan(self) -> None:
        number, day = 0, FIRST
        while day < LAST:
            for _ in range(self.random.randint(5, 9)):
                at = day + timedelta(minutes=self.random.randint(0, 13 * 60))
                if at < LAST - timedelta(minutes=20):
                    number += 1
                    self._at(at, self._customer(number))
            for minutes in range(15 * 60, 23 * 60, 25):
                morning = day + timedelta(minutes=minutes)
                if morning < LAST - timedelta(minutes=30):
                    self._at(morning, self._agent)
            day += timedelta(days=1)

    def _at(self, at: datetime, deed: Callable[[], Awaitable[None]]) -> None:
        self.events.append((at, len(self.events), deed))

    def _customer(self, number: int) -> Callable[[], Awaitable[None]]:
        script = self.scripts[number * 7 % len(self.scripts)]

        async def write() -> None:
            handle = HANDLES[number % len(HANDLES)] if number % 3 else None
            email = script.get("facts", {}).get("email", {}).get("value", "")
            name = email.partition("@")[0].replace(".", " ").title() or None
            customer = Customer(f"c{number}", name=name, handle=handle)
            channel = "webchat" if number % 4 else "rest"
            conversation = f"{channel}:c{number}"
            await self._say(conversation, channel, customer, "\n".join(script["opening"]))
            for _ in range(5):
                last = (await self.store.lines(conversation))[-1]
                answer = self._answer(last, script)
                if answer is None:
                    return
                self.now += timedelta(seconds=self.random.randint(20, 90))
                await self._say(conversation, channel, customer, *answer)

        return write

    def _answer(self, last: Line, script: dict[str, Any]) -> tuple[str, str | None] | None:
        if last.kind == "offer" and last.buttons:
            return last.buttons[0 if self.random.random() < 0.3 else 1]
        if last.kind == "ask":
            facts = [fact["say"] for fact in script.get("facts", {}).values()]
            return (". ".join(facts) or "I don't have that"), None
        if last.kind == "same_or_new":
            return last.buttons[1]
        return None

    async def _say(
        self, conversation: str, channel: str, customer: Customer, text: str,
        payload: str | None = None,
    ) -> None:  # fmt: skip
        name = f"m{self.random.random()}"
        message = Inbound(name, conversation, channel, customer, text, payload)
        await self.store.accept(message, self.now)
        while await self.store.replies_of(conversation, name) is None:  # noqa: ASYNC110
            await asyncio.sleep(0.005)

    async def _agent(self) -> None:
        """Somebody takes the most urgent case of a team that is in."""
        await self.index.catch_up()
        agent = self.random.choice(self.agents)
        page = self.index.find(Wanted.read({"status": "new"}), "queue", 0, 50)
        for row in page.rows:
            case = await self.store.case(row.id)
            assert case is not None
            calendar = self.content.calendars[self.content.playbook.teams[case[0].team].calendar]
            if calendar.is_open(self.now):
                return await self._handle(case[0], agent)

    async def _handle(self, case: Case, agent: Person) -> None:
        await self.handling.claim(case.id, agent.id)
        self.now += timedelta(minutes=self.random.randint(1, 6))
        text = self.random.choice(_ANSWERS)
        await self.handling.reply(case.id, agent.id, "first", text)
        later = self.now + timedelta(minutes=self.random.randint(3, 200))
        if self.random.random() < 0.85 and later < LAST - timedelta(hours=1):
            self._at(later, lambda: self._goes_on(case, agent))

    async def _goes_on(self, case: Case, agent: Person) -> None:
        thanks = self.random.choice(
            ("great, thanks!", "ok, I can see it now", "still nothing here?")
        )
        await self._say(case.conversation, case.channel, case.customer, thanks)
        self.now += timedelta(minutes=self.random.randint(1, 20))
        found = await self.store.case(case.id)
        if found is None or found[0].assignee != agent.id:
            return
        await self.handling.resolve(case.id, agent.id, "end", "Done. Have a good day!")
        if self.random.random() < 0.7:
            lines = await self.store.lines(case.conversation)
            stars = self.random.choices((0, 1, 2, 3, 4), (1, 1, 2, 5, 9))[0]
            title, payload = lines[-1].buttons[stars]
            await self._say(case.conversation, case.channel, case.customer, title, payload)


async def photograph(fortnight: Fortnight, folder: Path) -> None:
    """The queue, a case and the report: light, dark, on a phone."""
    app = create_app(fortnight.connection, fortnight.content, lambda: LAST)
    serving = await Serving(app).start()
    asyncio.set_event_loop_policy(None)  # Sanic's has no way to start a browser
    token = await Sessions(fortnight.connection).begin(fortnight.agents[0], LAST)
    await fortnight.index.catch_up()
    top = fortnight.index.find(Wanted.read({"status": "new"}), "queue", 0, 3).rows[1].id
    await fortnight.handling.claim(top, fortnight.agents[0].id)
    pages = {
        "queue": "/desk",
        "case": f"/desk/cases/{top}",
        "report": "/desk/report?from=2026-11-09&to=2026-11-22&by=topic",
        "morning": "/desk/digest",
    }
    async with async_playwright() as playwright:
        chromium = shutil.which("chromium")
        browser = await playwright.chromium.launch(
            executable_path=chromium, args=["--headless", "--no-sandbox", "--disable-gpu"]
        )
        for scheme in ("light", "dark"):
            for suffix, (width, height) in SIZES.items():
                page = await _window(browser, serving.url, token, scheme, width, height)
                for name, path in pages.items():
                    await _shoot(page, serving.url + path, folder / f"{name}-{scheme}{suffix}.png")
                await page.context.close()
        await browser.close()
    await serving.stop()


async def _window(
    browser: Browser, url: str, token: str, scheme: Any, width: int, height: int
) -> Page:
    context = await browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, locale="en-GB",
        timezone_id="Europe/London", device_scale_factor=1.5 if width < 500 else 1,
        is_mobile=width < 500, has_touch=width < 500,
    )  # fmt: skip
    await context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": url}])
    page = await context.new_page()
    await page.clock.install(time=LAST)
    return page


async def _shoot(page: Page, url: str, target: Path) -> None:
    await page.goto(url)
    await page.locator(".ghost, .placeholder").first.wait_for(state="detached")
    await page.wait_for_timeout(600)
    await page.screenshot(path=str(target))


async def main(folder: Path) -> None:
    console = Console(stderr=True, highlight=False)
    models = ROOT / ".cache" / "models"
    if not is_current(ROOT, models):
        console.print("Training first ...")
        train(ROOT, models)
    home = Path(tempfile.mkdtemp())
    store = EmbeddedStore(home)
    store.start()
    try:
        connection = Connection(store.url)
        fortnight = Fortnight(
            connection, load_content(ROOT), Assistant.load(ROOT, models / MODEL), console
        )
        console.print(f"Playing two weeks ({now_utc():%H:%M:%S}) ...")
        await fortnight.play()
        console.print("Taking pictures ...")
        await photograph(fortnight, folder)
        await connection.close()
    finally:
        store.stop()
        shutil.rmtree(home)


if __name__ == "__main__":
    Path(sys.argv[1]).mkdir(parents=True, exist_ok=True)
    asyncio.run(main(Path(sys.argv[1])))
