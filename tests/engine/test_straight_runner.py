"""The straight runner computes what Rasa's dask runner computes, on the demo brand's model."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.core.channels.channel import UserMessage
from rasa.core.policies.policy import PolicyPrediction
from rasa.engine.constants import PLACEHOLDER_MESSAGE, PLACEHOLDER_TRACKER
from rasa.engine.exceptions import GraphComponentException
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.core.events import ActionExecuted, SessionStarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.engine.assistant import Assistant
from bot.engine.straight_runner import StraightRunner

MESSAGES = (
    "My Nook Cam shows a grey screen, error E-214",
    "how do I reset my password?",
    "you took £15.99 twice, kel.dawes@example.org",
    "thanks!",
    "Ich möchte mit einem Menschen sprechen",
    "/not_solved",
    "?",
)


@pytest.fixture
def processor(assistant: Assistant) -> Any:
    return assistant._processor


async def test_model_runs_straight(processor: Any) -> None:
    assert type(processor.graph_runner) is StraightRunner


@pytest.mark.parametrize("text", MESSAGES)
async def test_message_is_understood_as_with_dask(processor: Any, text: str) -> None:
    target = processor.model_metadata.nlu_target

    def understood(run: Any) -> Any:
        inputs = {PLACEHOLDER_MESSAGE: [UserMessage(text)], PLACEHOLDER_TRACKER: None}
        [message] = run(processor.graph_runner, inputs, [target])[target]
        return message.as_dict(only_output_properties=True)

    straight = understood(StraightRunner.run)
    assert straight == understood(DaskGraphRunner.run)
    assert straight["intent"]["name"]


@pytest.mark.parametrize("intent", ["report", "faq", "wants_human", "thanks", "nonsense"])
async def test_next_action_is_predicted_as_with_dask(processor: Any, intent: str) -> None:
    target = processor.model_metadata.core_target
    events = [SessionStarted(), ActionExecuted("action_listen"),
              UserUttered("text", intent={"name": intent, "confidence": 1.0})]  # fmt: skip

    def predicted(run: Any) -> PolicyPrediction:
        tracker = DialogueStateTracker.from_events("somebody", events, processor.domain.slots)
        return run(processor.graph_runner, {PLACEHOLDER_TRACKER: tracker}, [target])[target]

    straight, dask = predicted(StraightRunner.run), predicted(DaskGraphRunner.run)
    assert straight.probabilities == dask.probabilities
    assert (straight.policy_name, straight.events) == (dask.policy_name, dask.events)
    assert max(straight.probabilities) > 0


async def test_node_that_fails_is_reported_as_rasa_reports_it(processor: Any) -> None:
    target = processor.model_metadata.nlu_target
    inputs = {PLACEHOLDER_MESSAGE: "no list of messages", PLACEHOLDER_TRACKER: None}
    for run in (StraightRunner.run, DaskGraphRunner.run):
        with pytest.raises(GraphComponentException, match="nlu_message_converter"):
            run(processor.graph_runner, inputs, [target])
