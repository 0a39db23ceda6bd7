"""Every channel there is, by name, with the reader of its settings. Nothing here loads a web
server, so that `serve` can ask before it starts one.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from bot.channels.credentials import read_credentials
from bot.channels.webhook_settings import read_webhook_settings
from bot.errors import ConfigurationError, Problem

READERS: Mapping[str, Callable[[Mapping[str, object]], object]] = {
    "rest": dict,
    "webchat": dict,
    "webhook": read_webhook_settings,
}
"""Each raises ConfigurationError for settings that cannot be used."""


def read_channels(
    root: Path, environment: Mapping[str, str] = os.environ
) -> Mapping[str, Mapping[str, Any]]:
    """The channels of the folder `root` that are on, with their settings. Raises
    ConfigurationError with all that is wrong in credentials.yml."""
    channels = read_credentials(root, READERS, environment)
    problems: list[Problem] = []
    for name, settings in channels.items():
        try:
            READERS[name](settings)
        except ConfigurationError as error:
            problems += error.problems
    if problems:
        raise ConfigurationError(problems)
    return channels
