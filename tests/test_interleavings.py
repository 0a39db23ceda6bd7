"""Whatever happens in whatever order: no message is answered by both bot and person, none by
neither, and two who claim at once never both have a case."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
from collections.abc import Iterator
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest

from bot.cases.case import Case
from bot.cases.timestamps import read_utc
from bot.errors import BadRequest
from bot.playbook.content import load_content
from bot.store.connection import Connection
from bot.store.conversations import Conversations, Line
from bot.store.desk_steps import Handling
from bot.store.embedded import EmbeddedStore
from bot.store.keys import Keys
from tests.handoff.people import Clock, a_case, put_case
from tests.interleaving import AGENTS, CONVERSATION, MONDAY, Bedlam, Interrupted

ROOT = Path(__file__).parents[1]
SEQUENCES = int(os.environ.get("SEQUENCES", "10000"))
STEPS = 12
PROCESSES = 1 if "PYTEST_XDIST_WORKER" in os.environ else 2
"""Alone it takes both of a small machine's processors; beside another test process, one."""


@pytest.fixture(scope="module")
def quick_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedStore]:
    """A real server that does not wait for the disk: what is tested here is order."""
    server = EmbeddedStore(tmp_path_factory.mktemp("quick"))
    server.start()
    yield server
    server.stop()


def test_every_message_is_answered_by_the_bot_or_a_person_never_by_both(
    quick_store: EmbeddedStore,
) -> None:
    jobs = [(quick_store.url, first) for first in range(PROCESSES)]
    with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
        played = sum(pool.starmap(_play_its_share, jobs))
    assert played == SEQUENCES


def _play_its_share(url: str, first: int) -> int:
    return asyncio.run(_play(url, range(first, SEQUENCES, PROCESSES)))


async def _play(url: str, seeds: range) -> int:
    content = load_content(ROOT)
    for seed in seeds:
        connection = Interrupted(url, Keys(f"bedlam{seed}"))
        if seed < 2:
            await connection.redis.config_set("appendfsync", "no")
        bedlam = Bedlam(connection, content, seed)
        try:
            await bedlam.play(STEPS)
            await _check(bedlam)
        except BaseException as error:
            raise AssertionError(f"seed {seed}: {bedlam.deeds}: {error!r}") from error
        keys = [key async for key in connection.redis.scan_iter(f"bedlam{seed}:*", 1000)]
        await connection.redis.delete(*keys)
        await connection.close()
        await connection.redis.connection_pool.disconnect()
    return len(seeds)


async def _check(bedlam: Bedlam) -> None:
    lines, cases = await bedlam.lines(), await bedlam.cases()
    customers = [line for line in lines if line.speaker == "customer"]
    assert len(customers) == bedlam.sent, "a message is in the transcript once"
    assert await bedlam.store.inbox_lines(CONVERSATION) == set(), "nothing waits for ever"
    given_back = [text for texts in bedlam.handed_back for text in texts]
    assert len(given_back) == len(set(given_back)), "handed to the bot once"
    for line in customers:
        span = await bedlam.store.replies_of(CONVERSATION, line.id)
        assert span is not None, "every message had its turn"
        by_bot = [said for said in lines if span[0] <= said.number <= span[1]]
        assert all(said.speaker == "bot" for said in by_bot), "a turn writes the bot's lines"
        if by_bot:
            assert line.text not in given_back, "answered by the bot, and handed to it again"
        elif line.text not in given_back:
            _check_for_person(line, lines, cases)


def _check_for_person(line: Line, lines: list[Line], cases: list[Case]) -> None:
    """A message that the bot left to a person: one wrote after it, or ended the case, or still owes
    the answer."""
    at = read_utc(line.at)
    answered = any(said.speaker == "agent" and said.number > line.number for said in lines)
    owed = any(case.status in ("new", "claimed") for case in cases)
    ended = any(
        entry.what == "resolved" and entry.at >= at for case in cases for entry in case.history
    )
    assert answered or owed or ended, "answered by neither"


async def test_two_processes_that_claim_200_cases_at_once_leave_each_with_one_holder(
    store: EmbeddedStore, connection: Connection
) -> None:
    content, clock = load_content(ROOT), Clock(MONDAY)
    names = [f"ND-{number:07d}" for number in range(200)]
    for name in names:
        await put_case(connection, content, clock, a_case(name, MONDAY), 0, "case_opened")

    processes = multiprocessing.get_context("spawn")
    ready = processes.Barrier(2)
    results = processes.Queue()
    claiming = [
        processes.Process(
            target=_claim_all, args=(store.url, connection.keys.prefix, who, names, ready, results)
        )
        for who in AGENTS
    ]
    for process in claiming:
        process.start()
    outcome = dict([results.get(timeout=60) for _ in claiming])
    for process in claiming:
        process.join(30)

    conversations = Conversations(connection)
    for number, name in enumerate(names):
        found = await conversations.case(name)
        assert found is not None
        holder = found[0].assignee
        (loser,) = [who for who in AGENTS if who != holder]
        assert outcome[holder][number] == "mine"
        assert outcome[loser][number] == f"held_by: {holder} has this conversation ({name})"
    won = {who: said.count("mine") for who, said in outcome.items()}
    assert min(won.values()) > 0, "they really raced"


def _claim_all(
    url: str, prefix: str, who: str, names: list[str], ready: Barrier, results: Queue
) -> None:
    """In a process of its own: claims every case, some at a time."""

    async def run() -> list[str]:
        content = load_content(ROOT)
        connection = Connection(url, Keys(prefix))
        handling = Handling(connection, lambda: content, lambda: MONDAY)
        some = asyncio.Semaphore(8)

        async def one(name: str) -> str:
            async with some:
                try:
                    await handling.claim(name, who)
                except BadRequest as refused:
                    return f"{refused.code}: {refused.message}"
            return "mine"

        await connection.ping()
        ready.wait(60)
        return list(await asyncio.gather(*(one(name) for name in names)))

    results.put((who, asyncio.run(run())))
