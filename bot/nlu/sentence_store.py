"""Sentence vectors of training texts, kept on disk: encoding two thousand takes a minute.

One file an encoder, beside the model; it holds hashes and vectors, no text, and may be deleted.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from pathlib import Path

import numpy as np

from bot.nlu.encoder import Encoder, Floats

FOLDER = "SENTENCES_FOLDER"
"""Environment variable: the folder of the vectors; training sets it. Without it nothing is kept."""
_MOST = 50_000

Progress = Callable[[Iterable[str]], Iterable[str]]
"""Gives the same texts, and shows how far they are."""
_shown: ContextVar[Progress] = ContextVar("shown", default=lambda texts: texts)


@contextlib.contextmanager
def showing(progress: Progress) -> Iterator[None]:
    """Shows this progress of everything that is encoded meanwhile."""
    before = _shown.set(progress)
    try:
        yield
    finally:
        _shown.reset(before)


def encode_all(
    encoder: Encoder,
    texts: Sequence[str],
    folder: Path | None = None,
    progress: Progress | None = None,
) -> Floats:
    """One vector a text; those in `folder` are not encoded again, the new ones are added to it.
    The encoder is asked by several threads at once."""
    file = folder / f"sentences-{encoder.name}.npz" if folder else None
    known = _read(file, encoder.dimensions) if file else {}
    before = len(known)
    new = [text for text in dict.fromkeys(texts) if _key(text) not in known]
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as threads:
        rows = threads.map(lambda text: encoder.encode([text])[0], new)
        for text, row in zip((progress or _shown.get())(new), rows, strict=True):
            known[_key(text)] = row
    if file and len(known) > before:
        _write(file, dict(list(known.items())[-_MOST:]))
    vectors = [known[_key(text)] for text in texts]
    return np.array(vectors, np.float32).reshape(len(vectors), encoder.dimensions)


def folder_of_training() -> Path | None:
    """Where `nightdesk train` wants vectors to be kept."""
    named = os.environ.get(FOLDER)
    return Path(named) if named else None


def _key(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _read(file: Path, dimensions: int) -> dict[str, Floats]:
    """Empty when the file is missing or no good: then all is encoded again."""
    try:
        with file.open("rb") as opened, np.load(opened, allow_pickle=False) as stored:
            keys, vectors = stored["keys"].tolist(), stored["vectors"]
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        return {}
    if vectors.shape != (len(keys), dimensions):
        return {}
    return dict(zip(keys, vectors, strict=True))


def _write(file: Path, known: dict[str, Floats]) -> None:
    """The old file stays until the new is whole; where nothing can be written, nothing is kept."""
    with contextlib.suppress(OSError), tempfile.TemporaryDirectory(dir=file.parent) as folder:
        made = Path(folder) / file.name
        np.savez(made, keys=np.array(list(known)), vectors=np.array(list(known.values())))
        os.replace(made, file)
