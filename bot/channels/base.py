"""The seam of all channels: who calls us passes verify -> parse -> mask -> accept, in this order.

A channel names itself and supplies `verify` and `parse`; storing and answering are the same for
all. Nothing is understood here: a message is on disk before the platform gets its 200.
"""

from __future__ import annotations

import abc
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from sanic.request import Request

from bot.cases.masking import Masker
from bot.store.conversations import Accepted, Conversations, Inbound
from bot.store.listening import Listening
from bot.store.tokens import Tokens


@dataclass(frozen=True)
class Reception:
    """What every channel needs of the house. `now` is the clock."""

    conversations: Conversations
    listening: Listening
    tokens: Tokens
    masker: Masker
    now: Callable[[], datetime]


class Channel(abc.ABC):
    """One way customers reach the brand. `burst_seconds`: messages that come within so much time
    become one turn. `posted`: replies are posted to the platform, see `outgoing.PostedChannel`."""

    name: ClassVar[str]
    burst_seconds: ClassVar[float] = 2.0
    posted: ClassVar[bool] = False

    def __init__(self, reception: Reception, settings: Mapping[str, object]) -> None:
        self.reception = reception
        self.settings = settings

    @abc.abstractmethod
    async def verify(self, request: Request) -> None:
        """Raises BadRequest (401 or 403) unless the caller, by the raw body, is who it says."""

    @abc.abstractmethod
    async def parse(self, request: Request) -> list[Inbound]:
        """Every message in the request. Raises BadRequest for what cannot be one."""

    async def receive(self, request: Request) -> list[tuple[Inbound, Accepted]]:
        """Verifies, parses, masks and stores; each message durably, once."""
        await self.verify(request)
        messages = [self._masked(message) for message in await self.parse(request)]
        return [(message, await self._accept(message)) for message in messages]

    def _masked(self, message: Inbound) -> Inbound:
        mask, customer = self.reception.masker.mask, message.customer
        name = customer.name and mask(customer.name)
        handle = customer.handle and mask(customer.handle)
        customer = replace(customer, name=name, handle=handle)
        files = (replace(one, name=one.name and mask(one.name)) for one in message.attachments)
        return replace(
            message,
            text=mask(message.text),
            customer=customer,
            attachments=tuple(files),
            merges=self.burst_seconds > 0,
            posted=self.posted,
        )

    async def _accept(self, message: Inbound) -> Accepted:
        now = self.reception.now()
        return await self.reception.conversations.accept(message, now, self.burst_seconds)
