"""What one line says of a run that is under way."""

from __future__ import annotations

from pytest_llmbench.report.numbers import count, dollars
from pytest_llmbench.values import Value

_MINUTE_S = 60
_HOUR_S = 3600


class Progress(Value):
    """How far a run has come.

    Of its `trials`, `answered` have an answer, `judged` are judged, and `failed` could not be. `in_flight`
    and `retried` are attempts at calls. `spent_usd` is what was booked for attempts that are over;
    None where no price is known. `partly` says that some prices are not known.
    """

    trials: int
    in_flight: int = 0
    answered: int = 0
    judged: int = 0
    failed: int = 0
    retried: int = 0
    spent_usd: float | None = None
    partly: bool = False

    @property
    def over(self) -> int:
        """Trials that nothing more will happen to."""
        return self.judged + self.failed


def progress_line(progress: Progress, took_s: float) -> str:
    """Say it in ASCII, on one line.

    Args:
        progress: How far the run has come.
        took_s: Seconds since it began to ask.
    """
    parts = [
        f"{progress.judged} of {progress.trials} judged",
        f"{progress.in_flight} in flight",
        f"{progress.answered} answered",
    ]
    if progress.failed:
        parts.append(f"{progress.failed} failed")
    if progress.retried:
        parts.append(count(progress.retried, "retry", "retries"))
    if progress.spent_usd is not None:
        parts.append(f"{'at least ' if progress.partly else ''}{dollars(progress.spent_usd)} spent")
    if progress.over:
        left_s = took_s / progress.over * (progress.trials - progress.over)
        parts.append(f"about {_roughly(left_s)} left")
    return f"llmbench: {', '.join(parts)}"


def _roughly(seconds: float) -> str:
    """Write a time in the one unit that says enough of a guess."""
    if seconds < 2 * _MINUTE_S:
        return f"{round(seconds)} s"
    return f"{round(seconds / _MINUTE_S)} min" if seconds < 2 * _HOUR_S else f"{seconds / _HOUR_S:.1f} h"
