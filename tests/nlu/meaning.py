"""An encoder for tests: knows a few words in two languages, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bot.nlu.encoder import Floats

_SENSES = (
    ("paid", "charged", "payment", "money", "refund", "invoice", "geld", "rechnung", "card"),
    ("parcel", "courier", "delivery", "package", "order", "paket", "lieferung", "driver"),
    ("app", "screen", "camera", "wifi", "error", "kamera", "bildschirm", "notifications"),
    ("hi", "hello", "hey", "hallo"),
)


class Dictionary:
    """`encode` counts the words of each sense; the last dimension is there for all texts."""

    name = "dictionary"
    dimensions = len(_SENSES) + 1

    def __init__(self) -> None:
        self.seen: list[str] = []

    def encode(self, texts: Sequence[str]) -> Floats:
        self.seen += texts
        rows = np.array([[*_counts(text), 1.0] for text in texts], np.float32)
        rows = rows.reshape(len(texts), self.dimensions)
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def _counts(text: str) -> list[float]:
    said = text.lower().replace(",", " ").split()
    return [float(sum(word in sense for word in said)) for sense in _SENSES]
