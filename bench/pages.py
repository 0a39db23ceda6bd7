"""What the benchmarks' pages have in common: on which machine, and where the tables stand."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable
from pathlib import Path


def machine() -> str:
    return f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"


def keep(page: Path, name: str, lines: Iterable[str]) -> None:
    """Puts the lines between the page's marks, `<!-- name -->` and `<!-- /name -->`."""
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    before, _, rest = page.read_text("utf-8").partition(begin)
    behind = rest.partition(end)[2]
    page.write_text("\n".join([before + begin, *lines, end + behind]), "utf-8")
