"""`nightdesk evaluate --labels --conversations`: triage against what careful readers would say."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console

from bot.commands.evaluation_pages import made_now, write_page
from bot.commands.evaluation_text import print_scorecard
from bot.commands.json_lines import customer_messages, read_json_lines, read_lines
from bot.commands.triage import triage_all
from bot.engine.training_stamp import is_current
from bot.errors import BadRequest
from bot.insights.evaluation.labels import Label, label_from
from bot.insights.evaluation.page import labels_page
from bot.insights.evaluation.scores import Judged, score
from bot.insights.wording import counted
from bot.playbook.content import load_content
from bot.settings import Settings

_PAGE = "labels.html"
_STALE = "The model does not fit the content or the code any more: `nightdesk train`."


def evaluate_labels(
    settings: Settings,
    labels: Path,
    conversations: Path,
    held_out_from: str | None,
    folder: Path,
) -> None:
    """Prints tables and, last, one JSON line; writes the same as a page into `folder`.

    Conversations without a label are passed over.
    Raises BadRequest naming file and line of what cannot be read, of a label that stands there
    twice or has no conversation; ModelUnusable without a model.
    """
    playbook = load_content(settings.root).playbook
    known = read_labels(labels, playbook.topics)
    records = _matched(known, conversations, labels.name)
    if held_out_from is not None and held_out_from not in known:
        raise BadRequest("bad_id", f"--from {held_out_from}: {labels.name} has no label of that id")
    warning = "" if is_current(settings.root, settings.models) else _STALE
    if warning:
        Console(stderr=True).print(warning, style="yellow")
    lines = triage_all(settings, list(records.values()))
    judged = [
        Judged(label, line, "\n".join(customer_messages(records[label.id])))
        for label, line in zip(known.values(), lines, strict=True)
    ]
    scorecard = score(judged, playbook, held_out_from)
    page = folder / _PAGE
    about = f"{counted(len(judged), 'conversation')} of {conversations.name}, by {labels.name}"
    write_page(page, labels_page(scorecard, about, made_now(), warning))
    console = Console()
    print_scorecard(scorecard, console)
    console.print(f"The page: {page}", soft_wrap=True)
    print(json.dumps(scorecard.to_json()))  # noqa: T201


def read_labels(file: Path, topics: Collection[str]) -> dict[str, Label]:
    """By id, in the order of the file."""
    known: dict[str, Label] = {}
    for place, label in read_lines(file, partial(label_from, topics=topics)):
        if label.id in known:
            raise BadRequest("bad_line", f"{place}: the id {label.id} stands there twice")
        known[label.id] = label
    if not known:
        raise BadRequest("no_labels", f"{file.name}: no labels -> valid: one JSON object a line")
    return known


def _matched(
    known: Collection[str], conversations: Path, labels: str
) -> dict[str, Mapping[str, Any]]:
    """The conversations that have a label, in the order of the labels."""
    records = {record["id"]: record for record in read_json_lines(conversations)}
    for name in known:
        if name not in records:
            message = f"{labels}: the id {name} is no conversation of {conversations.name}"
            raise BadRequest("bad_id", message)
    return {name: records[name] for name in known}
