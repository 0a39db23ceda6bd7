"""Customers of three channels who number what they write, and platforms that deliver each message
two or three times: twice at once, and half of them once more behind the next message."""

from __future__ import annotations

import asyncio
import json
import random
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx

from bot.clock import Now
from tests.fakes.brand import PATH, SECRET, signature

OPENINGS = (
    "order BN-{place}, a Nook Thermo, says delivered on Monday but nothing has come",
    "My Nook Cam shows a grey screen since yesterday, error E-214, account c{place}@example.com",
    "you took £15.99 twice for brightnook stream, my email is c{place}@example.org",
    "I cannot log in to my account any more, the code never comes",
)
FOLLOWING = (
    "I want to talk to a person about it",
    "it is still not solved",
    "please hurry up with it",
)
_NOT_YET = (202, 429, 503)
_NAP_SECONDS = 0.2
Message = tuple[str, str]
"""Id and text."""


@dataclass
class Numbered(ABC):
    """A customer who writes `(1) ...` to `(4) ...`, which makes one case. `sent` are the ids, and
    `trouble` counts posts that were not taken and had to be made again."""

    client: httpx.AsyncClient
    place: int
    chance: random.Random
    sent: list[str] = field(default_factory=list)
    trouble: int = 0

    @property
    def name(self) -> str:
        return f"c-{self.place}"

    @property
    def texts(self) -> list[str]:
        first = OPENINGS[self.place % len(OPENINGS)].format(place=100_000 + self.place)
        return [f"({number}) {text}" for number, text in enumerate((first, *FOLLOWING), 1)]

    @property
    @abstractmethod
    def conversation(self) -> str:
        """Its name in the store."""

    @abstractmethod
    async def deliver(self, message: Message) -> None:
        """Posts the message once, as often as it takes."""

    async def play(self) -> None:
        late: list[Message] = []
        for text in self.texts:
            message = (uuid4().hex, text)
            self.sent.append(message[0])
            await asyncio.gather(*map(self.deliver, [message, message, *late]))
            late = [message] if self.chance.random() < 0.5 else []
        await asyncio.gather(*map(self.deliver, late))

    async def insist(self, method: str, path: str, wanted: int, **more: Any) -> httpx.Response:
        """The first answer with the status `wanted`, however often it has to be asked for."""
        while True:
            answer = await self._ask(method, path, **more)
            if answer is not None and answer.status_code == wanted:
                return answer
            assert answer is None or answer.status_code in _NOT_YET, answer.text
            self.trouble += 1
            await asyncio.sleep(_NAP_SECONDS)

    async def _ask(self, method: str, path: str, **more: Any) -> httpx.Response | None:
        try:
            return await self.client.request(method, path, **more)
        except httpx.TransportError:
            return None


@dataclass
class OverRest(Numbered):
    """Waits for each answer. `answers` are the (line, text) of replies to each delivery, by id."""

    answers: dict[str, list[list[tuple[int, str]]]] = field(default_factory=dict)

    @property
    def conversation(self) -> str:
        return f"rest:{self.name}"

    async def deliver(self, message: Message) -> None:
        body = {"sender": self.name, "message": message[1], "message_id": message[0]}
        answer = await self.insist("POST", "/webhooks/rest/webhook", 200, json=body)
        replies = [(reply["line"], reply["text"]) for reply in answer.json()]
        self.answers.setdefault(message[0], []).append(replies)


@dataclass
class InChat(Numbered):
    """Writes on without waiting, as in the chat page, and reads the conversation."""

    session: str = ""

    @property
    def conversation(self) -> str:
        return f"webchat:{self.session.split('.')[0]}"

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.session}"}

    async def play(self) -> None:
        answer = await self.insist("POST", "/chat/sessions", 201)
        self.session = answer.json()["session"]
        await super().play()

    async def deliver(self, message: Message) -> None:
        body = {"id": message[0], "text": message[1]}
        await self.insist("POST", "/chat/messages", 202, json=body, headers=self._headers)

    async def read(self) -> list[tuple[int, str]]:
        """Number and text of everything the page shows."""
        answer = await self.insist("GET", "/chat/messages", 200, headers=self._headers)
        return [(shown["line"], shown["text"]) for shown in answer.json()["messages"]]


@dataclass
class OverWebhook(Numbered):
    """Comes through a back end that signs its posts; the replies are posted there."""

    now: Now = field(kw_only=True)

    @property
    def conversation(self) -> str:
        return f"webhook:{self.name}"

    async def deliver(self, message: Message) -> None:
        one = {"id": message[0], "sender": self.name, "text": message[1]}
        body = json.dumps({"messages": [one]}).encode()
        stamp = str(int(self.now().timestamp()))
        headers = {
            "X-Nightdesk-Timestamp": stamp,
            "X-Nightdesk-Signature": signature(SECRET, stamp, body),
        }
        await self.insist("POST", PATH, 200, content=body, headers=headers)
