"""data/playbook.yml -> Playbook, strictly: what is not understood is refused, never passed over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Literal, cast, get_args

import phonenumbers

from bot.playbook.conditions import BUILT_IN_CUES, Names, load_condition
from bot.playbook.entry import NAME, Entry
from bot.playbook.model import (
    Field,
    FieldKind,
    Handling,
    IncidentThresholds,
    LadderStep,
    Playbook,
    Severity,
    SeverityRule,
    Subtopic,
    TakeOver,
    Team,
    Topic,
    TopicRule,
)
from bot.playbook.teams import load_teams
from bot.playbook.texts import TEXTS
from bot.playbook.times import SEVERITIES, times_by_severity

RESERVED_CUES = (
    "safety", "self_harm", "threat", "wants_human", "abuse", "legal", "fraud", "hacked", "outage",
    "repeat_contact", "deadline", "blocked", "money_lost", "furious", "profanity", "user_content",
)  # fmt: skip
"""Cues that the conversation itself reacts to."""

RESERVED_TOPICS = ("incident", "praise", "abuse", "other")
"""Topics that the conversation itself speaks of; all others are the brand's choice."""


def gather_names(
    playbook: Entry,
    calendars: frozenset[str] | None,
    resources: frozenset[str] | None,
    learned_cues: frozenset[str] | None = frozenset(),
) -> Names:
    """The names data/playbook.yml defines, together with those of the other files."""
    parts = playbook.quietly().keyed((), ("fields", "topics", "cues", "teams"))
    topics = {
        name: frozenset(entry.keyed((), ("subtopics",))["subtopics"].named())
        for name, entry in parts["topics"].named().items()
    }
    return Names(
        fields=frozenset(parts["fields"].named()),
        topics=topics if parts["topics"].is_mapping() else None,
        cues=None if learned_cues is None else frozenset(parts["cues"].named()) | learned_cues,
        teams=frozenset(parts["teams"].named()),
        calendars=calendars,
        resources=resources,
    )


def load_playbook(entry: Entry, names: Names, environment: Mapping[str, str]) -> Playbook:
    """The playbook; `environment` fills `${NAME}` in the addresses of the teams."""
    parts = entry.keyed(
        ("fields", "topics", "cues", "severity_rules", "teams", "ladder", "incidents"),
        ("languages", "tries", "reopen_within", "take_over", "topic_rules", "sensitive"),
    )
    teams = load_teams(parts["teams"], names, environment)
    return Playbook(
        fields={name: _field(name, part) for name, part in parts["fields"].named(NAME).items()},
        topics=_topics(parts["topics"], names, teams),
        cues=_cues(parts["cues"]),
        topic_rules=tuple(_topic_rule(part, names) for part in parts["topic_rules"].listed()),
        severity_rules=tuple(
            _severity_rule(part, names) for part in parts["severity_rules"].listed()
        ),
        teams=teams,
        ladder=_ladder(parts["ladder"]),
        incidents=_incidents(parts["incidents"]),
        sensitive={name: part.pattern() for name, part in parts["sensitive"].named(NAME).items()},
        languages=_languages(parts["languages"]),
        tries=parts["tries"].count(2),
        reopen_within=parts["reopen_within"].duration(timedelta(hours=72)),
        take_over=_take_over(parts["take_over"]),
    )


def _languages(entry: Entry) -> tuple[str, ...]:
    languages = tuple(dict.fromkeys(part.language() for part in entry.listed())) or ("en",)
    if "en" not in languages:
        entry.refuse("`en` is missing", "add en: its texts serve where a language has none")
    return languages


_NEEDED = ("patterns", "values")
_KEYS_OF_KINDS = {
    "patterns": ("pattern", "text"),
    "form": ("pattern",),
    "values": ("catalogue",),
    "regions": ("phone",),
}


