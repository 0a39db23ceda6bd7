"""The sentence vector of a message: encoded once a turn, for all components that want it."""

from __future__ import annotations

import time

from rasa.shared.nlu.training_data.message import Message

from bot.cases.turn import note_encoding
from bot.nlu.encoder import Floats, Remembering, vector_of
from bot.nlu.output import text_of

_IN_MESSAGE = "sentence"


def give_sentence(message: Message, vector: Floats) -> None:
    """Spares the encoding of a message whose vector is known already."""
    message.set(_IN_MESSAGE, vector)


def sentence_of(message: Message, encoder: Remembering | None) -> Floats | None:
    """The vector of a message, for whichever component asks first and all that ask after it; None
    without an encoder and when it fails."""
    if encoder is None:
        return None
    if _IN_MESSAGE not in message.data:
        message.set(_IN_MESSAGE, _timed(encoder, text_of(message)))
    vector: Floats | None = message.get(_IN_MESSAGE)
    return vector


def sentence_at_hand(message: Message) -> Floats | None:
    """The vector if a component asked for it before; encodes nothing."""
    vector: Floats | None = message.get(_IN_MESSAGE)
    return vector


def _timed(encoder: Remembering, text: str) -> Floats | None:
    before, began = encoder.encoded, time.perf_counter()
    vector = vector_of(encoder, text)
    note_encoding(time.perf_counter() - began, recalled=encoder.encoded == before)
    return vector
