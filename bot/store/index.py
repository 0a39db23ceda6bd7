"""All cases of the store as rows in this process's memory, so that lists and searches answer at
once however many cases are open.

`nd:changes` names every case by the number of its last change; before a question is asked, the
index reads what was changed since the last one.
"""

from __future__ import annotations

import asyncio
import json
import logging
from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import chain
from operator import attrgetter
from typing import Any, TypeVar

from bot.cases.case import Case
from bot.errors import BadRequest, StoreUnavailable
from bot.store.connection import Connection, answering
from bot.store.rows import Row, fold, make_row

FACETS = ("status", "team", "topic", "subtopic", "severity", "channel", "tag", "language")
FILTERS = (*FACETS, "assignee", "conversation")
ORDERS = ("queue", "newest", "oldest")
MOST_SEARCHED = 200
"""Characters of a search."""

_AT_ONCE = 25
"""Cases read between two breaths of the event loop: some 5 ms of work."""

_MOST_ANSWERS = 100
_LINES_AT_EACH_END = 150
"""Of a long transcript, so many lines are searched at its beginning and at its end."""

_PLACE, _AGE = attrgetter("place"), attrgetter("opened")
_log = logging.getLogger("nightdesk.index")
T = TypeVar("T")


@dataclass(frozen=True)
class Wanted:
    """Which cases: filters in the order of their names, each with the values that fit, and words
    that all occur. An `assignee` is an agent's id or '' for nobody."""

    filters: tuple[tuple[str, frozenset[str]], ...] = ()
    words: tuple[str, ...] = ()

    @classmethod
    def read(cls, query: Mapping[str, str], me: str = "") -> Wanted:
        """Reads filters whose values stand between commas, and `q`; the assignee `me` is the one
        who asks, `none` is nobody. Raises BadRequest for an unknown filter."""
        if unknown := sorted(set(query) - {*FILTERS, "q"}):
            raise BadRequest(
                "unknown_filter",
                f"{len(unknown)} unknown filters; valid are {', '.join(FILTERS)} and q",
            )
        filters = {name: _values(text) for name, text in query.items() if name != "q"}
        if "assignee" in filters:
            named = {"me": me or "me", "none": ""}
            filters["assignee"] = frozenset(named.get(who, who) for who in filters["assignee"])
        words = tuple(fold(query.get("q", "")[:MOST_SEARCHED]).split())
        return cls(tuple(sorted((name, of) for name, of in filters.items() if of)), words)

    def without(self, facet: str) -> Wanted:
        return replace(self, filters=tuple(pair for pair in self.filters if pair[0] != facet))


@dataclass(frozen=True)
class Found:
    """One page of rows; `total` counts all that fit."""

    rows: tuple[Row, ...]
    total: int