def _field(name: str, entry: Entry) -> Field:
    parts = entry.keyed(
        ("kind", "label", "question"), ("patterns", "form", "values", "personal", "regions")
    )
    kind = parts["kind"].choice(get_args(FieldKind), "kind of field")
    for key, owners in _KEYS_OF_KINDS.items():
        if kind == owners[0] and key in _NEEDED and not parts[key]:
            entry.refuse(f"a field of the kind {kind} needs `{key}`", f"add `{key}:` here")
        elif parts[key] and kind in get_args(FieldKind) and kind not in owners:
            parts[key].refuse(
                f"`{key}` is not for the kind {kind}", f"remove it or write `kind: {owners[0]}`"
            )
    return Field(
        name=name,
        kind=cast(FieldKind, kind),
        label=parts["label"].localized(),
        question=parts["question"].localized(),
        patterns=parts["patterns"].patterns(),
        form=parts["form"].text() if parts["form"] else "",
        values=_catalogue(parts["values"]),
        personal=parts["personal"].flag(),
        regions=tuple(_region(part) for part in parts["regions"].listed()),
    )


def _region(entry: Entry) -> str:
    region = entry.text()
    if region not in phonenumbers.SUPPORTED_REGIONS:
        entry.refuse(f"`{region}` is no region", "write its two capitals, such as GB, US or KR")
    return region


def _catalogue(entry: Entry) -> dict[str, tuple[str, ...]]:
    return {
        value: tuple(way.text() for way in part.one_or_more())
        for value, part in entry.named().items()
    }


def _topics(entry: Entry, names: Names, teams: Mapping[str, Team]) -> dict[str, Topic]:
    found = entry.named(NAME)
    for name in RESERVED_TOPICS:
        if entry.is_mapping() and name not in found:
            entry.refuse(
                f"the topic `{name}` is missing", f"add `{name}:`; the conversation relies on it"
            )
    return {name: _topic(name, part, names, teams) for name, part in found.items()}


def _topic(name: str, entry: Entry, names: Names, teams: Mapping[str, Team]) -> Topic:
    parts = entry.keyed(
        ("label", "severity", "team", "subtopics"),
        ("sla", "handling", "required", "optional", "resources", "tags"),
    )
    team = parts["team"].choice(names.teams, "team")
    required = parts["required"].choices(names.fields, "field")
    optional = parts["optional"].choices(names.fields, "field")
    for field in set(required) & set(optional):
        parts["optional"].refuse(
            f"`{field}` is required and optional at once", "remove it from one of the two lists"
        )
    return Topic(
        name=name,
        label=parts["label"].localized(),
        subtopics=_subtopics(parts["subtopics"]),
        severity=_or_normal(_severity(parts["severity"])),
        team=team,
        sla=_sla(entry, parts["sla"], teams.get(team)),
        required=required,
        optional=optional,
        resources=parts["resources"].choices(names.resources, "resource"),
        tags=_tags(parts["tags"]),
        handling=_handling(parts["handling"]),
    )


def _handling(entry: Entry) -> Handling:
    return cast(Handling, entry.choice(get_args(Handling), "handling") or "case")


def _tags(entry: Entry) -> tuple[str, ...]:
    return entry.choices(None, "tag")


def _severity(entry: Entry) -> Severity | None:
    word = entry.choice(SEVERITIES, "severity")
    return Severity.from_word(word) if word in SEVERITIES else None


def _sla(topic: Entry, stated: Entry, team: Team | None) -> Mapping[Severity, timedelta]:
    """What the topic states, or else what its team does; `team` is None when it was refused."""
    if not stated and team and team.targets.first_response:
        return team.targets.first_response
    if not stated and team:
        topic.refuse(
            "`sla` is missing",
            "add `sla: {critical: ...}` here, or `first_response: {critical: ...}` to the "
            f"`targets:` of the team {team.name}",
        )
    return times_by_severity(stated)


def _subtopics(entry: Entry) -> dict[str, Subtopic]:
    found = entry.named(NAME)
    if entry.is_mapping() and not found:
        entry.refuse("there is no subtopic", "add at least `general: {label: ...}`")
    subtopics: dict[str, Subtopic] = {}
    for name, part in found.items():
        parts = part.keyed(("label",), ("cues",))
        cues = parts["cues"].patterns()
        if cues and name == list(found)[-1]:
            parts["cues"].refuse(
                "the last subtopic is the one for everything else and has no cues",
                "remove the cues or add a subtopic such as `general: {label: ...}` behind it",
            )
        subtopics[name] = Subtopic(name, parts["label"].localized(), cues)
    return subtopics


