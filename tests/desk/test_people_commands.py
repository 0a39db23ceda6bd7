"""`nightdesk people`: the way in for whoever has the machine."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import datetime, timezone
from pathlib import Path

import pytest

from bot.commands.opening import with_store
from bot.commands.people import list_people, reset_link, setup_link
from bot.errors import BadRequest
from bot.settings import Settings
from bot.store.connection import Connection
from bot.store.links import Links
from bot.store.people import People, Person
from bot.store.sign_in import SignIn
from tests.running import RunningBot, environment
from tests.standing_in import until

ROOT = Path(__file__).parents[2]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A store of its own, which nobody serves."""
    return Settings(ROOT, tmp_path)


def set_up(settings: Settings, token: str) -> None:
    async def do(connection: Connection) -> None:
        now = datetime.now(timezone.utc)
        await SignIn(connection).set_up(token, "Ada", "ada@example.com", "a long password", now)

    with_store(settings, do)


def test_setup_link_is_printed_until_somebody_is_there(settings: Settings) -> None:
    link = setup_link(settings)
    assert re.fullmatch(r"http://127\.0\.0\.1:8080/desk/setup/[\w-]{43}", link)
    set_up(settings, link.rsplit("/", 1)[1])
    with pytest.raises(BadRequest, match="reset-link"):
        setup_link(settings)
    [line] = list_people(settings)
    assert re.fullmatch(r"u-\w{6}  Ada  ada@example\.com  admin  -  active", line)


def test_reset_link_is_for_those_who_may_sign_in(settings: Settings) -> None:
    async def hire(connection: Connection) -> Person:
        return await People(connection).add(
            "Bo", "bo@example.com", "agent", ["money"], datetime.now(timezone.utc)
        )

    bo = with_store(settings, hire)
    link = reset_link(settings, "BO@example.com")

    async def owner(connection: Connection) -> str | None:
        token = link.rsplit("/", 1)[1]
        found = await Links(connection).find(token, datetime.now(timezone.utc))
        return found.owner if found else None

    assert with_store(settings, owner) == bo.id
    with pytest.raises(BadRequest, match="nobody signs in as"):
        reset_link(settings, "eve@example.com")

    async def disable(connection: Connection) -> Person:
        return await People(connection).change(bo.id, disabled=True)

    with_store(settings, disable)
    with pytest.raises(BadRequest, match="is disabled"):
        reset_link(settings, "bo@example.com")
    assert list_people(settings)[0].endswith("agent  money  disabled")


def test_links_begin_with_the_public_address(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NIGHTDESK_PUBLIC_URL", "https://desk.example.com/")
    assert setup_link(settings).startswith("https://desk.example.com/desk/setup/")


def test_person_at_the_terminal_gets_the_link_alone(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bot.cli", "people", "setup-link", "--data-dir", str(tmp_path)]
    done = subprocess.run(
        command, cwd=ROOT, env=environment(), text=True, capture_output=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\n") == 1
    assert "/desk/setup/" in done.stdout


async def test_server_that_starts_says_how_to_set_up_the_desk(running_bot: RunningBot) -> None:
    line = re.compile(rf"Set up the desk: {running_bot.url}/desk/setup/[\w-]{{43}}\n")

    async def said() -> bool:
        return line.search(running_bot.log) is not None

    await until(said)
