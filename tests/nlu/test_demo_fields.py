"""The demo brand's fields where they are easily mistaken: times and companies."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.nlu.language import LanguageFinder
from bot.nlu.spotting import FieldSpotter
from bot.playbook.content import load_content

HERE = Path(__file__).parent
LANGUAGES = LanguageFinder(["en", "de", "pt", "ko"])
TIMES: dict[str, list[dict[str, str]]] = yaml.safe_load((HERE / "times.yml").read_text("utf-8"))
COMPANIES: list[dict[str, str]] = yaml.safe_load((HERE / "companies.yml").read_text("utf-8"))


@pytest.fixture(scope="module")
def spotter() -> FieldSpotter:
    return FieldSpotter(load_content(HERE.parents[1]).playbook.fields)


def _cases(said: list[dict[str, str]], field: str) -> list[Any]:
    return [pytest.param(one["text"], one[field], id=one["text"][:40]) for one in said]


def _found(spotter: FieldSpotter, text: str, field: str) -> str:
    found = {detail.field: detail.value for detail in spotter.find(text, LANGUAGES.find(text)[0])}
    return found.get(field, "")


@pytest.mark.parametrize(
    ("text", "since"), [case for said in TIMES.values() for case in _cases(said, "since")]
)
def test_time_is_since_when_only_if_something_is_wrong_since_then(
    spotter: FieldSpotter, text: str, since: str
) -> None:
    assert _found(spotter, text, "since").lower() == since


@pytest.mark.parametrize(("text", "company"), _cases(COMPANIES, "company"))
def test_company_is_noted_when_a_customer_writes_for_one(
    spotter: FieldSpotter, text: str, company: str
) -> None:
    assert _found(spotter, text, "company") == company


@pytest.mark.parametrize(
    "text",
    [
        "my mobile is 07700 900123",
        "call my mobile please",
        "mein handy ist 0171 2345678",
        "me liga no celular",
        "제 휴대폰으로 전화 주세요",
    ],
)
def test_telephone_to_be_called_on_is_no_platform(spotter: FieldSpotter, text: str) -> None:
    assert _found(spotter, text, "platform") == ""
