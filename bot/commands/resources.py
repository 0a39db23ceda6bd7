"""`nightdesk resources import`: self-service pages from a sitemap or a table."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.errors import BadRequest
from bot.playbook.content import Content, load_content, open_sources
from bot.playbook.entry import NAME, nearest
from bot.playbook.importing import Found, Refused, Wanted
from bot.playbook.importing_csv import read_table
from bot.playbook.importing_file import PageFile
from bot.playbook.importing_plan import Fate, Plan, plan_import
from bot.playbook.importing_sitemap import GZIP, read_sitemap

_WORDS: dict[Fate, str] = {
    "added": "added",
    "changed": "changed, as in the source",
    "same": "as before",
    "kept": "left alone: changed by hand",
    "elsewhere": "left alone: in another file",
    "gone": "left alone: not in the source any more",
    "removed": "removed: not in the source any more",
}
_SHOWN = 8


def import_pages(
    root: Path,
    source: Path,
    into: str,
    wanted: Wanted,
    *,
    removing: bool = False,
    dry_run: bool = False,
) -> int:
    """Writes the pages of `source` to data/resources/<into>.yml and prints what became of each; 1
    when no page could be taken.

    Raises BadRequest for a source that cannot be read, ConfigurationError for content with
    mistakes, which have to be mended first.
    """
    root = root.resolve()
    content = load_content(root)
    _check(wanted, into, content)
    sources = open_sources(root, [])
    name = f"data/resources/{into}.yml"
    sections = [section for section in sources.resources if section.file == name]
    file = PageFile([], [])
    if sections:
        file = PageFile.read((root / name).read_text("utf-8"), sections[0])
    plan = plan_import(_read(source), wanted, content, sources, file, name, removing=removing)
    if plan.writes and not dry_run:
        _write(root / name, plan.text)
    _print(plan, name, dry_run=dry_run)
    return 0 if set(plan.fates.values()) - {"gone", "removed"} else 1


def which_pages(
    match: str | None, without: str | None, language: str, topics: Sequence[str]
) -> Wanted:
    """The options as they were written. Raises BadRequest for what is no regular expression."""
    expressions = _pattern("--match", match), _pattern("--without", without)
    return Wanted(*expressions, language, tuple(topics))


def _pattern(option: str, written: str | None) -> re.Pattern[str] | None:
    try:
        return re.compile(written) if written else None
    except re.error as error:
        raise BadRequest("bad_option", f"{option}: no regular expression: {error}") from None


def _check(wanted: Wanted, into: str, content: Content) -> None:
    languages, topics = content.playbook.languages, content.playbook.topics
    if wanted.language and wanted.language not in languages:
        fix = nearest(wanted.language, languages)
        raise BadRequest("bad_option", f"--language: the bot does not speak it; {fix}")
    for topic in set(wanted.topics) - set(topics):
        raise BadRequest(
            "bad_option", f"--topic: unknown topic `{topic}`; {nearest(topic, topics)}"
        )
    if not NAME.fullmatch(into):
        raise BadRequest("bad_option", "--into: write a name in small letters, such as imported")


def _read(source: Path) -> Found:
    if source.is_dir():
        return read_sitemap(source)
    with source.open("rb") as file:
        start = file.read(100)
    is_xml = start.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0").startswith(b"<")
    return read_sitemap(source) if is_xml or start.startswith(GZIP) else read_table(source)


def _write(path: Path, text: str) -> None:
    """The old file stays until the new one is whole; hidden files are no content."""
    path.parent.mkdir(exist_ok=True)
    new = path.with_name(f".{path.name}.new")
    new.write_text(text, "utf-8")
    os.replace(new, path)


def _print(plan: Plan, name: str, *, dry_run: bool) -> None:
    console = Console(highlight=False, soft_wrap=True)
    table = Table.grid(padding=(0, 2))
    for fate, words in _WORDS.items():
        if ids := plan.of(fate):
            table.add_row(str(len(ids)), words, Text(_some(ids), style="dim", overflow="ellipsis"))
    if plan.passed_over:
        table.add_row(str(plan.passed_over), "passed over: not wanted", "")
    console.print(table)
    for reason, places in _by_reason(plan.refused).items():
        refused = (f"{len(places)} refused: ", "bold red")
        console.print(Text.assemble(refused, reason, (f"\n    {_some(places)}", "dim")))
    if plan.unread:
        console.print(Text(f"Columns that were not read: {', '.join(plan.unread)}"))
    if dry_run:
        console.print(f"{name} was not written (--dry-run).")
    elif plan.writes:
        console.print(f"{name} is written; `nightdesk train` makes the bot use it.")


def _by_reason(refused: Sequence[Refused]) -> dict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for one in refused:
        found[one.reason].append(one.place)
    return found


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
