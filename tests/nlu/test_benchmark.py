import csv
import json
from pathlib import Path

import pytest

from bot.commands.bench_nlu import bench_nlu
from bot.errors import BadRequest
from bot.nlu.benchmark import Benchmark, averaged, draw, macro_f1
from tests.nlu.meaning import Dictionary

Examples = list[tuple[str, str]]
FOREIGN = ["which planet is the largest", "sing me a song"]


def test_draw_takes_so_many_of_each_category(examples: Examples) -> None:
    drawn = draw(examples, 3, seed=0)
    categories = list(dict.fromkeys(name for _, name in examples))
    assert [name for _, name in drawn] == [name for name in categories for _ in range(3)]
    assert draw(examples, 3, seed=0) == drawn != draw(examples, 3, seed=1)
    assert draw(examples, 0, seed=0) == examples


def test_figures_are_shares_when_measured(examples: Examples) -> None:
    benchmark = Benchmark(examples, FOREIGN, Dictionary())
    figures = averaged([benchmark.measure(draw(examples, 4, seed)) for seed in range(2)])
    assert figures["accuracy"] is not None
    assert 0.5 < figures["accuracy"] <= 1
    assert all(value is not None and value >= 0 for value in figures.values())


def test_oos_recall_is_left_open_when_there_are_no_such_texts(examples: Examples) -> None:
    assert Benchmark(examples, [], None).measure(examples).oos_recall is None


def test_macro_f1_weighs_categories_alike() -> None:
    assert macro_f1(["a", "a", "a", "b"], ["a", "a", "a", "a"]) == pytest.approx(6 / 7 / 2)


def test_command_prints_one_line_of_json_when_done(
    examples: Examples, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "rows.csv"
    with file.open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines).writerows([("text", "category"), *examples])
    (tmp_path / "config.yml").write_text("pipeline: []\n", "utf-8")
    bench_nlu(tmp_path, file, file, None, shots=4, seeds=1)
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert set(last) == {
        "accuracy", "macro_f1", "in_scope_accuracy_at_threshold", "oos_recall", "ms_per_message",
        "train_seconds",
    }  # fmt: skip


def test_command_names_the_file_when_a_column_is_missing(tmp_path: Path) -> None:
    (tmp_path / "config.yml").write_text("pipeline: []\n", "utf-8")
    (tmp_path / "rows.csv").write_text("utterance,intent\nhi,greet\n", "utf-8")
    with pytest.raises(BadRequest, match=r"rows\.csv: the first line must name"):
        bench_nlu(tmp_path, tmp_path / "rows.csv", tmp_path / "rows.csv", None, 10, 1)
