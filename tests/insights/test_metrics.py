"""GET /metrics: what Prometheus reads moves when something happens, and names no customer."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from bot.cases.case import Customer
from bot.desk.rights import RIGHTS
from bot.playbook.content import Content, load_content
from bot.store.connection import Connection
from bot.store.conversations import LEASE_SECONDS, Conversations, Inbound
from bot.store.heartbeat import Heartbeat
from bot.store.keys import Keys
from bot.store.tokens import ROLES, Tokens
from bot.web import create_app
from tests.channels.house import Clock, Serving
from tests.standing_in import StandIn, until, working

ROOT = Path(__file__).parents[2]
RULES = yaml.safe_load((ROOT / "docs" / "alerts.yml").read_text(encoding="utf-8"))
OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
CANARY = "zanzibarcanary"


@pytest.fixture(scope="session")
def content() -> Content:
    return load_content(ROOT / "tests" / "playbook" / "sample", {})


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 11, 21, 23, 30, tzinfo=timezone.utc))


@dataclass
class House:
    """A web process, somebody who reads its figures, and the channel's side of the store."""

    connection: Connection
    clock: Clock
    client: httpx.AsyncClient
    content: Content = field(repr=False)

    async def send(self, text: str, name: str = "ann") -> None:
        store = Conversations(self.connection)
        number = len(await store.lines(f"rest:{name}")) + 1
        message = Inbound(f"m{number}", f"rest:{name}", "rest", Customer(name), text)
        await store.accept(message, self.clock())

    async def answered(self, name: str = "ann") -> None:
        async def done() -> bool:
            return not await Conversations(self.connection).unanswered(f"rest:{name}")

        await until(done)

    async def text(self) -> str:
        await self.connection.tallies.flush(self.connection)
        answer = await self.client.get("/metrics")
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
        return answer.text

    async def value(self, name: str, **labels: str) -> float:
        """One sample. Fails when there is none or more than one."""
        [found] = [
            sample.value
            for family in text_string_to_metric_families(await self.text())
            for sample in family.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        ]
        return float(found)


@pytest.fixture
async def house(connection: Connection, content: Content, clock: Clock) -> AsyncIterator[House]:
    serving = await Serving(create_app(connection, content, clock)).start()
    token = await Tokens(connection).add("prometheus", "monitor")
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=serving.url, headers=headers) as client:
        yield House(connection, clock, client, content)
    await serving.stop()


async def test_prometheus_reads_every_figure_of_a_house_in_which_nothing_happened(
    house: House,
) -> None:
    assert await house.value("nightdesk_conversations", state="waiting") == 0
    assert await house.value("nightdesk_oldest_message_seconds") == 0
    assert await house.value("nightdesk_turns_total", outcome="set_aside") == 0
    assert await house.value("nightdesk_stage_seconds_count", stage="decide") == 0


async def test_waiting_message_gets_older_until_a_worker_answers_it(house: House) -> None:
    await house.send("hello")
    house.clock.forward(seconds=40)
    assert await house.value("nightdesk_conversations", state="waiting") == 1
    assert await house.value("nightdesk_oldest_message_seconds") == 40
    async with working(house.connection, StandIn(), house.content, house.clock):
        await house.answered()
    assert await house.value("nightdesk_oldest_message_seconds") == 0
    assert await house.value("nightdesk_turns_total", outcome="answered") == 1
    waited = {"stage": "wait"}
    assert await house.value("nightdesk_stage_seconds_bucket", le="30.0", **waited) == 0
    assert await house.value("nightdesk_stage_seconds_bucket", le="60.0", **waited) == 1
    assert await house.value("nightdesk_stage_seconds_sum", **waited) == 40


@pytest.mark.parametrize("stage", ["accept", "decide", "commit"])
async def test_each_stage_of_a_turn_is_timed(house: House, stage: str) -> None:
    await house.send("hello")
    async with working(house.connection, StandIn(), house.content, house.clock):
        await house.answered()
    assert await house.value("nightdesk_stage_seconds_count", stage=stage) == 1
    assert await house.value("nightdesk_stage_seconds_sum", stage=stage) > 0


async def test_message_in_the_hands_of_a_dead_worker_still_counts_as_waiting(house: House) -> None:
    await house.send("hello")
    assert (await Conversations(house.connection).claim("killed", house.clock()))[0]
    house.clock.forward(seconds=LEASE_SECONDS + 25)
    assert await house.value("nightdesk_conversations", state="in_hand") == 1
    assert await house.value("nightdesk_oldest_message_seconds") == LEASE_SECONDS + 25


async def test_message_that_is_set_aside_is_counted_with_its_tries_and_its_case(
    house: House,
) -> None:
    await house.send("poison")
    redis, keys = house.connection.redis, house.connection.keys

    async def given_back() -> bool:
        due = await redis.zscore(keys.one("ready"), "rest:ann")
        return due is not None and due > house.clock().timestamp() * 1000

    async with working(house.connection, StandIn(), house.content, house.clock):
        for _ in range(3):
            await until(given_back)
            house.clock.forward(minutes=1)
            await redis.rpush(keys.one("bell"), "the clock was moved")
        await house.answered()
    house.clock.forward(hours=1)
    assert await house.value("nightdesk_turns_total", outcome="failed") == 3
    assert await house.value("nightdesk_turns_total", outcome="set_aside") == 1
    text = await house.text()
    assert sum(map(float, re.findall(r'^nightdesk_open_cases\{.*"new".*} (\S+)$', text, re.M))) == 1
    ages = re.findall(r"^nightdesk_oldest_new_case_seconds\{.*} (\S+)$", text, re.M)
    assert max(map(float, ages)) == 3600


