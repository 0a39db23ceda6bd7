from pathlib import Path

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.nlu.ngrams import Ngrams, NgramVectors
from bot.nlu.text import _WORD, normalise

TEXTS = ["My camera is offline again!", "offline, offline, OFFLINE", "where is my order BN-104233?"]


@pytest.mark.parametrize(
    ("ngrams", "analyzer"), [(Ngrams("words", 1, 2), "word"), (Ngrams("chars", 2, 5), "char_wb")]
)
def test_vectors_equal_those_of_scikit_learn_when_fitted_on_the_same_texts(
    ngrams: Ngrams, analyzer: str
) -> None:
    theirs = TfidfVectorizer(
        analyzer=analyzer,
        ngram_range=(ngrams.low, ngrams.high),
        sublinear_tf=True,
        token_pattern=_WORD.pattern if analyzer == "word" else None,
    )
    expected = theirs.fit_transform([normalise(text) for text in TEXTS]).toarray()
    ours = NgramVectors.fit(TEXTS, [ngrams])
    assert list(ours.blocks[0].vocabulary) == sorted(theirs.vocabulary_)
    np.testing.assert_allclose(ours.matrix(TEXTS).toarray(), expected, atol=1e-6)


def test_vector_is_empty_when_nothing_is_known() -> None:
    columns, values = NgramVectors.fit(TEXTS).vector("한국어")
    assert len(columns) == len(values) == 0


def test_vectors_are_the_same_when_loaded(tmp_path: Path) -> None:
    vectors = NgramVectors.fit(TEXTS)
    vectors.save(tmp_path)
    for before, after in zip(
        vectors.vector("my order"), NgramVectors.load(tmp_path).vector("my order"), strict=True
    ):
        np.testing.assert_allclose(before, after, atol=1e-5)
