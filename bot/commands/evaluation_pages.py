"""Where the pages of `nightdesk evaluate` are written, and when they were made."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path


def made_now() -> str:
    """Such as `22 November 2026, 11:04 UTC`."""
    now = datetime.now(timezone.utc)
    return f"{now.day} {now:%B %Y, %H:%M} UTC"


def write_page(page: Path, html: str) -> None:
    """Makes the folder where there is none."""
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(html, encoding="utf-8")
