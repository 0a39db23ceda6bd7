"""A content owner's evening: a new topic and a changed text, in data/ alone.

The edits are the YAML blocks of README.md whose first line names a file of data/.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.engine.assistant import Assistant
from bot.engine.training import train
from bot.playbook.content import load_content
from tests.talking import Talk

ROOT = Path(__file__).parents[1]
NIGHT = datetime(2026, 3, 4, 2, 30, tzinfo=timezone.utc)
BLOCK = re.compile(r"^```yaml\n# (data/\S+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def edits() -> dict[str, str]:
    """The edits that README.md shows: file -> what is added or changed in it, as YAML."""
    return dict(BLOCK.findall((ROOT / "README.md").read_text(encoding="utf-8")))


def make(edit: str, file: Path) -> None:
    """A new file is the edit; an old one keeps what the edit does not change."""
    if file.exists():
        whole = merged(yaml.safe_load(file.read_text("utf-8")), yaml.safe_load(edit))
        edit = yaml.safe_dump(whole, sort_keys=False)
    file.write_text(edit, encoding="utf-8")


def merged(old: Any, new: Any) -> Any:
    """Mappings key by key; lists are made longer; all else is replaced."""
    if isinstance(old, dict) and isinstance(new, dict):
        return {**old, **{key: merged(old.get(key), value) for key, value in new.items()}}
    if isinstance(old, list) and isinstance(new, list):
        return [*old, *new]
    return new


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project's content with the edits made."""
    folder = tmp_path_factory.mktemp("project")
    shutil.copytree(ROOT / "data", folder / "data")
    for name in ("config.yml", "domain.yml"):
        shutil.copy(ROOT / name, folder)
    for path, edit in edits().items():
        make(edit, folder / path)
    return folder


@pytest.fixture(scope="module")
async def customer(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Talk:
    """The whole conversation, on a model trained on the edited content."""
    model = train(project, tmp_path_factory.mktemp("models"))
    return Talk(Assistant.load(project, model), load_content(project), NIGHT)


def test_readme_shows_the_edits() -> None:
    assert set(edits()) == {
        "data/playbook.yml",
        "data/nlu/en/report_repair_visit.yml",
        "data/texts/en/conversation.yml",
    }


def test_check_finds_no_mistake_in_the_edits(project: Path) -> None:
    command = [sys.executable, "-m", "bot.cli", "check", "--root", str(project)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout.strip()) == (0, "The content is in order.")


async def test_new_topic_is_taken_in_when_only_data_was_edited(customer: Talk) -> None:
    await customer.say("hello, nobody showed up for my repair yesterday")
    assert customer.text.startswith("Good evening! Nia here, Brightnook's night shift.")  # changed
    assert "an engineer's visit" in customer.text
    assert customer.asked == ["visit_number", "time_of_day"]
    assert "the number of your visit" in customer.text
    assert "whether mornings or afternoons suit you" in customer.text

    await customer.say("it was R20417, and before noon is best")
    case = customer.case
    assert case is not None
    assert customer.kinds == ["receipt"]
    assert (case.topic, case.subtopic, case.team) == ("repair_visit", "missed", "logistics")
    assert case.details["visit_number"].value == "R20417"
    assert case.details["time_of_day"].value == "morning"
    assert case.severity.word == "high"
    assert "An engineer did not come" in case.severity_reasons
