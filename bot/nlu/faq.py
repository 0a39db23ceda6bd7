"""Rasa component: the FAQs a message asks for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.component import Component
from bot.nlu.content import PROJECT, content_of
from bot.nlu.hints import Hints
from bot.nlu.lexical import Recipe
from bot.nlu.output import note, set_intent, text_of
from bot.nlu.questions import Caution, FaqFinder

_PREFIX = "faq/"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class FaqRetrieval(Component[FaqFinder]):
    """Adds `faqs` [[id, score], ...] to the understanding; the best becomes the intent.

    Stands behind the intent classifier in the pipeline. The examples of `faq/<id>` are the
    questions, the answers come from data/faq, all other examples say what is no question.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`project` and the settings of `Caution`."""
        return {"project": PROJECT, **vars(Caution())}

    @staticmethod
    def required_packages() -> list[str]:
        return ["sklearn", "scipy"]

    def learn(self, training_data: TrainingData, folder: Path) -> None:
        named = [(str(m.get_full_intent()), text_of(m)) for m in training_data.intent_examples]
        questions = [(n.removeprefix(_PREFIX), t) for n, t in named if n.startswith(_PREFIX)]
        others = [text for name, text in named if not name.startswith(_PREFIX)]
        asked = {name for name, _ in questions}
        content = content_of(self._config)
        known = [faq for faq in content.faqs.values() if faq.id in asked]
        answers = {faq.id: " ".join(faq.answer.values()) for faq in known}
        caution = Caution(*(float(self._config[name]) for name in vars(Caution())))
        recipe = Recipe(hints=Hints.of_playbook(content.playbook))
        if questions:
            FaqFinder.fit(questions, answers, others, recipe, caution).save(folder)

    @classmethod
    def recall(cls, config: dict[str, Any], folder: Path) -> FaqFinder | None:
        return FaqFinder.load(folder) if (folder / "faqs.json").exists() else None

    def tell(self, message: Message, model: FaqFinder) -> None:
        found = model.find(text_of(message))
        note(message, faqs=[[name, round(score, 4)] for name, score in found])
        if found:
            name, score = found[0]
            set_intent(message, f"{_PREFIX}{name}", score)
