"""Topics of the same situations in four languages: `python bench/languages.py`, one JSON line last.

tests/understanding/languages.yml has 40 situations, each told in English, German, Portuguese and
Korean by somebody who knew neither the code nor the content; situations_told.yml has 104 that name
less and tell more. They are asked of a model trained on the English examples alone, and of one
trained on the content as shipped; topics are those of `nightdesk triage`. The trainings (a minute
or two each) leave the project as it is.
"""

# ruff: noqa: T201  (printing is what it is for)

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from bot.cases.filing import judge_said
from bot.engine.assistant import Assistant
from bot.engine.training import train
from bot.nlu.understood import understanding_from
from bot.playbook.content import Content, load_content

ROOT = Path(__file__).parents[1]
_WRITTEN = ROOT / "tests" / "understanding"
SETS = {"named": _WRITTEN / "languages.yml", "told": _WRITTEN / "situations_told.yml"}
CONTENT = ("config.yml", "domain.yml", "data")
EXAMPLES = "en"
"""The language of the examples that all others are compared with."""
LANGUAGES = (EXAMPLES, "de", "pt", "ko")

Situation = Mapping[str, Any]


def copied(folder: Path, *languages: str) -> Path:
    """The project's content in `folder`; with `languages`, only their examples."""
    for name in CONTENT:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, folder / name)
    for examples in (folder / "data" / "nlu").iterdir():
        if languages and examples.name not in languages:
            shutil.rmtree(examples)
    return folder


def trained(project: Path) -> Assistant:
    return Assistant.load(project, train(project, project / "models"))


async def topics(
    situations: Sequence[Situation], assistant: Assistant, content: Content
) -> dict[str, dict[str, str]]:
    """Language -> situation -> the topic its case would get."""
    found: dict[str, dict[str, str]] = {language: {} for language in LANGUAGES}
    for language in LANGUAGES:
        for one in situations:
            heard = understanding_from(await assistant.parse(one[language]))
            found[language][one["id"]] = judge_said([heard], content).topic
    return found


def accuracy(situations: Sequence[Situation], found: Mapping[str, str]) -> dict[str, float]:
    """Shares of the situations: the very topic, and also one that the labels accept."""
    exact = sum(found[one["id"]] == one["topic"] for one in situations)
    near = sum(found[one["id"]] in (one["topic"], *one["also_ok"]) for one in situations)
    count = len(situations)
    return {"exact": round(exact / count, 4), "also_ok": round(near / count, 4)}


def confusions(
    situations: Sequence[Situation], found: Mapping[str, Mapping[str, str]]
) -> Iterator[str]:
    """What was taken for what, in how many messages of all languages; the most frequent first."""
    wrong = Counter(
        (one["topic"], found[language][one["id"]])
        for language in LANGUAGES
        for one in situations
        if found[language][one["id"]] not in (one["topic"], *one["also_ok"])
    )
    for (meant, got), times in wrong.most_common(5):
        yield f"{meant} taken for {got}: {times}"


def measure(sets: Mapping[str, Sequence[Situation]], *languages: str) -> dict[str, Any]:
    """Prints the tables of one training; `languages` are those of the examples, none: all."""
    with tempfile.TemporaryDirectory() as folder:
        project = copied(Path(folder), *languages)
        assistant, content = trained(project), load_content(project)
    figures = {}
    for name, situations in sets.items():
        found = asyncio.run(topics(situations, assistant, content))
        print(f"{name}, examples in {', '.join(languages) or 'all languages'}")
        figures[name] = shown(situations, found)
    return figures


def shown(
    situations: Sequence[Situation], found: Mapping[str, Mapping[str, str]]
) -> dict[str, Any]:
    """Prints one set's table; returns its figures."""
    figures = {language: accuracy(situations, found[language]) for language in LANGUAGES}
    lag = max(figures[EXAMPLES]["exact"] - figures[name]["exact"] for name in LANGUAGES)
    for language, shares in figures.items():
        print(f"  {language}  exact {shares['exact']:.3f}  with also_ok {shares['also_ok']:.3f}")
    for line in confusions(situations, found):
        print(f"  {line}")
    return {**figures, "furthest_behind_english_points": round(100 * lag, 1)}


def main() -> None:
    vectors = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "var" / "models").resolve()
    vectors.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("SENTENCES_FOLDER", str(vectors))
    sets = {name: yaml.safe_load(file.read_text("utf-8")) for name, file in SETS.items()}
    english, shipped = measure(sets, EXAMPLES), measure(sets)
    counts = {name: len(situations) for name, situations in sets.items()}
    print(json.dumps({"situations": counts, "english_examples": english, "as_shipped": shipped}))


if __name__ == "__main__":
    main()
