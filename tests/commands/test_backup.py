"""Backup, wipe, restore on another folder: every case is there, and every conversation goes on."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.conftest import ROOT
from tests.killing import House

REST = "/webhooks/rest/webhook"
COMPLETE = (
    "order BN-730416, a Nook Thermo, says delivered on Monday but nothing has come, "
    "my email is kel.dawes@example.org"
)
HALF = "my Nook Cam shows a grey screen since yesterday, error E-214"


@pytest.fixture
def house(trained_model: Path, tmp_path: Path) -> House:
    (tmp_path / "old").mkdir()
    return House(ROOT, trained_model.parent, tmp_path / "old")


def say(house: House, token: str, sender: str, text: str) -> list[dict[str, Any]]:
    """Says it until there is an answer; a message with its id counts once."""
    message = {"sender": sender, "message": text, "message_id": uuid4().hex}
    headers = {"Authorization": f"Bearer {token}"}
    for _ in range(10):
        answer = httpx.post(f"{house.url}{REST}", json=message, headers=headers, timeout=20)
        if answer.status_code == 200:
            return list(answer.json())
    raise AssertionError(house.log[-2000:])


def to_the_end(house: House, token: str, sender: str, text: str) -> str:
    """Says it, skips what is asked, and returns the receipt."""
    for _ in range(8):
        for reply in say(house, token, sender, text):
            if reply["kind"] == "receipt":
                return str(reply["text"])
        text = "skip"
    raise AssertionError("no receipt")


def cases(house: House, token: str) -> list[dict[str, Any]]:
    """Every case with its transcript."""
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=house.url, headers=headers, timeout=20) as client:
        listed = client.get("/api/cases", params={"limit": 200, "order": "oldest"}).json()["cases"]
        whole = [client.get(f"/api/cases/{case['id']}").json() for case in listed]
    return [{key: case[key] for key in case if key != "now"} for case in whole]


def test_every_case_is_there_and_every_open_conversation_goes_on_after_a_wipe(
    house: House, tmp_path: Path
) -> None:
    file, elsewhere = tmp_path / "night.rdb", tmp_path / "elsewhere"
    house.serve()
    try:
        house.wait_until_ready()
        token = house.run("token", "add", "tests", "--role", "admin").stdout.strip()
        for number in range(3):
            to_the_end(house, token, f"complete-{number}", COMPLETE)
            say(house, token, f"half-{number}", HALF)
        before = cases(house, token)
        done = house.run("backup", str(file))
        assert (done.returncode, "6 conversations" in done.stderr) == (0, True), done.stderr
        assert file.stat().st_mode & 0o077 == 0
        refused = house.run("backup", str(file))
        assert (refused.returncode, "not overwritten" in refused.stderr) == (1, True)
        beside = house.run("restore", str(file))
        assert (beside.returncode, "already running" in beside.stderr) == (1, True)
        house.interrupt()
        shutil.rmtree(house.data_dir / "store")

        shutil.move(house.data_dir, elsewhere)
        house.data_dir = elsewhere
        restored = house.run("restore", str(file))
        assert (restored.returncode, "6 conversations" in restored.stderr) == (0, True)
        again = house.run("restore", str(file))
        assert (again.returncode, "holds a store already" in again.stderr) == (1, True)
        house.serve()
        house.wait_until_ready()
        assert cases(house, token) == before
        assert len(before) == 3
        for number in range(3):
            receipt = to_the_end(house, token, f"half-{number}", "jo@example.com")
            assert "E-214" in receipt  # said before the backup
        assert len(cases(house, token)) == 6
    finally:
        house.end()


def test_folder_without_a_store_has_nothing_to_back_up(tmp_path: Path, house: House) -> None:
    done = house.run("backup", str(tmp_path / "file"))
    assert (done.returncode, done.stderr) == (1, "There is no store in var/.\n")
    assert not (tmp_path / "file").exists()