class CaseIndex:
    """The rows of one prefix. `catch_up` first, then ask: what was written before `catch_up` was
    called is seen."""

    def __init__(self, connection: Connection) -> None:
        self._at = connection
        self._rows: dict[str, Row] = {}
        self._by_place: list[Row] = []
        self._by_age: list[Row] = []
        self._answers: dict[tuple[Any, ...], Any] = {}
        self._last = 0
        self._complete = False
        self._lock = asyncio.Lock()
        self._asked = self._served = 0

    async def catch_up(self) -> None:
        """Reads what was changed. Raises StoreUnavailable; what was read until then stays."""
        self._asked += 1
        ticket = self._asked
        async with self._lock:
            if self._served >= ticket:
                return  # one that began after we came has read for us
            covered = self._asked
            await self._follow()
            self._served = covered

    async def warm(self) -> None:
        """Reads everything ahead of the first question, as soon as the store is there."""
        while True:
            with suppress(StoreUnavailable):
                return await self.catch_up()
            await asyncio.sleep(1)

    @property
    def size(self) -> int:
        """How many cases there are."""
        return len(self._rows)

    def find(self, wanted: Wanted, order: str, offset: int, limit: int) -> Found:
        """Raises BadRequest for an unknown order."""
        if order not in ORDERS:
            raise BadRequest("unknown_order", f"unknown order; valid are {', '.join(ORDERS)}")
        ordered = self._by_place if order == "queue" else self._by_age
        rows = self._once(("find", wanted, order == "queue"), lambda: _fitting(ordered, wanted))
        if order == "newest":
            rows = rows[::-1]
        return Found(tuple(rows[offset : offset + limit]), len(rows))

    def counts(self, wanted: Wanted, me: str = "") -> dict[str, Any]:
        """How many cases fit, and how many would with another value of each filter:
        {"total", "by": {filter: {value: count}}}, the assignee as `me` and `none`."""
        total, by = self._once(("counts", wanted), lambda: self._counted(wanted))
        mine = by["assignee"].get(me, 0) if me else 0
        assignee = {"me": mine, "none": by["assignee"].get("", 0)}
        return {"total": total, "by": {**by, "assignee": assignee}}

    def _counted(self, wanted: Wanted) -> tuple[int, dict[str, dict[str, int]]]:
        rows = _fitting(self._by_age, Wanted(words=wanted.words))
        chosen = Wanted(wanted.filters)
        fitting = _fitting(rows, chosen)
        filtered = dict(wanted.filters)
        by = {
            facet: _count(_fitting(rows, chosen.without(facet)), facet)
            if facet in filtered
            else _count(fitting, facet)
            for facet in (*FACETS, "assignee")
        }
        return len(fitting), by

    def _once(self, question: tuple[Any, ...], answer: Callable[[], T]) -> T:
        """The answer, computed once until a case changes: open desks ask the same questions."""
        if question not in self._answers:
            if len(self._answers) >= _MOST_ANSWERS:
                self._answers.clear()
            self._answers[question] = answer()
        known: T = self._answers[question]
        return known

    async def _follow(self) -> None:
        keys = self._at.keys
        async with answering():
            pipe = self._at.redis.pipeline(transaction=False)
            pipe.get(keys.one("changes:seq"))
            pipe.zrangebyscore(keys.one("changes"), f"({self._last}", "+inf", withscores=True)
            newest, changed = await pipe.execute()
        if int(newest or 0) < self._last:  # another store, or an emptied one
            self._forget()
            return await self._follow()
        for part in _parts(changed):
            await self._take([reference for reference, _ in part])
            self._last = int(part[-1][1])
        if not self._complete:
            await self._take_older()

    def _forget(self) -> None:
        self._rows, self._by_place, self._by_age = {}, [], []
        self._answers.clear()
        self._last, self._complete = 0, False

    async def _take_older(self) -> None:
        """Cases that were written before changes were numbered."""
        async with answering():
            references = await self._at.redis.zrange(self._at.keys.one("cases"), 0, -1)
        older = [reference for reference in references if reference not in self._rows]
        for part in _parts(older):
            await self._take(part)
        self._complete = True

    async def _take(self, references: Sequence[str]) -> None:
        """Reads cases anew, and lets others have the event loop."""
        told = await self._at.run("cases_read", _LINES_AT_EACH_END, *references)
        for reference, texts in zip(references, json.loads(told), strict=True):
            self._put(reference, _row(reference, *texts) if texts else None)
        self._answers.clear()
        await asyncio.sleep(0)

    def _put(self, reference: str, row: Row | None) -> None:
        """The row in the place of the one that was there; None: there is no such case any more."""
        before = self._rows.pop(reference, None)
        for ordered, key in ((self._by_place, _PLACE), (self._by_age, _AGE)):
            if before is not None:
                del ordered[bisect_left(ordered, key(before), key=key)]
            if row is not None:
                insort(ordered, row, key=key)
        if row is not None:
            self._rows[reference] = row


def _row(reference: str, document: str, *spoken: str) -> Row | None:
    try:
        lines = [json.loads(line) for line in spoken]
        said = [line["text"] for line in lines if line["from"] == "customer"]
        return make_row(Case.from_json(json.loads(document)), said)
    except (KeyError, TypeError, ValueError) as error:
        _log.warning("The case %s cannot be read (%s).", reference, type(error).__name__)
        return None


def _fitting(rows: list[Row], wanted: Wanted) -> list[Row]:
    for name, values in wanted.filters:
        if name == "tag":
            rows = [row for row in rows if not values.isdisjoint(row.tags)]
        else:
            of = attrgetter(name)
            rows = [row for row in rows if of(row) in values]
    for word in wanted.words:
        rows = [row for row in rows if word in row.text]
    return rows


def _count(rows: list[Row], facet: str) -> dict[str, int]:
    if facet == "tag":
        return dict(Counter(chain.from_iterable(row.tags for row in rows)))
    return dict(Counter(map(attrgetter(facet), rows)))


def _values(text: str) -> frozenset[str]:
    return frozenset(value.strip() for value in text.split(",") if value.strip())


def _parts(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for begin in range(0, len(items), _AT_ONCE):
        yield items[begin : begin + _AT_ONCE]
