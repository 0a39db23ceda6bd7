"""Rasa component: cues, sentiment and the wish for a person."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.cases.sentiment import sentiment_of
from bot.nlu.component import Component
from bot.nlu.content import PROJECT, content_of
from bot.nlu.encoder import NONE, encoder_named
from bot.nlu.heads import Caution, Heads
from bot.nlu.hints import Hints
from bot.nlu.output import note, noted, text_of
from bot.nlu.sentence_store import encode_all, folder_of_training
from bot.nlu.sentences import sentence_at_hand

_HUMAN = "wants_human"


@dataclass(frozen=True)
class Senses:
    """The cues that words give away, and what was learned from examples (None without encoder)."""

    hints: Hints
    heads: Heads | None


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class Signals(Component[Senses]):
    """Adds `cues`, `sentiment` and `wants_human` to the understanding; stands last.

    A cue is found by the playbook's patterns or by what was learned from data/signals, whichever
    sees it. Encodes nothing by itself: what the intent is known from without a sentence vector
    (bare details, an example word for word) has no hidden mood.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`encoder`: which sentence vectors are learned on, `none` for none; the settings of
        `Caution`."""
        return {"project": PROJECT, "encoder": NONE, **vars(Caution())}

    def learn(self, training_data: TrainingData, folder: Path) -> None:
        content = content_of(self._config)
        Hints.of_playbook(content.playbook).save(folder)
        encoder = encoder_named(str(self._config["encoder"]))
        if encoder is not None:
            encoded = partial(encode_all, encoder, folder=folder_of_training())
            caution = Caution(**{name: float(self._config[name]) for name in vars(Caution())})
            heads = Heads.fit(content.signals, encoded, caution)
            if heads is not None:
                heads.save(folder)

    @classmethod
    def recall(cls, config: dict[str, Any], folder: Path) -> Senses:
        return Senses(Hints.load(folder), Heads.load(folder))

    def tell(self, message: Message, model: Senses) -> None:
        text, sentence = text_of(message), sentence_at_hand(message)
        cues = frozenset(name for name in model.hints.find(text) if "/" not in name)
        moods: dict[str, float] = {}
        if model.heads is not None and sentence is not None:
            cues |= model.heads.cues(sentence)
            moods = model.heads.moods(sentence)
        language = noted(message).get("language") or "en"
        note(
            message,
            cues=sorted(cues),
            sentiment=sentiment_of(text, cues, language, moods),
            wants_human=_HUMAN in cues or noted(message).get("intent") == _HUMAN,
        )