def _cues(entry: Entry) -> dict[str, tuple[str, ...]]:
    found = entry.named(NAME)
    for name in RESERVED_CUES:
        if entry.is_mapping() and name not in found:
            entry.refuse(
                f"the cue `{name}` is missing",
                f"add `{name}: [...]` with regular expressions; the conversation relies on it",
            )
    for name in BUILT_IN_CUES & found.keys():
        found[name].refuse(f"the cue `{name}` is built in", "give this one another name")
    cues = {name: part.patterns() for name, part in found.items()}
    for name, part in found.items():
        if (part.is_list() or part.is_mapping()) and not cues[name]:
            part.refuse("the cue has no expression", "write at least one, or remove the cue")
    return cues


def _topic_rule(entry: Entry, names: Names) -> TopicRule:
    parts = entry.keyed(("name", "when", "topic"), ("subtopic",))
    topic = parts["topic"].choice(names.topics, "topic")
    return TopicRule(
        name=parts["name"].text(),
        when=load_condition(parts["when"], names),
        topic=topic,
        subtopic=parts["subtopic"].choice(names.subtopics([topic]), f"subtopic of {topic}") or None,
    )


def _severity_rule(entry: Entry, names: Names) -> SeverityRule:
    parts = entry.keyed(("name", "when", "reason"), ("raise_to", "lower_to", "text", "tags"))
    if entry.is_mapping() and bool(parts["raise_to"]) == bool(parts["lower_to"]):
        entry.refuse(
            "a rule has exactly one of raise_to and lower_to",
            f"write one of them with {', '.join(SEVERITIES)}",
        )
    return SeverityRule(
        name=parts["name"].text(),
        when=load_condition(parts["when"], names),
        reason=parts["reason"].text(),
        raise_to=_severity(parts["raise_to"]),
        lower_to=_severity(parts["lower_to"]),
        text=parts["text"].choice(TEXTS, "text") or None,
        tags=_tags(parts["tags"]),
    )


def _ladder(entry: Entry) -> tuple[LadderStep, ...]:
    steps: list[LadderStep] = []
    for part in entry.listed():
        step = _ladder_step(part)
        if steps and step.at <= steps[-1].at:
            part.refuse("the steps must rise", f"let `at` be more than {steps[-1].at} here")
        steps.append(step)
    return tuple(steps)


def _ladder_step(entry: Entry) -> LadderStep:
    parts = entry.keyed(("at", "action", "text"), ("mute_for",))
    action = parts["action"].choice(("calm", "warn", "mute"), "action")
    if action == "mute" and not parts["mute_for"]:
        entry.refuse("`mute_for` is missing", "say for how long, such as `mute_for: 12h`")
    if action in ("calm", "warn") and parts["mute_for"]:
        parts["mute_for"].refuse(f"`mute_for` is not for {action}", "remove it")
    return LadderStep(
        at=parts["at"].count(1),
        action=cast(Literal["calm", "warn", "mute"], action),
        text=parts["text"].choice(TEXTS, "text"),
        mute_for=parts["mute_for"].duration(timedelta(0)),
    )


def _incidents(entry: Entry) -> IncidentThresholds:
    parts = entry.keyed(("window", "at_least"))
    return IncidentThresholds(
        window=parts["window"].duration(), at_least=parts["at_least"].count(5, minimum=2)
    )


def _take_over(entry: Entry) -> TakeOver:
    before = len(entry.problems)
    usual = TakeOver()
    parts = entry.keyed((), ("remind_after", "give_back_after"))
    take_over = TakeOver(
        remind_after=parts["remind_after"].duration(usual.remind_after),
        give_back_after=parts["give_back_after"].duration(usual.give_back_after),
    )
    too_soon = take_over.give_back_after <= take_over.remind_after
    if too_soon and len(entry.problems) == before:
        (parts["give_back_after"] or parts["remind_after"]).refuse(
            "`give_back_after` is not longer than `remind_after`",
            "write a longer `give_back_after:` (30m where it is absent) or a shorter "
            "`remind_after:` (15m where it is absent)",
        )
    return take_over


def _or_normal(severity: Severity | None) -> Severity:
    """What stands in for a severity that was refused, so that reading can go on."""
    return Severity.NORMAL if severity is None else severity
