"""data/rules.yml against domain.yml: no turn may end without a reply, no rule call the unknown."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.errors import Problem
from bot.playbook.entry import Entry, nearest
from bot.playbook.yaml_source import read_file

DIALOGUE_INTENTS = frozenset(
    {"greet", "goodbye", "thanks", "affirm", "deny", "solved", "not_solved", "wants_human",
     "case_status", "same_matter", "new_matter", "refuse", "inform", "bot_challenge", "help"}
)  # fmt: skip
"""The intents of the conversation itself, next to the families report/<topic> and faq/<id>."""

FAMILIES = DIALOGUE_INTENTS | {"report", "faq", "nlu_fallback"}
"""Every intent a turn can have; each needs a rule."""

RASA_ACTIONS = frozenset(
    {"action_listen", "action_restart", "action_session_start", "action_default_fallback",
     "action_deactivate_loop", "action_back", "action_revert_fallback_events",
     "action_unlikely_intent", "action_extract_slots"}
)  # fmt: skip


@dataclass(frozen=True)
class Domain:
    """What domain.yml declares; `there` is false when it cannot be read."""

    actions: frozenset[str]
    intents: frozenset[str]
    there: bool


def check_replies(root: Path) -> list[Problem]:
    """The problems of data/rules.yml and of the names in domain.yml that it needs."""
    problems: list[Problem] = []
    domain = _read_domain(read_file(root / "domain.yml", root, problems))
    document = read_file(root / "data" / "rules.yml", root, problems)
    rules = document.keyed(("rules",), ("version",))["rules"]
    answered: set[str] = set()
    for rule in rules.listed():
        steps = rule.keyed(
            ("rule", "steps"), ("condition", "conversation_start", "wait_for_user_input")
        )
        if not _inside_a_form(steps["condition"]):
            answered |= set(_answered(steps["steps"]))
        if domain.there:
            problems += _unknown_actions(steps["steps"], domain)
    if rules:
        problems += _unanswered(rules, FAMILIES - answered)
    if domain.there:
        problems += _undeclared(FAMILIES - domain.intents)
    return problems


def _read_domain(document: Entry) -> Domain:
    """Rasa checks domain.yml itself; only its names are of interest here."""
    parts = document.quietly().named()
    names = {key: frozenset(_names(parts[key])) for key in ("actions", "intents") if key in parts}
    forms = frozenset(parts["forms"].named()) if "forms" in parts else frozenset()
    actions = names.get("actions", frozenset()) | forms | RASA_ACTIONS
    return Domain(actions, names.get("intents", frozenset()) | {"nlu_fallback"}, bool(document))


def _names(entry: Entry) -> Iterator[str]:
    for item in entry.listed():
        if item.is_mapping():
            yield from item.named()
        else:
            yield item.text()


def _inside_a_form(condition: Entry) -> bool:
    """Whether the rule holds only while a form asks, so that it answers nothing outside of it."""
    loops = [part.named().get("active_loop") for part in condition.quietly().listed()]
    return any(loop is not None and loop.raw("", "") for loop in loops)


def _answered(steps: Entry) -> Iterator[str]:
    """The intent families that are followed by an action at once."""
    told: list[str] = []
    for step in steps.listed():
        parts = step.quietly().named()
        if "action" in parts:
            yield from told
        if "action" in parts or "intent" in parts or "or" in parts:
            told = list(_intents(parts))


def _intents(parts: dict[str, Entry]) -> Iterator[str]:
    if "intent" in parts:
        yield parts["intent"].text().split("/")[0]
    for choice in parts["or"].listed() if "or" in parts else ():
        yield from _intents(choice.named())


def _unknown_actions(steps: Entry, domain: Domain) -> Iterator[Problem]:
    for step in steps.quietly().listed():
        parts = step.named()
        for key, what in (("action", "action"), ("active_loop", "form")):
            name = parts[key].raw("", "") if key in parts else ""
            if name and name not in domain.actions:
                yield parts[key].problem(
                    f"the {what} `{name}` is not in domain.yml",
                    f"list it there under `{what}s:`, or write another; "
                    + nearest(name, domain.actions - RASA_ACTIONS),
                )


def _unanswered(rules: Entry, families: Collection[str]) -> Iterator[Problem]:
    for family in sorted(families):
        yield rules.problem(
            f"no rule answers the intent `{family}`, so such a message gets no reply",
            f"add a rule with the steps `- intent: {family}` and `- action: action_...`",
        )


def _undeclared(families: Collection[str]) -> Iterator[Problem]:
    for family in sorted(families):
        yield Problem(
            "domain.yml",
            0,
            "intents",
            f"the intent `{family}` is not declared, so Rasa passes over it",
            f"add `- {family}` under `intents:`",
        )
