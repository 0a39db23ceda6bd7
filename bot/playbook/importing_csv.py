"""Reads pages from a table: CSV as Excel, Google Sheets and help centres export it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from bot.errors import BadRequest
from bot.playbook.entry import nearest
from bot.playbook.importing import Found, Page, Refused

REQUIRED = ("url", "title")
COLUMNS = (*REQUIRED, "description", "topics", "language", "id")
_DELIMITERS = ",;\t|"
_HEADER = f"name the columns in the first line: {', '.join(COLUMNS)} (the first two must be there)"


def read_table(path: Path) -> Found:
    """The pages of a CSV file; a row that cannot be used is refused by its line.

    Raises BadRequest when the file as a whole cannot be read.
    """
    text = _decoded(path)
    head = text.lstrip().partition("\n")[0]
    delimiter = max(_DELIMITERS, key=lambda mark: len(_known(head.split(mark))))
    rows = _rows(text, delimiter, path.name)
    header = [_name(cell) for cell in next(rows, (1, []))[1]]
    for column in REQUIRED:
        if column not in header:
            near = nearest(column, header) if header else "the file is empty"
            raise _bad(path.name, 1, f"there is no column `{column}` ({near})", _HEADER)
    found = Found(unread=tuple(name for name in header if name and name not in COLUMNS))
    for line, row in rows:
        if any(row[len(header) :]):
            reason = "more cells than columns -> put a text that holds the delimiter in quotes"
            found.refused.append(Refused(f"{path.name}:{line}", reason))
        elif any(row):
            _take(found, dict(zip(header, row, strict=False)), f"{path.name}:{line}")
    return found


def _take(found: Found, cells: Mapping[str, str], place: str) -> None:
    if not cells.get("url"):
        found.refused.append(Refused(place, "there is no address in the column `url`"))
        return
    topics = re.split(r"[;|,\s]+", cells.get("topics", ""))
    found.pages.append(
        Page(
            url=cells["url"],
            place=place,
            title=cells.get("title", ""),
            description=cells.get("description", ""),
            language=cells.get("language", ""),
            topics=tuple(dict.fromkeys(filter(None, topics))),
            id=cells.get("id", ""),
        )
    )


def _rows(text: str, delimiter: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """Each row with the line it begins in, cells without the spaces around them."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    first = 1
    try:
        for row in reader:
            yield first, [cell.strip() for cell in row]
            first = reader.line_num + 1
    except csv.Error as error:
        fix = "close the quotes; a quote inside a text is written twice"
        raise _bad(name, first, f"this row cannot be read: {error}", fix) from None


def _decoded(path: Path) -> str:
    raw = path.read_bytes()
    encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        fix = "save it anew as CSV with the encoding UTF-8"
        raise _bad(path.name, line, "the file is not in UTF-8", fix) from None


def _known(cells: list[str]) -> list[str]:
    return [cell for cell in cells if _name(cell) in COLUMNS]


def _name(cell: str) -> str:
    return cell.strip().strip('"').strip().lower()


def _bad(name: str, line: int, message: str, fix: str) -> BadRequest:
    return BadRequest("bad_table", f"{name}:{line}: {message} -> {fix}")
