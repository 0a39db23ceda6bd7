"""What the loader makes of a sound playbook."""

from __future__ import annotations

from pathlib import Path

import yaml

from bot.playbook.content import load_content

SAMPLE = Path(__file__).parent / "sample"


def test_loader_keeps_a_topic_low_when_the_playbook_says_so() -> None:
    content = load_content(SAMPLE)
    stated = yaml.safe_load((SAMPLE / "data/playbook.yml").read_text("utf-8"))["playbook"]["topics"]
    loaded = {name: topic.severity.word for name, topic in content.playbook.topics.items()}
    assert loaded == {name: topic["severity"] for name, topic in stated.items()}
    assert "low" in loaded.values()
