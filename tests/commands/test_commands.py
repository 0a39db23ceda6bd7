"""The commands others build on, run as people run them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.cases.case import validate
from tests.running import RunningBot, environment

ROOT = Path(__file__).parents[2]
TRIAGE_KEYS = {
    "id", "language", "topic", "subtopic", "severity", "severity_reasons", "sentiment",
    "wants_human", "details", "faq", "resource",
}  # fmt: skip
CUSTOMERS = [
    {"id": "p1", "messages": ["my order BN-104233 never arrived, jo@example.com"]},
    {"id": "p2", "messages": ["how long is the warranty?"]},
    {"id": "p3", "messages": ["love the new doorbell, great job!"]},
    {
        "id": "p4",
        "turns": [
            {"from": "customer", "text": "hi"},
            {"from": "customer", "text": "somebody hacked my account and changed the password"},
            {"from": "agent", "text": "sorry to hear that"},
            {"from": "customer", "text": "this must not be played"},
        ],
    },
]


def nightdesk(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bot.cli", *map(str, arguments)]
    return subprocess.run(
        command, cwd=ROOT, env=environment(), text=True, capture_output=True, timeout=120
    )


def write_lines(path: Path, records: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


def read_lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def token(running_bot: RunningBot) -> str:
    made = nightdesk(
        "token", "add", "tests", "--role", "channel", "--data-dir", running_bot.data_dir
    )
    assert made.returncode == 0, made.stderr
    assert made.stdout.count("\n") == 1
    return made.stdout.strip()


@pytest.fixture(scope="module", params=["still", "solved"])
def played(
    request: pytest.FixtureRequest,
    running_bot: RunningBot,
    token: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[str, dict[str, dict[str, Any]]]:
    folder = tmp_path_factory.mktemp("replay")
    source, target = write_lines(folder / "in.jsonl", CUSTOMERS), folder / "out.jsonl"
    done = nightdesk(
        "replay", "--input", source, "--output", target, "--url", running_bot.url,
        "--token", token, "--press", request.param,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "outcome" in done.stderr
    return request.param, {line["id"]: line for line in read_lines(target)}


def test_replay_says_how_each_customer_ended(
    played: tuple[str, dict[str, dict[str, Any]]],
) -> None:
    press, lines = played
    outcomes = {name: line["outcome"] for name, line in lines.items()}
    helped = "answered" if press == "solved" else "case"
    assert outcomes == {"p1": helped, "p2": helped, "p3": "acknowledged", "p4": "case"}


def test_replay_writes_the_agreed_keys_and_valid_cases(
    played: tuple[str, dict[str, dict[str, Any]]],
) -> None:
    for line in played[1].values():
        assert set(line) == {
            "id", "outcome", "case", "replies", "turns", "latency_ms", "error",
        }  # fmt: skip
        assert line["error"] is None
        assert len(line["latency_ms"]) == line["turns"]
        if line["case"] is not None:
            validate(line["case"])


def test_replay_plays_nothing_after_the_first_agent(
    played: tuple[str, dict[str, dict[str, Any]]],
) -> None:
    transcript = played[1]["p4"]["case"]["transcript"]
    assert "this must not be played" not in [line["text"] for line in transcript]


def test_replay_refuses_a_line_that_is_no_conversation(tmp_path: Path) -> None:
    source = write_lines(tmp_path / "in.jsonl", [CUSTOMERS[0], {"id": "x", "messages": [7]}])
    done = nightdesk(
        "replay", "--input", source, "--output", tmp_path / "out", "--url", "http://127.0.0.1:9",
        "--token", "none",
    )  # fmt: skip
    assert done.returncode == 1
    assert "in.jsonl:2" in done.stderr


def test_triage_writes_the_agreed_keys_without_a_server(
    trained_model: Path, tmp_path: Path
) -> None:
    shutil.copytree(trained_model.parent, tmp_path / "var" / "models")
    source, target = write_lines(tmp_path / "in.jsonl", CUSTOMERS), tmp_path / "out.jsonl"
    done = nightdesk(
        "triage", "--input", source, "--output", target, "--data-dir", tmp_path / "var"
    )
    assert done.returncode == 0, done.stderr
    lines = {line["id"]: line for line in read_lines(target)}
    assert all(set(line) == TRIAGE_KEYS for line in lines.values())
    assert lines["p1"]["details"]["order_number"] == "BN-104233"
    assert lines["p1"]["resource"]["url"].startswith("https://")
    assert lines["p2"]["faq"][0] == "warranty"
    assert (lines["p4"]["topic"], lines["p4"]["severity"]) == ("account_access", "critical")


def test_triage_without_a_model_says_what_to_run(tmp_path: Path) -> None:
    source = write_lines(tmp_path / "in.jsonl", CUSTOMERS)
    done = nightdesk(
        "triage", "--input", source, "--output", tmp_path / "out", "--data-dir", tmp_path / "var"
    )
    assert done.returncode == 1
    assert "nightdesk train" in done.stderr


def test_agent_sees_the_cases_in_the_terminal(
    running_bot: RunningBot, played: tuple[str, dict[str, dict[str, Any]]], tmp_path: Path
) -> None:
    where = ("--data-dir", running_bot.data_dir)
    reference = played[1]["p4"]["case"]["id"]
    assert reference in nightdesk("cases", "list", *where).stdout
    shown = nightdesk("cases", "show", reference, *where)
    assert "critical" in shown.stdout
    assert "somebody hacked my account" in shown.stdout
    assert nightdesk("cases", "export", "--output", tmp_path / "out", *where).returncode == 0
    exported = read_lines(tmp_path / "out")
    assert reference in [case["id"] for case in exported]
    for case in exported:
        validate(case)


def test_case_that_is_not_there_is_named(running_bot: RunningBot) -> None:
    done = nightdesk("cases", "show", "ND-2222222", "--data-dir", running_bot.data_dir)
    assert done.returncode == 1
    assert "ND-2222222" in done.stderr


def test_token_with_a_wrong_role_is_refused(running_bot: RunningBot) -> None:
    done = nightdesk("token", "add", "x", "--role", "boss", "--data-dir", running_bot.data_dir)
    assert done.returncode == 1
    assert "channel, agent, lead, content, admin" in done.stderr


def test_customer_chats_in_the_terminal(running_bot: RunningBot) -> None:
    command = [sys.executable, "-m", "bot.cli", "chat", "--url", running_bot.url]
    done = subprocess.run(
        [*command, "--data-dir", str(running_bot.data_dir)],
        cwd=ROOT, env=environment(), text=True, capture_output=True, timeout=60,
        input="my Nook Cam keeps going offline\n2\n",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "devices/offline" in done.stdout
    assert "since when" in done.stdout


def test_health_is_good(running_bot: RunningBot) -> None:
    assert httpx.get(f"{running_bot.url}/health").json()["status"] == "ok"
