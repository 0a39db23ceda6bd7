"""`nightdesk evaluate --labels`: labels in, tables, page and JSON out, as people run it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from .test_commands import nightdesk, write_lines

CONVERSATIONS = [
    {"id": "p1", "messages": ["my order BN-104233 never arrived, jo@example.com"]},
    {"id": "p2", "messages": ["somebody hacked my account and changed the password"]},
    {"id": "p3", "messages": ["nobody labelled this"]},
]
LABELS = [
    {
        "id": "p1",
        "topic": "delivery",
        "fields": {"order_number": "104233", "email": "jo@example.com"},
    },
    {"id": "p2", "topic": "billing", "also_ok": ["account_access"], "severity": "critical"},
]


def files(folder: Path, labels: list[dict[str, Any]]) -> list[str]:
    return [
        "--labels", str(write_lines(folder / "labels.jsonl", labels)),
        "--conversations", str(write_lines(folder / "conversations.jsonl", CONVERSATIONS)),
        "--out", str(folder / "out"),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def data_dir(trained_model: Path) -> Path:
    return trained_model.parents[1]


def test_figures_are_printed_written_and_counted(data_dir: Path, tmp_path: Path) -> None:
    asked = files(tmp_path, LABELS)
    done = nightdesk("evaluate", *asked, "--from", "p2", "--data-dir", data_dir)
    assert done.returncode == 0, done.stderr
    *told, last = done.stdout.splitlines()
    figures = json.loads(last)
    assert list(figures) == ["all", "before p2", "from p2"]
    assert figures["all"]["topic_exact"]["value"] == 0.5
    assert figures["all"]["topic_accepted"]["value"] == 1.0
    assert figures["all"]["fields_recall"] == {"value": 1.0, "low": 0.3424, "high": 1.0, "of": 2}
    assert figures["from p2"]["severity_exact"]["value"] == 1.0
    assert any("Topic exact" in line and "50.0" in line for line in told)
    page = (tmp_path / "out" / "labels.html").read_text("utf-8")
    assert "Topic: is billing, read as account_access" in page
    assert "somebody hacked my account" in page


def test_customers_words_stay_off_the_terminal(data_dir: Path, tmp_path: Path) -> None:
    done = nightdesk("evaluate", *files(tmp_path, LABELS), "--data-dir", data_dir)
    assert "hacked" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("labels", "told"),
    [
        ([*LABELS, {"id": "p3", "topic": "shipping"}], "labels.jsonl:3: topic: unknown `shipping`"),
        ([*LABELS, LABELS[0]], "labels.jsonl:3: the id p1 stands there twice"),
        ([{"id": "p9"}], "labels.jsonl: the id p9 is no conversation of conversations.jsonl"),
        ([], "labels.jsonl: no labels"),
    ],
)
def test_wrong_label_is_named_with_its_line(
    data_dir: Path, tmp_path: Path, labels: list[dict[str, Any]], told: str
) -> None:
    done = nightdesk("evaluate", *files(tmp_path, labels), "--data-dir", data_dir)
    assert done.returncode == 1
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_line_that_is_no_json_is_named(data_dir: Path, tmp_path: Path) -> None:
    asked = files(tmp_path, LABELS)
    (tmp_path / "labels.jsonl").write_bytes(b'{"id": "p1"}\n\n\xff\xfe\n')
    done = nightdesk("evaluate", *asked, "--data-dir", data_dir)
    assert (done.returncode, "labels.jsonl:3: no JSON" in done.stderr) == (1, True)


def test_id_that_begins_nothing_is_refused(data_dir: Path, tmp_path: Path) -> None:
    asked = files(tmp_path, LABELS)
    done = nightdesk("evaluate", *asked, "--from", "p7", "--data-dir", data_dir)
    assert (done.returncode, "--from p7" in done.stderr) == (1, True)


def test_one_file_without_the_other_is_refused(tmp_path: Path) -> None:
    done = nightdesk("evaluate", *files(tmp_path, LABELS)[:2])
    assert done.returncode == 2
    assert "belong together" in done.stderr
