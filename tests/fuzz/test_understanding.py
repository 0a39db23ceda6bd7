"""Any Unicode to a whole house: the real understanding has an answer, and no log tells of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import hypothesis
import pytest
from hypothesis import HealthCheck, Phase, given
from hypothesis import strategies as st

from tests.conftest import ROOT
from tests.killing import House

from .hostile import CANARY, acceptable, texts

MESSAGES = 80
SENDERS = 16
WHILE_AWAY = 20
POSTS = "/webhooks/rest/webhook"


@pytest.fixture(scope="module")
def house(trained_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A running house that logs all it can."""
    home = tmp_path_factory.mktemp("fuzz")
    talkative = {"NIGHTDESK_LOG_LEVEL": "DEBUG"}
    made = House(ROOT, trained_model.parent, home, settings=talkative)
    with made.running():
        yield made


@pytest.fixture(scope="module")
def client(house: House) -> Iterator[httpx.Client]:
    token = house.run("token", "add", "tests", "--role", "admin").stdout.strip()
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=house.url, headers=headers, timeout=30) as made:
        yield made


def say(client: httpx.Client, sender: str, text: str) -> httpx.Response:
    return client.post(POSTS, json={"sender": sender, "message": text})


def no_command(text: str) -> str:
    """What begins with a slash is refused at the door: only buttons send that."""
    return text.lstrip("/ \t\r\n") or "?"


def nothing_is_told(house: House) -> None:
    """Of what customers wrote, or of a fault, in what any process printed."""
    assert CANARY not in house.log
    assert "Traceback" not in house.log


def test_worker_answers_any_text(house: House, client: httpx.Client) -> None:
    @hypothesis.settings(
        max_examples=MESSAGES, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(st.integers(0, SENDERS - 1), texts.map(acceptable).map(no_command))
    def answered(sender: int, text: str) -> None:
        assert say(client, f"fuzz-{sender}", text).status_code == 200, repr(text)

    answered()
    said = client.get("/metrics").text.splitlines()
    turns = {line for line in said if line.startswith("nightdesk_turns_total")}
    assert [line for line in turns if "answered" in line and not line.endswith(" 0.0")]
    for outcome in ("failed", "set_aside"):
        assert [line for line in turns if outcome in line and line.endswith(" 0.0")], turns
    nothing_is_told(house)


def test_nothing_is_told_while_the_store_is_away(house: House, client: httpx.Client) -> None:
    house.kill("store")
    statuses = [
        say(client, f"away-{number}", f"my lamp {CANARY} is dead {number}").status_code
        for number in range(WHILE_AWAY)
    ]
    assert 503 in statuses
    assert set(statuses) <= {200, 202, 503}
    house.wait_until_ready()
    assert say(client, "back", f"hello again {CANARY}").status_code == 200
    nothing_is_told(house)
