from pathlib import Path

import numpy as np
import pytest

from bot.nlu.encoder import Floats
from bot.nlu.lexical import LexicalClassifier
from bot.nlu.union import UnionClassifier
from tests.nlu.meaning import Dictionary

Examples = list[tuple[str, str]]
GERMAN = "wo bleibt mein paket"


def vector(text: str) -> Floats:
    return np.asarray(Dictionary().encode([text])[0])


@pytest.fixture(scope="module")
def classifier(examples: Examples) -> UnionClassifier:
    texts, labels = zip(*examples, strict=True)
    return UnionClassifier.fit(texts, labels, Dictionary().encode(texts))


def test_classifier_understands_other_words_when_it_knows_what_they_mean(
    classifier: UnionClassifier,
) -> None:
    assert classifier.rank(GERMAN, sentence=vector(GERMAN)).best == "report/delivery"
    for text in ("rechnung", "kamera"):
        meant, alone = classifier.rank(text, sentence=vector(text)), classifier.rank(text)
        assert meant.best in ("report/billing", "report/technical_issue")
        assert alone.shares[meant.best] < meant.shares[meant.best]


def test_classifier_is_the_lexical_one_when_there_is_no_vector(
    examples: Examples, classifier: UnionClassifier
) -> None:
    texts, labels = zip(*examples, strict=True)
    lexical = LexicalClassifier.fit(texts, labels)
    for without in (classifier, UnionClassifier.fit(texts, labels)):
        assert without.rank("my parcel").shares == pytest.approx(lexical.predict_proba("my parcel"))


def test_classifier_says_the_same_when_loaded(classifier: UnionClassifier, tmp_path: Path) -> None:
    classifier.save(tmp_path)
    loaded = UnionClassifier.load(tmp_path)
    for sentence in (None, vector(GERMAN)):
        before, after = (one.rank(GERMAN, sentence=sentence) for one in (classifier, loaded))
        assert after.shares == pytest.approx(before.shares, abs=0.01)
        assert after.threshold == pytest.approx(before.threshold)


def test_name_of_a_label_is_learnt_when_it_has_few_examples() -> None:
    texts = ["it never came", "still nothing here", "they took it twice", "give it back to me"]
    labels = ["delivery", "delivery", "billing", "billing"]
    named = UnionClassifier.fit(
        [*texts, "delivery problem", "billing problem"],
        [*labels, "delivery", "billing"],
        names=2,
    )
    assert named.rank("a problem with billing").best == "billing"


def test_foreign_text_is_not_known_when_nothing_speaks_for_any_label(
    classifier: UnionClassifier,
) -> None:
    known = classifier.rank("the parcel is late", sentence=vector("the parcel is late"))
    foreign = classifier.rank("qwzx vbjk", sentence=vector("qwzx vbjk"))
    assert known.is_known
    assert foreign.evidence < known.evidence
    assert foreign.margin < known.margin
