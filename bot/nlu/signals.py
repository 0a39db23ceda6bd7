"""Rasa component: cues, sentiment, language and the wish for a person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.cases.sentiment import sentiment_of
from bot.nlu.content import PROJECT, content_of, fingerprint_of
from bot.nlu.hints import NO_HINTS, Hints
from bot.nlu.output import note, noted, text_of

_HUMAN = "wants_human"

LanguageOf = Callable[[str], str]
"""The seam for language recognition: a text -> ISO 639-1."""


def always_english(text: str) -> str:
    return "en"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class Signals(GraphComponent):  # type: ignore[misc]
    """Adds `cues`, `sentiment`, `language` and `wants_human` to the understanding; stands last."""

    def __init__(
        self,
        config: dict[str, Any],
        storage: ModelStorage,
        resource: Resource,
        hints: Hints = NO_HINTS,
        language_of: LanguageOf = always_english,
    ) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource
        self._hints = hints
        self._language_of = language_of

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"project": PROJECT}

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        return fingerprint_of(config)

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Signals:
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Nothing is learned: the playbook's cues become part of the model."""
        hints = Hints.of_playbook(content_of(self._config).playbook)
        with self._storage.write_to(self._resource) as folder:
            hints.save(folder)
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> Signals:
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, Hints.load(folder))

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            text = text_of(message)
            cues = frozenset(name for name in self._hints.find(text) if "/" not in name)
            language = self._language_of(text)
            note(
                message,
                cues=sorted(cues),
                sentiment=sentiment_of(text, cues, language),
                language=language,
                wants_human=_HUMAN in cues or noted(message).get("intent") == _HUMAN,
            )
        return messages
