"""Signatures, and what counts as taken."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.errors import NotifierFailed
from bot.handoff.notice import Notice
from bot.handoff.webhook import Webhook
from bot.http.signatures import sign, verify

from .people import SECRET, SUNDAY_NIGHT, Phone, a_case

BODY = b'{"type":"case.critical"}'
STAMP = str(int(SUNDAY_NIGHT.timestamp()))
SIGNED = sign(SECRET, STAMP, BODY)


@pytest.fixture
def notice() -> Notice:
    case = a_case("ND-7KQ2M4X", SUNDAY_NIGHT)
    return Notice("a1", 1, SUNDAY_NIGHT, case, "incident", "duty", "https://desk.example.com/x")


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


async def test_receiver_gets_a_signed_document(phone: Phone, notice: Notice) -> None:
    await Webhook([SECRET, "an-older-secret-of-ours"]).send(phone.url, notice)

    assert phone.calls == [notice.to_json()]


@pytest.mark.parametrize("status", [301, 307, 400, 404, 500, 503])
async def test_only_a_2xx_is_a_yes_and_redirects_are_not_followed(
    phone: Phone, notice: Notice, status: int
) -> None:
    phone.status = status
    phone.headers["Location"] = phone.url

    with pytest.raises(NotifierFailed, match=f"^status_{status}$"):
        await Webhook([SECRET]).send(phone.url, notice)

    assert len(phone.calls) == 1


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/x?key=hush", "http://[::1", "hush://x"])
async def test_failure_names_no_address(notice: Notice, address: str) -> None:
    with pytest.raises(NotifierFailed) as failure:
        await Webhook([SECRET]).send(address, notice)

    assert str(failure.value).isidentifier()


def test_webhook_without_secret_is_not_made() -> None:
    with pytest.raises(ValueError, match="secret"):
        Webhook([])
