"""The report for programs."""

from __future__ import annotations

import csv
import io
import json

from bot.insights.table import COLUMNS, to_csv, to_json

from .telling import answered, fact, message, opened, replied, report_of

HEADER = """
    group conversations messages customers unaided undecided unaided_share cases critical high
    normal low first_response_median first_response_p90 first_response_business_median
    first_response_business_p90 next_response_median next_response_p90
    next_response_business_median next_response_business_p90 resolution_median resolution_p90
    resolution_business_median resolution_business_p90 resolved resolution_rate answered
    unneeded response_rate promises_kept promises_broken promise_rate promises_moved ratings
    satisfaction negative neutral positive first_response_breached next_response_breached
    resolution_breached
""".split()


def test_csv_has_the_columns_in_their_order() -> None:
    header, total = to_csv(report_of()).splitlines()
    assert header.split(",") == HEADER
    assert total.startswith("total,0,0,0,0,0,,0,")


def test_csv_leaves_cells_empty_that_are_not_defined() -> None:
    report = report_of(message("Mon 09:00"), opened("Mon 09:01"), replied("Mon 09:31"), by="topic")
    row, _ = csv.DictReader(io.StringIO(to_csv(report)))
    told = {name: row[name] for name in ("group", "cases", "first_response_median", "satisfaction")}
    assert told == {
        "group": "billing",
        "cases": "1",
        "first_response_median": "1800",
        "satisfaction": "",
    }


def test_json_says_the_same_with_null() -> None:
    report = report_of(
        message("Mon 09:00"), answered("Mon 09:01"), fact("faq_answered", "Mon 09:01", faq="hours")
    )
    document = json.loads(json.dumps(to_json(report)))
    assert document["from"] == "2026-03-02"
    assert document["timezone"] == "UTC"
    assert document["faqs"] == [{"group": "hours", "faq_answered": 1}]
    assert document["total"]["unaided_share"] == 1.0
    assert document["total"]["satisfaction"] is None
    assert list(document["rows"][0]) == list(COLUMNS)
