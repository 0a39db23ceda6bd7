"""The files the desk's pages are made of, in memory, at an address that changes with what is in
them: a browser asks for each of them once."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Mapping
from pathlib import Path

from bot.http.assets import Asset

_FOLDER = Path(__file__).with_name("static")
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
FOREVER = {"Cache-Control": "public, max-age=31536000, immutable"}


@functools.cache
def assets() -> Mapping[str, Asset]:
    """All files by name."""
    return {
        path.name: Asset(path.read_bytes(), _TYPES[path.suffix])
        for path in sorted(_FOLDER.iterdir())
        if path.suffix in _TYPES
    }


@functools.cache
def version() -> str:
    """Another one when any byte of any file is another."""
    tags = "".join(f"{name}{asset.tag}" for name, asset in assets().items())
    return hashlib.sha256(tags.encode()).hexdigest()[:12]


def static_path() -> str:
    """Where templates find the files: `{{ static }}/desk.css`. Modules import each other relatively
    and so stay in the same version."""
    return f"/desk/static/{version()}"
