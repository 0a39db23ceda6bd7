"""What the understanding makes of each example when it has not seen it: the pipeline of config.yml
is trained on the other folds, by the same code as the shipped model, and reads the held-out one."""

from __future__ import annotations

import importlib
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.cases.understanding import Understanding
from bot.nlu.component import Component
from bot.nlu.decision import Doubt, IntentModel
from bot.nlu.encoder import Floats
from bot.nlu.output import KEY, found_in, noted, text_of
from bot.nlu.sentences import give_sentence
from bot.nlu.spotting import masked
from bot.nlu.understood import understanding_from
from bot.playbook.examples import Example

_SEED = 0


@dataclass(frozen=True)
class HeldOut:
    """An example as read by the pipeline that has not seen it; `fold` says by which. `doubt` is
    None when no component classifies intents as ours does."""

    example: Example
    fold: int
    heard: Understanding
    doubt: Doubt | None


def folds_of(examples: Sequence[Example], folds: int) -> list[int]:
    """The fold of each example: every intent's examples, shuffled with a fixed seed, are dealt out
    in turn, those of each language on their own."""
    random = np.random.RandomState(_SEED)
    dealt = [0] * len(examples)
    groups: dict[tuple[str, str], list[int]] = {}
    for place, example in enumerate(examples):
        groups.setdefault((example.intent, example.language), []).append(place)
    for start, places in enumerate(groups.values()):
        for turn, which in enumerate(random.permutation(len(places))):
            dealt[places[which]] = (start + turn) % folds
    return dealt


def cross_validate(
    root: Path,
    examples: Sequence[Example],
    folds: int,
    vectors: Mapping[str, Floats],
    step: Callable[[str], None] = lambda _: None,
) -> Iterator[HeldOut]:
    """In the order of folds. `vectors` spares the encoding of the texts it holds; `step` is told
    what is done next, once a fold.

    Raises ValueError when config.yml names a component that is not ours.
    """
    dealt = folds_of(examples, folds)
    for fold in range(folds):
        step(f"Fold {fold + 1} of {folds}")
        known = [one for one, own in zip(examples, dealt, strict=True) if own != fold]
        asked = [one for one, own in zip(examples, dealt, strict=True) if own == fold]
        with tempfile.TemporaryDirectory() as folder:
            pipeline = trained(root, known, Path(folder))
        for example in asked:
            yield _read(example, fold, pipeline, vectors.get(example.text))


def trained(root: Path, examples: Sequence[Example], folder: Path) -> list[Component[Any]]:
    """The pipeline of config.yml in `root`, trained on the examples and loaded again."""
    data = TrainingData([Message.build(one.text, intent=one.intent) for one in examples])
    pipeline = []
    for number, (kind, config) in enumerate(_components(root)):
        place = folder / str(number)
        place.mkdir()
        kind(config, None, None).learn(data, place)  # type: ignore[arg-type]
        pipeline.append(kind(config, None, None, kind.recall(config, place)))  # type: ignore[arg-type]
    return pipeline


def _components(root: Path) -> Iterator[tuple[type[Component[Any]], dict[str, Any]]]:
    config = yaml.safe_load((root / "config.yml").read_text("utf-8")) or {}
    for entry in config.get("pipeline") or ():
        module, _, name = str(entry["name"]).rpartition(".")
        kind = getattr(importlib.import_module(module), name) if module else None
        if kind is None or not issubclass(kind, Component):
            raise ValueError(f"config.yml: {entry['name']} is none of Nightdesk's own components")
        given = {key: value for key, value in entry.items() if key != "name"}
        yield kind, {**kind.get_default_config(), **given, "project": str(root)}


def _read(
    example: Example, fold: int, pipeline: Sequence[Component[Any]], vector: Floats | None
) -> HeldOut:
    message = Message.build(example.text)
    if vector is not None:
        give_sentence(message, vector)
    for component in pipeline:
        component.process([message])
    heard = understanding_from({"text": example.text, KEY: message.get(KEY)})
    models = (component.model for component in pipeline)
    intents = next((model for model in models if isinstance(model, IntentModel)), None)
    doubt = None if intents is None else _doubt(message, intents, vector)
    return HeldOut(example, fold, heard, doubt)


def _doubt(message: Message, model: IntentModel, vector: Floats | None) -> Doubt:
    text = text_of(message)
    language = str(noted(message).get("language") or "")
    return model.doubt(text, masked(text, found_in(message)), lambda: vector, language)
