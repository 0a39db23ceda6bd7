"""The details found in 200 messages that were written by somebody who knew neither the code nor
the content. `python bench/fields.py` prints the figures."""

from __future__ import annotations

from pathlib import Path

import yaml

from bench.fields import MESSAGES, ROOT, score, show
from bot.nlu.spotting import FieldSpotter
from bot.playbook.content import load_content


def test_details_are_found_and_right_in_messages_written_by_a_stranger() -> None:
    playbook = load_content(ROOT).playbook
    messages = yaml.safe_load(Path(MESSAGES).read_text("utf-8"))
    scores = score(messages, FieldSpotter(playbook.fields), playbook)
    show(scores)
    assert scores["all"].precision >= 0.95
    assert scores["all"].recall >= 0.90
