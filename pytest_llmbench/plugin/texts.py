"""What a failed item says: which checks, in how many samples, and what to do next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from textwrap import indent
from typing import TYPE_CHECKING

from pytest_llmbench.bench.outcome import Outcome
from pytest_llmbench.report.clean import clean
from pytest_llmbench.tasks.solutions import Solution
from pytest_llmbench.tasks.task import Task

if TYPE_CHECKING:
    from pytest_llmbench.comparison.change import TaskChange


def below_mark(
    score: float, mark: float, outcomes: Sequence[Outcome], change: TaskChange | None = None
) -> str:
    """Say by what a model's answers missed the pass mark: each failed check, with its assertion.

    Where the run is compared with an earlier one, it is also said from what to what the score went.
    """
    totals = ", ".join(_total(outcome) for outcome in outcomes)
    head = f"score {score:.1f} is below the pass mark {mark:g} (samples: {totals})"
    if change is not None:
        from pytest_llmbench.comparison.wording import sentence

        head += f"\nagainst the earlier run: {sentence(change.change('score'))}"
    return "\n\n".join([head, *_failed_checks(outcomes)])


def not_judged_text(outcomes: Sequence[Outcome]) -> str:
    """Say which samples could not be judged, and why; empty where all were."""
    causes = Counter(
        f"{o.scorecard.status}: {clean(o.scorecard.error or '')}" for o in outcomes if not o.scorecard.judged
    )
    return "\n".join(f"{n} of {len(outcomes)} samples not judged: {text}" for text, n in causes.items())


def solution_text(task: Task, solution: Solution, problem: str) -> str:
    """Say what is wrong with a solution, and where it stands."""
    return f"{solution.path}\n{solution.kind} solution {solution.name} of task {task.id}: {problem}"


def _total(outcome: Outcome) -> str:
    total = outcome.scorecard.total
    return outcome.scorecard.status if total is None else f"{total:.1f}"


def _failed_checks(outcomes: Sequence[Outcome]) -> list[str]:
    """List each failed check once, with the message of the first sample that failed it."""
    counts: Counter[tuple[str, str]] = Counter()
    messages: dict[tuple[str, str], str] = {}
    for outcome in outcomes:
        for check in outcome.scorecard.checks:
            if not check.passed:
                key = (check.axis, check.label)
                counts[key] += 1
                messages.setdefault(key, check.message or "")
    return [
        f"{axis}: {label} ({n} of {len(outcomes)} samples)\n" + indent(clean(messages[axis, label]), "    ")
        for (axis, label), n in counts.items()
    ]
