"""Statistics and roundings, to the last digit."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from bot.insights.figures import mean, median_seconds, p90_seconds, rate


def seconds(*values: float) -> list[timedelta]:
    return [timedelta(seconds=value) for value in values]


@pytest.mark.parametrize(
    ("values", "median"),
    [
        ((), None),
        ((7,), 7),
        ((9, 1, 5), 5),
        ((1, 2), 2),
        ((1, 4, 2, 9), 3),
        ((0.4,), 0),
        ((0.5,), 1),
    ],
)
def test_median_is_the_middle_or_the_mean_of_two(values: tuple[float, ...], median: int) -> None:
    assert median_seconds(seconds(*values)) == median


@pytest.mark.parametrize(("count", "rank"), [(1, 1), (2, 2), (9, 9), (10, 9), (11, 10), (20, 18)])
def test_p90_is_the_nearest_rank(count: int, rank: int) -> None:
    assert p90_seconds(seconds(*range(count, 0, -1))) == rank


def test_durations_round_half_up_from_the_exact_value() -> None:
    assert median_seconds(seconds(1, 1.999998)) == 1
    assert median_seconds(seconds(1, 2)) == 2
    assert p90_seconds(seconds(1.499999)) == 1
    assert p90_seconds(seconds(1.5)) == 2


def test_rates_have_three_decimals_half_up() -> None:
    assert [rate(1, 16), rate(1, 3), rate(2, 3), rate(5, 5)] == [
        Decimal("0.063"), Decimal("0.333"), Decimal("0.667"), Decimal("1.000"),
    ]  # fmt: skip
    assert rate(0, 0) is None


def test_means_have_two_decimals_half_up() -> None:
    assert [str(mean([1, 2])), str(mean([1] * 7 + [2]))] == ["1.50", "1.13"]
    assert mean([]) is None
