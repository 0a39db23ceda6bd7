"""Lets Rasa import without TensorFlow and without the stock components this project does not use.

Rasa imports TensorFlow in a handful of leaf modules, reached from `train_utils`, the recipe's list
of default components and its validator. We put stand-ins for exactly those modules (and for stock
components that pull in scikit-learn persistence, spaCy and transformers) before Rasa is imported.
Measured here: `import rasa.core.processor` 3.9 s -> 1.4 s, and TensorFlow (1.4 GB) need not be
installed. A config.yml that names one of the stock components keeps the real modules.
"""

from __future__ import annotations

import sys
from collections.abc import Collection
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml

from bot.errors import ConfigurationError, Problem

_NLU = "rasa.nlu."
_NEEDS_TENSORFLOW = {
    _NLU + "classifiers.diet_classifier": ("DIETClassifier",),
    _NLU + "selectors.response_selector": ("ResponseSelector",),
    _NLU + "featurizers.dense_featurizer.convert_featurizer": ("ConveRTFeaturizer",),
    _NLU + "featurizers.dense_featurizer.lm_featurizer": ("LanguageModelFeaturizer",),
    "rasa.core.policies.ted_policy": ("TEDPolicy",),
    "rasa.core.policies.unexpected_intent_policy": ("UnexpecTEDIntentPolicy",),
    "rasa.utils.tensorflow.callback": ("RasaTrainingLogger", "RasaModelCheckpoint"),
    "rasa.utils.tensorflow.data_generator": ("RasaBatchDataGenerator",),
}
_SLOW = {
    _NLU + "classifiers.sklearn_intent_classifier": ("SklearnIntentClassifier",),
    _NLU + "classifiers.logistic_regression_classifier": ("LogisticRegressionClassifier",),
    _NLU + "extractors.crf_entity_extractor": ("CRFEntityExtractor", "CRFEntityExtractorOptions"),
    _NLU + "featurizers.sparse_featurizer.count_vectors_featurizer": ("CountVectorsFeaturizer",),
    _NLU + "featurizers.sparse_featurizer.lexical_syntactic_featurizer": (
        "LexicalSyntacticFeaturizer",
    ),
}


class _StandIn(ModuleType):
    """A module whose names are empty classes, good for imports and `isinstance`, nothing else."""

    def __init__(self, name: str, classes: Collection[str]) -> None:
        super().__init__(name)
        for class_name in classes:
            setattr(self, class_name, type(class_name, (), {"__module__": name}))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        stand_in = type(name, (), {"__module__": self.__name__})
        setattr(self, name, stand_in)
        return stand_in


def components_named(config: Path) -> set[str]:
    """The last part of every component and policy name in a Rasa config file."""
    content = yaml.safe_load(config.read_text(encoding="utf-8")) or {}
    entries = [*(content.get("pipeline") or []), *(content.get("policies") or [])]
    names = (entry.get("name", "") if isinstance(entry, dict) else entry for entry in entries)
    return {str(name).rsplit(".", 1)[-1] for name in names}


def travel_light(config: Path) -> None:
    """Puts the stand-ins in place; call it before anything imports Rasa.

    Raises ConfigurationError when config.yml names a component that needs TensorFlow and
    TensorFlow is not installed.
    """
    named = components_named(config)
    if needing := named.intersection(*[_classes(_NEEDS_TENSORFLOW)]):
        _require_tensorflow(config, needing)
    for module, classes in {**_NEEDS_TENSORFLOW, **_SLOW}.items():
        if module not in sys.modules and not needing and named.isdisjoint(classes):
            sys.modules[module] = _StandIn(module, classes)


def _classes(modules: dict[str, tuple[str, ...]]) -> set[str]:
    return {name for classes in modules.values() for name in classes}


def _require_tensorflow(config: Path, needing: set[str]) -> None:
    if find_spec("tensorflow") is None:
        names = ", ".join(sorted(needing))
        fix = "install the extra (`make setup EXTRA=tensorflow`) or take it out of the pipeline"
        problem = Problem(config.name, 0, "pipeline", f"{names} needs TensorFlow", fix)
        raise ConfigurationError([problem])
