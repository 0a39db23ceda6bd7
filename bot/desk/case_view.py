"""A case as the desk shows it: with who said what, who holds it, and what agents are called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from bot.cases.case import Case
from bot.cases.timestamps import write_utc
from bot.desk.names import Names
from bot.store.cases import CaseFile
from bot.store.conversations import Line


async def case_view(file: CaseFile, names: Names, now: datetime) -> dict[str, Any]:
    """The case's JSON with the transcript as it stands in the conversation, and `holder`,
    `revision`, `names` (id -> name of every agent in it) and `now`."""
    case = file.case
    known = await names.of_all(_agents(case, file.lines))
    holder = {"id": case.assignee, "name": known.get(case.assignee or "", case.assignee)}
    return {
        **case.to_json(),
        "attachments": [asdict(attachment) for attachment in file.attachments],
        "transcript": [_line(line, known) for line in file.lines],
        "holder": holder if case.is_held else None,
        "revision": file.revision,
        "names": known,
        "now": write_utc(now),
    }


def _agents(case: Case, lines: tuple[Line, ...]) -> set[str]:
    """Every id in the case that may be an agent's."""
    noted = {str(value) for entry in case.history for value in entry.more.values()}
    wrote = {entry.who for entry in case.history} | {note.who for note in case.notes}
    return {case.assignee or "", *noted, *wrote, *(line.who for line in lines)}


def _line(line: Line, names: Mapping[str, str]) -> dict[str, Any]:
    """`who` is the name of the agent who wrote it, null for customers and the bot."""
    return {
        "line": line.number,
        "from": line.speaker,
        "who": names.get(line.who, line.who) or None,
        "at": line.at,
        "text": line.text,
        "buttons": [{"title": title, "payload": payload} for title, payload in line.buttons],
        "kind": line.kind,
    }
