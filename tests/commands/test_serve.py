"""`nightdesk serve` while it trains."""

from __future__ import annotations

import signal
import time
from pathlib import Path

from tests.conftest import ROOT
from tests.killing import House

_SOON = 60.0


def test_training_ends_with_the_serve_that_began_it(tmp_path: Path) -> None:
    nothing = tmp_path / "no models"
    nothing.mkdir()
    house = House(ROOT, nothing, tmp_path)
    house.serve()
    try:
        until = time.monotonic() + _SOON
        while not house.pids("train"):
            assert time.monotonic() < until, house.log
            time.sleep(0.05)
        assert house.supervisor is not None
        house.supervisor.terminate()
        assert house.supervisor.wait(timeout=10) == 128 + signal.SIGTERM
        assert house.pids("train") == []
    finally:
        house.end()
