"""Thirty cases computed by hand: every cell of every table (fixture/README.md tells the cases)."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, datetime
from pathlib import Path

import pytest

from bot.insights.ledger import fold
from bot.insights.open_time import Hours
from bot.insights.report import DIMENSIONS, By, Report, Row, make_report
from bot.insights.table import to_csv
from bot.playbook.hours import load_calendars
from bot.playbook.yaml_source import read_section

FIXTURE = Path(__file__).with_name("fixture")


def hours() -> Hours:
    problems: list = []
    calendars = load_calendars(read_section(FIXTURE / "hours.yml", FIXTURE, "hours", problems))
    assert problems == []
    known = json.loads((FIXTURE / "teams.json").read_text("utf-8"))
    teams = {team: calendars[name] for team, name in known["teams"].items()}
    return Hours(teams[known["home_team"]], teams)


@pytest.fixture(scope="module")
def report() -> Report:
    meta = json.loads((FIXTURE / "meta.json").read_text("utf-8"))
    lines = (FIXTURE / "facts.jsonl").read_text("utf-8").splitlines()
    as_of = datetime.fromisoformat(meta["as_of"])
    ledger = fold((json.loads(line) for line in lines), as_of)
    first, last = date.fromisoformat(meta["from"]), date.fromisoformat(meta["to"])
    return make_report(ledger, hours(), first, last, "day", as_of)


def expected(name: str) -> list[list[str]]:
    with (FIXTURE / f"expected_{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def written(rows: tuple[Row, ...]) -> list[list[str]]:
    return [[row.group, *(str(cell.value) for cell in row.cells.values())] for row in rows]


@pytest.mark.parametrize("by", DIMENSIONS)
def test_table_equals_the_one_worked_out_by_hand(report: Report, by: By) -> None:
    table = list(csv.reader(io.StringIO(to_csv(report.regrouped(by)))))
    assert table == expected(f"by_{by}")


def test_total_equals_the_one_worked_out_by_hand(report: Report) -> None:
    head, *_, total = csv.reader(io.StringIO(to_csv(report)))
    assert [head, total] == expected("total")


def test_what_was_used_equals_the_counts_made_by_hand(report: Report) -> None:
    assert written(report.quick_replies) == expected("quick_replies")[1:]
    assert written(report.faqs) == expected("faq")[1:]
    assert written(report.pages) == expected("resources")[1:]
