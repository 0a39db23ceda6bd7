"""data/texts/<language>/*.yml -> Texts: every key the bot uses, in every language it speaks."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from bot.errors import Problem
from bot.playbook.entry import Entry, nearest
from bot.playbook.texts import TEXTS, TITLES, Texts
from bot.playbook.wording import Wording, refuse_long_title
from bot.playbook.yaml_source import read_sections


def load_texts(
    root: Path, languages: Sequence[str], wording: Wording, problems: list[Problem]
) -> Texts:
    """The texts in English and each of `languages`, which must be whole. Other folders below
    data/texts are drafts: read for mistakes, but nobody is spoken to in them."""
    folder = root / "data" / "texts"
    there = {path.name for path in folder.glob("*/") if path.is_dir()}
    demanded = {"en", *languages}
    found = {
        language: _language(root, language, language in demanded, wording, problems)
        for language in sorted(there | demanded)
    }
    spoken = {language: texts for language, texts in found.items() if language in demanded}
    return Texts(spoken, wording.voice.everywhere)


def _language(
    root: Path, language: str, demanded: bool, wording: Wording, problems: list[Problem]
) -> dict[str, tuple[str, ...]]:
    folder = root / "data" / "texts" / language
    entries: dict[str, Entry] = {}
    whole = True
    for section in read_sections(folder, root, "texts", problems):
        whole &= bool(section)
        for key, entry in section.named().items():
            if key in entries:
                first = entries[key]
                entry.refuse(
                    f"the text `{key}` stands in {first.file}:{first.line} already",
                    "remove one of the two",
                )
            entries.setdefault(key, entry)
    if demanded and whole:
        nowhere = Entry(folder.relative_to(root).as_posix(), "", 0, None, problems)
        _refuse_missing(entries, nowhere)
    return {key: _variants(key, entry, wording) for key, entry in entries.items()}


def _refuse_missing(entries: dict[str, Entry], nowhere: Entry) -> None:
    """Names each missing text at the place of the text it belongs behind."""
    place = next(iter(entries.values()), nowhere)
    for key, placeholders in TEXTS.items():
        place = entries.get(key, place)
        if key not in entries:
            holds = "".join(f" {{{name}}}" for name in sorted(placeholders))
            replace(place, key=key).refuse(
                f"the text `{key}` is missing",
                f"add `{key}: ...` to this file" + (f"; it may hold{holds}" if holds else ""),
            )


def _variants(key: str, entry: Entry, wording: Wording) -> tuple[str, ...]:
    if key not in TEXTS:
        entry.refuse(f"unknown text `{key}`", nearest(key, TEXTS))
        return (entry.quietly().text(),)
    variants = entry.one_or_more()
    if entry.is_list() and not variants:
        entry.refuse("the text is empty", "write at least one variant")
    read = _title if key in TITLES else Wording.template
    return tuple(read(wording, variant, TEXTS[key]) for variant in variants)


def _title(wording: Wording, entry: Entry, placeholders: Collection[str]) -> str:
    """A text short enough for a button; what its own placeholders stand for has one digit."""
    before = len(entry.problems)
    title = wording.template(entry, placeholders)
    if len(entry.problems) > before or wording.unreadable:
        return title
    shown = title.format(**wording.voice.everywhere, **dict.fromkeys(placeholders, "5"))
    refuse_long_title(entry, shown)
    return title
