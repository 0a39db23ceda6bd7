"""The rules of the house: who may import whom, how big things are, what no file may hold."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = sorted([*(ROOT / "bot").rglob("*.py"), *(ROOT / "actions").rglob("*.py")])

INNER = {"cases", "playbook", "store", "errors", "clock", "settings", "tasks"}
MAY_IMPORT = {
    "errors": set(),
    "clock": set(),
    "tasks": {"errors"},
    "settings": {"errors", "store"},
    "playbook": {"errors"},
    "cases": {"playbook"},
    "store": {"cases", "errors", "playbook"},
    "nlu": {"cases", "playbook"},
    "actions": {"cases", "playbook", "nlu"},
    "engine": {"cases", "playbook", "errors"},
    "http": {"errors"},
    "channels": {*INNER, "http"},
    "handoff": {*INNER, "http"},
    "desk": {*INNER, "http"},
    "insights": {*INNER, "desk", "http"},
    "web": {*INNER, "channels", "desk", "handoff", "insights"},
    "worker": {*INNER, "engine"},
    "supervisor": {*INNER, "engine"},
    "processes": {"http", *INNER, "channels", "engine", "handoff", "web", "worker"},
    "commands": {*INNER, "channels", "engine", "nlu", "supervisor", "handoff", "insights"},
    "cli": {"commands", "errors", "processes", "settings"},
}
"""Each room of the house -> the rooms it may look into besides itself. Nothing looks outward."""

OUTSIDE = {
    "rasa": {"engine", "nlu", "worker"},
    "rasa_sdk": {"actions", "engine"},
    "tensorflow": set(),
    "sanic": {"channels", "desk", "handoff", "http", "insights", "web"},
    "matplotlib": {"insights"},
    "prometheus_client": {"insights"},
    "redis": {"store", "handoff"},
}
"""Libraries -> the rooms that may import them."""

BANNED_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "misc"}
MOST_LINES = 400


def room_of(path: Path) -> str:
    """bot/cases/dialogue.py and bot/cases/__init__.py -> cases; bot/web.py -> web."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return parts[0] if parts[0] != "bot" else parts[1]


def imports_of(path: Path) -> Iterator[str]:
    """The dotted names of all imports, those inside functions too, relative ones made absolute."""
    package = list(path.relative_to(ROOT).parent.parts)
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield from (f"{base}.{alias.name}" for alias in node.names)


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_imports_point_inward(path: Path) -> None:
    room = room_of(path)
    if room == "__init__":
        return
    seen = {other.split(".")[1] for other in imports_of(path) if other.startswith("bot.")}
    assert seen - MAY_IMPORT[room] <= {room}


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_libraries_stay_in_their_rooms(path: Path) -> None:
    used = {other.split(".")[0] for other in imports_of(path)}
    misplaced = [
        library for library in used & set(OUTSIDE) if room_of(path) not in OUTSIDE[library]
    ]
    assert misplaced == []


def test_web_process_never_imports_rasa() -> None:
    """In a process of its own: what `nightdesk web` loads, directly or not."""
    program = (
        "import sys, bot.cli, bot.processes, bot.web\n"
        "print(sorted({name.split('.')[0] for name in sys.modules}"
        " & {'rasa', 'rasa_sdk', 'tensorflow', 'spacy', 'sklearn'}))"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "[]"


def test_modules_are_named_after_what_is_in_them() -> None:
    assert [name(path) for path in MODULES if path.stem in BANNED_NAMES] == []


def test_modules_stay_small() -> None:
    lines = {name(path): len(path.read_text("utf-8").splitlines()) for path in MODULES}
    assert {path: count for path, count in lines.items() if count >= MOST_LINES} == {}


def test_every_module_says_why_it_exists() -> None:
    silent = [
        name(path)
        for path in MODULES
        if (tree := ast.parse(path.read_text("utf-8"))).body and not ast.get_docstring(tree)
    ]
    assert silent == []


FOLDERS = "|".join(["root", "home", "work", "Users", "mnt", "opt"])
MACHINE_PATH = re.compile(rf"(?<![\w.\-~}}])/(?:{FOLDERS})/\w")
REGISTRY = re.compile(
    r"(?<!emit-)index-url|find-links\s*=|pythonhosted|pypi\.(?:org|io)|artifactory"
)


@pytest.fixture(scope="module")
def tracked() -> dict[str, str]:
    """The text of every file under version control."""
    listing = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listing.returncode:
        pytest.skip("not a git checkout")
    texts = {}
    for path in filter(None, listing.stdout.split("\0")):
        try:
            texts[path] = (ROOT / path).read_text(encoding="utf-8")
        except (UnicodeDecodeError, FileNotFoundError):
            continue  # a picture, or deleted and not committed yet
    return texts


@pytest.mark.parametrize("pattern", [MACHINE_PATH, REGISTRY], ids=["machine path", "registry"])
def test_no_file_names_this_machine_or_a_registry(
    tracked: dict[str, str], pattern: re.Pattern[str]
) -> None:
    found = [
        f"{path}:{number}"
        for path, text in tracked.items()
        for number, line in enumerate(text.splitlines(), start=1)
        if pattern.search(line) and path != "tests/test_architecture.py"
    ]
    assert found == []
