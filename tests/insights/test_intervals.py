"""Intervals as the books have them, and F1 scores counted by hand."""

from __future__ import annotations

import numpy as np
import pytest

from bot.insights.intervals import NOTHING, counted, f1_of, f1_scores, macro_f1, share


def test_share_has_the_interval_of_the_books() -> None:
    """81 of 263: Newcombe 1998 (Statistics in Medicine 17), table I, method 3."""
    found = share(81, 263)
    assert found.value == pytest.approx(81 / 263)
    assert (round(found.low, 4), round(found.high, 4)) == (0.2553, 0.3662)
    rare = share(0, 20)
    assert (rare.low, round(rare.high, 4)) == (0.0, 0.1611)


def test_nothing_is_known_of_no_cases() -> None:
    assert share(0, 0) == NOTHING
    assert macro_f1(np.zeros((2, 2), np.int64)) == NOTHING
    assert f1_of(np.array([[5, 0], [0, 0]]), 1) == NOTHING


def test_table_has_a_row_for_what_is_right() -> None:
    assert counted(["a", "a", "b"], ["a", "b", "b"], ["a", "b"]).tolist() == [[1, 1], [0, 1]]


def test_f1_scores_are_those_counted_by_hand() -> None:
    counts = np.array([[3, 1, 0], [1, 1, 0], [0, 1, 0]])
    assert f1_scores(counts).tolist() == pytest.approx([6 / 8, 2 / 5, 0])
    assert macro_f1(counts).value == pytest.approx((6 / 8 + 2 / 5 + 0) / 3)
    assert f1_of(counts, 1).value == pytest.approx(2 / 5)


def test_mean_f1_leaves_out_classes_that_do_not_occur() -> None:
    assert macro_f1(np.array([[4, 0], [0, 0]])).value == 1.0


def test_bootstrap_is_the_same_each_time_and_holds_the_figure() -> None:
    counts = np.array([[40, 10], [5, 45]])
    one = macro_f1(counts)
    assert one == macro_f1(counts)
    assert one.value is not None
    assert one.low < one.value < one.high
    assert one.high - one.low < macro_f1(counts // 5).high - macro_f1(counts // 5).low


def test_bootstrap_of_a_share_is_about_wilson_s() -> None:
    """Accuracy is no F1, but the F1 of two equal classes with symmetric errors is near it."""
    found, wilson = macro_f1(np.array([[80, 20], [20, 80]])), share(160, 200)
    assert (found.low, found.high) == pytest.approx((wilson.low, wilson.high), abs=0.015)
