"""What is spared is spared for log lines alone."""

from __future__ import annotations

import ast
import inspect
import textwrap
import warnings

import pytest

from bot.engine import silent_logs
from bot.engine.assistant import Assistant

NAMES = [module.__name__ for module in silent_logs.COPYING]


@pytest.mark.parametrize("module", silent_logs.COPYING, ids=NAMES)
def test_module_copies_for_debug_lines_only(module: object) -> None:
    tree = ast.parse(inspect.getsource(module))  # type: ignore[arg-type]
    lines = [call for call in ast.walk(tree) if _is_call_of(call, "structlogger.debug")]
    spared = [node for line in lines for node in ast.walk(line)]
    copies = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == "copy"]

    assert copies
    assert all(any(copy is node for node in spared) for copy in copies)


def test_check_that_is_spared_only_warns() -> None:
    tree = ast.parse(textwrap.dedent(inspect.getsource(silent_logs._original)))
    calls = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}

    assert calls == {"self.domain.is_empty", "rasa.shared.utils.io.raise_warning"}


async def test_nobody_is_warned_when_a_detail_is_not_in_the_domain(assistant: Assistant) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        parsed = await assistant.parse("my order BN-104233 has not come")

    assert parsed["entities"]


def _is_call_of(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) == name
