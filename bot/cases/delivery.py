"""What becomes of replies on their way, as far as a case remembers it.

Steps like those of `handling.py`, pure; `bot.store.desk_steps` writes them.
"""

from __future__ import annotations

from bot.cases.handling import Step

NOT_DELIVERED = "not_delivered"
SENT_AGAIN = "sent_again"


def not_delivered(step: Step, line: int, reason: str) -> None:
    """Line `line` of the conversation did not reach the customer. `reason` is a stable word, such
    as `blocked` when the customer has blocked the brand."""
    step.noted(NOT_DELIVERED, line=line, reason=reason)
    step.happened("delivery_noted", line=line, reason=reason)


def sent_again(step: Step, line: int) -> None:
    """Somebody had a line that was not delivered sent again."""
    step.noted(SENT_AGAIN, line=line)
    step.happened("delivery_resumed", line=line, agent=step.who)
