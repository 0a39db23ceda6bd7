"""Each example is read once, by a pipeline that was trained without it."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest

from bot.nlu.cross_validation import cross_validate, folds_of, trained
from bot.playbook.content import load_content
from bot.playbook.examples import Example

SAMPLE = Path(__file__).parents[1] / "playbook" / "sample"
PIPELINE = """
recipe: default.v1
pipeline:
  - name: bot.nlu.entities.PlaybookEntities
  - name: bot.nlu.intents.LexicalIntents
  - name: bot.nlu.faq.FaqRetrieval
  - name: bot.nlu.signals.Signals
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copytree(SAMPLE, tmp_path / "project")
    (tmp_path / "project" / "config.yml").write_text(PIPELINE, "utf-8")
    return tmp_path / "project"


def example(intent: str, text: str, language: str = "en") -> Example:
    return Example(intent, text, "data/nlu/en/x.yml", 1, language)


def test_intents_and_languages_are_dealt_out_evenly() -> None:
    examples = [
        example(intent, f"{intent} {number}", language)
        for intent in ("greet", "report/billing")
        for language in ("en", "de")
        for number in range(10)
    ]
    folds = folds_of(examples, 5)
    shared = Counter((e.intent, e.language, f) for e, f in zip(examples, folds, strict=True))
    assert set(shared.values()) == {2}
    assert folds_of(examples, 5) == folds


def test_every_example_is_read_by_a_model_that_has_not_seen_it(project: Path) -> None:
    examples = [*load_content(project, {}).examples, example("greet", "qwertz asdfgh")]
    told: list[str] = []
    found = list(cross_validate(project, examples, 2, {}, told.append))
    assert sorted(one.example.text for one in found) == sorted(one.text for one in examples)
    assert told == ["Fold 1 of 2", "Fold 2 of 2"]
    left_out = next(one for one in found if one.example.text == "qwertz asdfgh")
    assert left_out.heard.intent != "greet", "nothing else has these words"


def test_pipeline_that_has_seen_an_example_knows_it(project: Path, tmp_path: Path) -> None:
    examples = [*load_content(project, {}).examples, example("greet", "qwertz asdfgh")]
    (tmp_path / "model").mkdir()
    names = [type(one).__name__ for one in trained(project, examples, tmp_path / "model")]
    assert names == ["PlaybookEntities", "LexicalIntents", "FaqRetrieval", "Signals"]


def test_details_and_cues_are_understood_as_shipped(project: Path) -> None:
    found = cross_validate(project, load_content(project, {}).examples, 2, {})
    answers = {one.example.text: one.heard for one in found}
    assert answers["it is LU-104233"].fields == {"order_number": "LU-104233"}


def test_component_that_is_not_ours_is_refused(project: Path) -> None:
    config = "pipeline:\n  - name: rasa.nlu.classifiers.diet_classifier.DIETClassifier\n"
    (project / "config.yml").write_text(config, "utf-8")
    with pytest.raises(ValueError, match="DIETClassifier"):
        next(cross_validate(project, load_content(project, {}).examples, 2, {}))
