"""Numbers as people read them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from bot.insights.measures import Unit, Value
from bot.insights.wording import days_in_words, in_words, shown


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (None, "rate", "–"),
        (1234, "count", "1,234"),
        (29, "seconds", "0:00"),
        (30, "seconds", "0:01"),
        (3_599, "seconds", "1:00"),
        (221_400, "seconds", "61:30"),
        (Decimal("0.204"), "rate", "20 %"),
        (Decimal("0.505"), "rate", "51 %"),
        (Decimal("3.09"), "mean", "3.09"),
    ],
)
def test_value_is_shown(value: Value, unit: Unit, text: str) -> None:
    assert shown(value, unit) == text


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 min"), (300, "5 min"), (9_000, "2 h 30 min"), (86_390, "1 d"), (273_600, "3 d 4 h")],
)
def test_time_is_told_in_its_two_largest_units(seconds: int, words: str) -> None:
    assert in_words(seconds) == words


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (date(2026, 3, 2), date(2026, 3, 2), "2 March 2026"),
        (date(2026, 3, 2), date(2026, 3, 8), "2 to 8 March 2026"),
        (date(2026, 2, 27), date(2026, 3, 1), "27 February to 1 March 2026"),
        (date(2025, 12, 31), date(2026, 1, 1), "31 December 2025 to 1 January 2026"),
    ],
)
def test_days_are_told_in_words(first: date, last: date, words: str) -> None:
    assert days_in_words(first, last) == words
