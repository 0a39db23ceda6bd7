"""What the values of a report are called on its pages."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from babel import Locale

from bot.insights.report import TOTAL, By
from bot.playbook.content import Content
from bot.playbook.model import in_language

BY_WORDS: Mapping[By, str] = {
    "day": "Day",
    "topic": "Topic",
    "subtopic": "Subtopic",
    "team": "Team",
    "agent": "Agent",
    "channel": "Channel",
    "language": "Language",
}
_NOTHING: Mapping[By, str] = {"agent": "Nobody", "language": "Unknown", "channel": "Unknown"}
_NO_CASE = "No case"
_ENGLISH = Locale("en")


@dataclass(frozen=True)
class Labels:
    """`agents` are names by id. What has no name (any more) is called by its id."""

    content: Content
    agents: Mapping[str, str]

    def group(self, by: By, value: str) -> str:
        """A row of a report by `by`; an id may be a topic that is no more."""
        if value == TOTAL:
            return "Total"
        if not value:
            return _NOTHING.get(by, _NO_CASE)
        words: Mapping[By, Callable[[str], str]] = {
            "day": self.day,
            "topic": self.topic,
            "subtopic": self.subtopic,
            "team": self.team,
            "agent": self.agent,
            "language": self.language,
        }
        return words[by](value) if by in words else value

    def day(self, value: str) -> str:
        try:
            day = date.fromisoformat(value)
        except ValueError:
            return value
        return f"{day:%a} {day.day} {day:%b}"

    def topic(self, value: str) -> str:
        """By its own name, as everywhere at the desk: labels are worded for customers."""
        return _human(value) if value else _NO_CASE

    def subtopic(self, value: str) -> str:
        topic, _, name = value.partition("/")
        return f"{self.topic(topic)} \u203a {_human(name)}"

    def team(self, value: str) -> str:
        return _human(value)

    def agent(self, value: str) -> str:
        return self.agents.get(value, value.removeprefix("t-"))

    def language(self, value: str) -> str:
        return str(_ENGLISH.languages.get(value, value))

    def page(self, value: str) -> str:
        """A self-service page."""
        resource = self.content.resources.get(value)
        return in_language(resource.title, _ENGLISH.language) if resource else value


def _human(name: str) -> str:
    """`sync_and_voice` -> `Sync and voice`."""
    words = re.sub(r"[_-]+", " ", name)
    return words[:1].upper() + words[1:]
