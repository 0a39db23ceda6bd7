"""Rasa component: a message's language, and the playbook's details in it as entities and fields."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import ENTITIES
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.component import Component
from bot.nlu.content import content_of, read_fields, write_fields
from bot.nlu.found import Found
from bot.nlu.language import LanguageFinder
from bot.nlu.output import note, text_of
from bot.nlu.spotting import FieldSpotter

_FILE = "fields.json"
_LANGUAGES = "languages.json"


@dataclass(frozen=True)
class Reader:
    """What the model carries: the playbook's fields and its languages."""

    fields: FieldSpotter
    languages: LanguageFinder


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class PlaybookEntities(Component[Reader]):
    """Adds `language`, its `language_share` and `fields` {name: value} to the understanding, and
    `entities` to the message; stands first."""

    @staticmethod
    def required_packages() -> list[str]:
        return ["spacy", "phonenumbers"]

    def learn(self, training_data: TrainingData, folder: Path) -> None:
        """Nothing is learned: the playbook's fields become part of the model."""
        playbook = content_of(self._config).playbook
        write_fields(folder / _FILE, playbook.fields)
        (folder / _LANGUAGES).write_text(json.dumps(playbook.languages), "utf-8")

    @classmethod
    def recall(cls, config: dict[str, Any], folder: Path) -> Reader:
        languages = json.loads((folder / _LANGUAGES).read_text("utf-8"))
        return Reader(FieldSpotter(read_fields(folder / _FILE)), LanguageFinder(languages))

    def tell(self, message: Message, model: Reader) -> None:
        text = text_of(message)
        language, share = model.languages.find(text)
        found = model.fields.find(text, language)
        entities = [*(message.get(ENTITIES) or []), *(self._entity(f) for f in found)]
        message.set(ENTITIES, entities, add_to_output=True)
        note(
            message,
            fields={detail.field: detail.value for detail in found},
            language=language,
            language_share=share,
        )

    def _entity(self, detail: Found) -> dict[str, Any]:
        return {
            "entity": detail.field,
            "start": detail.start,
            "end": detail.end,
            "value": detail.value,
            "extractor": type(self).__name__,
        }
