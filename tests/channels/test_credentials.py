"""credentials.yml decides which channels are on."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.channels.credentials import read_credentials
from bot.channels.known import READERS, read_channels
from bot.errors import ConfigurationError
from bot.web import ALL_CHANNELS, POSTED_CHANNELS

ROOT = Path(__file__).parents[2]


def test_demo_brand_has_every_channel_on_that_needs_no_secret() -> None:
    assert set(read_channels(ROOT, {})) == set(ALL_CHANNELS)


def test_every_channel_of_the_web_server_is_known() -> None:
    assert set(READERS) == {*ALL_CHANNELS, *POSTED_CHANNELS}


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


def written(folder: Path, text: str) -> Path:
    (folder / "credentials.yml").write_text(text, encoding="utf-8")
    return folder


WEBHOOK = "webhook:\n  secrets: ['${NEW}', 'old ${OLD}']\n  url: https://${HOST}/in\n"


def test_variables_are_filled_from_the_environment(tmp_path: Path) -> None:
    around = {"NEW": "a-new-secret-of-ours", "OLD": "secret-of-ours", "HOST": "shop.example.com"}
    assert read_channels(written(tmp_path, WEBHOOK), around)["webhook"] == {
        "secrets": ["a-new-secret-of-ours", "old secret-of-ours"],
        "url": "https://shop.example.com/in",
    }


def test_owner_is_told_which_variables_are_not_set(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as raised:
        read_channels(written(tmp_path, WEBHOOK), {"NEW": "hush-hush-hush-hush", "OLD": ""})
    told = str(raised.value)
    assert "[webhook.secrets]: the variable OLD is not set -> set OLD=..." in told
    assert "[webhook.url]: the variable HOST is not set" in told
    assert "hush" not in told


def test_server_does_not_start_with_a_channel_that_cannot_work(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"webhook\.secrets.*openssl rand"):
        read_channels(written(tmp_path, "webhook:\n  url: https://shop.example.com/in\n"), {})
