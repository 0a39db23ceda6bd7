"""The playbook as typed, immutable objects: what the brand's people decided, ready for use.

`bot.playbook.loading` builds these from data/*.yml and refuses anything that does not fit.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

Localized = Mapping[str, str]
"""ISO 639-1 language -> text."""


def in_language(texts: Localized, language: str) -> str:
    """The text in `language`, else in English, else in the one it is in."""
    return texts.get(language) or texts.get("en") or next(iter(texts.values()))


class Severity(enum.IntEnum):
    """How bad a case is; comparable, written in lower case in files and JSON."""

    LOW = 0
    NORMAL = 1
    HIGH = 2
    CRITICAL = 3

    @property
    def word(self) -> str:
        return self.name.lower()

    @classmethod
    def from_word(cls, word: str) -> Severity:
        """Raises KeyError for a word that is no severity."""
        return cls[word.upper()] if word == word.lower() else cls[word]


FieldKind = Literal["pattern", "email", "phone", "amount", "date", "catalogue", "link", "text"]
Handling = Literal["case", "acknowledge", "ladder"]


@dataclass(frozen=True)
class Field:
    """A detail an agent needs. `patterns` (kinds pattern and text) are regular expressions matched
    without regard to case; the first group, or else the whole match, is the value, written in the
    `form` (`BN-######`, a # for each digit) if it has so many digits. `values` (kind
    catalogue) maps a canonical value to the ways customers write it. `regions` (kind phone) are the
    countries, home first, whose numbers are understood without a country code (ISO 3166-1)."""

    name: str
    kind: FieldKind
    label: Localized
    question: Localized
    patterns: tuple[str, ...] = ()
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    personal: bool = False
    regions: tuple[str, ...] = ()
    form: str = ""


@dataclass(frozen=True)
class Subtopic:
    """`cues` are regular expressions; the subtopic with most distinct matches wins,
    then file order."""

    name: str
    label: Localized
    cues: tuple[str, ...] = ()


@dataclass(frozen=True)
class Topic:
    """`handling`: case (taken in), acknowledge (thanked, no case), ladder (the abuse ladder).

    `subtopics` keeps the order of the file; the last one is the default and has no cues.
    `sla` gives the business time to first response for each severity: what the topic states, or
    else its team's `targets.first_response`.
    """

    name: str
    label: Localized
    subtopics: Mapping[str, Subtopic]
    severity: Severity
    team: str
    sla: Mapping[Severity, timedelta]
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    handling: Handling = "case"


ConditionKind = Literal[
    "any", "all", "not", "cue", "topic", "subtopic", "sentiment", "field", "amount_at_least",
    "followers_at_least", "repeat_contacts_at_least", "visibility", "always",
]  # fmt: skip


@dataclass(frozen=True)
class Condition:
    """One test of a rule. any/all/not use `parts`; cue, topic, subtopic, sentiment, field and
    visibility are true when one of `words` holds; the *_at_least kinds compare with `number`."""

    kind: ConditionKind
    words: tuple[str, ...] = ()
    number: float = 0.0
    parts: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class SeverityRule:
    """When `when` holds the severity becomes at least `raise_to`, or at most `lower_to` (exactly
    one is set; lowering is applied before raising, so an alarm always wins). `text` is the key of a
    text the customer gets at once (safety)."""

    name: str
    when: Condition
    reason: str
    raise_to: Severity | None = None
    lower_to: Severity | None = None
    text: str | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class TopicRule:
    """The first rule whose `when` holds decides the topic, whatever the classifier says."""

    name: str
    when: Condition
    topic: str
    subtopic: str | None = None


@dataclass(frozen=True)
class OnCallStep:
    """Who is woken: a webhook address, an e-mail address, or both; the alert is sent again every
    `repeat_every`, `times` times in all, then the next step of the chain is tried."""

    name: str
    webhook: str | None
    email: str | None
    repeat_every: timedelta
    times: int


NEXT_RESPONSE: Mapping[Severity, timedelta] = {
    Severity.CRITICAL: timedelta(minutes=30),
    Severity.HIGH: timedelta(hours=2),
    Severity.NORMAL: timedelta(hours=8),
    Severity.LOW: timedelta(hours=16),
}
"""A team's targets where it states none. Our choice: the `sla` that docs/content.md gives as an
example, so that a customer who writes again waits no longer than one who writes first."""

RESOLUTION: Mapping[Severity, timedelta] = {
    Severity.CRITICAL: timedelta(hours=4),
    Severity.HIGH: timedelta(hours=8),
    Severity.NORMAL: timedelta(hours=24),
    Severity.LOW: timedelta(hours=40),
}
"""A team's targets where it states none. Our choice: from half a working day to a week of five
days with eight hours."""


@dataclass(frozen=True)
class Targets:
    """How soon a team means to act, in business time for each severity; a graver case never waits
    longer than a milder one. `first_response` holds for the team's topics that state no `sla` and
    is in their `Topic.sla` already; `next_response` counts from the message of a customer whose
    case a person has answered before; `resolution` from the opening, without the time in which the
    customer owes the answer."""

    first_response: Mapping[Severity, timedelta] | None = None
    next_response: Mapping[Severity, timedelta] = field(default_factory=lambda: NEXT_RESPONSE)
    resolution: Mapping[Severity, timedelta] = field(default_factory=lambda: RESOLUTION)


@dataclass(frozen=True)
class DigestAddress:
    """Where a team's morning digest goes besides the desk: a webhook address, an e-mail address,
    or both; both are None where the environment lacks what their `${NAME}` stands for."""

    webhook: str | None
    email: str | None


@dataclass(frozen=True)
class Team:
    name: str
    label: Localized
    calendar: str
    on_call: tuple[OnCallStep, ...] = ()
    targets: Targets = field(default_factory=Targets)
    digest: DigestAddress | None = None


@dataclass(frozen=True)
class LadderStep:
    """From the `at`-th abusive message of a conversation on: what the bot does."""

    at: int
    action: Literal["calm", "warn", "mute"]
    text: str
    mute_for: timedelta = timedelta(0)


@dataclass(frozen=True)
class IncidentThresholds:
    """A topic/subtopic is a suspected incident at `at_least` cases within `window`."""

    window: timedelta
    at_least: int


@dataclass(frozen=True)
class TakeOver:
    """When a person holds a case and the customer waits: they are reminded after `remind_after`,
    and after `give_back_after` (always longer, counted from the same moment) the case goes back to
    the team's queue. Time on the clock, not business time."""

    remind_after: timedelta = timedelta(minutes=15)
    give_back_after: timedelta = timedelta(minutes=30)


