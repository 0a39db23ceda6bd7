"""Runs the rasa_sdk actions inside the worker, behind the seam Rasa offers for an action server.

Rasa calls an action by POSTing JSON to an endpoint. This endpoint hands the same JSON to
rasa_sdk's executor in this process: one server fewer to start, watch and lose.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rasa.utils.endpoints import EndpointConfig
from rasa_sdk.executor import ActionExecutor


class InProcessActions(EndpointConfig):
    """An action endpoint without a network: `package` is imported and its actions registered."""

    def __init__(self, package: str = "actions") -> None:
        super().__init__(url="in-process", enable_selective_domain=True)
        self._executor = ActionExecutor()
        self._executor.register_package(package)

    @property
    def names(self) -> frozenset[str]:
        """The names of all registered actions."""
        return frozenset(self._executor.actions)

    async def request(self, *_: Any, json: Mapping[str, Any], **__: Any) -> Any:
        """Runs `json["next_action"]`; returns {"events": [...], "responses": [...]}."""
        return await self._executor.run(json)
