"""Numbers, days and names of the report as people read them."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from bot.insights.measures import Unit, Value

UNDEFINED = "–"


def shown(value: Value, unit: Unit) -> str:
    """Counts with thousands apart, durations as h:mm, rates in percent, means as they are; a dash
    for what is not defined."""
    if value is None:
        return UNDEFINED
    if unit == "seconds":
        return hours_and_minutes(int(value))
    if unit == "rate":
        return f"{(Decimal(value) * 100).quantize(Decimal(1), ROUND_HALF_UP)} %"
    return f"{value:,}" if unit == "count" else str(value)


def hours_and_minutes(seconds: int) -> str:
    """Such as 0:05 or 61:30; minutes rounded half up."""
    minutes = (seconds + 30) // 60
    return f"{minutes // 60}:{minutes % 60:02d}"


def in_words(seconds: int) -> str:
    """Such as `5 min`, `2 h 30 min` or `3 d 4 h`: the two largest units."""
    minutes = (seconds + 30) // 60
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 24 * 60:
        return _two(minutes // 60, "h", minutes % 60, "min")
    hours = (minutes + 30) // 60
    return _two(hours // 24, "d", hours % 24, "h")


def _two(large: int, large_unit: str, small: int, small_unit: str) -> str:
    return f"{large} {large_unit}" + (f" {small} {small_unit}" if small else "")


def counted(number: int, one: str, many: str | None = None) -> str:
    """Such as `1 case` or `12 cases`."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def day_in_words(day: date) -> str:
    """Such as `2 March`."""
    return f"{day.day} {day:%B}"


def days_in_words(first: date, last: date) -> str:
    """Such as `2 March 2026`, `2 to 8 March 2026`, or with both months and years."""
    if first == last:
        return f"{day_in_words(first)} {first.year}"
    begin = day_in_words(first)
    if first.year != last.year:
        begin = f"{begin} {first.year}"
    elif first.month == last.month:
        begin = str(first.day)
    return f"{begin} to {day_in_words(last)} {last.year}"
