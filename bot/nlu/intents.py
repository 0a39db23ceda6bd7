"""Rasa component: the intent of a message and the ranking of all topics."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
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

from bot.nlu.alignment import AS_THEY_ARE, Alignment, parallel_texts
from bot.nlu.component import Component
from bot.nlu.content import PROJECT, content_of
from bot.nlu.decision import Decision, Encoded, IntentModel, Thresholds
from bot.nlu.encoder import NONE, Floats, encoder_named
from bot.nlu.hints import Hints
from bot.nlu.lexical import Recipe
from bot.nlu.output import found_in, note, noted, set_intent, text_of
from bot.nlu.sentence_store import encode_all, folder_of_training
from bot.nlu.sentences import sentence_of
from bot.nlu.spotting import FieldSpotter, masked
from bot.playbook.content import Content
from bot.playbook.model import Playbook


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LexicalIntents(Component[IntentModel]):
    """Trains on every intent but `faq/*` (those are retrieved, not classified); stands behind
    PlaybookEntities, because an answer is known by the details in it.

    Sets Rasa's `intent` to the family (`report`, `greet`, ..., `nlu_fallback`) and `intent_ranking`
    to all families; adds `intent` (full name), `confidence` and `topics` to the understanding.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`encoder`: which sentence vectors are used beside the n-grams, `none` for none;
        `strength` of `Recipe`, for the n-grams alone; the settings of `Thresholds`."""
        ours = {"project": PROJECT, "encoder": NONE, "strength": Recipe().strength}
        return {**ours, **vars(Thresholds())}

    @staticmethod
    def required_packages() -> list[str]:
        return ["scipy"]

    def learn(self, training_data: TrainingData, folder: Path) -> None:
        named = [(str(m.get_full_intent()), text_of(m)) for m in training_data.intent_examples]
        kept = [(intent, text) for intent, text in named if not intent.startswith("faq/")]
        intents, texts = [intent for intent, _ in kept], [text for _, text in kept]
        content = content_of(self._config)
        playbook = content.playbook
        spotter = FieldSpotter(playbook.fields)
        shapes = [masked(text, spotter.find(text)) for text in texts]
        strength = float(self._config["strength"])
        recipe = Recipe(strength=strength, hints=Hints.of_playbook(playbook))
        encoder = encoder_named(str(self._config["encoder"]))
        encoded = partial(encode_all, encoder, folder=folder_of_training()) if encoder else None
        names = list(_names(playbook))
        languages = {example.text: example.language for example in content.examples}
        alignment = _alignment(content, encoded) if encoded else AS_THEY_ARE
        model = IntentModel.fit(
            texts, shapes, intents, recipe, encoded, names, alignment, languages
        )
        model.save(folder)

    @classmethod
    def recall(cls, config: dict[str, Any], folder: Path) -> IntentModel:
        encoder_named(str(config["encoder"]))  # now, not with the first message
        thresholds = Thresholds(**{name: config[name] for name in vars(Thresholds())})
        return IntentModel.load(folder, thresholds)

    def tell(self, message: Message, model: IntentModel) -> None:
        text, encoder = text_of(message), encoder_named(str(self._config["encoder"]))
        shape = masked(text, found_in(message))
        language = str(noted(message).get("language") or "")

        def meaning() -> Floats | None:
            return sentence_of(message, encoder)

        _tell(message, model.decide(text, shape, meaning, language))


def _names(playbook: Playbook) -> Iterator[tuple[str, str]]:
    """(topic, label): what people call a topic and its subtopics, in every language, is one more
    example each."""
    for topic in playbook.topics.values():
        for labels in (topic.label, *(subtopic.label for subtopic in topic.subtopics.values())):
            yield from ((topic.name, label) for label in dict.fromkeys(labels.values()))


def _alignment(content: Content, encoded: Encoded) -> Alignment:
    texts = parallel_texts(content)
    return Alignment.fit({language: encoded(own) for language, own in texts.items()})


def _tell(message: Message, decision: Decision) -> None:
    set_intent(message, decision.intent, decision.confidence)
    note(message, topics=[[name, round(share, 4)] for name, share in decision.topics])
    ranking = [
        {INTENT_NAME_KEY: name, PREDICTED_CONFIDENCE_KEY: share}
        for name, share in decision.families
    ]
    message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
