"""What a digest counts and names, and how it reads as a mail."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from bot.cases.case import Case, Sla
from bot.cases.targets import TARGET_BREACHED
from bot.cases.timestamps import write_utc
from bot.cases.watching import PROMISE_BROKEN
from bot.handoff.digest_content import MOST_LISTED, MOST_PROMISES, fold_digest
from bot.handoff.digest_letter import DigestLetter
from bot.handoff.digest_times import Opening
from bot.playbook.content import Content
from bot.playbook.model import Severity
from bot.store.digests import Digest

from .people import WORDS, a_case

CLOSING = datetime(2026, 3, 2, 18, 0, tzinfo=timezone.utc)
OPENING = datetime(2026, 3, 3, 9, 0, tzinfo=timezone.utc)
HOUR = timedelta(hours=1)
DESK = "https://desk.example.com/desk/digest"


def case(number: int, hours: float = 1, promise: float = 20, **more: Any) -> Case:
    """Opened so many hours after closing, promised until so many hours after it."""
    at = CLOSING + hours * HOUR
    values = {"team": "support", "topic": "technical_issue", "severity": Severity.NORMAL, **more}
    return a_case(f"ND-{number:07}", at, sla=Sla(CLOSING + promise * HOUR), **values)


def digest_of(*cases: Case, team: str = "support") -> Digest:
    return fold_digest(team, Opening(OPENING, CLOSING), cases, OPENING)


def names(mentioned: Any) -> list[str]:
    return [one.case[-1] for one in mentioned]


def test_it_counts_what_came_since_the_team_went_home_and_is_still_theirs() -> None:
    digest = digest_of(
        case(1), case(2, topic="billing", severity=Severity.CRITICAL), case(3, status="closed"),
        case(4, hours=0), case(5, hours=-0.1), case(6, team="billing"),
    )  # fmt: skip
    assert digest.total == 4
    assert digest.by_severity == {"critical": 1, "normal": 3}
    assert digest.by_topic == {"technical_issue": 3, "billing": 1}


def test_promises_are_those_we_owe_by_the_time_they_run_out() -> None:
    digest = digest_of(
        case(1, promise=20), case(2, promise=16), case(3, promise=18, status="claimed"),
        case(4, status="waiting"), case(5, status="closed"), case(6, hours=-50, promise=15.5),
    )  # fmt: skip
    assert names(digest.promises) == ["6", "2", "3", "1"]
    assert digest.promises[0].respond_by == "2026-03-03T09:30:00Z"
    assert (digest.unanswered, digest.unanswered_critical) == (4, 0)


def test_late_is_what_missed_a_promise_or_a_target_and_is_still_open() -> None:
    noted = case(1).noted(CLOSING, "bot", PROMISE_BROKEN, due=write_utc(CLOSING))
    target = case(2).noted(CLOSING, "bot", TARGET_BREACHED, target="resolution", due="x")
    digest = digest_of(
        noted,
        replace(target, status="waiting"),
        replace(noted, id="ND-0000003", status="resolved"),
        case(4, promise=15),
        case(5, promise=14, status="waiting"),
        case(6),
        replace(case(7), sla=Sla(CLOSING + 20 * HOUR, resolve_by=CLOSING)),
    )
    assert sorted(names(digest.breached)) == ["1", "2", "4", "7"]
    assert digest.breached_total == 4


def test_critical_is_what_is_open_or_came_in_the_night() -> None:
    bad = {"severity": Severity.CRITICAL}
    digest = digest_of(
        case(1, **bad), case(2, status="closed", **bad), case(5),
        case(3, hours=-30, status="waiting", **bad), case(4, hours=-30, status="resolved", **bad),
    )  # fmt: skip
    assert {one.case[-1]: one.status for one in digest.critical} == {
        "1": "new", "2": "closed", "3": "waiting",
    }  # fmt: skip
    assert (digest.critical_total, digest.unanswered_critical) == (3, 1)


def test_lists_are_short_and_totals_right_after_a_terrible_night() -> None:
    digest = digest_of(
        *(case(number, promise=1, severity=Severity.CRITICAL) for number in range(120))
    )
    assert len(digest.promises) == MOST_PROMISES
    assert len(digest.breached) == len(digest.critical) == MOST_LISTED
    assert digest.unanswered == digest.breached_total == digest.critical_total == 120


def letter(content: Content, digest: Digest) -> DigestLetter:
    return DigestLetter.of(digest, content, OPENING, DESK)


def test_mail_reads_well(content: Content) -> None:
    bad = case(1, topic="incident", severity=Severity.CRITICAL, promise=14.5, subtopic="safety")
    text = letter(
        content,
        digest_of(
            bad, case(2), case(3, promise=15.75, severity=Severity.HIGH), case(4, promise=40),
            case(5, status="closed", topic="billing"),
        ),
    ).to_text()  # fmt: skip
    assert text == (
        "Brightnook, support team: the morning of Tuesday 3 March\n\n"
        "4 cases wait for an answer, 1 of them critical.\n"
        "5 cases came since Monday 2 March, 18:00.\n\n"
        "     1  critical\n     1  high\n     3  normal\n\n"
        "     3  a technical problem\n     1  an incident\n     1  billing and payments\n\n"
        "Critical\n"
        "  ND-0000001  critical  an incident (nobody has it)\n\n"
        "Late: what was promised, or the team's own target, was missed\n"
        "  ND-0000001  critical  an incident (nobody has it)\n\n"
        "To be answered, in the order of the promises\n"
        "  ND-0000001  critical  an incident, was due today at 08:30\n"
        "  ND-0000003  high      a technical problem, due today at 09:45\n"
        "  ND-0000002  normal    a technical problem, due today at 14:00\n"
        "  ND-0000004  normal    a technical problem, due tomorrow at 10:00\n\n"
        f"All of it on the desk:\n{DESK}\n\n"
        "Times are those of Europe/London. The numbers are as of 09:00.\n"
    )
    assert WORDS not in text


def test_mail_after_a_quiet_night(content: Content) -> None:
    quiet = letter(content, digest_of())
    assert quiet.subject == "Brightnook, support team: no cases waiting"
    assert quiet.to_text() == (
        "Brightnook, support team: the morning of Tuesday 3 March\n\n"
        "No cases wait for an answer.\nNo cases came since Monday 2 March, 18:00.\n\n"
        f"All of it on the desk:\n{DESK}\n\n"
        "Times are those of Europe/London. The numbers are as of 09:00.\n"
    )


@pytest.mark.parametrize(
    ("cases", "ending"),
    [
        ([case(1)], "1 case waiting"),
        ([case(1), case(2)], "2 cases waiting"),
        ([case(1), case(2, severity=Severity.CRITICAL)], "2 cases waiting, 1 critical"),
        ([case(1, severity=Severity.CRITICAL, status="waiting")], "no cases waiting"),
    ],
)
def test_subject_says_how_much_there_is_to_do(
    content: Content, cases: list[Case], ending: str
) -> None:
    assert letter(content, digest_of(*cases)).subject == f"Brightnook, support team: {ending}"


def test_mail_says_what_it_leaves_out(content: Content) -> None:
    text = letter(content, digest_of(*(case(number) for number in range(25)))).to_text()
    assert "  ND-0000019" in text
    assert "  and 5 more\n" in text


def test_times_are_those_of_the_teams_clock(content: Content) -> None:
    summer = datetime(2026, 6, 2, 8, 0, tzinfo=timezone.utc)
    opening = Opening(summer, summer - 15 * HOUR)
    late = a_case("ND-0000001", summer, team="support", sla=Sla(summer + HOUR))
    text = letter(content, fold_digest("support", opening, [late], summer)).to_text()
    assert "since Monday 1 June, 18:00" in text
    assert ", due today at 10:00" in text
    assert "as of 09:00" in text


def test_digest_of_a_topic_that_is_gone_can_be_read(content: Content) -> None:
    assert (
        "telegrams, due today" in letter(content, digest_of(case(1, topic="telegrams"))).to_text()
    )
