"""Moments as text."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cases.timestamps import read_utc, write_utc

zones = st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(min_value=datetime(1970, 1, 2), timezones=zones)  # noqa: DTZ001


@given(moments.filter(lambda at: at.year < 9999))
def test_moment_is_the_same_after_writing_and_reading(at: datetime) -> None:
    assert read_utc(write_utc(at)) == at
    assert read_utc(write_utc(at)).tzinfo is timezone.utc


def test_moment_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        write_utc(datetime(2026, 3, 1))  # noqa: DTZ001


@pytest.mark.parametrize("text", ["2026-03-01T12:00:00", "2026-03-01T12:00:00+00:00", "soon", ""])
def test_reading_refuses_text_that_is_not_utc_with_a_z(text: str) -> None:
    with pytest.raises(ValueError, match="ends in Z"):
        read_utc(text)
