import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from bot.nlu.lexical import LexicalClassifier, Recipe

Examples = list[tuple[str, str]]


@pytest.fixture(scope="module")
def classifier(examples: Examples) -> LexicalClassifier:
    return LexicalClassifier.fit([text for text, _ in examples], [name for _, name in examples])


def test_classifier_ranks_all_labels_when_asked(classifier: LexicalClassifier) -> None:
    shares = classifier.predict_proba("my parcel never arrived")
    assert next(iter(shares)) == "report/delivery"
    assert sum(shares.values()) == pytest.approx(1)
    assert list(shares.values()) == sorted(shares.values(), reverse=True)


def test_classifier_orders_as_scikit_learn_does_when_trained_on_the_full_space(
    examples: Examples, classifier: LexicalClassifier
) -> None:
    texts, labels = zip(*examples, strict=True)
    theirs = LogisticRegression(C=Recipe().strength, class_weight="balanced", max_iter=2000)
    theirs.fit(classifier.vectors.matrix(texts), labels)
    asked = ["payment taken twice", "screen is frozen", "hello you", "its BN-200001"]
    for text, row in zip(
        asked, theirs.predict_proba(classifier.vectors.matrix(asked)), strict=True
    ):
        assert next(iter(classifier.predict_proba(text))) == theirs.classes_[np.argmax(row)]


def test_classifier_says_the_same_when_loaded(
    classifier: LexicalClassifier, tmp_path: Path
) -> None:
    classifier.save(tmp_path / "model")
    loaded = LexicalClassifier.load(tmp_path / "model")
    assert loaded.predict_proba("refund please") == pytest.approx(
        classifier.predict_proba("refund please"), abs=0.01
    )


def test_model_needs_neither_scikit_learn_nor_scipy_when_served(
    classifier: LexicalClassifier, tmp_path: Path
) -> None:
    classifier.save(tmp_path)
    program = (
        "import sys; from pathlib import Path; from bot.nlu.lexical import LexicalClassifier\n"
        f"LexicalClassifier.load(Path({str(tmp_path)!r})).predict_proba('hi')\n"
        "assert not {'sklearn', 'scipy', 'joblib'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_classifier_is_certain_when_there_is_one_label() -> None:
    only = LexicalClassifier.fit(["my parcel is late", "parcel lost"], ["delivery", "delivery"])
    assert only.predict_proba("anything") == {"delivery": 1.0}
