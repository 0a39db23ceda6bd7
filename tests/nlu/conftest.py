"""A small brand to learn from, and Rasa without TensorFlow."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.engine.lean import travel_light
from bot.playbook.model import Field
from tests.nlu.examples import ANSWERS, EXAMPLES, QUESTIONS


def field(name: str, kind: str, **more: object) -> Field:
    return Field(name, kind, {"en": name}, {"en": name}, **more)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def fields() -> dict[str, Field]:
    codes = (r"\b(NC-\d{3,4})\b", r"\b([A-Z]{2}-\d{5}-\d)\b", r"\berror(?: code)?:? ?#?(\d{3,6})\b")
    known = [
        field("order_number", "pattern", patterns=(r"\b(BN-?\d{6})\b",)),
        field("error_code", "pattern", patterns=codes),
        field("email", "email"),
        field("phone", "phone"),
        field("amount", "amount"),
        field("since", "date"),
        field("product", "catalogue", values={"Nook Cam": ("camera",), "Nook Hub": ("hub",)}),
        field("platform", "catalogue", values={"iPhone": ("ios",), "Windows": ("pc",)}),
        field("link", "link"),
    ]
    return {one.name: one for one in known}


@pytest.fixture(scope="session")
def examples() -> list[tuple[str, str]]:
    """(text, full intent)."""
    return [(text, intent) for intent, texts in EXAMPLES.items() for text in texts]


@pytest.fixture(scope="session")
def questions() -> list[tuple[str, str]]:
    """(FAQ id, example)."""
    return [(name, text) for name, texts in QUESTIONS.items() for text in texts]


@pytest.fixture(scope="session")
def answers() -> dict[str, str]:
    return ANSWERS


@pytest.fixture(scope="session", autouse=True)
def _light(tmp_path_factory: pytest.TempPathFactory) -> None:
    config = tmp_path_factory.mktemp("light") / "config.yml"
    config.write_text("pipeline: []\n", encoding="utf-8")
    travel_light(Path(config))
