"""Figures and mistakes of the evaluation as people read them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from bot.insights.evaluation.readings import Mixed
from bot.insights.intervals import Estimate
from bot.insights.wording import counted
from bot.playbook.examples import Example


def percent(value: float, digits: int = 1) -> str:
    """0.7432 -> `74.3 %`."""
    exact = Decimal(str(round(value, 6))) * 100
    return f"{exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)} %"


def between(estimate: Estimate) -> str:
    """Such as `70.4 % to 77.9 %`."""
    return f"{percent(estimate.low)} to {percent(estimate.high)}"


def some(ids: Sequence[str], most: int) -> str:
    """The first ones, and how many there are besides."""
    more = len(ids) - most
    return ", ".join(ids[:most]) + (f" and {more} more" if more > 0 else "")


def mixed_words(pair: Mixed) -> str:
    """Such as `3 examples of report/billing are read as faq/invoice_copy`."""
    number = len(pair.readings)
    examples = counted(number, "example")
    said = "not understood" if pair.said == "nlu_fallback" else f"read as {pair.said}"
    return f"{examples} of {pair.truth} {'is' if number == 1 else 'are'} {said}"


def place_of(example: Example) -> str:
    """Such as `data/nlu/en/faq.yml:12`."""
    return f"{example.file}:{example.line}"
