"""What counts as taken, and what a failure says."""

from __future__ import annotations

import pytest

from bot.errors import NotifierFailed
from bot.handoff.notice import Notice
from bot.handoff.webhook import Webhook

from .people import SECRET, SUNDAY_NIGHT, Phone, a_case


@pytest.fixture
def notice() -> Notice:
    case = a_case("ND-7KQ2M4X", SUNDAY_NIGHT)
    return Notice("a1", 1, SUNDAY_NIGHT, case, "incident", "duty", "https://desk.example.com/x")


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
