"""`nightdesk cases`: the queue in the terminal."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TextIO

from rich.console import Console
from rich.panel import Panel
from rich.table import Column, Table
from rich.text import Text

from bot.cases.case import Case
from bot.commands.opening import with_store
from bot.errors import BadRequest
from bot.settings import Settings
from bot.store.cases import Cases
from bot.store.connection import Connection
from bot.store.index import CaseIndex, Wanted

_COLOURS = {"critical": "bold red", "high": "red", "normal": "yellow", "low": "green"}


def list_cases(settings: Settings, filters: Mapping[str, str], order: str, limit: int) -> None:
    """Prints a table. Raises BadRequest for an unknown filter or order."""
    wanted = Wanted.read(filters)

    async def find(connection: Connection) -> tuple[list[Case], int]:
        index = CaseIndex(connection)
        await index.catch_up()
        found = index.find(wanted, order, 0, limit)
        return await Cases(connection).several([row.id for row in found.rows]), found.total

    cases, total = with_store(settings, find)
    reference = Column("reference", no_wrap=True)
    table = Table(reference, "severity", "topic", "team", "respond by", "status", "summary")
    for case in cases:
        table.add_row(
            case.id, _severity(case), f"{case.topic}\n{case.subtopic}", case.team,
            f"{case.sla.respond_by:%a %d %b %H:%M} UTC", case.status, case.summary,
        )  # fmt: skip
    Console().print(table)
    Console().print(f"{len(cases)} of {total} cases")


def _severity(case: Case) -> Text:
    return Text(case.severity.word, style=_COLOURS[case.severity.word])


def show_case(settings: Settings, reference: str) -> None:
    """Prints one case. Raises BadRequest when there is none of that reference."""

    async def get(connection: Connection) -> Case | None:
        return await Cases(connection).get(reference.upper())

    case = with_store(settings, get)
    if case is None:
        raise BadRequest(
            "unknown_case", f"there is no case {reference}; `nightdesk cases list`", 404
        )
    _print_case(case, Console())


def _print_case(case: Case, console: Console) -> None:
    head = Table.grid(padding=(0, 2))
    for name, value in _head(case).items():
        head.add_row(Text(name, style="bold"), value)
    console.print(Panel(head, title=f"{case.id}  {case.summary}", title_align="left"))
    for line in case.transcript:
        console.print(Text(f"{line.at:%H:%M} {line.speaker:>8}  ", style="dim"), line.text, sep="")


def _head(case: Case) -> dict[str, Text | str]:
    details = [
        f"{name}: {detail.value if detail.value is not None else '(missing)'}"
        for name, detail in case.details.items()
    ]
    return {
        "severity": _severity(case),
        "why": "\n".join(case.severity_reasons),
        "topic": f"{case.topic} / {case.subtopic}",
        "team": f"{case.team}, respond by {case.sla.respond_by:%a %d %b %H:%M} UTC",
        "customer": f"{case.customer.name or case.customer.id} on {case.channel}",
        "details": "\n".join(details),
        "offered": ", ".join(case.resources_offered),
        "tags": ", ".join(case.tags),
    }


def export_cases(settings: Settings, output: Path | None) -> None:
    """Writes every case with its transcript as one JSON line."""

    async def read(connection: Connection) -> list[Case]:
        cases = Cases(connection)
        found = [await cases.get(case.id) for case in await cases.all()]
        return [case for case in found if case is not None]

    found = with_store(settings, read)
    if output is None:
        return _write(found, sys.stdout)
    with output.open("w", encoding="utf-8") as target:
        _write(found, target)


def _write(cases: list[Case], target: TextIO) -> None:
    for case in cases:
        target.write(json.dumps(case.to_json(), ensure_ascii=False) + "\n")
