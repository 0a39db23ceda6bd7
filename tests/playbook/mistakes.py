"""The mistakes content owners can make in the sample project, each with what they are told."""

from __future__ import annotations

from dataclasses import dataclass

BOOK = "data/playbook.yml"
HOURS = "data/hours.yml"
VOICE = "data/voice.yml"
TEXTS = "data/texts/en/conversation.yml"
WORDS = "data/texts/en/interface.yml"
TALK = "data/texts/en/small_talk.yml"
FAQ = "data/faq/orders.yml"
PAGES = "data/resources.yml"
RULES = "data/rules.yml"
REPORT = "data/nlu/en/report.yml"
QUESTIONS = "data/nlu/en/faq.yml"


@dataclass(frozen=True)
class Mistake:
    """In `file`, `old` becomes `new`. The one problem stands in the line that holds `at` (in
    `place`, by default the same file), says `message` and `fix`; `early`: it stops a load too."""

    name: str
    file: str
    old: str
    new: str
    at: str
    key: str
    message: str
    fix: str
    place: str = ""
    early: bool = True


MISTAKES = [
    Mistake(
        "unknown key", BOOK, "      required: [email, amount]", "      requird: [email, amount]",
        at="requird:", key="topics.billing.requird", message="unknown key `requird`",
        fix="did you mean `required`? Valid: handling, label, optional, required, resources",
    ),
    Mistake(
        "wrong type", BOOK, "required: [email, amount]", "required: {email: amount}",
        at="required: {", key="topics.billing.required", message="must be a list, but it is a map",
        fix="[one, two]",
    ),
    Mistake(
        "number for text", BOOK, "reason: Mentions smoke or fire", "reason: 112",
        at="reason: 112", key="severity_rules[1].reason", message="must be a text",
        fix='put it in quotes: "112"',
    ),
    Mistake(
        "bad YAML", BOOK, "  tries: 2", "  tries: 2: 3", at="tries: 2: 3", key="",
        message="no YAML: mapping values are not allowed", fix="a space after each colon",
    ),
    Mistake(
        "key twice", BOOK, "  tries: 2\n", "  tries: 2\n  tries: 3\n", at="tries: 3", key="tries",
        message="`tries` stands twice, first in line 3", fix="remove or rename",
    ),
    Mistake(
        "unknown team", BOOK, "team: money", "team: moneys", at="team: moneys",
        key="topics.billing.team", message="unknown team `moneys`",
        fix="did you mean `money`? Valid: money, support",
    ),
    Mistake(
        "topic without examples", REPORT,
        "  - intent: report/other\n    examples: |\n      - I have a matter\n"
        "      - something else\n", "",
        place=BOOK, at="    other:", key="topics.other", early=False,
        message="the topic `other` has no examples", fix="add `- intent: report/other`",
    ),
    Mistake(
        "example in two intents", REPORT, "      - something else\n",
        "      - something else\n      -  You charged ME twice\n",
        at="ME twice", key="report/other", early=False,
        message="`You charged ME twice` is an example of `report/billing` too, in " + REPORT + ":6",
        fix="remove it from the other",
    ),
    Mistake(
        "example twice", REPORT, "      - something else\n",
        "      - something else\n      - Something  else\n", at="Something  else",
        key="report/other", early=False, message="stands here twice", fix="remove one",
    ),
    Mistake(
        "text missing", TEXTS, '  solved: "Glad that worked."\n', "", at="ask_solved:",
        key="solved", message="the text `solved` is missing", fix="add `solved: ...` to this file",
    ),
    Mistake(
        "placeholder unknown", TEXTS, "We are back {back}.", "We are back {bakc}.",
        at="{bakc}", key="hello_closed", message="unknown placeholder {bakc}",
        fix="did you mean `back`? Valid: assistant, back, brand, help_center",
    ),
    Mistake(
        "braces open", TEXTS, '"Did that help?"', '"Did {that help?"', at="{that",
        key="ask_solved", message="the braces do not fit", fix="{{ and }}",
    ),
    Mistake(
        "bad pattern", BOOK, r"['\b(LU-?\d{6})\b']", r"['\b(LU-?\d{6}\b']", at=r"(LU-?",
        key="fields.order_number.patterns[1]", message="no regular expression: missing )",
        fix="mend it",
    ),
    Mistake(
        "pattern that matches always", BOOK, "deadline: ['by tomorrow']", "deadline: ['x*']",
        at="deadline:", key="cues.deadline[1]", message="matches the empty text",
        fix="obligatory",
    ),
    Mistake(
        "overlapping hours", HOURS, '"13:30-18:00"', '"12:00-18:00"', at="mon:",
        key="office.week.mon[2]", message="12:00-18:00 overlaps 09:00-12:30",
        fix="let the first end before the second",
    ),
    Mistake(
        "hours end before they begin", HOURS, '["09:00-16:00"]', '["22:00-06:00"]', at="fri:",
        key="office.week.fri[1]", message="ends before it begins", fix='"22:00-24:00"',
    ),
    Mistake(
        "bad time zone", HOURS, "Europe/Berlin", "Europe/Berlim", at="timezone:",
        key="office.timezone", message="unknown time zone `Europe/Berlim`",
        fix="did you mean `Europe/Berlin`",
    ),
    Mistake(
        "unknown holiday country", HOURS, "country: DE, subdivision: BE", "country: Germany",
        at="holidays:", key="office.holidays.country",
        message="unknown holiday country `Germany`", fix="ISO 3166",
    ),
    Mistake(
        "calendar that never opens", HOURS,
        '      mon: ["09:00-12:30", "13:30-18:00"]\n      tue: ["09:00-18:00"]\n'
        '      wed: ["09:00-18:00"]\n      thu: ["09:00-18:00"]\n      fri: ["09:00-16:00"]\n',
        "      mon: []\n", at="office:", key="office", message="never opens",
        fix="at least one day",
    ),
    Mistake(
        "unknown field in a rule", BOOK, "{field: amount}", "{field: amuont}", at="amuont",
        key="severity_rules[2].when.all[2].field", message="unknown field `amuont`",
        fix="did you mean `amount`? Valid: amount, email, order_number, product",
    ),
    Mistake(
        "unknown cue in a rule", BOOK, "[legal, shouting]", "[legl, shouting]", at="legl",
        key="severity_rules[2].when.all[4].any[1].cue[1]", message="unknown cue `legl`",
        fix="did you mean `legal`?",
    ),
    Mistake(
        "unknown condition", BOOK, "{amount_at_least: 100}", "{amount_over: 100}",
        at="amount_over", key="severity_rules[2].when.all[3].amount_over",
        message="unknown condition `amount_over`", fix="amount_at_least",
    ),
    Mistake(
        "two conditions in one", BOOK, "when: {cue: safety}\n      raise_to",
        "when: {cue: safety, topic: billing}\n      raise_to", at="when: {cue: safety, topic",
        key="severity_rules[1].when", message="exactly one key, this has 2", fix="all:",
    ),
    Mistake(
        "severity unknown", BOOK, "raise_to: critical", "raise_to: urgent", at="urgent",
        key="severity_rules[1].raise_to", message="unknown severity `urgent`",
        fix="Valid: critical, high, low, normal",
    ),
    Mistake(
        "rule raises and lowers", BOOK, "lower_to: high", "lower_to: high\n      raise_to: low",
        at="name: calm question", key="severity_rules[3]", message="exactly one of raise_to",
        fix="write one of them",
    ),
    Mistake(
        "FAQ without answer", QUESTIONS, "faq/refund_time\n",
        "faq/refund_time\n    examples: |\n      - money back how long\n"
        "      - refund, how many days\n  - intent: faq/refund_tine\n",
        at="faq/refund_tine", key="nlu[3].intent", early=False,
        message="the FAQ `refund_tine` has no answer",
        fix="did you mean `refund_time`? Valid: refund_time, return_period",
    ),
    Mistake(
        "FAQ that nobody asks", FAQ, "  - id: refund_time\n",
        "  - id: colours\n    title: Colours\n    answer: It comes in red.\n  - id: refund_time\n",
        at="id: colours", key="colours", early=False, message="the FAQ `colours` has no examples",
        fix="add `- intent: faq/colours` with at least 2 examples",
    ),
    Mistake(
        "FAQ id twice", FAQ, "  - id: refund_time\n",
        "  - id: return_period  # again\n    title: Again\n    answer: Again.\n"
        "    url: https://help.lumen.example/x\n  - id: refund_time\n",
        at="# again", key="return_period.id", fix="rename one",
        message="the id `return_period` is used in data/faq/orders.yml:2",
    ),
    Mistake(
        "FAQ title too long", FAQ, "    title: Refund time\n",
        "    title: How long a refund takes\n", at="title: How", key="refund_time.title",
        message="`How long a refund takes` has 23 characters", fix="at most 20",
    ),
    Mistake(
        "FAQ without title", FAQ, "    title: Refund time\n", "", at="id: refund_time",
        key="refund_time", message="`title` is missing", fix="add `title:` here",
    ),
    Mistake(
        "Rasa key in a playbook", BOOK, "playbook:\n", "rules: []\nplaybook:\n", at="rules:",
        key="rules", message="`rules:` is a key of Rasa's", fix="`playbook:`",
    ),
    Mistake(
        "one example only", REPORT, "      - something else\n", "", at="report/other",
        key="nlu[5].intent", early=False, message="`report/other` has 1 example",
        fix="write at least 2",
    ),
    Mistake(
        "unknown topic in examples", REPORT, "      - something else\n",
        "      - something else\n  - intent: report/biling\n    examples: |\n      - a\n"
        "      - b\n", at="report/biling", key="nlu[6].intent", early=False,
        message="there is no topic `biling`", fix="did you mean `report/billing`?",
    ),
    Mistake(
        "unknown intent", REPORT, "      - something else\n",
        "      - something else\n  - intent: greeet\n    examples: |\n      - a\n      - b\n",
        at="greeet", key="nlu[6].intent", early=False, message="unknown intent `greeet`",
        fix="did you mean `greet`?",
    ),
    Mistake(
        "example without dash", REPORT, "      - something else\n",
        "      - something else\n      more of it\n", at="more of it", key="nlu[5].examples",
        message="an example begins with `- `", fix="put `- ` before it",
    ),
    Mistake(
        "unknown resource", BOOK, "resources: [refund-status]", "resources: [refunds-status]",
        at="refunds-status", key="topics.billing.resources[1]",
        message="unknown resource `refunds-status`", fix="did you mean `refund-status`?",
    ),
    Mistake(
        "unknown topic of a resource", PAGES, "topics: [incident, other]",
        "topics: [incident, others]", at="others", key="status-page.topics[2]",
        message="unknown topic `others`", fix="did you mean `other`?",
    ),
    Mistake(
        "unknown subtopic of a resource", PAGES, "subtopics: [refund]", "subtopics: [safety]",
        at="subtopics:", key="refund-status.subtopics[1]", message="unknown subtopic `safety`",
        fix="Valid: general, refund",
    ),
    Mistake(
        "address without https", PAGES, "https://status", "http://status", at="http://status",
        key="status-page.url", message="no complete https address", fix="in full",
    ),
    Mistake(
        "dead link", TALK, "[[faq:return_period]]", "[[faq:return_perio]]", at="help:",
        key="help", message="dead link [[faq:return_perio]]",
        fix="did you mean `faq:return_period`?",
    ),
    Mistake(
        "link to a FAQ without address", TALK, "[[faq:return_period]]", "[[faq:refund_time]]",
        at="help:", key="help", message="has no address", fix="give faq:refund_time a `url:`",
    ),
    Mistake(
        "relative link", TALK, '"Bye!"', '"Bye, see [this](docs/bye.md)!"', at="goodbye:",
        key="goodbye", message="`docs/bye.md` is no complete https address", fix="[[faq:id]]",
    ),
    Mistake(
        "banned phrase", TEXTS, '"One message more', '"Unfortunately, one message more',
        at="ask_details_open", key="ask_details_open",
        message="banned phrase `unfortunately`", fix="other words",
    ),
    Mistake(
        "unknown text", TALK, '  goodbye: "Bye!"', '  goodbye: "Bye!"\n  goodby: "Bye!"',
        at="goodby:", key="goodby", message="unknown text `goodby`", fix="did you mean `goodbye`?",
    ),
    Mistake(
        "text in two files", TALK, '  goodbye: "Bye!"', '  goodbye: "Bye!"\n  human: "Hm."',
        at="human:", key="human", message=f"stands in {TEXTS}:25 already", fix="remove one",
    ),
    Mistake(
        "empty text", TALK, '"Bye!"', '""', at="goodbye:", key="goodbye",
        message="the text is empty", fix="write the text",
    ),
    Mistake(
        "unknown text of a rule", BOOK, "text: safety", "text: safty", at="text: safty",
        key="severity_rules[1].text", message="unknown text `safty`", fix="did you mean `safety`?",
    ),
    Mistake(
        "reserved cue missing", BOOK, "    legal: ['lawyer']\n    fraud: ['fraud']\n",
        "    legal: ['lawyer']\n", at="  cues:", key="cues", message="the cue `fraud` is missing",
        fix="add `fraud: [...]`",
    ),
    Mistake(
        "bad duration", BOOK, "reopen_within: 72h", "reopen_within: 3 days", at="reopen_within",
        key="reopen_within", message="`3 days` is no duration", fix="30m, 8h or 2d",
    ),
    Mistake(
        "critical slower than high", BOOK, "high: 2h, normal: 8h, low: 40h",
        "high: 20m, normal: 8h, low: 40h", at="20m,", key="topics.billing.sla.critical",
        message="critical waits longer than high", fix="at most the time of high",
    ),
    Mistake(
        "bad time of a severity", BOOK, "high: 2h, normal: 8h, low: 40h",
        "high: 2 hours, normal: 8h, low: 40h", at="2 hours", key="topics.billing.sla.high",
        message="`2 hours` is no duration", fix="30m, 8h or 2d",
    ),
    Mistake(
        "promise of nobody", BOOK,
        "        first_response: {critical: 15m, high: 1h, normal: 4h, low: 1d}\n", "",
        at="    other:", key="topics.other", message="`sla` is missing",
        fix="or `first_response: {critical: ...}` to the `targets:` of the team support",
    ),
    Mistake(
        "target of no severity", BOOK, "normal: 2d, low: 3d}", "normal: 2d, lwo: 3d, low: 3d}",
        at="lwo: 3d", key="teams.support.targets.resolution.lwo", message="unknown key `lwo`",
        fix="did you mean `low`?",
    ),
    Mistake(
        "target of a severity missing", BOOK, "normal: 2d, low: 3d}", "normal: 2d}",
        at="resolution:", key="teams.support.targets.resolution", message="`low` is missing",
        fix="add `low:` here",
    ),
    Mistake(
        "normal resolved later than low", BOOK, "normal: 2d, low: 3d}", "normal: 4d, low: 3d}",
        at="normal: 4d", key="teams.support.targets.resolution.normal",
        message="normal waits longer than low", fix="at most the time of low",
    ),
    Mistake(
        "first response slower when critical", BOOK, "{critical: 15m, high: 1h, normal: 4h",
        "{critical: 90m, high: 1h, normal: 4h", at="90m",
        key="teams.support.targets.first_response.critical",
        message="critical waits longer than high", fix="at most the time of high",
    ),
    Mistake(
        "unknown target", BOOK, "        resolution: {", "        resolutions: {",
        at="resolutions:", key="teams.support.targets.resolutions",
        message="unknown key `resolutions`",
        fix="did you mean `resolution`? Valid: first_response, next_response, resolution",
    ),
    Mistake(
        "digest to nobody", BOOK,
        'digest: {webhook: "${SAMPLE_DIGEST}", email: team@lumen.example}', "digest: {}",
        at="digest:", key="teams.support.digest", message="the digest has no address",
        fix="add `webhook:` or `email:`",
    ),
    Mistake(
        "digest to no address", BOOK, "email: team@lumen.example", "email: team at lumen",
        at="team at lumen", key="teams.support.digest.email", message="no e-mail address",
        fix="write it like",
    ),
    Mistake(
        "given back before reminded", BOOK, "give_back_after: 45m", "give_back_after: 10m",
        at="give_back_after: 10m", key="take_over.give_back_after",
        message="`give_back_after` is not longer than `remind_after`",
        fix="write a longer `give_back_after:`",
    ),
    Mistake(
        "reminded too late for the usual", BOOK, "{remind_after: 10m, give_back_after: 45m}",
        "{remind_after: 30m}", at="remind_after: 30m", key="take_over.remind_after",
        message="`give_back_after` is not longer", fix="(30m where it is absent)",
    ),
    Mistake(
        "reminded at no time", BOOK, "remind_after: 10m", "remind_after: soon",
        at="remind_after: soon", key="take_over.remind_after", message="`soon` is no duration",
        fix="30m, 8h or 2d",
    ),
    Mistake(
        "unknown key of the take-over", BOOK, "remind_after: 10m", "reminder_after: 10m",
        at="reminder_after", key="take_over.reminder_after",
        message="unknown key `reminder_after`", fix="did you mean `remind_after`?",
    ),
    Mistake(
        "text of the desk missing", TEXTS, '  rating_sorry: "Sorry. What went wrong?"\n', "",
        at="rating_thanks:", key="rating_sorry", message="the text `rating_sorry` is missing",
        fix="add `rating_sorry: ...`",
    ),
    Mistake(
        "title too long for a button", WORDS,
        '"{stars} of 5"', '"{stars} of {brand}\'s five stars"',
        at="rating_title:", key="rating_title",
        message="`5 of Lumen's five stars` has 23 characters", fix="write at most 20",
    ),
    Mistake(
        "link name taken", VOICE, "links: {", 'links: {topic: "https://a.example", ', at="links:",
        key="links.topic", message="`{topic}` has another meaning", fix="topic_page",
    ),
    Mistake(
        "intent without rule", RULES, "          - intent: help\n", "", at="rules:", key="rules",
        early=False, message="no rule answers the intent `help`", fix="`- intent: help`",
    ),
    Mistake(
        "unknown action", RULES, "- action: action_submit", "- action: action_sumbit",
        at="action_sumbit", key="rules[2].steps[3].action", early=False,
        message="`action_sumbit` is not in domain.yml", fix="did you mean `action_submit`?",
    ),
]  # fmt: skip