@dataclass(frozen=True)
class Playbook:
    """data/playbook.yml. Every name used inside it (field, team, resource, cue, topic) exists.

    `cues` maps a cue's name to its regular expressions (of all languages together), matched without
    regard to case and accents between word borders. `sensitive` maps a name to a regular expression
    whose matches are masked before a message is stored. `tries` is how often a detail is asked for.
    """

    fields: Mapping[str, Field]
    topics: Mapping[str, Topic]
    cues: Mapping[str, tuple[str, ...]]
    topic_rules: tuple[TopicRule, ...]
    severity_rules: tuple[SeverityRule, ...]
    teams: Mapping[str, Team]
    ladder: tuple[LadderStep, ...]
    incidents: IncidentThresholds
    sensitive: Mapping[str, str]
    languages: tuple[str, ...] = ("en",)
    tries: int = 2
    reopen_within: timedelta = timedelta(hours=72)
    take_over: TakeOver = field(default_factory=TakeOver)


@dataclass(frozen=True)
class Faq:
    """An answer the bot may give; its questions are the examples of the intent `faq/<id>`. `title`
    stands on a button: at most 20 characters."""

    id: str
    title: Localized
    answer: Localized
    url: str | None = None
    topic: str | None = None


@dataclass(frozen=True)
class Resource:
    """A self-service page. `topics` and `subtopics` say where it may be offered; `cues` are regular
    expressions that make it the better choice among several. A page that exists in one `language`
    only has its title and description in that one; None: it has them in every language that the
    bot speaks. `description` is empty where there is none."""

    id: str
    title: Localized
    url: str
    description: Localized
    topics: tuple[str, ...]
    subtopics: tuple[str, ...] = ()
    cues: tuple[str, ...] = ()
    language: str | None = None

    def is_for(self, language: str) -> bool:
        """Whether customers who speak `language` can read the page."""
        return self.language in (None, language)
