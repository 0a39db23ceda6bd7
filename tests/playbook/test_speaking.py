"""Moments are said as people say them, on the clock of the brand."""

from __future__ import annotations

from datetime import datetime, timezone
from zoneinfo import ZoneInfo

import pytest

from bot.playbook.speaking import speak_time

NOW = datetime(2026, 11, 20, 17, 0, tzinfo=timezone.utc)  # a Friday
BERLIN = ZoneInfo("Europe/Berlin")


def said(day: int, hour: int, language: str, now: datetime = NOW) -> str:
    at = datetime(2026, 11, day, hour, tzinfo=BERLIN)
    return speak_time(at, now, BERLIN, language)


@pytest.mark.parametrize(
    ("language", "today", "tomorrow", "soon", "later"),
    [
        ("en", "today at 20:00", "tomorrow at 09:00", "on Monday at 09:00",
         "on Monday 30 November at 09:00"),
        ("de", "heute um 20:00 Uhr", "morgen um 09:00 Uhr", "am Montag um 09:00 Uhr",
         "am Montag, dem 30. November, um 09:00 Uhr"),
        ("pt", "hoje às 20:00", "amanhã às 09:00", "na segunda-feira às 09:00",
         "na segunda-feira, 30 de novembro, às 09:00"),
        ("ko", "오늘 20:00에", "내일 09:00에", "월요일 09:00에", "11월 30일 월요일 09:00에"),
        ("fi", "today at 20:00", "tomorrow at 09:00", "on Monday at 09:00",
         "on Monday 30 November at 09:00"),
    ],
)  # fmt: skip
def test_customer_reads_a_moment_in_their_language(
    language: str, today: str, tomorrow: str, soon: str, later: str
) -> None:
    assert said(20, 20, language) == today
    assert said(21, 9, language) == tomorrow
    assert said(23, 9, language) == soon
    assert said(30, 9, language) == later


def test_weekday_alone_is_said_when_it_is_at_most_six_days_ahead() -> None:
    assert said(26, 9, "en") == "on Thursday at 09:00"
    assert said(27, 9, "en") == "on Friday 27 November at 09:00"


def test_day_is_that_of_the_brand_when_it_differs_from_utc() -> None:
    late = datetime(2026, 11, 20, 23, 30, tzinfo=timezone.utc)  # 00:30 on Saturday in Berlin
    assert said(21, 9, "en", late) == "today at 09:00"


def test_portuguese_article_fits_when_the_day_or_hour_is_another() -> None:
    assert said(22, 1, "pt") == "no domingo à 01:00"


def test_date_is_said_when_the_moment_has_passed() -> None:
    assert said(19, 9, "en") == "on Thursday 19 November at 09:00"
