"""Who may do what: roles x actions, as data. docs/rights.md shows the same table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

from bot.store.tokens import Role

Action = Literal[
    "list_cases",
    "read_cases",
    "work_cases",
    "take_from_others",
    "read_report",
    "read_agents",
    "read_people",
    "manage_people",
    "manage_tokens",
    "own_account",
    "read_metrics",
]
ACTIONS: tuple[Action, ...] = get_args(Action)

_EVERY_PERSON: frozenset[Role] = frozenset({"agent", "lead", "content", "admin"})
_CASE_WORKERS: frozenset[Role] = frozenset({"agent", "lead", "admin"})
_LEADERS: frozenset[Role] = frozenset({"lead", "admin"})
_ADMINS: frozenset[Role] = frozenset({"admin"})

RIGHTS: Mapping[Action, frozenset[Role]] = {
    "list_cases": _CASE_WORKERS | {"channel"},
    "read_cases": _CASE_WORKERS,
    "work_cases": _CASE_WORKERS,
    "take_from_others": _LEADERS,
    "read_report": _EVERY_PERSON,
    "read_agents": _LEADERS,
    "read_people": _CASE_WORKERS,
    "manage_people": _ADMINS,
    "manage_tokens": _ADMINS,
    "own_account": _EVERY_PERSON,
    "read_metrics": _ADMINS | {"monitor"},
}
"""Action -> the roles that may. `channel` and `monitor` are roles of tokens, never of a person: of
a back end, which of the cases sees those of channel `rest` alone, and of a Prometheus."""

MEANINGS: Mapping[Action, str] = {
    "list_cases": "the list of cases, and one case by its reference",
    "read_cases": "counts, events, the texts around cases, the digest, undelivered replies",
    "work_cases": "claim, reply, send again, note, change, transfer, resolve, return, reopen",
    "take_from_others": "claim a case that somebody else holds, give a case to another person",
    "read_report": "the report, its CSV, the cases behind a number",
    "read_agents": "the report by agent",
    "read_people": "names, roles and teams of colleagues, to choose from",
    "manage_people": "invite, change role and teams, disable, make a new link",
    "manage_tokens": "list, add and revoke API tokens",
    "own_account": "who am I, my password, sign out",
    "read_metrics": "figures for Prometheus at /metrics",
}
"""Action -> what it covers."""


def may(role: Role, action: Action) -> bool:
    return role in RIGHTS[action]


def home_of(role: Role) -> str:
    """The page a person begins with."""
    return "/desk" if may(role, "read_cases") else "/desk/report"
