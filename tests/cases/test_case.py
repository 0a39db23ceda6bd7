"""The case and its JSON: nothing is lost on the way, nothing incomplete gets in."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cases.case import (
    Attachment,
    Case,
    Customer,
    Detail,
    Entry,
    Line,
    Note,
    Sla,
    schema,
    validate,
)
from bot.playbook.model import Severity

NOON = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)

PRINTABLE = st.characters(exclude_categories=("C", "Z"))
words = st.text(PRINTABLE, min_size=1, max_size=12)
moments = st.datetimes(
    min_value=datetime(1970, 1, 1),  # noqa: DTZ001
    max_value=datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from([timezone.utc, timezone(timedelta(hours=9))]),
)
scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.text())
missing = st.just(Detail(None, "missing"))
details = st.builds(Detail, st.text(), st.sampled_from(["said", "asked"])) | missing
keys = words.filter(lambda key: key not in ("at", "who", "what"))


def unique(strategy: st.SearchStrategy[str], least: int = 0) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(strategy, min_size=least, max_size=3, unique=True).map(tuple)


cases = st.builds(
    Case,
    id=words,
    opened_at=moments,
    channel=words,
    conversation=words,
    customer=st.builds(
        Customer, words, st.none() | words, st.none() | words, st.none() | st.integers(0)
    ),
    visibility=st.sampled_from(["public", "private"]),
    topic=words,
    subtopic=words,
    severity=st.sampled_from(Severity),
    severity_reasons=unique(words, 1),
    sentiment=st.sampled_from(["negative", "neutral", "positive"]),
    team=words,
    sla=st.builds(
        Sla,
        moments,
        *[st.none() | moments] * 4,
        st.none() | st.integers(-(10**6), 10**6),
    ),
    summary=st.text(),
    secondary_topics=unique(words),
    tags=unique(words),
    assignee=st.none() | words,
    details=st.dictionaries(words, details, max_size=3),
    resources_offered=unique(words),
    transcript=st.lists(
        st.builds(Line, st.sampled_from(["customer", "bot", "agent"]), moments, st.text()),
        max_size=3,
    ).map(tuple),
    attachments=st.lists(
        st.builds(Attachment, st.sampled_from(["image", "file"]), words, st.none() | words),
        max_size=2,
    ).map(tuple),
    incident=st.none() | words,
    status=st.sampled_from(["new", "claimed", "waiting", "resolved", "closed"]),
    notes=st.lists(st.builds(Note, moments, words, st.text()), max_size=2).map(tuple),
    rating=st.none() | st.integers(1, 5),
    reply_at=st.none() | moments,
    history=st.lists(
        st.builds(Entry, moments, words, words, st.dictionaries(keys, scalars, max_size=2)),
        max_size=3,
    ).map(tuple),
)


def a_case(**changes: Any) -> Case:
    case = Case(
        id="ND-2345678",
        opened_at=NOON,
        channel="web",
        conversation="web:1",
        customer=Customer("1", name="Ana", language="pt"),
        visibility="private",
        topic="billing",
        subtopic="refund",
        severity=Severity.HIGH,
        severity_reasons=("Money is lost",),
        sentiment="negative",
        team="billing",
        sla=Sla(NOON + timedelta(hours=2)),
        summary="Charged twice",
        details={"amount": Detail("49.90", "said"), "email": Detail(None, "missing")},
        transcript=(Line("customer", NOON, "I was charged twice"),),
    )
    return replace(case, **changes)


@given(cases)
def test_case_is_the_same_after_a_round_trip_through_json(case: Case) -> None:
    document = json.loads(json.dumps(case.to_json()))

    validate(document)

    assert Case.from_json(document) == case


def test_case_carries_every_key_of_the_schema_and_no_other() -> None:
    assert set(a_case().to_json()) == set(schema()["properties"]) == set(schema()["required"])


def test_case_is_written_with_utc_moments_and_words() -> None:
    document = a_case(opened_at=NOON.astimezone(timezone(timedelta(hours=9)))).to_json()

    assert document["opened_at"] == "2026-03-01T12:00:00Z"
    assert document["severity"] == "high"
    assert document["transcript"] == [
        {"from": "customer", "at": "2026-03-01T12:00:00Z", "text": "I was charged twice"}
    ]
    assert document["schema"] == 2


@pytest.mark.parametrize("name", ["id", "topic", "subtopic", "team", "severity_reasons"])
def test_case_is_refused_when_a_needed_part_is_empty(name: str) -> None:
    empty: object = () if name == "severity_reasons" else ""
    with pytest.raises(ValueError, match=name):
        a_case(**{name: empty})


@pytest.mark.parametrize(
    "change",
    [
        {"opened_at": NOON.replace(tzinfo=None)},
        {"sla": Sla(NOON.replace(tzinfo=None))},
        {"sla": Sla(NOON, NOON.replace(tzinfo=None))},
    ],
)
def test_case_is_refused_when_a_moment_has_no_time_zone(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="time zone"):
        a_case(**change)


def test_case_of_another_schema_version_is_refused() -> None:
    with pytest.raises(ValueError, match="schema version 1 to 2"):
        Case.from_json({**a_case().to_json(), "schema": 3})


def test_case_of_the_first_schema_version_is_read() -> None:
    document = a_case().to_json()
    for name in ("notes", "rating", "reply_at"):
        del document[name]
    promise = document["sla"]["respond_by"]
    document["sla"] = {"respond_by": promise, "window_closes_at": None}

    case = Case.from_json({**document, "schema": 1})

    assert (case.notes, case.rating, case.reply_at) == ((), None, None)
    assert case.sla.first_response_by == case.sla.respond_by


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("topic",), ""),
        (("severity",), "urgent"),
        (("severity_reasons",), []),
        (("opened_at",), "2026-03-01T12:00:00+01:00"),
        (("status",), "open"),
        (("customer", "followers"), -1),
        (("customer", "language"), "english"),
        (("details", "email"), {"value": "a@b.example", "source": "missing"}),
        (("details", "amount"), {"value": None, "source": "said"}),
        (("transcript", 0, "from"), "robot"),
        (("invented",), 1),
        (("schema",), 3),
        (("rating",), 6),
    ],
)
def test_validation_refuses_what_the_schema_does_not_allow(
    path: tuple[str | int, ...], value: object
) -> None:
    document: Any = copy.deepcopy(a_case().to_json())
    part = document
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = value

    with pytest.raises(ValueError, match="does not fit case.schema.json"):
        validate(document)


def test_validation_error_names_the_place_but_never_the_text() -> None:
    document = a_case().to_json()
    document["transcript"][0] = {"from": "spy", "at": "2026-03-01T12:00:00Z", "text": "my secret"}

    with pytest.raises(ValueError, match="transcript/0/from") as refused:
        validate(document)

    assert "secret" not in str(refused.value)
    assert "spy" not in str(refused.value)


def test_case_lists_what_is_missing() -> None:
    assert a_case().missing == ("email",)


def test_case_keeps_its_history_in_order_when_more_is_noted() -> None:
    case = a_case().noted(NOON, "bot", "opened").noted(NOON, "ana", "claimed", from_page="desk")

    assert [entry.what for entry in case.history] == ["opened", "claimed"]
    assert case.to_json()["history"][1]["from_page"] == "desk"
    assert case.happened("claimed")
    assert not case.happened("resolved")
