"""The line that says how far a run has come."""

from __future__ import annotations

import pytest

from pytest_llmbench.report.progress import Progress, progress_line


def test_all_that_is_known() -> None:
    progress = Progress(
        trials=30, in_flight=4, answered=20, judged=15, failed=1, retried=2, spent_usd=0.0421, partly=True
    )
    assert progress_line(progress, 32.0) == (
        "llmbench: 15 of 30 judged, 4 in flight, 20 answered, 1 failed, 2 retries,"
        " at least $0.042 spent, about 28 s left"
    )


def test_what_is_not_known_is_left_out() -> None:
    assert progress_line(Progress(trials=3, in_flight=3), 5) == (
        "llmbench: 0 of 3 judged, 3 in flight, 0 answered"
    )


@pytest.mark.parametrize(
    ("took_s", "left"), [(0.2, "1 s"), (29.9, "120 s"), (60, "4 min"), (1799, "120 min"), (5400, "6.0 h")]
)
def test_times(took_s: float, left: str) -> None:
    line = progress_line(Progress(trials=5, judged=1), took_s)
    assert line.endswith(f"about {left} left")
