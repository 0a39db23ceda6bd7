"""What keeps the house up: restarts with growing pauses, one owner of a folder, a free port."""

from __future__ import annotations

import logging
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.errors import ConfigurationError, NightdeskError
from bot.processes import ending_in_one_line
from bot.supervisor import (
    AlreadyRunning,
    Child,
    Renewal,
    Run,
    environment_of_children,
    require_free_port,
    sole_owner,
)

CANARY = "zanzibarcanary"
ENDS_AT_ONCE = [sys.executable, "-S", "-c", "raise SystemExit(3)"]
STAYS = [sys.executable, "-S", "-c", "import sys; sys.stdin.read()"]
WORKS = [sys.executable, "-S", "-c", "import os, sys; os.write(0, b'1'); sys.stdin.read()"]
DEAF = [
    sys.executable, "-S", "-c",
    "import os, signal as s; s.signal(15, s.SIG_IGN); os.write(0, b'1'); os.read(0, 1)",
]  # fmt: skip


@contextmanager
def child(command: list[str]) -> Iterator[Child]:
    made = Child("worker", command, {})
    yield made
    made.stop()


def running(child: Child) -> Run:
    assert child.run is not None
    return child.run


def restarts(watched: Child, seconds: int) -> list[float]:
    """When it was started, on a clock of its own; each process has ended by the next look."""
    starts = []
    for now in range(1000, 1000 + seconds):
        if watched.run is not None:
            watched.run.process.wait(10)
        watched.look(float(now))
        if running(watched).started == now:
            starts.append(now - 1000.0)
    return starts


# ---- children --------------------------------------------------------------------------------


