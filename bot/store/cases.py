"""Cases as readers want them: listed, filtered, paged, with their transcript."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.cases.case import Case
from bot.cases.case import Line as TranscriptLine
from bot.cases.queue import sort_queue
from bot.cases.timestamps import read_utc
from bot.errors import BadRequest
from bot.store.connection import Connection, answering
from bot.store.conversations import Conversations

FILTERS = ("status", "team", "topic", "subtopic", "severity", "channel", "conversation", "assignee")
ORDERS = ("queue", "newest", "oldest")


@dataclass(frozen=True)
class Page:
    """`total` counts all cases that fit the filters, before paging."""

    cases: tuple[Case, ...]
    total: int


class Cases:
    """The cases of one prefix, for reading."""

    def __init__(self, connection: Connection) -> None:
        self._at = connection
        self._conversations = Conversations(connection)

    async def get(self, reference: str) -> Case | None:
        """One case with its transcript."""
        found = await self._conversations.case(reference)
        if found is None:
            return None
        case = found[0]
        async with answering():
            first = await self._at.redis.hget(self._at.keys.case(reference), "from")
        lines = await self._conversations.lines(case.conversation, int(first or 1))
        transcript = tuple(
            TranscriptLine(line.speaker, read_utc(line.at), line.text)  # type: ignore[arg-type]
            for line in lines
        )
        return dataclasses.replace(case, transcript=transcript)

    async def find(
        self, filters: Mapping[str, str], order: str, offset: int, limit: int, now: datetime
    ) -> Page:
        """Cases without transcripts. Raises BadRequest for an unknown filter or order."""
        if unknown := sorted(set(filters) - set(FILTERS)):
            raise BadRequest(
                "unknown_filter", f"unknown filter {unknown[0]}; valid are {', '.join(FILTERS)}"
            )
        if order not in ORDERS:
            raise BadRequest("unknown_order", f"unknown order; valid are {', '.join(ORDERS)}")
        fitting = [case for case in await self.all() if _fits(case, filters)]
        if order == "queue":
            fitting = sort_queue(fitting)
        elif order == "newest":
            fitting.reverse()
        return Page(tuple(fitting[offset : offset + limit]), len(fitting))

    async def all(self) -> list[Case]:
        """Every case, oldest first, without transcripts."""
        keys = self._at.keys
        async with answering():
            references = await self._at.redis.zrange(keys.one("cases"), 0, -1)
            pipe = self._at.redis.pipeline(transaction=False)
            for reference in references:
                pipe.hget(keys.case(reference), "json")
            texts = await pipe.execute()
        return [Case.from_json(json.loads(text)) for text in texts if text]


def _fits(case: Case, filters: Mapping[str, str]) -> bool:
    values = {**{name: getattr(case, name) for name in FILTERS}, "severity": case.severity.word}
    return all(values[name] in wanted.split(",") for name, wanted in filters.items())
