"""Lets a worker import Rasa without the services that Rasa could talk to and we never do.

Reason: `rasa.core.processor` imports every channel of Rasa (with the packages of Slack, Twilio,
Telegram, Google ...), the clients of two databases, a scheduler for reminders, and the plots of its
evaluation. Gain: the import takes 0.8 s of processor time instead of 2.1, that of RulePolicy 0.03
instead of 0.25 (one series on a busy machine), and a worker 60 MB less.

Of Rasa's own modules the stand-ins stay: customers come in by bot/channels, conversations are kept
in bot/store, nothing reminds. Those of other people's packages are taken away again, so that who
imports the package later, such as an action of the brand, gets the real one.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from bot.engine.lean import StandIn

_CHANNELS = (
    "botframework", "callback", "console", "facebook", "hangouts", "mattermost", "rasa_chat",
    "rest", "rocketchat", "slack", "socketio", "telegram", "twilio", "twilio_voice", "webexteams",
)  # fmt: skip
_OF_RASA = (
    *(f"rasa.core.channels.{name}" for name in _CHANNELS),
    "rasa.core.jobs",
    "rasa.utils.plotting",
)
_OF_OTHERS = ("boto3.dynamodb.conditions", "pymongo.collection")


@contextmanager
def few_services() -> Iterator[None]:
    """Import Rasa's message processor inside; what is imported already stays as it is."""
    _stand_in(_OF_RASA)
    others = _stand_in(_OF_OTHERS)
    try:
        yield
    finally:
        for name in others:
            del sys.modules[name]


def _stand_in(names: tuple[str, ...]) -> list[str]:
    """The names of the modules that were not there."""
    missing = [name for name in names if name not in sys.modules]
    sys.modules.update((name, StandIn(name)) for name in missing)
    return missing
