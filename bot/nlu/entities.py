"""Rasa component: the playbook's details in a message, as Rasa entities and as fields."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.content import PROJECT, content_of, fingerprint_of, read_fields, write_fields
from bot.nlu.found import Found
from bot.nlu.output import note, text_of
from bot.nlu.spotting import FieldSpotter

_FILE = "fields.json"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class PlaybookEntities(GraphComponent):  # type: ignore[misc]
    """Adds `fields` {name: value} to the understanding and `entities` to the message."""

    def __init__(
        self,
        config: dict[str, Any],
        storage: ModelStorage,
        resource: Resource,
        spotter: FieldSpotter | None = None,
    ) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource
        self._spotter = spotter

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"project": PROJECT}

    @staticmethod
    def required_packages() -> list[str]:
        return ["spacy", "phonenumbers"]

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
    ) -> PlaybookEntities:
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Nothing is learned: the playbook's fields become part of the model."""
        with self._storage.write_to(self._resource) as folder:
            write_fields(folder / _FILE, content_of(self._config).playbook.fields)
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> PlaybookEntities:
        with model_storage.read_from(resource) as folder:
            spotter = FieldSpotter(read_fields(folder / _FILE))
        return cls(config, model_storage, resource, spotter)

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            found = self._spotter.find(text_of(message)) if self._spotter else []
            entities = [*(message.get(ENTITIES) or []), *(self._entity(f) for f in found)]
            message.set(ENTITIES, entities, add_to_output=True)
            note(message, fields={detail.field: detail.value for detail in found})
        return messages

    def _entity(self, detail: Found) -> dict[str, Any]:
        return {
            "entity": detail.field,
            "start": detail.start,
            "end": detail.end,
            "value": detail.value,
            "extractor": type(self).__name__,
        }
