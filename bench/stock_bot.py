"""The bot that bench/stock.py compares with: bench/stock, trained and served by unmodified Rasa in
the environment that `make stock-check` installs. Its examples are some of Nightdesk's English ones
(with all, its training takes half an hour); every topic is an intent, all questions are one.
"""

from __future__ import annotations

import hashlib
import json
import os
import resource
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bench.stock_load import Door, first_answer
from tests.running import free_port

ROOT = Path(__file__).parents[1]
PROJECT = ROOT / "bench" / "stock"
EXAMPLES = ROOT / "data" / "nlu" / "en"
BINARIES = Path(os.environ.get("STOCK", ROOT / ".tools" / "stock")) / "bin"
CACHE = ROOT / ".cache" / "stock"
MOST_EXAMPLES = 20
_ANSWERED = ("greet", "goodbye", "thanks", "faq", "wants_human")
"""Intents with a response of their own; all others are noted."""
ENDPOINTS = "action_endpoint:\n  url: http://127.0.0.1:{port}/webhook\n"
_ROLES = ("actions", "server")


@dataclass(frozen=True)
class Trained:
    """`model` and what its training took; it is done once and kept."""

    model: Path
    seconds: float
    cpu_seconds: float
    date: str
    examples: int


def examples() -> dict[str, list[str]]:
    """Intent as stock Rasa would name it -> MOST_EXAMPLES at most, from all its files."""
    found: dict[str, list[str]] = {}
    for file in sorted(EXAMPLES.glob("*.yml")):
        for entry in yaml.safe_load(file.read_text("utf-8"))["nlu"]:
            lines = [line.removeprefix("- ") for line in entry["examples"].splitlines() if line]
            found.setdefault(_flat(entry["intent"]), []).extend(lines)
    return {intent: texts[:: -(-len(texts) // MOST_EXAMPLES)] for intent, texts in found.items()}


def _flat(intent: str) -> str:
    return "faq" if intent.startswith("faq/") else intent.replace("/", "_")


def write_project(folder: Path) -> int:
    """Puts the project into `folder`, which must not exist; how many examples it has."""
    shutil.copytree(PROJECT, folder)
    known = examples()
    nlu = [
        {"intent": intent, "examples": "".join(f"- {text}\n" for text in texts)}
        for intent, texts in known.items()
    ]
    _write(folder / "data" / "nlu.yml", {"nlu": nlu})
    _write(folder / "data" / "rules.yml", {"rules": [_rule(intent) for intent in known]})
    _write(folder / "domain" / "intents.yml", {"intents": list(known)})
    return sum(map(len, known.values()))


def _rule(intent: str) -> dict[str, Any]:
    if intent.startswith("report_"):
        does = [{"action": "intake_form"}, {"active_loop": "intake_form"}]
    else:
        does = [{"action": f"utter_{intent if intent in _ANSWERED else 'noted'}"}]
    return {"rule": intent, "steps": [{"intent": intent}, *does]}


def _write(file: Path, content: Mapping[str, Any]) -> None:
    text = yaml.safe_dump({"version": "3.1", **content}, allow_unicode=True, width=1000)
    file.write_text(text, "utf-8")


def trained() -> Trained:
    """The model for the examples as they are; trained when there is none yet (minutes)."""
    with tempfile.TemporaryDirectory() as temporary:
        project = Path(temporary) / "project"
        count = write_project(project)
        kept = CACHE / _fingerprint(project)
        if not (kept / "training.json").exists():
            _train(project, kept, count)
    figures = json.loads((kept / "training.json").read_text("utf-8"))
    return Trained(kept / "stock.tar.gz", **figures)


def _fingerprint(project: Path) -> str:
    digest = hashlib.sha256()
    for file in sorted(project.rglob("*.yml")):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]


def _train(project: Path, kept: Path, count: int) -> None:
    kept.mkdir(parents=True, exist_ok=True)
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [BINARIES / "rasa", "train", "--domain", "domain", "--out", kept]
    with (kept / "training.log").open("wb") as log:
        subprocess.run(
            [*command, "--fixed-model-name", "stock"],
            cwd=project, env=_environment(), stdout=log, stderr=log, check=True,
        )  # fmt: skip
    seconds = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    figures = {
        "seconds": round(seconds, 1),
        "cpu_seconds": round(
            after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 1
        ),
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
        "examples": count,
    }
    (kept / "training.json").write_text(json.dumps(figures), "utf-8")


def _environment() -> dict[str, str]:
    """Ours, without what would lead stock Rasa to Nightdesk's code."""
    ours = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return {**ours, "RASA_TELEMETRY_ENABLED": "false"}


@contextmanager
def serving(model: Path) -> Iterator[tuple[Door, float]]:
    """Server and action server, with Rasa's own defaults (conversations and locks in memory), and
    the seconds from the start to the first answer."""
    with tempfile.TemporaryDirectory() as temporary:
        project = Path(temporary) / "project"
        write_project(project)
        port, actions = free_port(), free_port()
        (project / "credentials.yml").write_text("rest:\n", "utf-8")
        (project / "endpoints.yml").write_text(ENDPOINTS.format(port=actions), "utf-8")
        served = [BINARIES / "rasa", "run", "--model", model, "--port", str(port)]
        commands = [
            [BINARIES / "python", "-m", "rasa_sdk", "--actions", "actions", "-p", str(actions)],
            [*served, "--interface", "127.0.0.1"],
        ]
        began = time.perf_counter()
        with (Path(temporary) / "log").open("wb") as log:
            processes = [
                subprocess.Popen(
                    command, cwd=project, env=_environment(), stdout=log, stderr=log
                )
                for command in commands
            ]  # fmt: skip
        try:
            pids = {role: process.pid for role, process in zip(_ROLES, processes, strict=True)}
            door = Door(f"http://127.0.0.1:{port}", pids)
            yield door, first_answer(door, processes[-1], began)
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait(60)
