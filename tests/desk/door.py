"""The desk's door as tests knock at it: people, browsers with cookies, forms as they are shown."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import httpx
from argon2 import PasswordHasher

from bot.playbook.content import Content
from bot.store.connection import Connection
from bot.store.links import SETUP, Links
from bot.store.passwords import Passwords
from bot.store.people import People, Person
from bot.store.sessions import Sessions, csrf_of
from bot.store.tokens import Tokens
from tests.channels.house import Clock, Serving

from . import described

PASSWORD = "three green bicycles"
QUICK = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
"""Hashes of people who are there already; what the desk itself hashes is as slow as in earnest."""

_HASHES: dict[str, str] = {}


@dataclass
class Control:
    """An input, select or textarea of a page."""

    attributes: dict[str, str]
    labels: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.attributes.get("name", "")


class Page(HTMLParser):
    """What a browser without scripts would make of a page: forms, controls with labels, text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[dict[str, str]] = []
        self.controls: list[Control] = []
        self.text = ""
        self._labels: dict[str, str] = {}
        self._label: str | None = None
        self._hidden = 0
        self.feed(html)
        for control in self.controls:
            told = self._labels.get(control.attributes.get("id", ""))
            control.labels += [told] if told else []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in ("script", "style", "title"):
            self._hidden += 1
        elif tag == "form":
            self.forms.append(
                {"action": given.get("action", ""), "method": given.get("method", "")}
            )
        elif tag == "label":
            self._label = given.get("for", "")
            self._labels.setdefault(self._label, "")
        elif tag in ("input", "select", "textarea"):
            around = ["around it"] if self._label == "" else []
            self.controls.append(
                Control({**given, "tag": tag, "form": str(len(self.forms))}, around)
            )

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style", "title"):
            self._hidden -= 1
        elif tag == "label":
            self._label = None

    def handle_data(self, data: str) -> None:
        if self._label:
            self._labels[self._label] += data.strip()
        if not self._hidden:
            self.text += " " + " ".join(data.split())

    @property
    def csrf(self) -> str:
        return next(one.attributes["value"] for one in self.controls if one.name == "csrf")

    @property
    def visible(self) -> list[Control]:
        hidden = [("type", "hidden"), ("aria-hidden", "true")]
        return [
            control
            for control in self.controls
            if not any(control.attributes.get(name) == value for name, value in hidden)
        ]


@dataclass
class Door:
    """A running web server with a clock; gives browsers and people."""

    serving: Serving
    connection: Connection
    content: Content
    clock: Clock

    def browser(self, **headers: str) -> httpx.AsyncClient:
        """Every answer of the API to it is held against the API's description."""
        hooks = {"response": [described.check]}
        url = self.serving.url
        return httpx.AsyncClient(base_url=url, headers=headers, timeout=10, event_hooks=hooks)

    async def person(self, role: str = "agent", name: str = "Kim", **more: Any) -> Person:
        """Somebody who can sign in with PASSWORD; the e-mail address is NAME@example.com."""
        given = {"teams": [], "password": PASSWORD, "email": f"{name.lower()}@example.com", **more}
        password = await _hashed(given["password"]) if given["password"] else ""
        now, people = self.clock(), People(self.connection)
        return await people.add(name, given["email"], role, given["teams"], now, password)

    async def as_(self, person: Person) -> httpx.AsyncClient:
        """A browser with a session of this person, which repeats its CSRF token."""
        token = await Sessions(self.connection).begin(person, self.clock())
        browser = self.browser(**{"X-CSRF-Token": csrf_of(token)})
        browser.cookies.set("nd_session", token, domain="127.0.0.1")
        return browser

    async def with_token(self, role: str, name: str = "script") -> httpx.AsyncClient:
        token = await Tokens(self.connection).add(name, role, self.clock())
        return self.browser(Authorization=f"Bearer {token}")

    async def setup_path(self) -> str:
        return "/desk/setup/" + await Links(self.connection).make(SETUP, self.clock())

    async def invite_path(self, person: Person) -> str:
        return "/desk/invite/" + await Links(self.connection).make(person.id, self.clock())


async def _hashed(password: str) -> str:
    """The same password is hashed once for all tests."""
    if password not in _HASHES:
        _HASHES[password] = await Passwords(QUICK).hash(password)
    return _HASHES[password]


async def page_at(browser: httpx.AsyncClient, path: str) -> Page:
    answer = await browser.get(path)
    assert answer.status_code == 200, answer.text
    return Page(answer.text)


async def submit(
    browser: httpx.AsyncClient, path: str, to: str = "", **fields: str | list[str]
) -> httpx.Response:
    """Opens the page at `path` and posts its form with these fields."""
    page = await page_at(browser, path)
    return await browser.post(to or path, data={"csrf": page.csrf, **fields})


async def sign_in(
    browser: httpx.AsyncClient, email: str, password: str = PASSWORD, next: str = ""
) -> httpx.Response:
    query = {"next": next} if next else {}
    path = str(httpx.URL("/desk/sign-in", params=query)) if query else "/desk/sign-in"
    return await submit(browser, path, "/desk/sign-in", email=email, password=password, next=next)


def refusal(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def words(answer: httpx.Response) -> str:
    return re.sub(r"\s+", " ", Page(answer.text).text)
