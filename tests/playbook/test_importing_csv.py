"""Tables as people and help centres export them, with the mistakes they make."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import BadRequest
from bot.playbook.importing import Found
from bot.playbook.importing_csv import read_table

HELP = "https://help.lumen.example"


def read(folder: Path, text: str, encoding: str = "utf-8") -> Found:
    file = folder / "help.csv"
    file.write_bytes(text.encode(encoding))
    return read_table(file)


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_table_is_read_in_any_dialect(tmp_path: Path, mark: str, encoding: str) -> None:
    rows = [
        ["URL", "Title", '"Description"', "topics", "language", "id"],
        [f"{HELP}/a", " Größe? ", '"a, b; c\td|e"', '"billing; other"', "en", "size"],
    ]
    found = read(tmp_path, "\r\n".join(mark.join(row) for row in rows), encoding)
    [page] = found.pages
    assert (page.url, page.title, page.id) == (f"{HELP}/a", "Größe?", "size")
    assert page.description == "a, b; c\td|e"
    assert (page.topics, page.language, page.place) == (("billing", "other"), "en", "help.csv:2")
    assert found.refused == []


def test_rows_are_named_by_the_line_they_begin_in(tmp_path: Path) -> None:
    text = f'url,title,note\n\n{HELP}/a,"two\nlines",x\n{HELP}/b,B\n,C\n{HELP}/d,D,x,y\n,,\n'
    found = read(tmp_path, text)
    assert [page.place for page in found.pages] == ["help.csv:3", "help.csv:5"]
    assert [(one.place, one.reason.split(" ->")[0]) for one in found.refused] == [
        ("help.csv:6", "there is no address in the column `url`"),
        ("help.csv:7", "more cells than columns"),
    ]
    assert found.unread == ("note",)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("titel,url\nx,y\n", r"help.csv:1: there is no column `title` \(did you mean `titel`"),
        ("", "help.csv:1: there is no column `url`"),
        (f'url,title\n{HELP}/a,A\n{HELP}/b,"open\nb,c\n', "help.csv:3: this row cannot be read"),
        (f'url,title\n{HELP}/a,"A" B\n', "help.csv:2: this row cannot be read"),
    ],
)
def test_table_that_cannot_be_read_is_refused_by_its_line(
    tmp_path: Path, text: str, said: str
) -> None:
    with pytest.raises(BadRequest, match=said):
        read(tmp_path, text)


def test_table_in_another_encoding_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="help.csv:2: the file is not in UTF-8"):
        read(tmp_path, f"url,title\n{HELP}/a,Größe\n", "latin-1")
