"""`nightdesk check`: every mistake of the content, for people."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.text import Text

from bot.errors import Problem
from bot.playbook.check import check as find_problems


def check(root: Path) -> int:
    """Prints every problem; 0 when there is none, else 1."""
    console = Console(soft_wrap=True, highlight=False)
    problems = find_problems(root.resolve())
    for problem in problems:
        console.print(problem_line(problem))
    if problems:
        console.print(Text(f"{len(problems)} mistakes to mend.", style="bold red"))
        return 1
    console.print(Text("The content is in order.", style="bold green"))
    return 0


def problem_line(problem: Problem) -> Text:
    """Place, what is amiss, and how to mend it."""
    place = f"{problem.file}:{problem.line}" if problem.line else problem.file
    key = f" {problem.key}" if problem.key else ""
    return Text.assemble(
        (place, "bold"),
        (key, "cyan"),
        f": {problem.message}\n    ",
        ("mend: ", "green"),
        problem.fix,
    )
