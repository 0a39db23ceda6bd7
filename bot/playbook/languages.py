"""Every label, question, answer, title and cue in every language that the playbook lists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from bot.errors import Problem
from bot.playbook.entry import Entry


def check_languages(
    playbook: Entry, resources: Sequence[Entry], faqs: Sequence[Entry], languages: Sequence[str]
) -> Iterator[Problem]:
    """What lacks a text in one of `languages`. That there is an English one is seen when it is
    read; the texts of data/texts are looked at in `text_files`. A page that says its `language`
    has its texts in that one alone."""
    pages = [page for section in resources for page in section.quietly().listed()]
    everywhere = [page for page in pages if not _language(page)]
    for page in pages:
        if (own := _language(page)) and own.text() not in languages:
            yield own.problem(
                f"the bot does not speak `{own.text()}`, so nobody is offered this page",
                f"write one of `languages:` of data/playbook.yml ({', '.join(languages)})",
            )
    yield from _check_cues(playbook.quietly(), languages)
    for entry in _localized(playbook.quietly(), everywhere, faqs):
        there = entry.by_language()
        missing = [language for language in languages if language not in (*there, "en")]
        if there and missing:
            added = " and ".join(f'`{language}: "..."`' for language in missing)
            how = "" if entry.is_mapping() else "put the text behind `en:` below this key and "
            yield entry.problem(f"there is no text in {', '.join(missing)}", f"{how}add {added}")


def _language(page: Entry) -> Entry:
    return page.keyed((), ("language",))["language"]


def _check_cues(playbook: Entry, languages: Sequence[str]) -> Iterator[Problem]:
    """The cues written by language that lack one; a plain list is for all of them."""
    for entry in playbook.keyed((), ("cues",))["cues"].named().values():
        missing = [language for language in languages if language not in entry.named()]
        if entry.is_mapping() and missing:
            added = " and ".join(f"`{language}: [...]`" for language in missing)
            yield entry.problem(f"there is no expression in {', '.join(missing)}", f"add {added}")


def _localized(playbook: Entry, pages: Iterable[Entry], faqs: Iterable[Entry]) -> Iterator[Entry]:
    parts = playbook.keyed((), ("fields", "topics", "teams"))
    for field in parts["fields"].named().values():
        yield from _under(field, "label", "question")
    for topic in parts["topics"].named().values():
        yield from _under(topic, "label")
        for subtopic in topic.keyed((), ("subtopics",))["subtopics"].named().values():
            yield from _under(subtopic, "label")
    for team in parts["teams"].named().values():
        yield from _under(team, "label")
    for page in pages:
        yield from _under(page, "title", "description")
    for section in faqs:
        for faq in section.quietly().listed():
            yield from _under(faq, "title", "answer")


def _under(entry: Entry, *keys: str) -> Iterator[Entry]:
    found = entry.keyed((), keys)
    yield from (found[key] for key in keys if found[key])
