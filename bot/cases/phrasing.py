"""Turns what the dialogue decides into the brand's words: the only place that renders replies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.cases.promise import Promise
from bot.cases.turn import Reply
from bot.playbook.content import Content
from bot.playbook.hours import Calendar
from bot.playbook.model import Localized, Resource, Topic, in_language
from bot.playbook.speaking import speak_time


class Phrasing:
    """Says things in one language, at one moment, in the time zone of a team's calendar."""

    def __init__(self, content: Content, language: str, now: datetime, variant: int = 0) -> None:
        self.content = content
        self.language = language if language in content.texts.by_language else "en"
        self._now = now
        self._variant = variant

    def text(self, key: str, **values: str) -> str:
        """The text of `key`, filled."""
        return self.content.texts.render(key, self.language, variant=self._variant, **values)

    def reply(
        self, kind: str, key: str, /, buttons: Iterable[tuple[str, str]] = (), **values: str
    ) -> Reply:
        """A reply; `buttons` are (text key of the title, payload)."""
        titled = tuple((self.text(title), payload) for title, payload in buttons)
        return Reply(self.text(key, **values), titled, kind)

    def page(self, page: Resource) -> Reply:
        """The offer of a page, which may have no description."""
        title = self.local(page.title)
        if not page.description:
            return self.reply("offer", "offer_title", title=title, url=page.url)
        told = self.local(page.description)
        return self.reply("offer", "offer_resource", title=title, description=told, url=page.url)

    def local(self, texts: Localized) -> str:
        """A localised text of the playbook in this language, else in English."""
        return in_language(texts, self.language)

    def moment(self, at: datetime, calendar: Calendar) -> str:
        """A moment as people say it, on the team's clock."""
        return speak_time(at, self._now, calendar.timezone, self.language)

    def hello(self, calendar: Calendar) -> str:
        """Who speaks, and whether people are in; if not, when they are back."""
        if not calendar.is_open(self._now):
            back = self.moment(calendar.next_opening(self._now), calendar)
            return self.text("hello_closed", back=back)
        closes = calendar.closes_at(self._now)
        if closes is None:
            return self.text("hello_always")
        return self.text("hello_open", until=self.moment(closes, calendar))

    def topic(self, topic: Topic) -> str:
        return self.local(topic.label)

    def field(self, name: str) -> str:
        return self.local(self.content.playbook.fields[name].label)

    def questions(self, fields: Iterable[str]) -> str:
        """The questions for `fields`, a line each."""
        return _bullets(self.question(name) for name in fields)

    def question(self, name: str) -> str:
        return self.local(self.content.playbook.fields[name].question)

    def noted(self, details: Mapping[str, str]) -> str:
        """What was noted, a line each."""
        if not details:
            return self.text("nothing_noted")
        return _bullets(f"{self.field(name)}: {value}" for name, value in details.items())

    def promise(self, promise: Promise, calendar: Calendar) -> str:
        """When the customer hears from a person, in words."""
        by = self.moment(promise.respond_by, calendar)
        if promise.opens_at is None:
            return self.text("promise_open", due=by)
        return self.text("promise_closed", opens=self.moment(promise.opens_at, calendar), due=by)


_LEADING = ("acknowledge", "human", "answer", "offer", "thanks", "small_talk")
"""Kinds that only lead up to what follows them in the same turn."""


def join_replies(replies: Sequence[Reply], longest: int) -> list[Reply]:
    """Fewer, fuller messages: what belongs together becomes one, up to `longest` characters.

    A joined reply has the kind of its last part; a safety text always stands alone.
    """
    joined: list[Reply] = []
    for reply in replies:
        last = joined[-1] if joined else None
        if last and last.kind in _LEADING and not last.buttons:
            text = f"{last.text}\n\n{reply.text}"
            if len(text) <= longest:
                joined[-1] = replace(reply, text=text)
                continue
        joined.append(reply)
    return joined


def _bullets(lines: Iterable[str]) -> str:
    return "\n".join(f"• {line}" for line in lines)
