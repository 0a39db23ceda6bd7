"""What each measure of the report counts, one small story each."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from bot.insights.measures import MEASURES, UNITS
from bot.insights.open_time import Hours
from bot.insights.report import DIMENSIONS, By, Report

from .telling import (
    MONDAY,
    NEW_YORK,
    OFFICE,
    SUNDAY,
    answered,
    fact,
    message,
    opened,
    replied,
    report_of,
    told,
    value,
    values,
)

CONTACTS = ("conversations", "messages", "customers")
UNAIDED = ("unaided", "undecided", "unaided_share")
FIRST = ("first_response_median", "first_response_business_median")
NEXT = ("next_response_median", "next_response_business_median")
RESOLUTION = ("resolution_median", "resolution_business_median")
PROMISES = ("promises_kept", "promises_broken", "promise_rate")
HOUR = 3600


class TestContacts:
    def test_messages_less_than_a_day_apart_are_one_contact(self) -> None:
        report = report_of(message("Mon 09:00"), message("Tue 08:59:59"), message("Wed 08:59:58"))
        assert values(report, *CONTACTS) == (1, 3, 1)

    def test_message_a_day_after_the_last_begins_another(self) -> None:
        report = report_of(message("Mon 09:00"), message("Tue 09:00"))
        assert values(report, *CONTACTS) == (2, 2, 1)

    def test_contact_belongs_to_the_day_of_its_first_message(self) -> None:
        report = report_of(message("Mon 23:00"), message("Tue 01:00"))
        assert [row.group for row in report.rows] == ["2026-03-02"]

    def test_days_are_those_of_the_home_zone(self) -> None:
        home = Hours(NEW_YORK, {"support": OFFICE})
        report = report_of(message("Mon 04:59"), message("Wed 05:01"), hours=home)
        assert [row.group for row in report.rows] == ["2026-03-04"]

    def test_last_turn_tells_the_language(self) -> None:
        german = fact("turn_answered", "Mon 09:02", replies=1, language="de")
        report = report_of(message("Mon 09:00"), answered("Mon 09:01"), german, by="language")
        assert [row.group for row in report.rows] == ["de"]


class TestUnaided:
    def test_contact_the_bot_answered_alone_counts_after_72_hours(self) -> None:
        story = message("Mon 09:00"), answered("Mon 09:00:01")
        assert values(report_of(*story, as_of="Thu 08:59:59"), *UNAIDED) == (0, 1, None)
        assert values(report_of(*story, as_of="Thu 09:00"), *UNAIDED) == (1, 0, Decimal("1.000"))

    @pytest.mark.parametrize("type_", ["case_opened", "agent_replied"])
    def test_contact_that_needed_a_person_within_72_hours_does_not(self, type_: str) -> None:
        story = message("Mon 09:00"), answered("Mon 09:00:01")
        within = report_of(*story, fact(type_, "Thu 09:00", case="ND-1"))
        later = report_of(*story, fact(type_, "Thu 09:00:01", case="ND-1"))
        assert (value(within, "unaided"), value(later, "unaided")) == (0, 1)

    @pytest.mark.parametrize("type_", ["case_extended", "message_for_person", "case_reopened"])
    def test_contact_that_is_about_an_earlier_case_needs_a_person(self, type_: str) -> None:
        later = message("Wed 09:00"), told(type_, "Wed 09:00:01"), answered("Wed 09:00:01")
        story = message("Mon 09:00"), opened("Mon 09:01"), *later
        assert values(report_of(*story, as_of="Mon+7 09:00"), *UNAIDED[:2]) == (0, 0)

    def test_contact_without_an_answer_is_neither(self) -> None:
        story = message("Mon 09:00"), answered("Mon 09:00:01", replies=0)
        assert values(report_of(*story, as_of="Mon 10:00"), *UNAIDED) == (0, 0, Decimal("0.000"))

    def test_share_leaves_out_what_is_not_decided(self) -> None:
        report = report_of(
            message("Mon 09:00"), answered("Mon 09:01"),
            message("Tue 09:00", "rest:bob"),
            message("Fri 09:00", "rest:eve"), answered("Fri 09:01", "rest:eve"),
            as_of="Sat 09:00",
        )  # fmt: skip
        assert values(report, *UNAIDED) == (1, 1, Decimal("0.500"))


class TestCases:
    def test_case_belongs_to_the_day_of_its_opening(self) -> None:
        report = report_of(opened("Sun 23:59"), opened("Mon+7 00:00", case="ND-2"))
        assert report.total.cells["cases"].ids == ("ND-1",)

    def test_severity_is_the_last_one_told(self) -> None:
        raised = told("case_extended", "Mon 11:00", severity="critical", topic="delivery")
        report = report_of(opened("Mon 09:00"), raised, by="topic")
        assert (value(report, "critical"), value(report, "normal")) == (1, 0)
        assert [row.group for row in report.rows] == ["delivery"]

    def test_agent_is_who_had_it_last(self) -> None:
        story = [
            opened("Mon 09:00"),
            told("case_claimed", "Mon 10:00", agent="u-ada"),
            told("case_transferred", "Mon 11:00", agent="u-ada", team="sales", to="u-ben"),
            told("case_transferred", "Mon 12:00", agent="u-ben", team="support", to=""),
        ]
        assert [row.group for row in report_of(*story, by="agent").rows] == ["u-ben"]
        assert [row.group for row in report_of(*story, by="team").rows] == ["support"]

    def test_contact_counts_with_its_first_case(self) -> None:
        report = report_of(
            message("Mon 09:00"),
            opened("Mon 09:05"),
            opened("Mon 10:00", case="ND-2", topic="delivery"),
            message("Wed 09:00"),
            by="topic",
        )
        assert [value(report, "conversations", row.group) for row in report.rows] == [1, 0, 1]
        assert [row.group for row in report.rows] == ["billing", "delivery", ""]

    def test_sentiment_is_that_of_the_opening(self) -> None:
        report = report_of(opened("Mon 09:00", sentiment="negative"))
        assert values(report, "negative", "neutral", "positive") == (1, 0, 0)

    def test_missed_targets_count_cases(self) -> None:
        late = [told("target_breached", f"Tue {hour}:00", target="resolution") for hour in (10, 11)]
        report = report_of(opened("Mon 09:00"), *late)
        assert values(report, "first_response_breached", "resolution_breached") == (0, 1)


class TestTimes:
    def test_first_response_is_the_first_reply_of_a_person(self) -> None:
        report = report_of(opened("Mon 16:00"), replied("Tue 10:00"), replied("Tue 11:00"))
        assert values(report, *FIRST) == (18 * HOUR, 2 * HOUR)

    def test_open_time_is_that_of_the_team_that_has_the_case_now(self) -> None:
        moved = told("case_transferred", "Mon 11:00", agent="u-ada", team="sales", to="")
        report = report_of(opened("Mon 13:00"), moved, replied("Mon 15:00"))
        assert values(report, *FIRST) == (2 * HOUR, HOUR)

    def test_next_response_runs_from_the_first_message_to_the_next_reply(self) -> None:
        report = report_of(
            opened("Mon 09:00"),
            told("case_extended", "Mon 09:30"),
            replied("Mon 10:00", waits=True),
            told("message_for_person", "Mon 16:00"),
            told("message_for_person", "Mon 16:30"),
            replied("Tue 09:30"),
            told("message_for_person", "Wed 10:00"),
        )
        assert values(report, *NEXT) == (int(17.5 * HOUR), int(1.5 * HOUR))
        assert report.total.cells["next_response_median"].ids == ("ND-1",)

    def test_next_response_runs_when_the_customer_reopens_but_not_when_an_agent_does(self) -> None:
        story = [opened("Mon 09:00"), replied("Mon 10:00"), told("case_resolved", "Mon 11:00")]
        by_customer = told("case_reopened", "Mon 12:00", by="customer")
        by_agent = told("case_reopened", "Mon 12:00", by="u-ada")
        assert value(report_of(*story, by_customer, replied("Mon 13:00")), NEXT[0]) == HOUR
        assert value(report_of(*story, by_agent, replied("Mon 13:00")), NEXT[0]) is None

    def test_resolution_stands_still_while_the_customer_is_to_answer(self) -> None:
        report = report_of(
            opened("Mon 09:00"),
            replied("Mon 10:00", waits=True),
            replied("Mon 11:00", waits=True),
            told("message_for_person", "Mon 14:00"),
            told("case_resolved", "Mon 15:00", agent="u-ada"),
        )
        assert values(report, *RESOLUTION) == (6 * HOUR, 2 * HOUR)

    def test_resolution_stands_still_while_the_case_is_resolved(self) -> None:
        report = report_of(
            opened("Mon 09:00"),
            told("case_resolved", "Mon 10:00", agent="u-ada"),
            told("case_reopened", "Tue 12:00", by="customer"),
            told("case_closed", "Tue 13:00"),
        )
        assert values(report, *RESOLUTION) == (28 * HOUR, 2 * HOUR)

    def test_open_or_reopened_case_has_no_resolution(self) -> None:
        story = opened("Mon 09:00"), told("case_resolved", "Mon 10:00")
        again = told("case_reopened", "Mon 11:00", by="u-ada")
        assert values(report_of(*story, again), "resolved", *RESOLUTION) == (0, None, None)
        assert values(report_of(*story), "resolved", "resolution_rate") == (1, Decimal("1.000"))

    def test_median_lies_in_the_middle_and_p90_is_the_nearest_rank(self) -> None:
        story = [
            line
            for n in range(1, 11)
            for line in (opened("Mon 09:00", f"ND-{n}"), replied(f"Mon 09:{n}:0.5", f"ND-{n}"))
        ]
        report = report_of(*story)
        assert values(report, "first_response_median", "first_response_p90") == (331, 541)


class TestAnswers:
    def test_case_the_customer_closed_before_an_answer_was_not_needed(self) -> None:
        report = report_of(
            opened("Mon 09:00"), told("case_closed", "Mon 10:00"),
            opened("Mon 09:00", "ND-2"), replied("Mon 10:00", "ND-2"),
            told("case_closed", "Mon 11:00", "ND-2"),
            opened("Mon 09:00", "ND-3"),
        )  # fmt: skip
        expected = (1, 1, Decimal("0.500"))
        assert values(report, "answered", "unneeded", "response_rate") == expected

    def test_nothing_needed_has_no_response_rate(self) -> None:
        report = report_of(opened("Mon 09:00"), told("case_closed", "Mon 10:00"))
        assert values(report, "unneeded", "response_rate", *PROMISES) == (1, None, 0, 0, None)

    def test_satisfaction_is_the_mean_of_the_last_ratings(self) -> None:
        report = report_of(
            opened("Mon 09:00"), told("case_rated", "Mon 10:00", rating=1),
            told("case_rated", "Mon 11:00", rating=4),
            opened("Mon 09:00", "ND-2"), told("case_rated", "Mon 10:00", "ND-2", rating=5),
        )  # fmt: skip
        assert values(report, "ratings", "satisfaction") == (2, Decimal("4.50"))
        assert report.stars == (0, 0, 0, 1, 1)


class TestPromises:
    def test_reply_at_the_last_moment_keeps_the_promise(self) -> None:
        story = opened("Mon 09:00", respond_by="Mon 12:00")
        assert values(report_of(story, replied("Mon 12:00")), *PROMISES) == (1, 0, Decimal("1.000"))
        assert values(report_of(story, replied("Mon 12:01")), *PROMISES) == (0, 1, Decimal("0.000"))

    def test_the_promise_in_force_counts(self) -> None:
        story = opened("Mon 09:00", respond_by="Mon 12:00")
        moved = told("promise_moved", "Mon 11:00", respond_by="Mon 15:00")
        report = report_of(story, moved, replied("Mon 14:00"))
        assert values(report, *PROMISES[:2], "promises_moved") == (1, 0, 1)

    def test_promise_that_is_only_told_after_the_reply_does_not_count(self) -> None:
        story = opened("Mon 09:00", respond_by="Mon 12:00")
        changed = told("case_changed", "Mon 15:00", respond_by="Mon 10:00")
        assert values(report_of(story, replied("Mon 11:00"), changed), *PROMISES[:2]) == (1, 0)

    def test_no_reply_breaks_the_promise_when_it_is_over(self) -> None:
        story = opened("Mon 09:00", respond_by="Mon 12:00")
        assert values(report_of(story, as_of="Mon 12:00"), *PROMISES) == (0, 0, None)
        assert values(report_of(story, as_of="Mon 12:01"), *PROMISES[:2]) == (0, 1)

    def test_resolving_without_a_reply_answers_the_promise_and_no_more(self) -> None:
        resolved = told("case_resolved", "Mon 11:00", agent="u-ada")
        report = report_of(opened("Mon 09:00", respond_by="Mon 12:00"), resolved)
        assert values(report, *PROMISES[:2], "answered", FIRST[0]) == (1, 0, 0, None)


class TestWhatWasUsed:
    def test_uses_count_by_their_own_day_most_used_first(self) -> None:
        report = report_of(
            message("Sun+-7 09:00"),
            fact("faq_answered", "Mon 09:00", faq="returns"),
            fact("faq_answered", "Mon 10:00", faq="hours"),
            fact("faq_answered", "Tue 10:00", "rest:bob", faq="hours"),
            fact("faq_answered", "Mon+7 00:00", faq="returns"),
        )
        assert [(row.group, row.cells["faq_answered"].ids) for row in report.faqs] == [
            ("hours", ("webchat:ann", "rest:bob")),
            ("returns", ("webchat:ann",)),
        ]

    def test_page_that_solved_it_counts_though_it_was_offered_before(self) -> None:
        report = report_of(fact("solved", "Mon 09:00", resource="reset"))
        (row,) = report.pages
        assert [cell.value for cell in row.cells.values()] == [0, 1]


def a_busy_week() -> Report:
    return report_of(
        message("Mon 09:00"), answered("Mon 09:01"), opened("Mon 09:02"),
        replied("Mon 10:00", waits=True), told("message_for_person", "Mon 11:00"),
        replied("Mon 11:30"), told("case_resolved", "Mon 12:00"),
        told("case_rated", "Mon 12:05", rating=5),
        message("Tue 09:00", "rest:bob"), answered("Tue 09:01", "rest:bob"),
        message("Wed 12:00", "rest:bob"),
        opened("Thu 08:00", "ND-2", conversation="rest:eve", severity="critical", channel="rest"),
        fact("quick_reply_used", "Thu 08:00", payload="/solved"),
    )  # fmt: skip


@pytest.mark.parametrize("by", DIMENSIONS)
def test_as_many_ids_are_behind_a_count_as_it_says(by: By) -> None:
    report = a_busy_week().regrouped(by)
    for row in (*report.rows, report.total):
        counts = {name: cell for name, cell in row.cells.items() if UNITS[name] == "count"}
        del counts["messages"]
        assert {name: len(cell.ids) for name, cell in counts.items()} == {
            name: cell.value for name, cell in counts.items()
        }


@pytest.mark.parametrize("by", DIMENSIONS)
def test_cases_and_contacts_of_the_rows_are_those_of_the_total(by: By) -> None:
    report = a_busy_week().regrouped(by)
    for measure in ("cases", "conversations", "messages"):
        parts = [row.cells[measure].value or 0 for row in report.rows]
        assert sum(parts) == report.total.cells[measure].value


def test_cells_are_found_by_the_names_of_row_and_measure() -> None:
    report = a_busy_week().regrouped("topic")
    assert value(report, "cases", "billing") == 2
    assert value(report, "cases", "total") == value(report, "cases") == 2
    assert value(report, "quick_reply_used", "/solved") == 1
    assert report.cell("delivery", "cases") is None
    assert report.cell("billing", "nonsense") is None


def test_days_without_anything_give_an_empty_report() -> None:
    report = report_of(first=date(2025, 1, 1), last=date(2025, 1, 2))
    assert report.rows == ()
    assert [cell.value for cell in report.total.cells.values()] == [
        0 if measure.unit == "count" else None for measure in MEASURES
    ]


def test_facts_later_than_the_moment_do_not_count() -> None:
    report = report_of(opened("Mon 09:00"), replied("Tue 10:00"), as_of="Tue 09:59")
    assert values(report, "cases", "answered") == (1, 0)


def test_report_covers_the_whole_of_its_last_day() -> None:
    report = report_of(message("Sun 23:59:59"), first=SUNDAY, last=SUNDAY)
    assert value(report, "conversations") == 1
    assert value(report_of(message("Sun 23:59"), first=MONDAY, last=MONDAY), "conversations") == 0
