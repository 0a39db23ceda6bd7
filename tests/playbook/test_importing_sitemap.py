"""Sitemaps as help centres write them, and files that only look like some."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from bot.errors import BadRequest
from bot.playbook import importing_sitemap
from bot.playbook.importing_sitemap import read_sitemap

HELP = "https://help.lumen.example"
NAMES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
    'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1" '
    'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" '
    'xmlns:xhtml="http://www.w3.org/1999/xhtml"'
)


def urlset(*pages: str) -> str:
    return f"<?xml version='1.0'?>\n<urlset {NAMES}>\n" + "\n".join(pages) + "\n</urlset>"


def page(path: str, more: str = "") -> str:
    return f"<url><loc> {HELP}{path} </loc>{more}</url>"


def index(*names: str) -> str:
    parts = "\n".join(f"<sitemap><loc>{HELP}/maps/{name}</loc></sitemap>" for name in names)
    return f"<sitemapindex {NAMES}>\n{parts}\n</sitemapindex>"


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_pages_are_read_with_line_language_and_title(tmp_path: Path) -> None:
    german = f'<xhtml:link rel="alternate" hreflang="de" href="{HELP}/b?x=1&amp;y=2"/>'
    english = f'<xhtml:link rel="alternate" hreflang="en" href="{HELP}/a"/>'
    picture = f"<image:image><image:loc>{HELP}/a.png</image:loc></image:image>"
    news = "<news:news><news:title>Log in &amp; out</news:title></news:news>"
    file = write(
        tmp_path / "map.xml",
        urlset(page("/a", picture + news + german + english), page("/b?x=1&amp;y=2", german)),
    )
    first, second = read_sitemap(file).pages
    assert (first.url, first.place, first.language) == (f"{HELP}/a", "map.xml:3", "en")
    assert first.title == "Log in & out"
    assert (second.url, second.language) == (f"{HELP}/b?x=1&y=2", "de")


def test_gzipped_sitemap_is_read(tmp_path: Path) -> None:
    file = tmp_path / "map.xml.gz"
    file.write_bytes(gzip.compress(urlset(page("/a")).encode()))
    assert [found.url for found in read_sitemap(file).pages] == [f"{HELP}/a"]


def test_index_is_followed_to_the_files_beside_it(tmp_path: Path) -> None:
    (tmp_path / "b.xml.gz").write_bytes(gzip.compress(urlset(page("/b")).encode()))
    write(tmp_path / "a.xml", urlset(page("/a")))
    write(tmp_path / "deeper.xml", index("a.xml"))
    names = ("a.xml", "b.xml.gz", "../../secret.xml", "missing.xml", "deeper.xml")
    found = read_sitemap(write(tmp_path / "index.xml", index(*names)))
    assert [page.url for page in found.pages] == [f"{HELP}/a", f"{HELP}/b"]
    assert [(one.place, one.reason.split(" ->")[0]) for one in found.refused] == [
        ("index.xml:4", "secret.xml is not here"),
        ("index.xml:5", "missing.xml is not here"),
        ("index.xml:6", "deeper.xml is an index inside an index"),
    ]


def test_folder_is_read_whole(tmp_path: Path) -> None:
    write(tmp_path / "a.xml", urlset(page("/a")))
    write(tmp_path / "b.xml", urlset(page("/b"), "<url><lastmod>2026</lastmod></url>"))
    write(tmp_path / "index.xml", index("a.xml", "b.xml"))
    found = read_sitemap(tmp_path)
    assert [page.url for page in found.pages] == [f"{HELP}/a", f"{HELP}/b"]
    assert [one.place for one in found.refused] == ["b.xml:4"]


LAUGHS = "<!DOCTYPE urlset [<!ENTITY a 'ha'><!ENTITY b '&a;&a;'>]><urlset><url>&b;</url></urlset>"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (LAUGHS, r"map.xml:1: a document type is declared"),
        ("<!DOCTYPE html>\n<html></html>", r"is it a web page\?"),
        ("\n<rss></rss>", r"map.xml:2: `rss` is no sitemap"),
        ("<urlset>\n<url>\n", r"map.xml:3: this is no XML: no element found"),
        ("<urlset>&undefined;</urlset>", r"map.xml:1: this is no XML"),
    ],
)
def test_file_that_is_no_sitemap_is_refused_by_its_line(
    tmp_path: Path, text: str, said: str
) -> None:
    with pytest.raises(BadRequest, match=said):
        read_sitemap(write(tmp_path / "map.xml", text))


def test_sitemap_that_unpacks_to_more_than_it_may_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing_sitemap, "MOST_BYTES", 1000)
    file = tmp_path / "map.xml.gz"
    file.write_bytes(gzip.compress(urlset(page("/a"), " " * 1000).encode()))
    with pytest.raises(BadRequest, match="more than 50 MB"):
        read_sitemap(file)
    file.write_bytes(b"\x1f\x8bnothing")
    with pytest.raises(BadRequest, match="cannot be unpacked"):
        read_sitemap(file)


def test_folder_without_sitemaps_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="no .xml"):
        read_sitemap(tmp_path)
