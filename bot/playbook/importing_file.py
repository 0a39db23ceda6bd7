"""The file that imported pages stand in: what an import may change there, and what it may not.

An entry ends with `imported:`, a stamp over its own lines. While the stamp fits, nobody has touched
the entry, and an import may write it anew. Any other entry is somebody's and stays as it is, to the
letter, like the comments between entries.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import dedent, indent

import yaml

from bot.errors import BadRequest
from bot.playbook.entry import Entry
from bot.playbook.importing import Page, address_key

HEADER = """\
# Pages taken over by `nightdesk resources import`. An entry that you change is yours from then on:
# the next import leaves it alone. An entry that you remove is written anew; `topics: []` keeps it
# from being offered.
resources:
"""
_LETTERS = str.maketrans("0123456789", "ghijklmnop")


@dataclass(frozen=True)
class Block:
    """The lines of one entry, from `start` to before `end` (from 0), without comments behind it."""

    id: str
    key: str
    start: int
    end: int
    lines: tuple[str, ...]

    @property
    def is_untouched(self) -> bool:
        *body, last = self.lines
        return last == _stamp(body)


@dataclass(frozen=True)
class PageFile:
    """A file of data/resources as lines, and where in them each entry stands."""

    lines: Sequence[str]
    blocks: Sequence[Block]

    @classmethod
    def read(cls, text: str, section: Entry) -> PageFile:
        """`section` is what the loader made of `text`. Raises BadRequest for a file in which the
        entries do not stand one below the other."""
        lines = text.rstrip().split("\n")
        entries = section.quietly().listed()
        starts = [entry.line - 1 for entry in entries]
        for entry, start in zip(entries, starts, strict=True):
            if not _begins(entry, lines[start]):
                raise BadRequest(
                    "bad_resources",
                    f"{section.file}:{start + 1}: an import cannot write to a list in this form "
                    "-> put each `- id:` on a line below the other, or name another file: --into",
                )
        ends = [*starts[1:], len(lines)]
        places = zip(entries, starts, ends, strict=True)
        return cls(lines, [_block(entry, start, end, lines) for entry, start, end in places])

    def rewritten(self, changed: Mapping[str, Sequence[str]], added: Sequence[str]) -> str:
        """The text with other lines for some entries, by id, and more entries at the end."""
        if not self.blocks:
            return HEADER + _text(added, "  ")
        first = self.blocks[0]
        left = " " * self.lines[first.start].index("-")
        parts = [*self.lines[: first.start]]
        for block, after in zip(self.blocks, [*self.blocks[1:], None], strict=True):
            kept = self.lines[block.start : block.end]
            parts += _text(changed[block.id], left).splitlines() if block.id in changed else kept
            parts += self.lines[block.end : after.start if after else len(self.lines)]
        return "\n".join(parts) + "\n" + _text(added, left)


def entry_lines(page: Page) -> list[str]:
    """The entry of a page as it is written, beginning with `- id:`."""
    said = {
        "id": page.id,
        "title": page.title,
        "url": page.url,
        "description": page.description,
        "language": page.language,
        "topics": list(page.topics),
    }
    told = {key: value for key, value in said.items() if value}
    written = yaml.safe_dump([told], sort_keys=False, allow_unicode=True, width=10_000)
    body = written.rstrip("\n").split("\n")
    return [*body, _stamp(body)]


def _stamp(body: Sequence[str]) -> str:
    """The last line of an entry. The digest is spelled in letters, so that YAML sees no number."""
    digest = hashlib.sha256("\n".join(body).encode("utf-8", "replace")).hexdigest()
    return f"  imported: {digest[:12].translate(_LETTERS)}"


def _begins(entry: Entry, line: str) -> bool:
    column = entry.node.start_mark.column if entry.node else 0
    return line[:column].strip() == "-"


def _block(entry: Entry, start: int, end: int, lines: Sequence[str]) -> Block:
    while end > start + 1 and (not lines[end - 1].strip() or lines[end - 1].lstrip()[0] == "#"):
        end -= 1
    bare = dedent("\n".join(line.rstrip() for line in lines[start:end])).split("\n")
    parts = entry.keyed((), ("id", "url"))
    return Block(parts["id"].text(), address_key(parts["url"].text()), start, end, tuple(bare))


def _text(lines: Sequence[str], left: str) -> str:
    return indent("".join(f"{line}\n" for line in lines), left)
