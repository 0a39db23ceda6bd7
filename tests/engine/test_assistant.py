"""Loading without TensorFlow, silence about customers, and actions that fail."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest

from bot.cases.case import Customer
from bot.cases.turn import Turn
from bot.engine.assistant import Assistant
from bot.engine.lean import travel_light
from bot.errors import ConfigurationError, ModelUnusable, StoreUnavailable
from bot.playbook.content import Content
from tests.conftest import NIGHT, ROOT
from tests.talking import Talk

CANARY = "zanzibarcanary"
_LOAD = """
import sys
from pathlib import Path
from bot.engine.assistant import Assistant
Assistant.load(Path(sys.argv[1]), Path(sys.argv[2]))
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""
_HEAVY = {"tensorflow", "keras", "tensorflow_addons", "tensorflow_hub", "transformers"}


def test_model_loads_without_tensorflow(trained_model: Path, tmp_path: Path) -> None:
    """A decoy is importable, so that an import would be seen where TensorFlow is not installed."""
    for name in _HEAVY:
        (tmp_path / f"{name}.py").write_text("")
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{tmp_path}"}
    command = [sys.executable, "-c", _LOAD, str(ROOT), str(trained_model)]
    loaded = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=120, check=True
    )
    modules = set(loaded.stdout.split())
    assert "rasa" in modules
    assert not modules & _HEAVY


def test_missing_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelUnusable, match="nightdesk train"):
        Assistant.load(ROOT, tmp_path / "nightdesk.tar.gz")


@pytest.mark.skipif(find_spec("tensorflow") is not None, reason="TensorFlow is installed")
@pytest.mark.parametrize(
    ("section", "component"),
    [("pipeline", "DIETClassifier"), ("pipeline", "ResponseSelector"), ("policies", "TEDPolicy"),
     ("pipeline", "rasa.nlu.classifiers.diet_classifier.DIETClassifier")],
)  # fmt: skip
def test_component_that_needs_tensorflow_is_refused_where_there_is_none(
    tmp_path: Path, section: str, component: str
) -> None:
    config = tmp_path / "config.yml"
    config.write_text(f"{section}:\n- name: {component}\n  epochs: 3\n")
    with pytest.raises(ConfigurationError) as caught:
        travel_light(config)
    said = str(caught.value)
    assert component.rpartition(".")[2] in said
    assert "EXTRA=tensorflow" in said


@pytest.mark.parametrize("config", ["", "pipeline:\n", "pipeline:\n- name: WhitespaceTokenizer\n"])
def test_config_without_such_a_component_is_fine(tmp_path: Path, config: str) -> None:
    (tmp_path / "config.yml").write_text(config)
    travel_light(tmp_path / "config.yml")


async def test_customers_words_are_never_printed_or_logged(
    talk: Callable[..., Talk], capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    customer = talk("loud")
    for text in (
        f"My Nook Cam {CANARY} is broken",
        CANARY,
        f"/{CANARY}{{",
        f"{CANARY}@a.example",
    ):
        await customer.say(text)
    printed = capfd.readouterr()
    assert CANARY not in printed.out + printed.err
    assert CANARY not in caplog.text


async def test_action_that_fails_fails_the_turn_and_says_nothing(
    assistant: Assistant,
    brightnook: Content,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """As when the store goes away while a case asks for its reference."""
    caplog.set_level(logging.DEBUG)

    async def no_reference(_: int) -> str:
        raise StoreUnavailable(f"away while {CANARY}")

    text = f"I want to talk to a human about {CANARY}"
    turn = Turn(
        "rest:ann", "rest", Customer("ann"), text, text, NIGHT, brightnook, no_reference,
    )  # fmt: skip
    with pytest.raises(StoreUnavailable):
        await assistant.handle(turn)
    printed = capfd.readouterr()
    assert CANARY not in printed.out + printed.err + caplog.text
