"""Lints a task: waits for the judgement of all its solutions, and gathers what there is to mend."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_llmbench.bench.bench import Bench
from pytest_llmbench.scoring.lint import limit_problems, prompt_problems, solution_problems
from pytest_llmbench.tasks.task import Task


def lint(task: Task, bench: Bench) -> list[str]:
    """Give what a task lacks although its solutions may prove it, each with what to do next.

    Raises:
        BlockedLoopError: Code of an author blocks a loop.
    """
    return list(_problems(task, bench))


def _problems(task: Task, bench: Bench) -> Iterator[str]:
    yield from prompt_problems(task)
    if not task.references:
        yield f"there is no reference: put reference*.* and faulty_*.* into {task.path.parent / 'solutions'}"
        return
    futures = {
        solution.name: bench.judging.judge_faulty(task, solution)
        for solution in task.solutions
        if solution.kind == "faulty"
    }
    proof = bench.proof(task)
    faulty = {name: bench.wait(future).scorecard for name, future in futures.items()}
    yield from solution_problems(task, proof, faulty)
    for solution in task.references:
        if any(limit_problems(task, solution.name, proof.evaluations[solution.name])):
            # What was slow beside others may be quick enough with the machine to itself.
            alone = bench.wait(bench.judging.judge_alone(task, solution))
            yield from limit_problems(task, solution.name, alone)
