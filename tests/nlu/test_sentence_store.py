from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from bot.nlu.sentence_store import FOLDER, encode_all, folder_of_training, showing
from tests.nlu.meaning import Dictionary

TEXTS = ["the parcel", "hello", "the parcel"]


def test_texts_are_encoded_once_when_their_vectors_are_kept(tmp_path: Path) -> None:
    first, second = Dictionary(), Dictionary()
    vectors = encode_all(first, TEXTS, tmp_path)
    assert sorted(first.seen) == ["hello", "the parcel"]
    assert (encode_all(second, [*TEXTS, "new"], tmp_path)[:3] == vectors).all()
    assert second.seen == ["new"]
    assert [file.name for file in tmp_path.iterdir()] == ["sentences-dictionary.npz"]


def test_kept_vectors_hold_no_text(tmp_path: Path) -> None:
    encode_all(Dictionary(), TEXTS, tmp_path)
    assert b"parcel" not in (tmp_path / "sentences-dictionary.npz").read_bytes()


@pytest.mark.parametrize("content", [b"", b"nonsense", b"PK\x03\x04nonsense"])
def test_texts_are_encoded_again_when_the_file_is_no_good(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "sentences-dictionary.npz").write_bytes(content)
    assert encode_all(Dictionary(), TEXTS, tmp_path).shape == (3, Dictionary.dimensions)


def test_nothing_is_kept_when_the_folder_is_missing(tmp_path: Path) -> None:
    assert len(encode_all(Dictionary(), TEXTS, tmp_path / "nowhere")) == 3
    assert encode_all(Dictionary(), []).shape == (0, Dictionary.dimensions)


def test_training_says_where_vectors_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(FOLDER, raising=False)
    assert folder_of_training() is None
    monkeypatch.setenv(FOLDER, "some/where")
    assert folder_of_training() == Path("some/where")


def test_progress_is_shown_when_somebody_watches(tmp_path: Path) -> None:
    shown: list[str] = []

    def watch(texts: Iterable[str]) -> Iterator[str]:
        for text in texts:
            shown.append(text)
            yield text

    encode_all(Dictionary(), ["hello"], tmp_path)
    with showing(watch):
        encode_all(Dictionary(), TEXTS, tmp_path)
    encode_all(Dictionary(), ["something else"], tmp_path)
    assert shown == ["the parcel"]  # the other one is known
