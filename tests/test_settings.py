"""Settings: docs/settings.md says what the code reads, and what is wrong is refused by name."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

from bot.cli import app
from bot.errors import ConfigurationError
from bot.handoff.settings import KEYS as HANDOFF
from bot.settings import KNOWN, PREFIX, read_settings

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
NO_DEFAULT = {"must be given", "standard output", "one is made", "all", "none"}


def rows(heading: str) -> Iterator[list[str]]:
    """The cells of the table below `heading`."""
    part = PAGE.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    for line in part.splitlines():
        if line.startswith("| `"):
            yield [cell.strip() for cell in line.strip("|").split(" | ")]


def commands(group: Any, before: str = "") -> Iterator[tuple[str, Any]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, f"{before}{name} ")
        elif not command.hidden:
            yield before + name, command


def options_of_code() -> set[tuple[str, str, str]]:
    """(command, option, default); a default that is none is ''."""
    return {
        (name, option.opts[0], "" if option.default in (None, "") else str(option.default))
        for name, command in commands(typer.main.get_command(app))
        for option in command.params
        if option.param_type_name == "option" and not option.hidden and option.name != "help"
    }


def options_of_page() -> set[tuple[str, str, str]]:
    return {
        (name, option.strip("`"), "" if default in NO_DEFAULT else default.strip("`"))
        for option, of, _, default in rows("Options")
        for name in re.findall(r"`([^`]+)`", of)
    }


def refused(**environment: str) -> str:
    with pytest.raises(ConfigurationError) as error:
        read_settings(Path(), Path("var"), environment=environment)
    return str(error.value)


def test_page_lists_exactly_the_variables_the_code_knows() -> None:
    assert [name.strip("`") for name, *_ in rows("Environment")] == list(KNOWN)
    assert set(HANDOFF) <= set(KNOWN)


def test_page_lists_exactly_the_options_and_defaults_of_the_commands() -> None:
    assert options_of_page() == options_of_code()


def test_code_reads_no_variable_that_is_not_known() -> None:
    sources = [path.read_text("utf-8") for path in (ROOT / "bot").rglob("*.py")]
    named = {name for text in sources for name in re.findall(rf'"({PREFIX}\w+)"', text)}
    assert named == {name for name in KNOWN if name.startswith(PREFIX)}


def test_defaults_need_no_environment() -> None:
    settings = read_settings(Path(), Path("var"), environment={})
    assert (settings.host, settings.port, settings.redis_url) == ("127.0.0.1", 8080, "")
    assert settings.root.is_absolute()


def test_unknown_variable_is_refused_with_the_nearest_known() -> None:
    said = refused(NIGHTDESK_PUBLIC_ULR="https://desk.example.com")
    assert "NIGHTDESK_PUBLIC_ULR" in said
    assert "did you mean NIGHTDESK_PUBLIC_URL?" in said
    assert "desk.example.com" not in said


def test_all_mistakes_are_named_at_once() -> None:
    said = refused(NIGHTDESK_LOG_LEVEL="loud", NIGHTDESK_CLOCK_SHIFT="soon", NIGHTDESK_X="1")
    assert [line.split("]")[0] for line in said.splitlines()] == [
        "environment [NIGHTDESK_X",
        "environment [NIGHTDESK_LOG_LEVEL",
        "environment [NIGHTDESK_CLOCK_SHIFT",
    ]
    assert "DEBUG, INFO, WARNING, ERROR" in said


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_port_that_cannot_be_is_refused(port: int) -> None:
    with pytest.raises(ConfigurationError, match="1 to 65535"):
        read_settings(Path(), Path("var"), port=port, environment={})


def test_other_programs_variables_are_left_alone() -> None:
    read_settings(Path(), Path("var"), environment={"NIGHT": "1", "REDIS_HOST": "x"})


def test_store_address_is_not_shown() -> None:
    settings = read_settings(
        Path(), Path("var"), environment={"REDIS_URL": "redis://:hush@store:6379/0"}
    )
    assert settings.redis_url
    assert "hush" not in repr(settings)


def test_store_address_that_cannot_be_read_is_refused_without_being_shown() -> None:
    said = refused(REDIS_URL="redis+sentinel://:hush@store:26379")
    assert "environment [REDIS_URL]: it names no service" in said
    assert "redis+sentinel://host:26379,host2:26379/mymaster/0" in said
    assert "hush" not in said


def test_person_at_the_terminal_is_told_the_mistake_without_traceback(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "bot.cli", "cases", "list", "--data-dir", str(tmp_path)],
        cwd=ROOT, env={**os.environ, "NIGHTDESK_SMTP": "x"}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert run.returncode == 1
    assert "did you mean NIGHTDESK_SMTP_URL?" in run.stderr
    assert "Traceback" not in run.stderr
