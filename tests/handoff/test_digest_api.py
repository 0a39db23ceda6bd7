"""GET /api/digests: what agents read in the morning."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timezone

import httpx
import pytest

from bot.handoff.digest import MorningDigests
from bot.handoff.settings import HandoffSettings
from bot.playbook.content import Content
from bot.store.connection import Connection
from bot.store.digests import Digests
from bot.store.index import CaseIndex
from bot.store.tokens import Role, Tokens
from bot.web import create_app
from tests.channels.house import Serving
from tests.desk import described
from tests.standing_in import until

from .people import WORDS, Clock, OpenCase

ADDRESS = "/api/digests"


@pytest.fixture
async def browser(
    connection: Connection, content: Content, clock: Clock
) -> AsyncIterator[httpx.AsyncClient]:
    """Its answers are held against the description of the API."""
    serving = await Serving(create_app(connection, content, lambda: clock.now)).start()
    hooks = {"response": [described.check]}
    async with httpx.AsyncClient(base_url=serving.url, event_hooks=hooks) as client:
        yield client
    await serving.stop()


@pytest.fixture
async def morning(
    connection: Connection, content: Content, settings: HandoffSettings, clock: Clock,
    open_case: OpenCase,
) -> None:  # fmt: skip
    """A case of the night, and the digests of Monday."""
    await open_case(team="support")
    clock.now = datetime(2026, 3, 2, 9, 0, tzinfo=timezone.utc)
    index = CaseIndex(connection)
    process = MorningDigests(connection, index, lambda: content, settings, ways={}, clock=clock)
    await process.make_due()


async def signed_in(connection: Connection, role: Role) -> dict[str, str]:
    token = await Tokens(connection).add(f"a-{role}", role, datetime.now(timezone.utc))
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.usefixtures("morning")
async def test_agent_reads_the_latest_digest_of_each_team_with_summaries(
    browser: httpx.AsyncClient, connection: Connection
) -> None:
    answer = await browser.get(ADDRESS, headers=await signed_in(connection, "agent"))

    digests = {digest["team"]: digest for digest in answer.json()["digests"]}
    assert sorted(digests) == ["billing", "community", "logistics", "sales", "support", "trust"]
    digest = digests["support"]
    assert (digest["opens_at"], digest["total"]) == ("2026-03-02T09:00:00Z", 1)
    shown = {
        "case": "ND-7KQ2M4X", "topic": "incident", "severity": "critical", "status": "new",
        "respond_by": "2026-03-01T03:30:00Z", "summary": WORDS,
    }  # fmt: skip
    assert digest["promises"] == digest["breached"] == digest["critical"] == [shown]
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.usefixtures("morning")
async def test_agent_asks_for_some_teams(
    browser: httpx.AsyncClient, connection: Connection
) -> None:
    headers = await signed_in(connection, "agent")
    for query, teams in (
        ("?team=support", ["support"]), ("?team=support,trust", ["support", "trust"]),
        ("?team=trust&team=support", ["support", "trust"]), ("?team=nobody", []),
    ):  # fmt: skip
        found = (await browser.get(ADDRESS + query, headers=headers)).json()["digests"]
        assert [digest["team"] for digest in found] == teams
    assert (await browser.get(f"{ADDRESS}?x=1", headers=headers)).status_code == 400


@pytest.mark.usefixtures("morning")
async def test_case_that_is_gone_has_no_summary(
    browser: httpx.AsyncClient, connection: Connection
) -> None:
    await connection.redis.delete(connection.keys.case("ND-7KQ2M4X"))
    headers = await signed_in(connection, "agent")
    (digest,) = (await browser.get(f"{ADDRESS}?team=support", headers=headers)).json()["digests"]
    assert digest["critical"][0]["summary"] == ""


@pytest.mark.parametrize(("role", "status"), [("channel", 403), ("content", 403), ("lead", 200)])
async def test_only_those_who_read_cases_read_it(
    browser: httpx.AsyncClient, connection: Connection, role: Role, status: int
) -> None:
    answer = await browser.get(ADDRESS, headers=await signed_in(connection, role))
    assert answer.status_code == status
    assert (await browser.get(ADDRESS)).status_code == 401


async def test_web_process_makes_the_digests_by_itself(
    connection: Connection, content: Content, settings: HandoffSettings, clock: Clock
) -> None:
    clock.now = datetime(2026, 3, 2, 9, 0, tzinfo=timezone.utc)
    serving = await Serving(create_app(connection, content, lambda: clock.now, settings)).start()
    await until(lambda: made_digests(connection))
    await serving.stop()


async def made_digests(connection: Connection) -> bool:
    return len(await Digests(connection).latest()) == 6
