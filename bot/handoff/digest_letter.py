"""A morning digest as it is sent: a webhook's document, and a mail that people like to read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from babel.dates import format_date

from bot.cases.timestamps import read_utc, write_utc
from bot.playbook.content import Content
from bot.playbook.model import Localized, Severity
from bot.playbook.speaking import speak_time
from bot.store.digests import Digest, Mentioned

_LANGUAGE = "en"
"""The desk's own."""

_STATUS = {
    "new": "nobody has it",
    "claimed": "somebody has it",
    "waiting": "the customer's turn",
    "resolved": "resolved",
    "closed": "closed by the customer",
}


@dataclass(frozen=True)
class DigestLetter:
    """One sending of a digest. `brand`, `team` and `topics` (name -> label) are the playbook's
    words; moments are told on the clock of `timezone`; `url` is where the desk shows it."""

    digest: Digest
    sent_at: datetime
    brand: str
    team: str
    topics: Mapping[str, str]
    timezone: tzinfo
    url: str

    @classmethod
    def of(cls, digest: Digest, content: Content, sent_at: datetime, url: str) -> DigestLetter:
        """Raises KeyError when the team is no longer there."""
        team = content.playbook.teams[digest.team]
        return cls(
            digest=digest,
            sent_at=sent_at,
            brand=content.voice.brand,
            team=_label(team.label),
            topics={name: _label(topic.label) for name, topic in content.playbook.topics.items()},
            timezone=content.calendars[team.calendar].timezone,
            url=url,
        )

    @property
    def mail_headers(self) -> Mapping[str, str]:
        return {"X-Nightdesk-Digest": self.digest.id}

    @property
    def subject(self) -> str:
        critical = self.digest.unanswered_critical
        more = f", {critical} critical" if critical else ""
        count = _cases(self.digest.unanswered).lower()
        line = f"{self.brand}, {self.team}: {count} waiting{more}"
        return " ".join(line.split())

    def to_json(self) -> dict[str, Any]:
        return {
            "type": "team.digest",
            "id": self.digest.id,
            "sent_at": write_utc(self.sent_at),
            **self.digest.to_json(),
            "url": self.url,
        }

    def to_text(self) -> str:
        return "\n\n".join("\n".join(part) for part in self._parts() if part) + "\n"

    def _parts(self) -> Iterator[list[str]]:
        digest = self.digest
        yield [f"{self.brand}, {self.team}: the morning of {self._day(digest.opens_at)}"]
        yield [self._waiting(), self._came()]
        yield [f"  {n:4}  {word}" for word, n in self._severities()]
        yield [f"  {n:4}  {self._topic(name)}" for name, n in digest.by_topic.items()]
        yield self._listed("Critical", digest.critical, digest.critical_total, self._with_status)
        late = "Late: what was promised, or the team's own target, was missed"
        yield self._listed(late, digest.breached, digest.breached_total, self._with_status)
        yield self._listed(
            "To be answered, in the order of the promises",
            digest.promises,
            digest.unanswered,
            self._with_promise,
        )
        yield ["All of it on the desk:", self.url]
        made = self._clock(digest.made_at)
        yield [f"Times are those of {self.timezone}. The numbers are as of {made}."]

    def _waiting(self) -> str:
        digest = self.digest
        critical = digest.unanswered_critical
        more = f", {critical} of them critical" if critical else ""
        wait = "waits" if digest.unanswered == 1 else "wait"
        return f"{_cases(digest.unanswered)} {wait} for an answer{more}."

    def _came(self) -> str:
        since = self.digest.since
        return f"{_cases(self.digest.total)} came since {self._day(since)}, {self._clock(since)}."

    def _severities(self) -> Iterator[tuple[str, int]]:
        """The gravest first."""
        for severity in sorted(Severity, reverse=True):
            if count := self.digest.by_severity.get(severity.word):
                yield severity.word, count

    def _listed(
        self,
        title: str,
        cases: Sequence[Mentioned],
        total: int,
        line: Callable[[Mentioned], str],
    ) -> list[str]:
        if not cases:
            return []
        more = [f"  and {total - len(cases)} more"] if total > len(cases) else []
        return [title, *(f"  {line(one)}" for one in cases), *more]

    def _with_status(self, one: Mentioned) -> str:
        return f"{one.case}  {one.severity:8}  {self._topic(one.topic)} ({_STATUS[one.status]})"

    def _with_promise(self, one: Mentioned) -> str:
        return f"{one.case}  {one.severity:8}  {self._topic(one.topic)}{self._due(one)}"

    def _due(self, one: Mentioned) -> str:
        if one.respond_by is None:
            return ""
        at, now = read_utc(one.respond_by), read_utc(self.digest.made_at)
        word = "due" if at > now else "was due"
        return f", {word} {speak_time(at, now, self.timezone, _LANGUAGE)}"

    def _topic(self, name: str) -> str:
        return self.topics.get(name, name)

    def _day(self, at: str) -> str:
        there = read_utc(at).astimezone(self.timezone)
        return str(format_date(there, "EEEE d MMMM", locale=_LANGUAGE))

    def _clock(self, at: str) -> str:
        return f"{read_utc(at).astimezone(self.timezone):%H:%M}"


def _label(label: Localized) -> str:
    return label.get(_LANGUAGE) or next(iter(label.values()))


def _cases(count: int) -> str:
    return f"{count or 'No'} {'case' if count == 1 else 'cases'}"
