"""Rasa component: the FAQs a message asks for."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.content import PROJECT, content_of, fingerprint_of
from bot.nlu.hints import Hints
from bot.nlu.lexical import Recipe
from bot.nlu.output import note, set_intent, text_of
from bot.nlu.questions import Caution, FaqFinder

_PREFIX = "faq/"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class FaqRetrieval(GraphComponent):  # type: ignore[misc]
    """Adds `faqs` [[id, score], ...] to the understanding; the best becomes the intent.

    Stands behind the intent classifier in the pipeline. The examples of `faq/<id>` are the
    questions, the answers come from data/faq, all other examples say what is no question.
    """

    def __init__(
        self,
        config: dict[str, Any],
        storage: ModelStorage,
        resource: Resource,
        finder: FaqFinder | None = None,
    ) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource
        self._finder = finder

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`project` and the settings of `Caution`."""
        return {"project": PROJECT, **vars(Caution())}

    @staticmethod
    def required_packages() -> list[str]:
        return ["sklearn", "scipy"]

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
    ) -> FaqRetrieval:
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        named = [(str(m.get_full_intent()), text_of(m)) for m in training_data.intent_examples]
        questions = [(n.removeprefix(_PREFIX), t) for n, t in named if n.startswith(_PREFIX)]
        others = [text for name, text in named if not name.startswith(_PREFIX)]
        asked = {name for name, _ in questions}
        content = content_of(self._config)
        known = [faq for faq in content.faqs.values() if faq.id in asked]
        answers = {faq.id: " ".join(faq.answer.values()) for faq in known}
        caution = Caution(*(float(self._config[name]) for name in vars(Caution())))
        recipe = Recipe(hints=Hints.of_playbook(content.playbook))
        with self._storage.write_to(self._resource) as folder:
            if questions:
                FaqFinder.fit(questions, answers, others, recipe, caution).save(folder)
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> FaqRetrieval:
        with model_storage.read_from(resource) as folder:
            finder = FaqFinder.load(folder) if (folder / "faqs.json").exists() else None
        return cls(config, model_storage, resource, finder)

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            found = self._finder.find(text_of(message)) if self._finder else []
            note(message, faqs=[[name, round(score, 4)] for name, score in found])
            if found:
                name, score = found[0]
                set_intent(message, f"{_PREFIX}{name}", score)
        return messages
