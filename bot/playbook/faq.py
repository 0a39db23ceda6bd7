"""data/faq/*.yml: the answers to questions; data/resources.yml and data/resources/*.yml: pages."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from bot.playbook.conditions import Names
from bot.playbook.entry import NAME, Entry
from bot.playbook.model import Faq, Resource
from bot.playbook.wording import Wording


def entry_ids(section: Entry) -> dict[str, Entry]:
    """Each id of a list and the entry it stands in; a first look that notes no problems."""
    entries = section.quietly().listed()
    return {entry.keyed((), ("id",))["id"].text(): entry for entry in entries}


def link_targets(resources: Sequence[Entry], faqs: Sequence[Entry]) -> dict[str, str | None]:
    """What `[[...]]` may name, with its address."""
    targets: dict[str, str | None] = {}
    for kind, sections in (("resource", resources), ("faq", faqs)):
        for section in sections:
            for name, entry in entry_ids(section).items():
                targets[f"{kind}:{name}"] = entry.keyed((), ("url",))["url"].text() or None
    return targets


def load_faqs(
    sections: Sequence[Entry], topics: Collection[str] | None, wording: Wording
) -> dict[str, Faq]:
    """The FAQs of all files by id."""
    found: dict[str, Faq] = {}
    places: dict[str, Entry] = {}
    for section in sections:
        for entry in section.listed():
            parts = entry.keyed(("id", "title", "answer"), ("url", "topic"))
            name = _unused_id(parts["id"], places)
            found[name] = Faq(
                id=name,
                title=wording.titles(parts["title"]),
                answer=wording.localized(parts["answer"]),
                url=parts["url"].url() or None,
                topic=parts["topic"].choice(topics, "topic") or None,
            )
    return found


def load_resources(
    sections: Sequence[Entry], names: Names, wording: Wording
) -> dict[str, Resource]:
    """The self-service pages of all files by id."""
    places: dict[str, Entry] = {}
    pages = [_resource(e, names, wording, places) for part in sections for e in part.listed()]
    return {page.id: page for page in pages}


def _resource(entry: Entry, names: Names, wording: Wording, places: dict[str, Entry]) -> Resource:
    parts = entry.keyed(
        ("id", "title", "url"),
        ("description", "topics", "subtopics", "cues", "language", "imported"),
    )
    language = parts["language"].language() if parts["language"] else None
    given = parts["topics"]
    topics = given.choices(names.topics, "topic") if given else tuple(names.topics or ())
    return Resource(
        id=_unused_id(parts["id"], places),
        title=parts["title"].localized(language),
        url=parts["url"].url(),
        description=wording.localized(parts["description"], language),
        topics=topics,
        subtopics=parts["subtopics"].choices(names.subtopics(topics), "subtopic"),
        cues=parts["cues"].patterns(),
        language=language,
    )


def _unused_id(entry: Entry, places: dict[str, Entry]) -> str:
    name = entry.text()
    if name and not NAME.fullmatch(name):
        entry.refuse(
            f"`{name}` cannot be used as an id",
            "use small letters, digits and single _ or - , beginning with a letter",
        )
    if name in places:
        first = places[name]
        entry.refuse(
            f"the id `{name}` is used in {first.file}:{first.line} already", "rename one of the two"
        )
    places.setdefault(name, entry)
    return name
