"""What an import would do: each page of a source against the entries that are there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import yaml

from bot.playbook.content import Content, Sources
from bot.playbook.entry import Entry
from bot.playbook.faq import link_targets, load_resources
from bot.playbook.importing import Found, Page, Refused, Wanted, address_key, sift, with_ids
from bot.playbook.importing_file import Block, PageFile, entry_lines
from bot.playbook.loading import gather_names
from bot.playbook.wording import Wording

Fate = Literal["added", "changed", "same", "kept", "elsewhere", "gone", "removed"]
"""What becomes of a page. `kept` was changed by hand, `elsewhere` stands in another file, `gone` is
in the file and not in the source; where asked for, it is `removed` if nobody has touched it."""

_WRITTEN = ("changed", "removed")


@dataclass(frozen=True)
class Plan:
    """`fates` by id; `passed_over` counts what is not wanted, `unread` names columns that mean
    nothing, `text` is the file as it will be."""

    fates: Mapping[str, Fate]
    refused: Sequence[Refused]
    passed_over: int
    unread: Sequence[str]
    text: str

    @property
    def writes(self) -> bool:
        """Whether the file changes."""
        return any(fate in ("added", *_WRITTEN) for fate in self.fates.values())

    def of(self, fate: Fate) -> list[str]:
        return [name for name, its in self.fates.items() if its == fate]


def plan_import(
    found: Found,
    wanted: Wanted,
    content: Content,
    sources: Sources,
    file: PageFile,
    file_name: str,
    *,
    removing: bool = False,
) -> Plan:
    """`file` is the one to write to, `file_name` what it is called in `sources`."""
    pages, passed_over = sift(found, wanted, content.playbook.languages)
    elsewhere = _places([part for part in sources.resources if part.file != file_name])
    fates: dict[str, Fate] = {
        elsewhere.ids[page.key]: "elsewhere" for page in pages if page.key in elsewhere.ids
    }
    here = [page for page in pages if page.key not in elsewhere.ids]
    taken = _sound(_named(here, file, elsewhere, found), content, sources, found)
    blocks = {block.id: block for block in file.blocks}
    entries = {page.id: entry_lines(page) for page in taken}
    fates |= {name: _fate(lines, blocks.get(name)) for name, lines in entries.items()}
    wished = {page.key for page in found.pages if wanted.takes_address(page.url)}
    fates |= {
        block.id: "removed" if removing and block.is_untouched else "gone"
        for block in file.blocks
        if block.id not in fates and block.key not in wished
    }
    changed = {name: entries.get(name, []) for name in fates if fates[name] in _WRITTEN}
    added = [line for name in entries if fates[name] == "added" for line in entries[name]]
    return Plan(fates, found.refused, passed_over, found.unread, file.rewritten(changed, added))


@dataclass(frozen=True)
class _Places:
    """Of entries in other files: `ids` by address key, `places` by id."""

    ids: Mapping[str, str]
    places: Mapping[str, str]


def _places(sections: Iterable[Entry]) -> _Places:
    ids: dict[str, str] = {}
    places: dict[str, str] = {}
    for section in sections:
        for entry in section.quietly().listed():
            parts = entry.keyed((), ("id", "url"))
            ids[address_key(parts["url"].text())] = parts["id"].text()
            places[parts["id"].text()] = f"{entry.file}:{entry.line}"
    return _Places(ids, places)


def _named(pages: Iterable[Page], file: PageFile, elsewhere: _Places, found: Found) -> list[Page]:
    """The pages with their ids; those that cannot have the one they want are refused."""
    known = {block.key: block.id for block in file.blocks}
    named = with_ids(pages, known, elsewhere.places)
    found.refused += [one for one in named if isinstance(one, Refused)]
    return [one for one in named if isinstance(one, Page)]


def _sound(pages: Sequence[Page], content: Content, sources: Sources, found: Found) -> list[Page]:
    """Those that `nightdesk check` would take; the others are refused in its words."""
    reasons = _refusals(pages, content, sources)
    found.refused += [Refused(page.place, reasons[page.id]) for page in pages if page.id in reasons]
    return [page for page in pages if page.id not in reasons]


def _refusals(pages: Iterable[Page], content: Content, sources: Sources) -> dict[str, str]:
    """What is wrong with which page, by id."""
    text = "\n".join(line for page in pages for line in entry_lines(page))
    section = Entry("", "", 0, yaml.compose(text, Loader=yaml.CSafeLoader), [])
    targets = link_targets(sources.resources, sources.faqs)
    names = gather_names(sources.playbook, None, None)
    load_resources([section], names, Wording(content.voice, targets))
    return {
        problem.key.partition(".")[0]: f"{problem.message} -> {problem.fix}"
        for problem in reversed(section.problems)
    }


def _fate(lines: Collection[str], block: Block | None) -> Fate:
    if block is None:
        return "added"
    if not block.is_untouched:
        return "kept"
    return "same" if tuple(lines) == block.lines else "changed"
