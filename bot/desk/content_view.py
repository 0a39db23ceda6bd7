"""The playbook's words around cases, for filters, pickers and labels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.desk.asked import SEVERITIES, STATUSES
from bot.playbook.content import Content
from bot.playbook.model import Localized, Topic, in_language

_LANGUAGE = "en"
"""The desk's own."""


def content_view(content: Content, channels: Sequence[str]) -> dict[str, Any]:
    """The names of everything a case may say, with their labels; `channels` are those in use."""
    playbook = content.playbook
    return {
        "topics": {name: _topic(topic) for name, topic in playbook.topics.items()},
        "fields": {
            name: {"label": _label(field.label), "kind": field.kind}
            for name, field in playbook.fields.items()
        },
        "teams": {name: _label(team.label) for name, team in playbook.teams.items()},
        "resources": {
            name: {"title": _label(resource.title), "url": resource.url}
            for name, resource in content.resources.items()
        },
        "severities": list(SEVERITIES),
        "statuses": list(STATUSES),
        "languages": list(playbook.languages),
        "channels": list(channels),
    }


def _topic(topic: Topic) -> dict[str, Any]:
    return {
        "label": _label(topic.label),
        "subtopics": {name: _label(sub.label) for name, sub in topic.subtopics.items()},
        "fields": [*topic.required, *topic.optional],
    }


def _label(label: Localized) -> str:
    return in_language(label, _LANGUAGE)
