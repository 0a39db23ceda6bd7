"""Reads pages from sitemaps (sitemaps.org/protocol.html), plain or gzipped, from local files only.

XML comes from elsewhere: document types, and with them all entities, are refused.
"""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import urlsplit
from xml.parsers import expat

from bot.errors import BadRequest
from bot.playbook.importing import Found, Page, Refused

MOST_BYTES = 52_428_800
"""Of one sitemap, unpacked: the protocol's own limit."""
GZIP = b"\x1f\x8b"

_PAGE, _INDEX = ("urlset", "url"), ("sitemapindex", "sitemap")


def read_sitemap(path: Path) -> Found:
    """The pages of a sitemap, of the sitemaps that an index names, which lie beside it, or of all
    sitemaps in a folder. Raises BadRequest for a file that is no sitemap."""
    if path.is_dir():
        files = sorted([*path.glob("*.xml"), *path.glob("*.xml.gz")])
        if not files:
            raise BadRequest("bad_sitemap", f"{path.name}: no .xml or .xml.gz file in this folder")
        return _together(_Sitemap(file).found for file in files)
    first = _Sitemap(path)
    return _together([first.found, *(_beside(path, page) for page in first.sitemaps)])


def _beside(index: Path, named: Page) -> Found:
    """The sitemap that a line of an index names."""
    file = index.parent / urlsplit(named.url).path.rpartition("/")[2]
    if not file.is_file():
        reason = f"{file.name or named.url} is not here -> download it into the folder of the index"
        return Found(refused=[Refused(named.place, reason)])
    sitemap = _Sitemap(file)
    if sitemap.sitemaps:
        return Found(refused=[Refused(named.place, f"{file.name} is an index inside an index")])
    return sitemap.found


def _together(parts: Iterable[Found]) -> Found:
    whole = Found()
    for part in parts:
        whole.pages += part.pages
        whole.refused += part.refused
    return whole


class _Sitemap:
    """One file, read: its pages, or the sitemaps it names."""

    def __init__(self, path: Path) -> None:
        self.found = Found()
        self.sitemaps: list[Page] = []
        self._name = path.name
        self._above: list[str] = []
        self._told: dict[str, str] = {}
        self._languages: dict[str, str] = {}
        self._text: list[str] = []
        self._line = 0
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text.append
        try:
            self._parser.Parse(_unpacked(path), True)
        except expat.ExpatError as error:
            what = expat.ErrorString(error.code)
            raise self._bad(f"this is no XML: {what}", error.lineno) from None

    def _bad(self, what: str, line: int = 0) -> BadRequest:
        at = line or self._parser.CurrentLineNumber
        return BadRequest("bad_sitemap", f"{self._name}:{at}: {what}")

    def _doctype(self, *_: object) -> None:
        raise self._bad("a document type is declared, which no sitemap has -> is it a web page?")

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        self._above.append(name.rpartition(" ")[2])
        self._text.clear()
        if self._above[0] not in (_PAGE[0], _INDEX[0]):
            raise self._bad(f"`{self._above[0]}` is no sitemap; that begins with urlset")
        if tuple(self._above) in (_PAGE, _INDEX):
            self._told, self._languages = {}, {}
            self._line = self._parser.CurrentLineNumber
        elif tuple(self._above) == (*_PAGE, "link") and "hreflang" in attributes:
            self._languages[attributes.get("href", "").strip()] = attributes["hreflang"]

    def _end(self, _: str) -> None:
        here = tuple(self._above)
        if here[:2] in (_PAGE, _INDEX) and here[2:] in (("loc",), ("news", "title")):
            self._told[here[-1]] = "".join(self._text).strip()
        elif here in (_PAGE, _INDEX):
            self._close(here)
        self._above.pop()
        self._text.clear()

    def _close(self, here: tuple[str, ...]) -> None:
        place = f"{self._name}:{self._line}"
        url = self._told.get("loc", "")
        page = Page(url, place, self._told.get("title", ""), language=self._language(url))
        if not url:
            self.found.refused.append(Refused(place, "there is no address (`loc`)"))
        elif here == _INDEX:
            self.sitemaps.append(page)
        else:
            self.found.pages.append(page)

    def _language(self, url: str) -> str:
        """As a page's own line among its alternates says it; x-default is none."""
        said = self._languages.get(url, "")
        return "" if said == "x-default" else said


def _unpacked(path: Path) -> bytes:
    raw = path.read_bytes()
    if raw[:2] == GZIP:
        try:
            with gzip.open(io.BytesIO(raw)) as packed:
                raw = packed.read(MOST_BYTES + 1)
        except (OSError, EOFError, zlib.error):
            raise BadRequest("bad_sitemap", f"{path.name}: the file cannot be unpacked") from None
    if len(raw) > MOST_BYTES:
        raise BadRequest("bad_sitemap", f"{path.name}: more than 50 MB, which no sitemap may have")
    return raw
