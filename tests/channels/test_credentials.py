"""credentials.yml decides which channels are on."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.channels.credentials import read_credentials
from bot.errors import ConfigurationError
from bot.web import ALL_CHANNELS

ROOT = Path(__file__).parents[2]


def test_demo_brand_has_every_channel_on() -> None:
    assert set(read_credentials(ROOT, ALL_CHANNELS)) == set(ALL_CHANNELS)


def test_channel_is_off_when_its_line_is_removed(tmp_path: Path) -> None:
    (tmp_path / "credentials.yml").write_text("webchat: {}\n", encoding="utf-8")
    assert read_credentials(tmp_path, ALL_CHANNELS) == {"webchat": {}}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("resst: {}", "there is no such channel -> did you mean `rest`?"),
        ("rest: [1]", "the settings are no mapping -> write `{}`"),
        ("- rest", "this is no mapping"),
        ("rest: {", "credentials.yml:2: this is no valid YAML"),
    ],
)
def test_owner_is_told_what_is_wrong_with_the_file(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "credentials.yml").write_text(f"{text}\n", encoding="utf-8")
    with pytest.raises(ConfigurationError) as raised:
        read_credentials(tmp_path, ALL_CHANNELS)
    assert message in str(raised.value)


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"credentials\.yml: the file is missing"):
        read_credentials(tmp_path, ALL_CHANNELS)
