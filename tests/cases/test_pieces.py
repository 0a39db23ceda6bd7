import pytest

from bot.cases.pieces import glued
from bot.playbook.content import Content


@pytest.mark.parametrize(
    ("before", "text", "found"),
    [
        ("my order is BN-1045", "62 sorry", {"order_number": "BN-104562"}),
        ("BN-", "104562", {"order_number": "BN-104562"}),
        ("my mail is oliver.reed", "@Example.com, thanks", {"email": "oliver.reed@example.com"}),
        ("jo@", "example.com", {"email": "jo@example.com"}),
        ("order BN-104562", "2 bulbs are dead", {}),
        ("it is broken", "since monday", {}),
        ("it costs 20", "30 would be fine", {}),
        ("", "", {}),
    ],
)
def test_detail_is_whole_when_it_came_in_two_messages(
    brightnook: Content, before: str, text: str, found: dict[str, str]
) -> None:
    assert glued(before, text, brightnook.playbook) == found