def test_child_that_ends_again_and_again_is_started_ever_more_rarely(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with child(ENDS_AT_ONCE) as worker:
        starts = restarts(worker, 60)
    pauses = [starts[n + 1] - starts[n] for n in range(len(starts) - 1)]
    assert pauses == sorted(pauses)
    assert pauses[-1] >= 10
    assert len(caplog.records) <= len(starts) < 12
    assert "worker ended with 3; starting it again in 0.5 s." in caplog.text
    assert "Traceback" not in caplog.text


def test_child_that_ran_long_is_started_again_at_once() -> None:
    with child(STAYS) as worker:
        worker.look(100.0)
        first = running(worker)
        worker.look(150.0)
        assert running(worker) is first
        first.process.kill()
        first.process.wait()
        worker.look(151.0)
        assert running(worker) is not first


def test_child_ends_with_its_parent() -> None:
    with child(STAYS) as worker:
        worker.look(1.0)
        running(worker).line.close()  # as the kernel does when the parent is killed
        assert running(worker).process.wait(10) == 0


def test_stopped_child_is_gone() -> None:
    with child(STAYS) as worker:
        worker.look(1.0)
    assert running(worker).process.returncode == -15


# ---- new processes for old ones ----------------------------------------------------------------


def renewed(renewal: Renewal, watched: list[Child], until: Callable[[], bool]) -> None:
    """Looks every 10 ms, as the supervisor does, until something is so."""
    patience = time.monotonic() + 20
    while not until():
        assert time.monotonic() < patience
        for one in watched:
            one.look(time.monotonic())
        renewal.step(time.monotonic())
        time.sleep(0.01)


@contextmanager
def pair(command: list[str]) -> Iterator[tuple[list[Child], list[str], Renewal]]:
    """Two children that run the first model, the list of models, and who renews them."""
    with child(command) as first, child(command) as second:
        models = ["first"]
        for one in (first, second):
            one.look(time.monotonic())
            while not running(one).has_come_up():
                time.sleep(0.01)
        yield [first, second], models, Renewal([first, second], lambda: models[-1])


def test_processes_are_renewed_one_after_another_when_there_is_a_new_model() -> None:
    with pair(WORKS) as (children, models, renewal):
        old = [running(one) for one in children]
        for _ in range(3):
            renewal.step(time.monotonic())
        assert [running(one) for one in children] == old
        models.append("second")
        renewed(renewal, children, lambda: running(children[0]) is not old[0])
        assert running(children[0]).has_come_up()  # the old one was asked to go only then
        assert running(children[1]) is old[1]
        assert old[1].alive()
        renewed(renewal, children, lambda: not old[1].alive())
        assert old[0].process.returncode == old[1].process.returncode == -15
        assert running(children[1]).has_come_up()


def test_old_process_stays_when_the_new_one_does_not_come_up(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with pair(WORKS) as (children, models, renewal):
        old = [running(one) for one in children]
        children[0].command = ENDS_AT_ONCE
        models.append("broken")
        renewed(renewal, children, lambda: "does not come up; the old one stays" in caplog.text)
        assert [running(one) for one in children] == old
        assert all(one.alive() for one in old)
        children[0].command = WORKS
        models.append("mended")
        renewed(renewal, children, lambda: not any(one.alive() for one in old))


def test_old_process_that_does_not_finish_is_killed_in_the_end() -> None:
    with pair(DEAF) as (children, models, renewal):
        for one in children:
            one.stop_seconds = 0.1
        old = [running(one) for one in children]
        models.append("second")
        renewed(renewal, children, lambda: not any(one.alive() for one in old))
        assert [one.process.returncode for one in old] == [-9, -9]


def test_stopped_child_takes_its_successor_along() -> None:
    with child(WORKS) as worker:
        worker.look(1.0)
        worker.command = STAYS  # never says that it works
        assert worker.renew(2.0) == "going"
        coming = worker._coming
    assert coming is not None
    assert not coming.alive()


# ---- the folder ------------------------------------------------------------------------------


def test_folder_has_one_owner(tmp_path: Path) -> None:
    with sole_owner(tmp_path / "var"):
        with pytest.raises(AlreadyRunning, match=rf"var/ with process id {os.getpid()}\."):
            with sole_owner(tmp_path / "var"):
                pass
        (tmp_path / "var" / "serve.lock").unlink()  # by somebody who thinks it is a leftover
        with pytest.raises(AlreadyRunning, match="process id unknown"):
            with sole_owner(tmp_path / "var"):
                pass
    with sole_owner(tmp_path / "var"):
        pass


def test_next_owner_knows_whether_the_last_was_killed(tmp_path: Path) -> None:
    with sole_owner(tmp_path) as killed:
        assert not killed
    with sole_owner(tmp_path) as killed:
        assert not killed
    dying = (
        "import os, sys; from pathlib import Path; from bot.supervisor import sole_owner\n"
        "with sole_owner(Path(sys.argv[1])): os.kill(os.getpid(), 9)"
    )
    assert (
        subprocess.run([sys.executable, "-c", dying, str(tmp_path)], check=False).returncode == -9
    )
    with sole_owner(tmp_path) as killed:
        assert killed


def test_lock_is_not_inherited_by_children(tmp_path: Path) -> None:
    with sole_owner(tmp_path), child(STAYS) as worker:
        worker.look(1.0)
        held = Path(f"/proc/{running(worker).process.pid}/fd").iterdir()
        assert tmp_path not in [path.resolve() for path in held]


def test_children_calculate_on_one_thread_unless_they_are_told_otherwise() -> None:
    made = environment_of_children("unix:///store", {"OMP_NUM_THREADS": "3", "REDIS_URL": ""})
    told = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "3", "REDIS_URL": "unix:///store"}
    assert made == told


# ---- the port --------------------------------------------------------------------------------


def test_taken_port_is_refused_with_a_way_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(
            ConfigurationError, match=rf"cannot listen on 127\.0\.0\.1:{port}.*--port"
        ):
            require_free_port("127.0.0.1", port)
    require_free_port("127.0.0.1", port)


def test_port_of_an_orphan_is_waited_for() -> None:
    other = socket.create_server(("127.0.0.1", 0))
    port = other.getsockname()[1]
    letting_go = threading.Timer(0.3, other.close)
    letting_go.start()
    require_free_port("127.0.0.1", port, patience_seconds=10)
    letting_go.join()


# ---- endings ---------------------------------------------------------------------------------


def test_programming_error_ends_in_one_line_without_its_message(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    with pytest.raises(SystemExit) as caught, ending_in_one_line("worker"):
        raise KeyError(CANARY)
    assert caught.value.code == 1
    [record] = caplog.records
    assert record.getMessage().startswith("The worker ended with KeyError at test_supervisor.py:")
    assert not record.exc_info


def test_error_of_the_system_says_why(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(SystemExit), ending_in_one_line("web process"):
        raise OSError(98, "Address already in use")
    assert "OSError (Address already in use)" in caplog.text


@pytest.mark.parametrize("error", [ConfigurationError([]), NightdeskError("told to people")])
def test_errors_for_people_are_left_alone(error: Exception) -> None:
    with pytest.raises(type(error)), ending_in_one_line("worker"):
        raise error
