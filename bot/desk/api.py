"""The JSON API of cases: read them, work on them. openapi.yml describes it.

A back end's token (role `channel`) lists and reads the cases of the REST channel, which it started.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, json

from bot.cases.timestamps import write_utc
from bot.clock import Now
from bot.desk.access import Actor, allowed, guarded
from bot.desk.asked import (
    LONGEST_TEXT,
    body_of,
    changes_of,
    flag,
    id_of,
    name_or_none,
    paging,
    text_or_none,
    wanted_cases,
)
from bot.desk.case_view import case_view
from bot.desk.content_view import content_view
from bot.desk.names import Names
from bot.desk.rights import may
from bot.desk.templating import Handler
from bot.errors import BadRequest
from bot.http.requests import text_of
from bot.playbook.content import Content
from bot.store.cases import CaseFile, Cases
from bot.store.connection import Connection
from bot.store.desk_steps import Handling
from bot.store.index import CaseIndex
from bot.store.people import People

_ITS_CHANNEL = "rest"
_PRIVATE = {"Cache-Control": "no-store"}
Step = Callable[[Request, Actor, str], Awaitable[None]]


def case_api(
    connection: Connection,
    index: CaseIndex,
    content: Callable[[], Content],
    now: Now,
    channels: Sequence[str],
) -> Blueprint:
    """The routes below /api/cases, /api/counts and /api/content; `channels` are those in use."""
    routes = Blueprint("case_api", url_prefix="/api")
    _Reading(connection, index, content, now, channels).add_to(routes)
    _Working(connection, content, now).add_to(routes)
    return routes


class _Reading:
    """What is read."""

    def __init__(
        self,
        connection: Connection,
        index: CaseIndex,
        content: Callable[[], Content],
        now: Now,
        channels: Sequence[str],
    ) -> None:
        self._cases = Cases(connection)
        self._names = Names(connection)
        self._index = index
        self._content = content
        self._now = now
        self._channels = channels

    def add_to(self, routes: Blueprint) -> None:
        routes.add_route(guarded("list_cases")(self.find), "/cases", name="find")
        routes.add_route(guarded("read_cases")(self.counts), "/counts", name="counts")
        routes.add_route(guarded("list_cases")(self.one), "/cases/<reference:str>", name="one")
        routes.add_route(guarded("read_cases")(self.content), "/content", name="content")

    async def find(self, request: Request, actor: Actor) -> HTTPResponse:
        """One page of rows; for a back end of whole cases."""
        channel = _ITS_CHANNEL if actor.role == "channel" else ""
        wanted = wanted_cases(request, actor.id, channel)
        order, offset, limit = paging(request)
        await self._index.catch_up()
        found = self._index.find(wanted, order, offset, limit)
        if channel:
            cases = await self._cases.several([row.id for row in found.rows])
            shown = [case.to_json() for case in cases if case.channel == channel]
        else:
            shown = [row.to_json() for row in found.rows]
        page = {"cases": shown, "total": found.total, "offset": offset, "limit": limit}
        return json({**page, "now": write_utc(self._now())}, headers=_PRIVATE)

    async def counts(self, request: Request, actor: Actor) -> HTTPResponse:
        """How many cases fit the filters, and would with other values."""
        wanted = wanted_cases(request, actor.id)
        await self._index.catch_up()
        return json(self._index.counts(wanted, actor.id), headers=_PRIVATE)

    async def one(self, _: Request, actor: Actor, reference: str) -> HTTPResponse:
        file = await known_file(self._cases, reference.upper())
        if actor.role == "channel":
            if file.case.channel != _ITS_CHANNEL:
                raise unknown_case()
            return json(file.complete().to_json(), headers=_PRIVATE)
        return json(await case_view(file, self._names, self._now()), headers=_PRIVATE)

    async def content(self, _: Request, __: Actor) -> HTTPResponse:
        return json(content_view(self._content(), self._channels), headers=_PRIVATE)


class _Working:
    """What people do to a case; every answer is the case as it is then."""

    def __init__(self, connection: Connection, content: Callable[[], Content], now: Now) -> None:
        self._cases = Cases(connection)
        self._names = Names(connection)
        self._people = People(connection)
        self._handling = Handling(connection, content, now, self._names.of)
        self._now = now

    def add_to(self, routes: Blueprint) -> None:
        for method, path, step in (
            ("POST", "/claim", self.claim),
            ("POST", "/replies", self.reply),
            ("POST", "/notes", self.note),
            ("PATCH", "", self.change),
            ("POST", "/transfer", self.transfer),
            ("POST", "/resolve", self.resolve),
            ("POST", "/return", self.give_to_bot),
            ("POST", "/reopen", self.reopen),
        ):
            handler, name = guarded("work_cases")(self._answered(step)), step.__name__
            address = f"/cases/<reference:str>{path}"
            routes.add_route(handler, address, methods=[method], name=name)

    def _answered(self, step: Step) -> Handler:
        async def work(request: Request, actor: Actor, reference: str) -> HTTPResponse:
            await step(request, actor, reference.upper())
            file = await known_file(self._cases, reference.upper())
            return json(await case_view(file, self._names, self._now()), headers=_PRIVATE)

        return work

    async def claim(self, request: Request, actor: Actor, reference: str) -> None:
        take_over = flag(body_of(request, "take_over"), "take_over", False)
        if take_over:
            allowed(actor, "take_from_others")
        await self._handling.claim(reference, actor.id, take_over=take_over)

    async def reply(self, request: Request, actor: Actor, reference: str) -> None:
        body = body_of(request, "id", "text", "waits")
        step, text = id_of(body), text_of(body, "text", longest=LONGEST_TEXT)
        waits = flag(body, "waits", True)
        await self._handling.reply(reference, actor.id, step, text, waits=waits)

    async def note(self, request: Request, actor: Actor, reference: str) -> None:
        body = body_of(request, "id", "text")
        step, text = id_of(body, required=False), text_of(body, "text", longest=LONGEST_TEXT)
        await self._handling.note(reference, actor.id, step, text)

    async def change(self, request: Request, actor: Actor, reference: str) -> None:
        await self._handling.change(reference, actor.id, changes_of(request))

    async def transfer(self, request: Request, actor: Actor, reference: str) -> None:
        """To a team, or (by those who may take from others) to a person."""
        body = body_of(request, "team", "person", "note")
        team, person = name_or_none(body, "team"), name_or_none(body, "person")
        text, over = text_or_none(body, "note"), may(actor.role, "take_from_others")
        if (team is None) == (person is None):
            raise BadRequest("bad_transfer", "send either `team` or `person`")
        if team is not None:
            await self._handling.to_team(reference, actor.id, team, text, take_over=over)
        elif person is not None:
            if person != actor.id:
                allowed(actor, "take_from_others")
            await self._check_person(person)
            await self._handling.to_person(reference, actor.id, person, text, take_over=over)

    async def _check_person(self, person_id: str) -> None:
        person = await self._people.get(person_id)
        if person is None or person.disabled or not may(person.role, "work_cases"):
            raise BadRequest("bad_person", "nobody with this id works on cases")

    async def resolve(self, request: Request, actor: Actor, reference: str) -> None:
        body = body_of(request, "id", "text", "ask_rating")
        step, text = id_of(body), text_or_none(body, "text")
        ask = flag(body, "ask_rating", True)
        await self._handling.resolve(reference, actor.id, step, text, ask_rating=ask)

    async def give_to_bot(self, request: Request, actor: Actor, reference: str) -> None:
        text = text_or_none(body_of(request, "note"), "note")
        over = may(actor.role, "take_from_others")
        await self._handling.give_to_bot(reference, actor.id, text, take_over=over)

    async def reopen(self, request: Request, actor: Actor, reference: str) -> None:
        body_of(request)
        await self._handling.reopen(reference, actor.id)


async def known_file(cases: Cases, reference: str) -> CaseFile:
    """Raises BadRequest (404) when there is no such case."""
    file = await cases.file(reference)
    if file is None:
        raise unknown_case()
    return file


def unknown_case() -> BadRequest:
    return BadRequest("unknown_case", "there is no case with this reference", 404)
