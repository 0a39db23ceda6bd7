"""`nightdesk triage`: what the bot would put on a case, for messages from a file."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import track

from bot.cases.filing import judge_said
from bot.cases.self_service import choose_resource
from bot.commands.json_lines import customer_messages, read_json_lines
from bot.engine.assistant import Assistant
from bot.engine.training_stamp import MODEL
from bot.nlu.understood import understanding_from
from bot.playbook.content import Content, load_content
from bot.playbook.model import in_language
from bot.settings import Settings


def triage_file(settings: Settings, source: Path, target: Path) -> None:
    """Reads {"id", "messages"} lines and writes one triage line for each.

    Raises BadRequest naming the line that cannot be read.
    """
    lines = triage_all(settings, list(read_json_lines(source)))
    with target.open("w", encoding="utf-8") as out:
        out.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def triage_all(settings: Settings, records: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """A triage line for each record. Raises ModelUnusable when there is no model."""
    content = load_content(settings.root)
    assistant = Assistant.load(settings.root, settings.models / MODEL)
    return asyncio.run(_all(records, assistant, content))


async def _all(
    records: Sequence[Mapping[str, Any]], assistant: Assistant, content: Content
) -> list[dict[str, Any]]:
    few, console = len(records) < 20, Console(stderr=True)
    shown = track(records, description="Triage", disable=few, console=console)
    return [await _triage(record, assistant, content) for record in shown]


async def _triage(
    record: Mapping[str, Any], assistant: Assistant, content: Content
) -> dict[str, Any]:
    text = "\n".join(customer_messages(record))
    heard = understanding_from(await assistant.parse(text))
    judged = judge_said([heard], content)
    resource = choose_resource([heard], judged, content)
    return {
        "id": record["id"],
        "language": heard.language,
        "topic": judged.topic,
        "subtopic": judged.subtopic,
        "severity": judged.severity.word,
        "severity_reasons": list(judged.severity_reasons),
        "sentiment": judged.sentiment,
        "wants_human": judged.wants_human,
        "details": dict(heard.fields),
        "faq": [name for name, _ in heard.faqs],
        "resource": resource
        and {
            "title": in_language(resource.title, "en"),
            "url": resource.url,
        },
    }
