"""Pages are imported, and imported again, as a content owner does it over the years."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from bot.cli import app
from bot.playbook.check import check
from bot.playbook.content import load_content

SAMPLE = Path(__file__).parents[1] / "playbook" / "sample"
HELP = "https://help.lumen.example"
OWN = "data/resources/imported.yml"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SAMPLE, tmp_path / "project"))


def table(project: Path, *rows: str) -> Path:
    file = project.parent / "help.csv"
    file.write_text("\n".join(["url,title,description,topics,language,id", *rows]), "utf-8")
    return file


def sitemap(project: Path, paths: Sequence[str]) -> Path:
    file = project.parent / "sitemap.xml"
    pages = "\n".join(f"<url><loc>{HELP}{path}</loc></url>" for path in paths)
    file.write_text(f"<urlset>\n{pages}\n</urlset>", "utf-8")
    return file


def run(project: Path, source: Path, *options: str) -> Result:
    """Imports, and sees that whatever was written is in order."""
    done = CliRunner().invoke(
        app, ["resources", "import", str(source), "--root", str(project), *options]
    )
    assert check(project) == []
    return done


def own(project: Path) -> str:
    return (project / OWN).read_text("utf-8")


def test_pages_of_a_table_become_entries(project: Path) -> None:
    rows = (f"{HELP}/login,How do I log in?,In two steps.,billing,en,", f"{HELP}/code,No code,,,,")
    done = run(project, table(project, *rows))
    assert done.exit_code == 0, done.output
    assert "2  added" in done.output
    login, code = (
        load_content(project, {}).resources[name] for name in ("how-do-i-log-in", "no-code")
    )
    assert (login.title, login.description) == ({"en": "How do I log in?"}, {"en": "In two steps."})
    assert (login.topics, login.language) == (("billing",), "en")
    assert (code.description, code.url) == ({}, f"{HELP}/code")
    assert set(code.topics) == set(load_content(project, {}).playbook.topics)


def test_second_import_changes_what_the_source_changed_and_nothing_else(project: Path) -> None:
    run(project, table(project, f"{HELP}/a,Old name,,,,", f"{HELP}/b,Other,,,,"))
    again = run(project, table(project, f"{HELP}/a,Old name,,,,", f"{HELP}/b,Other,,,,"))
    assert "2  as before" in again.output
    assert "is written" not in again.output
    before = own(project)
    done = run(project, table(project, f"{HELP}/a/,New name,,,,", f"{HELP}/b,Other,,,,"))
    assert "1  changed, as in the source  old-name" in done.output
    assert load_content(project, {}).resources["old-name"].title == {"en": "New name"}
    assert own(project).split("- id: other")[1] == before.split("- id: other")[1]


def test_what_a_person_changed_is_left_alone_to_the_letter(project: Path) -> None:
    rows = [f"{HELP}/{name},Page {name},,,," for name in "abcd"]
    run(project, table(project, *rows))
    text = own(project).replace("title: Page b", "title: Page b  # Maria's words")
    text = text.replace("  - id: page-c", "  # about c\n\n  - id: page-c") + "  # the end\n"
    (project / OWN).write_text(text, "utf-8")
    newer = [row.replace("Page", "Guide") for row in rows] + [f"{HELP}/e,Page e,,,,"]
    done = run(project, table(project, *newer))
    assert "1  left alone: changed by hand  page-b" in done.output.replace("   ", "  ")
    assert "3  changed" in done.output
    lines = own(project).splitlines()
    assert "    title: Page b  # Maria's words" in lines
    assert lines[lines.index("  # about c") + 2] == "  - id: page-c"
    assert lines[lines.index("  # the end") + 1] == "  - id: page-e"
    assert load_content(project, {}).resources["page-c"].title == {"en": "Guide c"}


def test_page_that_stands_in_another_file_is_left_alone(project: Path) -> None:
    done = run(project, table(project, f"{HELP}/refunds,My refund,,,,", f"{HELP}/a,Page a,,,,"))
    assert "left alone: in another file" in done.output
    assert list(load_content(project, {}).resources) == ["refund-status", "status-page", "page-a"]


def test_address_moves_with_the_id_the_source_gives(project: Path) -> None:
    run(project, table(project, f"{HELP}/old,Log in,,,,login"))
    run(project, table(project, f"{HELP}/new,Log in,,,,login"))
    assert own(project).count("- id:") == 1
    assert load_content(project, {}).resources["login"].url == f"{HELP}/new"


def test_page_the_source_has_no_more_stays_unless_it_shall_go(project: Path) -> None:
    run(
        project, table(project, f"{HELP}/a,Page a,,,,", f"{HELP}/b,Page b,,,,", f"{HELP}/c,C c,,,,")
    )
    edited = own(project).replace("title: C c", "title: Ours")
    (project / OWN).write_text(edited, "utf-8")
    less = table(project, f"{HELP}/b,Page b,,,,")
    assert "2  left alone: not in the source any more" in run(project, less).output
    assert own(project) == edited
    assert "1  removed" in run(project, less, "--remove-gone").output
    assert list(load_content(project, {}).resources)[2:] == ["page-b", "c-c"]


def test_dry_run_writes_nothing(project: Path) -> None:
    done = run(project, table(project, f"{HELP}/a,Page a,,,,"), "--dry-run")
    assert "1  added" in done.output
    assert not (project / OWN).exists()


def test_sitemap_is_sifted(project: Path) -> None:
    paths = [
        "/hc/en/reset-hub",
        "/hc/en/press/launch-day",
        "/blog/news",
        "/hc/fr/aide",
        "/hc/en/123",
    ]
    options = ("--match", "/hc/", "--without", "/press/", "--topic", "other", "--into", "centre")
    done = run(project, sitemap(project, paths), *options)
    assert "2  passed over" in done.output
    assert "1 refused: the page is in `fr`; the bot speaks en\n    sitemap.xml:5" in done.output
    assert "1 refused: no title" in done.output
    page = load_content(project, {}).resources["reset-hub"]
    assert (page.title, page.topics) == ({"en": "Reset hub"}, ("other",))
    assert "- id: reset-hub" in (project / "data/resources/centre.yml").read_text()


def test_rows_that_check_would_refuse_are_refused_in_its_words(project: Path) -> None:
    rows = [
        f"{HELP}/a,Page a,We regret it.,,,",
        f"{HELP}/b,Page b,See [[faq:none]].,,,",
        f"{HELP}/c,Page c,,biling,,",
        f"{HELP}/d,Page d,,,,Bad Id",
        "http://help.lumen.example/e,Page e,,,,",
        f"{HELP}/f,Page f,{{braces}},,,",
        f"{HELP}/f#twice,Page f,,,,",
    ]
    done = run(project, table(project, *rows))
    for reason in (
        "unknown topic `biling` -> did you mean `billing`?",
        "dead link [[faq:none]]",
        "`Bad Id` cannot be used as an id",
        "no complete https address",
        "the same address stands in help.csv:7 already\n    help.csv:8",
    ):
        assert f"1 refused: {reason}" in done.output
    pages = load_content(project, {}).resources
    assert pages["page-f"].description == {"en": "{braces}"}


def test_hundreds_of_pages_are_imported_and_stay_as_they_are(project: Path) -> None:
    paths = [f"/hc/en-us/articles/36000{n:04d}-how-to-fix-part-{n % 250}" for n in range(500)]
    assert "500  added" in run(project, sitemap(project, paths)).output
    before = own(project)
    assert "500  as before" in run(project, sitemap(project, paths[::-1])).output
    assert own(project) == before


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--match", "("), "--match: no regular expression"),
        (("--language", "fr"), "--language: the bot does not speak it; Valid: en"),
        (("--topic", "bilings"), "--topic: unknown topic `bilings`; did you mean `billing`?"),
        (("--into", "../x"), "--into: write a name"),
    ],
)
def test_option_that_makes_no_sense_is_refused(
    project: Path, options: tuple[str, ...], said: str
) -> None:
    done = run(project, table(project, f"{HELP}/a,Page a,,,,"), *options)
    assert done.exit_code == 1
    assert said in done.output
    assert not (project / OWN).exists()


def test_import_of_nothing_fails(project: Path) -> None:
    done = run(project, table(project, f"{HELP}/a,Page a,,,,"), "--match", "/nowhere/")
    assert done.exit_code == 1
    assert "1  passed over" in done.output


def test_file_in_another_form_is_not_written(project: Path) -> None:
    (project / "data/resources").mkdir()
    flow = f"resources: [{{id: page-a, title: A, url: '{HELP}/a'}}]\n"
    (project / OWN).write_text(flow)
    done = run(project, table(project, f"{HELP}/b,Page b,,,,"))
    assert done.exit_code == 1
    assert "cannot write to a list in this form" in done.output
    assert own(project) == flow
