"""Whose posts are believed, and for how long."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from bot.http.signatures import SIGNATURE, TIMESTAMP, sign, signed_headers, verify

SECRET = "a-secret-of-the-tests-only"
SUNDAY_NIGHT = datetime(2026, 3, 1, 3, 0, tzinfo=timezone.utc)
BODY = b'{"type":"case.critical"}'
STAMP = str(int(SUNDAY_NIGHT.timestamp()))
SIGNED = sign(SECRET, STAMP, BODY)


def test_signature_is_the_documented_hmac() -> None:
    assert sign("key", "1700000000", b"{}") == (
        "v1=9d713ed406bb7076d4123f0dc2c39d2df5c654ed4b0cd56b52c8b4c940bd63ae"
    )


def test_receiver_takes_what_any_of_its_secrets_signed() -> None:
    assert verify([SECRET], STAMP, SIGNED, BODY, SUNDAY_NIGHT)
    assert verify(["the-next-secret-of-ours", SECRET], STAMP, SIGNED, BODY, SUNDAY_NIGHT)


@pytest.mark.parametrize("minutes", [-6, 6])
def test_receiver_refuses_what_is_old_or_from_the_future(minutes: int) -> None:
    now = SUNDAY_NIGHT + timedelta(minutes=minutes)
    assert not verify([SECRET], STAMP, SIGNED, BODY, now)


@pytest.mark.parametrize(
    ("stamp", "signature", "body"),
    [
        (STAMP, SIGNED, BODY + b" "),
        (STAMP, SIGNED.removeprefix("v1="), BODY),
        (STAMP, sign("another-secret-of-ours", STAMP, BODY), BODY),
        (str(int(STAMP) + 1), SIGNED, BODY),
        ("", "", BODY),
        ("٣", SIGNED, BODY),
        ("9" * 400, SIGNED, BODY),
        ("-1", "v1=é\udcff", BODY),
        (STAMP, "v1=é\udcff", BODY),
    ],
)
def test_receiver_refuses_what_was_changed_or_is_garbage(
    stamp: str, signature: str, body: bytes
) -> None:
    assert not verify([SECRET], stamp, signature, body, SUNDAY_NIGHT)


def test_headers_are_what_a_receiver_checks() -> None:
    headers = signed_headers(SECRET, BODY, SUNDAY_NIGHT)
    assert verify([SECRET], headers[TIMESTAMP], headers[SIGNATURE], BODY, SUNDAY_NIGHT)
