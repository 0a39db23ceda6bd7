"""The life cycle all our Rasa components share.

What is learnt (or taken from the playbook) at training goes into the model's own folder, and is
read back from there when the model is loaded; then each message is told what was understood.
"""

from __future__ import annotations

import abc
from pathlib import Path
from typing import Any, Generic, TypeVar

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from typing_extensions import Self

from bot.nlu.content import PROJECT, fingerprint_of

M = TypeVar("M")


class Component(GraphComponent, Generic[M]):  # type: ignore[misc]
    """A trainable component around a plain model `M`, which is None before it is loaded."""

    def __init__(
        self,
        config: dict[str, Any],
        storage: ModelStorage,
        resource: Resource,
        model: M | None = None,
    ) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource
        self._model = model

    @property
    def model(self) -> M | None:
        return self._model

    @abc.abstractmethod
    def learn(self, training_data: TrainingData, folder: Path) -> None:
        """Writes everything `recall` needs into the folder."""

    @classmethod
    @abc.abstractmethod
    def recall(cls, config: dict[str, Any], folder: Path) -> M | None:
        """The model that `learn` wrote, None when there was nothing to learn."""

    @abc.abstractmethod
    def tell(self, message: Message, model: M) -> None:
        """Adds to the message what the model makes of it."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"project": PROJECT}

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
    ) -> Self:
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> Self:
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, cls.recall(config, folder))

    def train(self, training_data: TrainingData) -> Resource:
        with self._storage.write_to(self._resource) as folder:
            self.learn(training_data, folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            if self._model is not None:
                self.tell(message, self._model)
        return messages
