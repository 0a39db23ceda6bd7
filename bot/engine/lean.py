"""Lets Rasa import without TensorFlow, which need not be installed.

Rasa imports TensorFlow in a handful of leaf modules, reached from `train_utils`, the recipe's list
of default components and its validator; one more holds the data of the same components, for which
it imports scikit-learn. We put stand-ins for exactly those modules in place before Rasa is
imported. Gain: 1.4 GB less to install, and nothing of TensorFlow to load at a start, nor 0.3 s of
scikit-learn. A config.yml that names one of the components that need it keeps the real modules.
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
    "rasa.utils.tensorflow.model_data": ("RasaModelData",),
}


class StandIn(ModuleType):
    """A module whose names are empty classes, good for imports and `isinstance`, nothing else."""

    def __init__(self, name: str, classes: Collection[str] = ()) -> None:
        super().__init__(name)
        for class_name in classes:
            setattr(self, class_name, _empty(class_name, name))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        setattr(self, name, _empty(name, self.__name__))
        return getattr(self, name)


def _empty(name: str, module: str) -> type:
    return type(name, (), {"__module__": module, "name": classmethod(lambda own: own.__name__)})


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
    needing = components_named(config) & set().union(*_NEEDS_TENSORFLOW.values())
    if needing:
        return _require_tensorflow(config, needing)
    for module, classes in _NEEDS_TENSORFLOW.items():
        if module not in sys.modules:
            sys.modules[module] = StandIn(module, classes)


def _require_tensorflow(config: Path, needing: set[str]) -> None:
    if find_spec("tensorflow") is None:
        names = ", ".join(sorted(needing))
        fix = "install the extra (`make setup EXTRA=tensorflow`) or take it out of the pipeline"
        problem = Problem(config.name, 0, "pipeline", f"{names} needs TensorFlow", fix)
        raise ConfigurationError([problem])
