"""The abuse ladder: calm, warn, mute; never in the way of a real case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.cases.problem import carries_problem, is_abusive, is_spam
from bot.cases.understanding import Understanding
from bot.playbook.model import LadderStep, Playbook

_SPAM_TEXT = "spam"


@dataclass(frozen=True)
class Verdict:
    """What to do with a turn. `count` is the conversation's new number of abusive messages. With a
    `step` the ladder answers; without one the turn is handled like any other, also while the
    conversation is muted; `abusive` then is for the case's tags."""

    abusive: bool
    count: int
    step: LadderStep | None = None


def judge(turn: Understanding, count: int, playbook: Playbook) -> Verdict:
    """`count` is the number of abusive messages before. An abusive turn that carries a problem is
    handled as the problem and not counted. Advertising is not calmed down: it is told what the chat
    is for, until it is muted."""
    if not is_abusive(turn, playbook):
        return Verdict(False, count)
    if carries_problem(turn, playbook):
        return Verdict(True, count)
    step = step_at(count + 1, playbook.ladder)
    if step is not None and step.action != "mute" and is_spam(turn, playbook):
        step = replace(step, text=_SPAM_TEXT)
    return Verdict(True, count + 1, step)


def step_at(count: int, ladder: Sequence[LadderStep]) -> LadderStep | None:
    """The highest step that the `count`-th abusive message has reached, None below the first."""
    reached = [step for step in ladder if step.at <= count]
    return max(reached, key=lambda step: step.at, default=None)


def gets_through_mute(turn: Understanding, playbook: Playbook) -> bool:
    """Whether a muted conversation's turn is to be handled: only what carries a problem is."""
    return carries_problem(turn, playbook)