async def test_oldest_case_that_nobody_took_is_told_not_the_latest(house: House) -> None:
    async with working(house.connection, StandIn(), house.content, house.clock):
        for name in ("ann", "bob"):
            await house.send("a case", name)
            await house.answered(name)
            house.clock.forward(hours=1)
    ages = re.findall(r"^nightdesk_oldest_new_case_seconds\{.*} (\S+)$", await house.text(), re.M)
    assert max(map(float, ages)) == 7200


async def test_worker_that_falls_silent_is_alive_no_more(
    house: House, connection: Connection
) -> None:
    beat = Heartbeat(connection, "worker", "w1", trained=1234.5)
    await beat._beat(time.time() + 5)
    assert await house.value("nightdesk_processes_alive", role="worker") == 1
    of_model = "nightdesk_model_trained_timestamp_seconds"
    assert await house.value(of_model, which="oldest") == 1234.5
    await beat._beat(time.time() - 1)
    assert await house.value("nightdesk_processes_alive", role="worker") == 0
    assert of_model not in names_of(await house.text(), samples=True)


async def test_reader_that_does_not_read_falls_behind(house: House) -> None:
    redis: Any = house.connection.redis
    events = house.connection.keys.one("events")
    await redis.xgroup_create(events, "on-call", "0", mkstream=True)
    for _ in range(3):
        await house.send("hello")
    assert await house.value("nightdesk_reader_lag_facts", reader="on-call") == 3
    await redis.xreadgroup("on-call", "r1", {events: ">"}, count=2)
    assert await house.value("nightdesk_reader_lag_facts", reader="on-call") == 1
    assert await house.value("nightdesk_reader_unfinished_facts", reader="on-call") == 2


async def test_what_the_clock_should_have_done_is_late(house: House) -> None:
    due = house.clock().timestamp() * 1000
    await house.connection.redis.zadd(house.connection.keys.one("alerts:due"), {"ND-1": due})
    house.clock.forward(minutes=5)
    assert await house.value("nightdesk_clock_late_seconds", what="alerts") == 300
    assert await house.value("nightdesk_clock_late_seconds", what="digests") == 0


async def test_figures_name_no_customer_and_no_team_that_the_playbook_lacks(house: House) -> None:
    name = f"{CANARY}-name"
    await house.send(f"a case {CANARY}", name)
    async with working(house.connection, StandIn(), house.content, house.clock):
        await house.answered(name)
    [reference] = await house.connection.redis.zrange(house.connection.keys.one("cases"), 0, -1)
    text = await house.text()
    assert CANARY not in text
    assert reference not in text
    teams = set(re.findall(r'team="([^"]*)"', text))
    assert teams == {*house.content.playbook.teams, "other"}


async def test_two_processes_add_to_the_same_sums(house: House, connection: Connection) -> None:
    other = Connection("unix:///nowhere.sock", connection.keys).tallies
    other.count("vector:encoded", 2)
    connection.tallies.count("vector:encoded")
    await other.flush(connection)
    assert await house.value("nightdesk_vectors_total", source="encoded") == 3


@pytest.mark.parametrize("role", ROLES)
async def test_figures_are_for_those_who_may_read_them(house: House, role: str) -> None:
    token = await Tokens(house.connection).add("someone", role)
    answer = await house.client.get("/metrics", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == (200 if role in RIGHTS["read_metrics"] else 403)


async def test_figures_are_for_nobody_without_a_token(house: House) -> None:
    answer = await house.client.get("/metrics", headers={"Authorization": "no"})
    assert answer.status_code == 401


async def test_store_that_is_away_makes_the_target_down(content: Content, clock: Clock) -> None:
    away = Connection("unix:///nowhere/at/all.sock", Keys("test"))
    serving = await Serving(create_app(away, content, clock)).start()
    headers = {"Authorization": "Bearer nd_any"}
    async with httpx.AsyncClient(base_url=serving.url, headers=headers) as client:
        assert (await client.get("/metrics")).status_code == 503
    await serving.stop()


# ---- the suggested rules ---------------------------------------------------------------------


def names_of(text: str, samples: bool = False) -> set[str]:
    """The names of all families, those of counters and histograms as their samples have them."""
    families = list(text_string_to_metric_families(text))
    if samples:
        return {sample.name for family in families for sample in family.samples}
    endings = {"counter": "_total", "histogram": "_bucket"}
    return {family.name + endings.get(family.type, "") for family in families}


def rules() -> list[dict[str, Any]]:
    return [rule for group in RULES["groups"] for rule in group["rules"]]


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule["alert"])
async def test_rule_asks_for_figures_and_labels_that_exist(
    house: House, rule: dict[str, Any]
) -> None:
    text = await house.text()
    asked = re.findall(r"(nightdesk_\w+)(?:\{(\w+)=\"(\w+)\"\})?", rule["expr"])
    assert {name for name, _, _ in asked} <= names_of(text)
    assert asked or "up{" in rule["expr"]
    for name, label, value in asked:
        if label and name != "nightdesk_model_trained_timestamp_seconds":  # has no worker here
            assert re.search(rf'^{name}\{{.*{label}="{value}"', text, re.M), (name, label, value)


def test_page_says_what_each_alarm_means() -> None:
    part = OPERATIONS.split("## What each alarm means\n", 1)[1].split("\n## ", 1)[0]
    assert re.findall(r"^\| `(\w+)` \|", part, re.M) == [rule["alert"] for rule in rules()]
