"""What the chat page shows: names, opening hours and every text, in one language."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from bot.cases.phrasing import Phrasing
from bot.cases.promise import calendar_of
from bot.playbook.content import Content
from bot.playbook.texts import TEXTS

_FALLBACK_TOPIC = "other"
_OPENING = frozenset({"chat_open_now", "chat_open_always", "chat_closed_now"})
_LONGEST_LIST = 200


def page_config(
    content: Content, asked: str, now: datetime, most_characters: int
) -> dict[str, Any]:
    """`asked` is a language or an Accept-Language header. Texts that count something keep their
    `{count}` for the page to fill."""
    language = choose_language(asked, content.texts.by_language)
    say = Phrasing(content, language, now)
    is_open, opening = _opening(say, now)
    return {
        "brand": content.voice.brand,
        "assistant": content.voice.assistant,
        "title": say.text("chat_title"),
        "language": language,
        "open": is_open,
        "opening": opening,
        "texts": _texts(say, most_characters),
        "limits": {"characters": most_characters},
    }


def _opening(say: Phrasing, now: datetime) -> tuple[bool, str]:
    """Whether people are in, and until when or from when on."""
    topic = say.content.playbook.topics[_FALLBACK_TOPIC]
    calendar = calendar_of(topic.team, say.content)
    if not calendar.is_open(now):
        back = say.moment(calendar.next_opening(now), calendar)
        return False, say.text("chat_closed_now", back=back)
    closes = calendar.closes_at(now)
    if closes is None:
        return True, say.text("chat_open_always")
    return True, say.text("chat_open_now", until=say.moment(closes, calendar))


def _texts(say: Phrasing, most_characters: int) -> dict[str, str]:
    values = {"count": "{count}", "limit": str(most_characters)}
    return {
        key.removeprefix("chat_"): say.text(key, **{name: values[name] for name in placeholders})
        for key, placeholders in TEXTS.items()
        if key.startswith("chat_") and key not in _OPENING
    }


def choose_language(asked: str, known: Iterable[str]) -> str:
    """The first known language of an Accept-Language header by its weights, else English."""
    there = set(known)
    for language in _by_weight(asked[:_LONGEST_LIST]):
        if language in there:
            return language
    return "en"


def _by_weight(header: str) -> list[str]:
    weighted = []
    for part in header.split(","):
        name, _, weight = part.partition(";q=")
        try:
            weighted.append((-float(weight or 1), name.strip().lower().partition("-")[0]))
        except ValueError:
            continue
    return [name for _, name in sorted(weighted, key=lambda pair: pair[0])]
