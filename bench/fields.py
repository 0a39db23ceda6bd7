"""How well details are found: `python bench/fields.py` prints a table and one JSON line last.

The 200 messages of tests/understanding/fields.yml were written by somebody who knew neither the
code nor the content; tests/understanding/test_fields.py holds the figures to their targets.
"""

# ruff: noqa: T201  (printing is what it is for)

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from bot.cases import details
from bot.cases.state import Intake
from bot.cases.understanding import Understanding
from bot.nlu.language import LanguageFinder
from bot.nlu.spotting import FieldSpotter
from bot.playbook.content import load_content
from bot.playbook.model import Playbook

ROOT = Path(__file__).parents[1]
MESSAGES = ROOT / "tests" / "understanding" / "fields.yml"
LANGUAGES = LanguageFinder(["en", "de", "pt", "ko"])


@dataclass
class Score:
    """How many details were `meant` by the labels, `found`, and both (`right`); `wrong` names what
    went wrong, message by message."""

    right: int = 0
    found: int = 0
    meant: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.meant if self.meant else 1.0

    def __str__(self) -> str:
        counts = f"{self.right:4} right of {self.found:4} found and {self.meant:4} meant"
        return f"precision {self.precision:.3f}  recall {self.recall:.3f}  ({counts})"


def score(
    messages: Iterable[Mapping[str, Any]], spotter: FieldSpotter, playbook: Playbook
) -> dict[str, Score]:
    """Scores of "all", of each language, of each field, of the odd ids (which were looked at while
    this was built) and of the even ones (which were not)."""
    scores: dict[str, Score] = {}
    for message in messages:
        found = read(message, spotter, playbook)
        seen = "odd" if int(message["id"][1:]) % 2 else "even"
        for name in found.keys() | message["fields"].keys():
            got, meant = found.get(name), message["fields"].get(name)
            right = got is not None and meant is not None and same(got, str(meant))
            for key in ("all", message["language"], name, seen):
                one = scores.setdefault(key, Score())
                one.right += right
                one.found += got is not None
                one.meant += meant is not None
                if not right:
                    one.wrong.append(f"{message['id']} {name}: {got!r}, meant {meant!r}")
    return scores


def read(message: Mapping[str, Any], spotter: FieldSpotter, playbook: Playbook) -> dict[str, str]:
    """What an intake knows after the message, or after its parts one by one."""
    intake = Intake()
    for text in message.get("texts") or [message["text"]]:
        language, _ = LANGUAGES.find(text)
        found = {detail.field: detail.value for detail in spotter.find(text, language)}
        heard = Understanding(text, "report/other", 0.5, fields=found)
        intake.said.append(heard)
        details.read(heard, intake, playbook)
    return details.known(intake)


def same(got: str, meant: str) -> bool:
    return _bare(got) == _bare(meant)


def _bare(value: str) -> str:
    """In small letters, without spaces, end punctuation and cents that are naught; our catalogue
    knows which PlayStation it is, the labels do not."""
    small = re.sub(r"\s+", "", value.casefold()).strip(".,!?")
    small = re.sub(r"^(playstation)\d$", r"\1", small)
    return re.sub(r"\.00(?=[a-z]{3}$)", "", small)


def show(scores: Mapping[str, Score]) -> None:
    order = ["all", "odd", "even", "en", "de", "pt", "ko"]
    for name in [*order, *sorted(scores.keys() - set(order))]:
        print(f"{name:14} {scores[name]}")


def main() -> None:
    playbook = load_content(ROOT).playbook
    messages = yaml.safe_load(MESSAGES.read_text("utf-8"))
    scores = score(messages, FieldSpotter(playbook.fields), playbook)
    show(scores)
    figures = {
        name: {"precision": round(one.precision, 4), "recall": round(one.recall, 4)}
        for name, one in sorted(scores.items())
    }
    print(json.dumps({"messages": len(messages), **figures}))


if __name__ == "__main__":
    main()
