"""`nightdesk evaluate` on a small project, as its owners run it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from .test_commands import nightdesk

SAMPLE = Path(__file__).parents[1] / "playbook" / "sample"
PIPELINE = """
recipe: default.v1
pipeline:
  - name: bot.nlu.entities.PlaybookEntities
  - name: bot.nlu.intents.LexicalIntents
  - name: bot.nlu.faq.FaqRetrieval
  - name: bot.nlu.signals.Signals
"""
GERMAN = """
version: "3.1"
nlu:
  - intent: report/billing
    examples: |
      - ihr habt zweimal abgebucht
      - die rechnung ist falsch
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    shutil.copytree(SAMPLE, root)
    (root / "config.yml").write_text(PIPELINE, "utf-8")
    (root / "data" / "nlu" / "de").mkdir()
    (root / "data" / "nlu" / "de" / "report.yml").write_text(GERMAN, "utf-8")
    return root


def evaluate(project: Path, *more: str) -> tuple[int, list[str], str]:
    place = ["--root", str(project), "--data-dir", str(project / "var"), "--folds", "2"]
    done = nightdesk("evaluate", *place, "--out", str(project / "out"), *more)
    return done.returncode, done.stdout.splitlines(), done.stderr


def test_figures_mistakes_and_gaps_are_told(project: Path) -> None:
    code, told, errors = evaluate(project)
    assert code == 0, errors
    figures = json.loads(told[-1])
    assert (figures["folds"], figures["encoder"]) == (2, "none")
    assert figures["de"]["reports_right"]["of"] == 2
    assert figures["all"]["size"] == figures["en"]["size"] + 2
    assert any("data/nlu/en/" in line and "2 examples in en" in line for line in told)
    assert any("are not understood" in line or "read as" in line for line in told)
    page = (project / "out" / "index.html").read_text("utf-8")
    assert "2 models that have not seen it" in page
    assert "die rechnung ist falsch" in page


def test_content_with_mistakes_is_not_measured(project: Path) -> None:
    (project / "data" / "voice.yml").write_text("voice: [1]\n", "utf-8")
    code, _, errors = evaluate(project)
    assert code == 1
    assert "data/voice.yml" in errors


def test_component_that_is_not_ours_is_named(project: Path) -> None:
    config = "recipe: default.v1\npipeline:\n  - name: WhitespaceTokenizer\n"
    (project / "config.yml").write_text(config, "utf-8")
    code, _, errors = evaluate(project)
    assert (code, "WhitespaceTokenizer" in errors) == (1, True)
