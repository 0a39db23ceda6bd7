"""docs/report.md explains every number there is, and no other."""

from __future__ import annotations

import re
from pathlib import Path

from bot.insights.asking import USED
from bot.insights.behind import MEASURE_WORDS, title_of
from bot.insights.measures import UNITS
from bot.insights.view import SECTIONS

PAGE = Path(__file__).parents[2] / "docs" / "report.md"


def test_every_column_is_explained_in_its_order() -> None:
    _, _, columns = PAGE.read_text("utf-8").partition("## The columns")
    rows = [line.split("|")[1] for line in columns.splitlines() if line.startswith("| `")]
    assert [name for row in rows for name in re.findall(r"`(\w+)`", row)] == list(UNITS)


def test_every_table_of_uses_is_explained() -> None:
    assert all(f"`{measure}`" in PAGE.read_text("utf-8") for measure in USED)


def test_page_shows_every_measure_once() -> None:
    columns = [column for section in SECTIONS for column in section.columns]
    shown = [name for one in columns for name in (one.measure, one.beside) if name]
    assert sorted(shown) == sorted(UNITS)


def test_what_is_behind_every_measure_has_a_title() -> None:
    assert {title_of(measure) for measure in (*UNITS, *USED)} == set(MEASURE_WORDS.values())
