"""Rasa component: the FAQs a message asks for."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.component import Component
from bot.nlu.content import PROJECT, content_of
from bot.nlu.encoder import NONE, encoder_named
from bot.nlu.hints import Hints
from bot.nlu.lexical import Recipe
from bot.nlu.output import FALLBACK, note, noted, set_intent, text_of
from bot.nlu.questions import FILE, Caution, FaqFinder, Questions
from bot.nlu.sentence_store import encode_all, folder_of_training
from bot.nlu.sentences import sentence_at_hand
from bot.playbook.content import Content

_PREFIX = "faq/"
_SURE_MOVE = 0.9


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class FaqRetrieval(Component[FaqFinder]):
    """Adds `faqs` [[id, score], ...] to the understanding; the best becomes the intent.

    Stands behind the intent classifier in the pipeline and takes the sentence vector that was made
    for it; encodes nothing by itself. The examples of `faq/<id>` are the questions, the titles and
    answers come from data/faq, all other examples say what is no question.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`encoder`: which sentence vectors are learned on, `none` for none; the settings of
        `Caution`."""
        return {"project": PROJECT, "encoder": NONE, **vars(Caution())}

    @staticmethod
    def required_packages() -> list[str]:
        return ["sklearn", "scipy"]

    def learn(self, training_data: TrainingData, folder: Path) -> None:
        named = [(str(m.get_full_intent()), text_of(m)) for m in training_data.intent_examples]
        content = content_of(self._config)
        questions = _questions(named, content)
        if not questions.asked:
            return
        caution = Caution(**{name: float(self._config[name]) for name in vars(Caution())})
        recipe = Recipe(hints=Hints.of_playbook(content.playbook))
        encoder = encoder_named(str(self._config["encoder"]))
        encoded = partial(encode_all, encoder, folder=folder_of_training()) if encoder else None
        FaqFinder.fit(questions, encoded, recipe, caution).save(folder)

    @classmethod
    def recall(cls, config: dict[str, Any], folder: Path) -> FaqFinder | None:
        return FaqFinder.load(folder) if (folder / FILE).exists() else None

    def tell(self, message: Message, model: FaqFinder) -> None:
        found = model.find(text_of(message), sentence_at_hand(message))
        note(message, faqs=[[name, round(score, 4)] for name, score in found])
        if found and not _is_sure_move(message):
            name, score = found[0]
            set_intent(message, f"{_PREFIX}{name}", score)


def _is_sure_move(message: Message) -> bool:
    """Whether the classifier is surer of a move in the dialogue ("a colleague please") than any
    question can be: then it stays."""
    known = noted(message)
    family = str(known.get("intent", "")).partition("/")[0]
    is_move = family not in ("", FALLBACK, "report")
    return is_move and float(known.get("confidence") or 0.0) >= _SURE_MOVE


def _questions(named: list[tuple[str, str]], content: Content) -> Questions:
    """From (intent, example). What is no question counts only in languages that questions are
    written in: else whatever is written in another would be none."""
    languages = {example.text: example.language for example in content.examples}
    asked = [(n.removeprefix(_PREFIX), t) for n, t in named if n.startswith(_PREFIX)]
    spoken = {languages.get(text, "en") for _, text in asked}
    others = [t for n, t in named if not n.startswith(_PREFIX)]
    return Questions(
        asked,
        list(_called(content, {name for name, _ in asked})),
        [text for text in others if languages.get(text, "en") in spoken],
    )


def _called(content: Content, asked: set[str]) -> Iterator[tuple[str, str]]:
    """What is said in an answer and on its button says in every language what it is about."""
    for faq in content.faqs.values():
        if faq.id in asked:
            yield from ((faq.id, text) for text in (*faq.title.values(), *faq.answer.values()))
