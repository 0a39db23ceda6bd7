"""Rasa component: the self-service pages that a message is about."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.component import Component
from bot.nlu.content import PROJECT, content_of
from bot.nlu.encoder import NONE, encoder_named
from bot.nlu.output import note, text_of
from bot.nlu.pages import FILE, PageFinder, page_of
from bot.nlu.sentence_store import encode_all, folder_of_training
from bot.nlu.sentences import sentence_at_hand


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class PageRetrieval(Component[PageFinder]):
    """Adds `resources` [[id, score], ...] to the understanding, from the sentence vector that was
    made for the intent; nothing where there is none."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`encoder`: which sentence vectors pages are found by, `none` for none."""
        return {"project": PROJECT, "encoder": NONE}

    def learn(self, training_data: TrainingData, folder: Path) -> None:
        pages = [page_of(page) for page in content_of(self._config).resources.values()]
        named = [(str(m.get_full_intent()), text_of(m)) for m in training_data.intent_examples]
        examples = [(_topic(name), text) for name, text in named if not name.startswith("faq/")]
        encoder = encoder_named(str(self._config["encoder"]))
        if encoder is not None and pages and examples:
            encoded = partial(encode_all, encoder, folder=folder_of_training())
            PageFinder.fit(pages, examples, encoded).save(folder)

    @classmethod
    def recall(cls, config: dict[str, Any], folder: Path) -> PageFinder | None:
        return PageFinder.load(folder) if (folder / FILE).exists() else None

    def tell(self, message: Message, model: PageFinder) -> None:
        sentence = sentence_at_hand(message)
        found = [] if sentence is None else model.find(sentence)
        note(message, resources=[[name, round(score, 4)] for name, score in found])


def _topic(intent: str) -> str:
    family, _, topic = intent.partition("/")
    return topic if family == "report" else ""
