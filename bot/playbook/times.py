"""A time for each severity, as topics and teams state it."""

from __future__ import annotations

from datetime import timedelta

from bot.playbook.entry import Entry
from bot.playbook.model import Severity

SEVERITIES = tuple(severity.word for severity in Severity)


def times_by_severity(entry: Entry) -> dict[Severity, timedelta]:
    """`{critical: 30m, high: 2h, normal: 8h, low: 16h}`: all four, none shorter than that of a
    graver one."""
    before = len(entry.problems)
    parts = entry.keyed(tuple(reversed(SEVERITIES)))
    times = {severity: parts[severity.word].duration() for severity in reversed(Severity)}
    if len(entry.problems) == before:
        _refuse_slower(parts, times)
    return times


def _refuse_slower(parts: dict[str, Entry], times: dict[Severity, timedelta]) -> None:
    for graver, milder in zip(list(times), list(times)[1:], strict=False):
        if times[graver] > times[milder]:
            parts[graver.word].refuse(
                f"{graver.word} waits longer than {milder.word}",
                f"make it at most the time of {milder.word}",
            )
