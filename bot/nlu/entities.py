"""Rasa component: the playbook's details in a message, as Rasa entities and as fields."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import ENTITIES
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.component import Component
from bot.nlu.content import content_of, read_fields, write_fields
from bot.nlu.found import Found
from bot.nlu.output import note, text_of
from bot.nlu.spotting import FieldSpotter

_FILE = "fields.json"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class PlaybookEntities(Component[FieldSpotter]):
    """Adds `fields` {name: value} to the understanding and `entities` to the message."""

    @staticmethod
    def required_packages() -> list[str]:
        return ["spacy", "phonenumbers"]

    def learn(self, training_data: TrainingData, folder: Path) -> None:
        """Nothing is learned: the playbook's fields become part of the model."""
        write_fields(folder / _FILE, content_of(self._config).playbook.fields)

    @classmethod
    def recall(cls, config: dict[str, Any], folder: Path) -> FieldSpotter:
        return FieldSpotter(read_fields(folder / _FILE))

    def tell(self, message: Message, model: FieldSpotter) -> None:
        found = model.find(text_of(message))
        entities = [*(message.get(ENTITIES) or []), *(self._entity(f) for f in found)]
        message.set(ENTITIES, entities, add_to_output=True)
        note(message, fields={detail.field: detail.value for detail in found})

    def _entity(self, detail: Found) -> dict[str, Any]:
        return {
            "entity": detail.field,
            "start": detail.start,
            "end": detail.end,
            "value": detail.value,
            "extractor": type(self).__name__,
        }
