"""Rasa component: cues, sentiment and the wish for a person."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.cases.sentiment import sentiment_of
from bot.nlu.component import Component
from bot.nlu.content import content_of
from bot.nlu.hints import Hints
from bot.nlu.output import note, noted, text_of

_HUMAN = "wants_human"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class Signals(Component[Hints]):
    """Adds `cues`, `sentiment` and `wants_human` to the understanding; stands last."""

    def learn(self, training_data: TrainingData, folder: Path) -> None:
        """Nothing is learned: the playbook's cues become part of the model."""
        Hints.of_playbook(content_of(self._config).playbook).save(folder)

    @classmethod
    def recall(cls, config: dict[str, Any], folder: Path) -> Hints:
        return Hints.load(folder)

    def tell(self, message: Message, model: Hints) -> None:
        text = text_of(message)
        cues = frozenset(name for name in model.find(text) if "/" not in name)
        language = noted(message).get("language") or "en"
        note(
            message,
            cues=sorted(cues),
            sentiment=sentiment_of(text, cues, language),
            wants_human=_HUMAN in cues or noted(message).get("intent") == _HUMAN,
        )
