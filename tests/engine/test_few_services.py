"""What a worker loads, each time in a fresh process."""

from __future__ import annotations

import subprocess
import sys

from bot.engine.few_services import _OF_OTHERS, _OF_RASA
from tests.conftest import ROOT

LEFT_OUT = (
    "aiogram",
    "apscheduler",
    "boto3",
    "matplotlib",
    "pymongo",
    "sklearn",
    "slack_sdk",
    "twilio",
)
LOADS = """
import sys
from pathlib import Path
from bot.engine.training import prepare
prepare(Path("."))
from bot.engine.few_services import few_services
with few_services():
    import rasa.core.policies.rule_policy
    import rasa.core.processor
"""


def python(program: str) -> str:
    command = [sys.executable, "-c", program]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def test_worker_loads_none_of_the_services_that_rasa_could_talk_to() -> None:
    loaded = python(f"{LOADS}print([name for name in {LEFT_OUT} if name in sys.modules])")

    assert loaded.strip() == "[]"


def test_package_is_the_real_one_when_it_is_imported_later() -> None:
    program = f"{LOADS}from boto3.dynamodb.conditions import Key; print(Key('a').eq('b'))"

    assert "boto3.dynamodb.conditions.Equals" in python(program)


def test_every_stand_in_is_for_a_module_that_exists() -> None:
    names = [*_OF_RASA, *_OF_OTHERS]
    program = "from importlib.util import find_spec; print([n for n in {} if not find_spec(n)])"

    assert python(program.format(names)).strip() == "[]"
