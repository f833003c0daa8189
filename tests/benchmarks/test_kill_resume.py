"""Runs that are killed lose nothing and ask nothing twice; `benchmarks/kill_resume.py` kills 300 of them."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.mark.slow
def test_twenty_runs_that_are_killed_and_resumed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # By its name, by which the processes that it starts find it too.
    monkeypatch.syspath_prepend(BENCHMARKS)
    import kill_resume

    place = kill_resume.Range(tmp_path, random.Random(1))
    try:
        results = [place.kill_and_resume(1) for _ in range(20)]
    finally:
        place.close()
        sys.modules.pop("kill_resume")
    assert [problem for result in results for problem in result.problems] == []
    assert any(result.kept for result in results), "some are killed when they have answers"
