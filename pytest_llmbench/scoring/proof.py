"""The proof of a task: that its references score well, and that each faulty solution is caught as it says."""

from __future__ import annotations

from dataclasses import dataclass, field

from pytest_llmbench.answers.answer import Answer
from pytest_llmbench.scoring.judge import Evaluation, Judge
from pytest_llmbench.scoring.scorecard import AXES, CheckPlan, Scorecard, Status
from pytest_llmbench.tasks.solutions import Solution
from pytest_llmbench.tasks.task import Task

REFERENCE_MARK = 9.0
"""What a reference has to reach on each axis; a faulty solution that names an axis stays below it there."""


@dataclass(frozen=True)
class Proof:
    """What the references of a task showed. `problems` is empty where every reference held."""

    plan: CheckPlan | None
    evaluations: dict[str, Evaluation] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)

    @property
    def status(self) -> Status:
        """Whose fault it is that the references do not hold."""
        cards = [evaluation.scorecard for evaluation in self.evaluations.values()]
        return "sandbox_error" if any(c.status == "sandbox_error" for c in cards) else "task_error"

    @property
    def failed(self) -> str | None:
        """Why no model may be judged by this task, or None."""
        if not self.problems:
            return None
        return "\n".join(f"{name}: {text}" for name, text in self.problems.items())


async def prove_references(task: Task, judge: Judge) -> Proof:
    """Judge the references of a task, one after another, and learn its checks from them."""
    plan: CheckPlan | None = None
    evaluations: dict[str, Evaluation] = {}
    problems: dict[str, str] = {}
    for solution in task.references:
        evaluation = await judge.judge(task, answer_of(solution, task), strict=True)
        evaluations[solution.name] = evaluation
        found = _plan_of(evaluation.scorecard)
        plan = plan or found
        problem = _reference_problem(evaluation.scorecard) or _other_checks(plan, found)
        if problem:
            problems[solution.name] = problem
    return Proof(plan=plan, evaluations=evaluations, problems=problems)


def answer_of(solution: Solution, task: Task) -> Answer:
    """Give a solution the form of an answer; a whole reply goes the way that a model's reply goes."""
    if solution.reply:
        from pytest_llmbench.answers.extract import extract

        return extract(solution.text, language=task.language, names=task.names)
    return Answer(code=solution.text, found="given")


def faulty_problem(solution: Solution, proof: Proof, scorecard: Scorecard) -> str | None:
    """Say why a faulty solution does not prove what it should, or give None."""
    if not scorecard.judged:
        return f"could not be judged: {scorecard.error}"
    labels = {check.label: check for check in scorecard.checks}
    missed = []
    for name in solution.caught_by:
        if name not in labels and name not in AXES:
            known = "; ".join([*labels, *AXES])
            return f"names {name!r}, but no check and no axis is called that; there are: {known}"
        if name in labels:
            if labels[name].passed:
                missed.append(f"passes {name!r}")
        elif (reached := getattr(scorecard.axes, name)) is None or reached >= REFERENCE_MARK:
            missed.append(f"reaches {_number(reached)} on {name}, {REFERENCE_MARK:g} or more is good")
    if not missed:
        return None
    failed = "; ".join(check.label for check in scorecard.checks if not check.passed) or "none"
    return (
        f"is not caught: it {' and '.join(missed)}. Make that check stricter, make the solution worse, or"
        f" name in its first line what does catch it. Checks that failed: {failed}"
    )


def _plan_of(scorecard: Scorecard) -> CheckPlan:
    return CheckPlan(checks=tuple((c.axis, c.label, c.weight) for c in scorecard.checks))


def _other_checks(plan: CheckPlan, found: CheckPlan) -> str | None:
    if plan == found:
        return None
    first, second = ({label for _, label, _ in p.checks} for p in (plan, found))
    differ = ", ".join(sorted(map(repr, first ^ second))) or "their order, axes or weights"
    return f"records other checks than the first reference ({differ}): a task has the same checks each time"


def _reference_problem(scorecard: Scorecard) -> str | None:
    if not scorecard.judged:
        return f"could not be judged: {scorecard.error}"
    if not scorecard.checks:
        return "the body recorded no check: write 'with score.correctness(\"…\"):' around what it asserts"
    lines = []
    for axis in AXES:
        reached = getattr(scorecard.axes, axis)
        if reached is None or reached >= REFERENCE_MARK:
            continue
        lines.append(f"{axis} is {_number(reached)}, a reference needs {REFERENCE_MARK:g}:")
        lines += [f"  {c.label}: {c.message}" for c in scorecard.checks if c.axis == axis and not c.passed]
        lines += [
            f"  line {f.line}: {f.message} ({f.rule}, {f.points:+.2g})"
            for f in scorecard.findings
            if f.axis == axis
        ]
    if not lines:
        return None
    return "\n".join([*lines, "Mend the reference, or the check that is wrong about it."])


def _number(value: float | None) -> str:
    return "no score" if value is None else f"{value:.1f}"
