from pathlib import Path

from bot.nlu.hints import Hints

HINTS = Hints({"billing/twice": ("charged twice",), "angry": ("useless",), "empty": ()})


def test_hints_share_one_length_when_several_match() -> None:
    columns, values = HINTS.vector("Charged TWICE, useless!!!")
    assert columns.tolist() == [0, 1, 2]
    assert round(float(values @ values), 4) == 0.75**2


def test_only_subtopics_tell_a_problem_when_a_text_is_searched() -> None:
    assert HINTS.tell_a_problem("I was charged twice")
    assert not HINTS.tell_a_problem("you are useless")


def test_hints_are_one_object_when_loaded_twice(tmp_path: Path) -> None:
    HINTS.save(tmp_path)
    assert Hints.load(tmp_path) is Hints.load(tmp_path)
    assert len(Hints.load(tmp_path)) == len(HINTS)
