"""Containerfile, compose.yaml and Caddyfile fit the code: nobody runs them here, so each name they
use (files, commands, options, settings, ports, addresses) is looked up where it is made."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import typer.main
import yaml

from bot.cli import app
from bot.handoff.settings import check_on_call
from bot.handoff.settings import read_settings as read_handoff_settings
from bot.playbook.content import load_content
from bot.settings import Settings, read_settings
from bot.web import create_app

ROOT = Path(__file__).parents[1]
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
CADDY = (ROOT / "deploy" / "Caddyfile").read_text(encoding="utf-8")
OURS = sorted(name for name, it in COMPOSE["services"].items() if it["image"] == "nightdesk")
GIVEN = {"VALKEY_PASSWORD": "0f3a", "SITE_HOST": "desk.example.com"}


def instructions() -> list[tuple[str, str]]:
    """(instruction, arguments) of the Containerfile, continued lines joined."""
    text = (ROOT / "Containerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line.split(maxsplit=1) for line in text.splitlines() if line and line[0] != "#"]
    return [(line[0], line[1]) for line in lines]


def last(instruction: str) -> str:
    return [arguments for name, arguments in instructions() if name == instruction][-1]


def environment_of(service: str) -> dict[str, str]:
    """As compose fills it in, from an .env with only what must be there."""

    def value(match: re.Match[str]) -> str:
        return GIVEN.get(match[1], "")

    given = COMPOSE["services"][service]["environment"]
    return {name: re.sub(r"\$\{(\w+)[^}]*\}", value, text) for name, text in given.items()}


def parsed(arguments: list[str]) -> tuple[str, dict[str, Any]]:
    """What the command line makes of it; click raises for what it does not know."""
    group: Any = typer.main.get_command(app)
    command = group.commands[arguments[0]]
    return arguments[0], command.make_context(arguments[0], arguments[1:]).params


def command_of(service: str) -> list[str]:
    """Of our image; a service with an entrypoint of its own runs it in a shell."""
    described = COMPOSE["services"][service]
    if "entrypoint" in described:
        return re.sub(r"\$\$\(.*?\)", "today", described["entrypoint"][-1]).split()[1:]
    return list(described["command"])


def test_image_copies_only_what_is_there_and_not_kept_from_it() -> None:
    sent = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    copied = [
        source
        for name, arguments in instructions()
        if name == "COPY" and "--from" not in arguments
        for source in arguments.split()[:-1]
    ]
    assert all((ROOT / source).exists() for source in copied)
    assert {f"!{source}" for source in copied} == {line for line in sent if line[0] == "!"}
    assert sent[0] == "*"


def test_image_runs_our_python_as_a_user_without_rights() -> None:
    bases = {arguments.split()[0] for name, arguments in instructions() if name == "FROM"}
    assert all(base.startswith("python:3.10-") for base in bases)
    assert last("USER") == "10001:10001"
    assert json.loads(last("ENTRYPOINT")) == ["nightdesk"]
    name, options = parsed(json.loads(last("CMD")))
    assert (name, options["host"]) == ("serve", "0.0.0.0")
    assert last("EXPOSE") == str(options["port"])


def test_image_uses_the_uv_of_our_own_setup() -> None:
    version = re.search(r"version=(\S+)", (ROOT / "scripts" / "uv").read_text(encoding="utf-8"))
    assert version is not None
    assert any(f"uv=={version[1]} " in arguments for _, arguments in instructions())


def test_image_installs_the_versions_that_are_tested() -> None:
    def pinned(name: str) -> set[str]:
        text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
        return set(re.findall(r"^([\w.\-\[\]]+==[^\s;]+)", text, re.MULTILINE))

    installed = {one.partition("==")[0] for one in pinned("lock-runtime.txt")}
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    needed = re.search(r"^dependencies = \[(.*?)^\]", project, re.MULTILINE | re.DOTALL)
    assert needed is not None
    assert pinned("lock-runtime.txt") < pinned("lock.txt")
    assert {name.lower() for name in re.findall(r'"([\w-]+)', needed[1])} <= installed
    assert not installed & {"pytest", "mypy"}


@pytest.mark.parametrize("service", OURS)
def test_services_run_commands_and_settings_that_we_know(service: str) -> None:
    name, options = parsed(command_of(service))
    settings = read_settings(ROOT, ROOT / "var", environment=environment_of(service))
    assert settings.redis_url == "redis://:0f3a@valkey:6379/0"
    if name == "web":
        assert (options["host"], options["linger"]) == ("0.0.0.0", 5.0)


def test_settings_that_are_left_out_are_no_mistakes() -> None:
    environment = environment_of("web-1")
    handoff = read_handoff_settings(environment, 8080)
    assert handoff.public_url == "https://desk.example.com"
    assert load_content(ROOT, {**environment, "ONCALL_WEBHOOK": ""})
    check_on_call(handoff, load_content(ROOT, environment).playbook)


def test_web_is_asked_where_it_answers() -> None:
    named = set(
        re.findall(r"health_uri (\S+)|127\.0\.0\.1:8080(/\w+)", CADDY + last("HEALTHCHECK"))
    )
    paths = {one or other for one, other in named}
    assert paths == {"/ready"}
    assert f":{Settings(ROOT, ROOT).port}/ready" in last("HEALTHCHECK")
    source = Path(create_app.__code__.co_filename).read_text(encoding="utf-8")
    assert '"/ready"' in source


def test_proxy_sends_to_every_web_service_at_its_port() -> None:
    [line] = re.findall(r"reverse_proxy (.*) \{", CADDY)
    webs = [name for name in OURS if command_of(name)[0] == "web"]
    assert line.split() == [f"{name}:{Settings(ROOT, ROOT).port}" for name in webs]
    assert set(re.findall(r"\{\$(\w+)\}", CADDY)) == set(environment_of("proxy"))
    mounted = [volume.split(":")[0] for volume in COMPOSE["services"]["proxy"]["volumes"]]
    assert (ROOT / mounted[0]).is_file()


def test_only_the_proxy_is_reached_from_outside() -> None:
    assert [name for name, it in COMPOSE["services"].items() if "ports" in it] == ["proxy"]


def test_store_keeps_what_was_answered_and_asks_for_the_password() -> None:
    command = COMPOSE["services"]["valkey"]["command"]
    options = dict(zip(command[1::2], command[2::2], strict=True))
    assert (options["--appendonly"], options["--appendfsync"]) == ("yes", "always")
    assert options["--requirepass"].startswith("${VALKEY_PASSWORD:?")
    replica = COMPOSE["services"]["valkey-replica"]
    at = replica["command"].index("--replicaof")
    assert replica["command"][at + 1] in COMPOSE["services"]
    assert replica["volumes"] != COMPOSE["services"]["valkey"]["volumes"]


def test_every_volume_is_declared_and_used() -> None:
    used = {
        volume.split(":")[0]
        for service in COMPOSE["services"].values()
        for volume in service.get("volumes", [])
        if not volume.startswith(".")
    }
    assert used == set(COMPOSE["volumes"])


def test_image_gets_every_library_that_the_project_names() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    named = project.split("\ndependencies = [\n", 1)[1].split("\n]", 1)[0]
    wanted = {name.lower() for name in re.findall(r'^  "([\w-]+)', named, re.M)}
    lock = (ROOT / "requirements" / "lock-runtime.txt").read_text(encoding="utf-8")
    assert wanted - set(re.findall(r"^([\w-]+)==", lock, re.M)) == set()
