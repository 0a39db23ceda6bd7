"""What people outside the desk are told: ids, topics and times, never the customer's words or
details; and what a way of telling them is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from bot.cases.case import Case
from bot.cases.timestamps import write_utc


class Message(Protocol):
    """One sending of something, good for a webhook and for a mail."""

    @property
    def sent_at(self) -> datetime: ...

    @property
    def subject(self) -> str: ...

    @property
    def mail_headers(self) -> Mapping[str, str]:
        """By which programs sort the mail."""

    def to_json(self) -> dict[str, Any]:
        """The webhook's document, with its `type`."""

    def to_text(self) -> str:
        """The body of a mail."""


@dataclass(frozen=True)
class Notice:
    """One sending of an alert. `alert` is the same for all its attempts, so that a receiver can
    tell a repetition; `topic` is the topic's label."""

    alert: str
    attempt: int
    sent_at: datetime
    case: Case
    topic: str
    step: str
    acknowledge_url: str

    def to_json(self) -> dict[str, Any]:
        """The webhook's document, type `case.critical`."""
        return {
            "type": "case.critical",
            "id": self.alert,
            "attempt": self.attempt,
            "sent_at": write_utc(self.sent_at),
            "step": self.step,
            "case": {
                "id": self.case.id,
                "topic": self.case.topic,
                "subtopic": self.case.subtopic,
                "severity": self.case.severity.word,
                "severity_reasons": list(self.case.severity_reasons),
                "team": self.case.team,
                "channel": self.case.channel,
                "opened_at": write_utc(self.case.opened_at),
                "respond_by": write_utc(self.case.sla.respond_by),
            },
            "acknowledge_url": self.acknowledge_url,
        }

    @property
    def mail_headers(self) -> Mapping[str, str]:
        return {"X-Nightdesk-Alert": self.alert}

    @property
    def subject(self) -> str:
        return f"[Nightdesk] critical case {self.case.id} ({' '.join(self.topic.split())})"

    def to_text(self) -> str:
        """The body of a mail."""
        case = self.case
        reasons = "\n".join(f"  - {reason}" for reason in case.severity_reasons)
        return (
            f"A critical case is waiting for a person.\n\n"
            f"Case:       {case.id}\n"
            f"Topic:      {self.topic} ({case.topic}/{case.subtopic})\n"
            f"Team:       {case.team}\n"
            f"Channel:    {case.channel}\n"
            f"Opened:     {_minute(case.opened_at)}\n"
            f"Respond by: {_minute(case.sla.respond_by)}\n"
            f"Because:\n{reasons}\n\n"
            f"I am on it (opens a page with a button):\n{self.acknowledge_url}\n\n"
            f"Until somebody takes it, this is sent again and then to the next person.\n"
            f"Attempt {self.attempt}, to: {self.step}\n"
        )


class Notifier(Protocol):
    """A way to reach people: on call, or in the morning."""

    async def send(self, address: str, message: Message) -> None:
        """Hands `message` over to `address`; returns when it was taken.

        Raises NotifierFailed with one word for what went wrong, such as `status_500` or `timeout`,
        within a few seconds.
        """


def _minute(at: datetime) -> str:
    return f"{write_utc(at)[:16].replace('T', ' ')} UTC"
