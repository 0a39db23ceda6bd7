"""Rasa component: the intent of a message and the ranking of all topics."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import (
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    PREDICTED_CONFIDENCE_KEY,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.component import Component
from bot.nlu.content import PROJECT, content_of
from bot.nlu.decision import Decision, IntentModel, Thresholds
from bot.nlu.hints import Hints
from bot.nlu.lexical import Recipe
from bot.nlu.output import found_in, note, set_intent, text_of
from bot.nlu.spotting import FieldSpotter, masked


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LexicalIntents(Component[IntentModel]):
    """Trains on every intent but `faq/*` (those are retrieved, not classified); stands behind
    PlaybookEntities, because an answer is known by the details in it.

    Sets Rasa's `intent` to the family (`report`, `greet`, ..., `nlu_fallback`) and `intent_ranking`
    to all families; adds `intent` (full name), `confidence` and `topics` to the understanding.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`strength` of `Recipe` and the settings of `Thresholds`."""
        return {"project": PROJECT, "strength": Recipe().strength, **vars(Thresholds())}

    @staticmethod
    def required_packages() -> list[str]:
        return ["sklearn", "scipy"]

    def learn(self, training_data: TrainingData, folder: Path) -> None:
        named = [(str(m.get_full_intent()), text_of(m)) for m in training_data.intent_examples]
        kept = [(intent, text) for intent, text in named if not intent.startswith("faq/")]
        intents, texts = [intent for intent, _ in kept], [text for _, text in kept]
        playbook = content_of(self._config).playbook
        spotter = FieldSpotter(playbook.fields)
        shapes = [masked(text, spotter.find(text)) for text in texts]
        strength = float(self._config["strength"])
        recipe = Recipe(strength=strength, hints=Hints.of_playbook(playbook))
        IntentModel.fit(texts, shapes, intents, recipe).save(folder)

    @classmethod
    def recall(cls, config: dict[str, Any], folder: Path) -> IntentModel:
        thresholds = Thresholds(**{name: config[name] for name in vars(Thresholds())})
        return IntentModel.load(folder, thresholds)

    def tell(self, message: Message, model: IntentModel) -> None:
        text = text_of(message)
        _tell(message, model.decide(text, masked(text, found_in(message))))


def _tell(message: Message, decision: Decision) -> None:
    set_intent(message, decision.intent, decision.confidence)
    note(message, topics=[[name, round(share, 4)] for name, share in decision.topics])
    ranking = [
        {INTENT_NAME_KEY: name, PREDICTED_CONFIDENCE_KEY: share}
        for name, share in decision.families
    ]
    message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
