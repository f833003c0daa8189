"""A worker of pytest-xdist is killed while hostile code runs in its sandbox: nothing of that is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from chatserver import ChatServer
from doubling import fenced
from projects import make_server, no_keys, suite
from world import World, wait_until

from pytest_llmbench.sandbox.tree import children

__all__ = ["make_server", "no_keys", "suite"]

DAEMONS = Path(__file__).with_name("attacks") / "daemons.py"


@pytest.mark.slow
def test_nothing_survives_the_death_of_a_worker(
    pytester: pytest.Pytester, suite: Path, make_server: Callable[..., ChatServer], world: World
) -> None:
    answer = (
        DAEMONS.read_text() + f"\n\ndef double(number):\n    attack({world.marker!r})\n    time.sleep(60)\n"
    )
    server = make_server(fenced(answer))
    args = [
        "-n1",
        "--max-worker-restart=0",
        "--llm-models=a",
        "--llm-samples=1",
        f"--llm-base-url={server.url}",
    ]
    printed = pytester.path / "printed.txt"
    with (
        printed.open("wb") as output,
        subprocess.Popen([sys.executable, "-m", "pytest", "suite", *args], stdout=output) as run,
    ):
        try:
            assert wait_until(lambda: len(world.named()) >= 4, 60)
            (worker,) = children(run.pid)
            os.kill(worker, signal.SIGKILL)
            assert wait_until(lambda: not world.named(), 20)
            run.wait(60)
        finally:
            run.kill()
    assert "crashed" in printed.read_text()
