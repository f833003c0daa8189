"""How much of what can go wrong a task's checks notice: mutants of its references, judged as answers are.

A mutant is a reference with one small change, as a library for its language makes them. It counts when
it compiles, and for JavaScript when it loads. It is killed when a check of correctness or of edge cases
fails. Analyzers are left out: they judge style, and a changed program may be as well written as before.

    python benchmarks/mutation.py                                    # all tasks, which takes a while
    python benchmarks/mutation.py --task=dijkstra --limit=20         # a quick look
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any, Self

from mutants import Mutant, make_mutants
from suite import SUITE, load_task

from pytest_llmbench.bench.judging import JudgingSide
from pytest_llmbench.bench.languages import Languages
from pytest_llmbench.errors import CandidateError, LlmBenchError, UsageError
from pytest_llmbench.sandbox.base import Sandbox
from pytest_llmbench.sandbox.choose import choose_sandbox
from pytest_llmbench.sandbox.host import CheckingLauncher, HostLauncher, Source
from pytest_llmbench.scoring.judge import Judge
from pytest_llmbench.scoring.proof import answer_of
from pytest_llmbench.scoring.score import Score
from pytest_llmbench.tasks.solutions import Solution
from pytest_llmbench.tasks.task import Body, Task

TASKS = ("flatten", "async_race", "dijkstra", "express_users")
GOAL = 0.85
"""The share of mutants that the checks of a task have to kill, for each reference."""

COUNTED = ("correctness", "edge_cases")


class Killed(CandidateError):
    """A check has failed, so that what the others would say no longer matters."""

    def __init__(self) -> None:
        super().__init__("Killed", "a check has failed before")


class StoppingScore:
    """A score that ends the body at the first failed check that counts: there are mutants that never end.

    Args:
        score: What records the checks.
    """

    def __init__(self, score: Score) -> None:
        self._score = score
        self.quality = score.quality
        self.documentation = score.documentation

    def correctness(self, label: str, *, weight: float = 1.0) -> AbstractContextManager[None]:
        """Record a check of what was asked for."""
        return self._ending(self._score.correctness(label, weight=weight))

    def edge_case(self, label: str, *, weight: float = 1.0) -> AbstractContextManager[None]:
        """Record a check of an input at the edge of what was asked for."""
        return self._ending(self._score.edge_case(label, weight=weight))

    @contextmanager
    def _ending(self, check: AbstractContextManager[None]) -> Iterator[None]:
        with check:
            yield
        if not self._score.checks[-1].passed:
            raise Killed


@dataclass
class Figures:
    """What became of a reference's mutants."""

    task: str
    reference: str
    mutants: int = 0
    not_compiling: int = 0
    killed: int = 0
    survivors: list[Mutant] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        """The share of killed mutants among those that compile."""
        compiling = self.killed + len(self.survivors)
        return self.killed / compiling if compiling else 0.0


class Range:
    """Where mutants are tried: judges them side by side, as a run judges answers.

    Args:
        tell: Told of each mutant that was tried, and how it ended.
    """

    def __init__(self, tell: Callable[[str], None] = lambda _: None) -> None:
        self._tell = tell
        self._languages = Languages(os.environ, tell)
        self._launchers: dict[str, HostLauncher] = {}
        self._places = asyncio.Semaphore(len(os.sched_getaffinity(0)))
        self._sandbox: Sandbox | None = None
        self._side = JudgingSide(choose_sandbox=self._choose, make_judge=self._judge)

    def __enter__(self) -> Self:
        self._side.open()
        return self

    def __exit__(self, *_: object) -> None:
        self._side.close()

    def try_reference(self, task: Task, reference: Solution, sample: random.Random, limit: int) -> Figures:
        """Try the mutants of one reference.

        Args:
            task: The task.
            reference: One of its references.
            sample: Chooses the mutants where there are more than `limit`.
            limit: How many are tried at most; 0 for all.

        Raises:
            UsageError: Mutants of the language cannot be made, or a reference fails as it is.
            LlmBenchError: A mutant could not be judged.
        """
        failed = self._side.prove(task).result().failed
        if failed:
            raise UsageError(f"{task.id}: {failed}")
        task = task.model_copy(update={"body": stopping(task.body)})
        code = answer_of(reference, task).code or ""
        mutants = make_mutants(code, task.language, os.environ)
        if limit and limit < len(mutants):
            mutants = sorted(sample.sample(mutants, limit), key=lambda m: (m.line, m.column))
        figures = Figures(task.id, reference.name, mutants=len(mutants))
        self._side.loop.submit(self._try_all(task, reference, code, mutants, figures)).result()
        figures.survivors.sort(key=lambda m: (m.line, m.column))
        return figures

    async def _try_all(
        self, task: Task, reference: Solution, code: str, mutants: Sequence[Mutant], figures: Figures
    ) -> None:
        async def one(number: int, mutant: Mutant) -> None:
            async with self._places:
                fate = await self._fate(task, mutated(reference, code, mutant, number))
            self._tell(
                f"{task.id} {reference.name} {number + 1}/{len(mutants)}: {mutant} — {fate or 'survived'}"
            )
            figures.not_compiling += fate == NOT_COMPILING
            figures.killed += fate not in (None, NOT_COMPILING)
            if fate is None:
                figures.survivors.append(mutant)

        async with asyncio.TaskGroup() as group:
            for number, mutant in enumerate(mutants):
                group.create_task(one(number, mutant))

    async def _fate(self, task: Task, solution: Solution) -> str | None:
        """The label of the check that kills a mutant, None for none."""
        if not await self._compiles(task, answer_of(solution, task).code or ""):
            return NOT_COMPILING
        card = (await asyncio.wrap_future(self._side.judge_faulty(task, solution))).scorecard
        if not card.judged:
            raise LlmBenchError(f"{solution.path} could not be judged: {card.error}")
        return next((c.label for c in card.checks if c.axis in COUNTED and not c.passed), None)

    async def _compiles(self, task: Task, code: str) -> bool:
        if task.language == "python":
            return _python_compiles(code)
        launcher = self._launcher(task)
        try:
            if isinstance(launcher, CheckingLauncher):
                return not [d for d in await launcher.diagnose(code) if d.category == "error"]
            host = await launcher.load(Source(code=code, harness=task.harness))
        except CandidateError:
            return False
        await host.close()
        return True

    async def _choose(self) -> Sandbox:
        self._sandbox = await choose_sandbox(allow_unsafe=False, environ=os.environ)
        return self._sandbox

    def _judge(self, _: Sandbox) -> Judge:
        return Judge(launcher=self._launcher, analyzer=lambda _: None)

    def _launcher(self, task: Task) -> HostLauncher:
        """One launcher for all mutants of a task: it keeps what it has compiled."""
        if task.id not in self._launchers:
            assert self._sandbox is not None  # __enter__ comes first
            self._launchers[task.id] = self._languages.launcher(self._sandbox, task)
        return self._launchers[task.id]


NOT_COMPILING = "not compiling"


def stopping(body: Body) -> Body:
    """Give a body that ends at its first failed check that counts."""

    async def stopped(candidate: Any, score: Score) -> None:
        await body(candidate, StoppingScore(score))

    return stopped


def mutated(reference: Solution, code: str, mutant: Mutant, number: int) -> Solution:
    """Give a mutant the form of a solution; in a whole reply, the prose stays as it is."""
    if reference.text.count(code) != 1:
        raise LlmBenchError(f"{reference.path}: its code does not stand in it once, as it was found")
    path = reference.path.with_name(f"{reference.name}.{number}.mutant")
    text = reference.text.replace(code, mutant.source)
    return Solution(name=path.name, kind="faulty", path=path, text=text, reply=reference.reply)


def show(figures: Figures) -> str:
    """Give the figures of a reference as text."""
    counts = (
        f"{figures.task} {figures.reference}: {figures.mutants} mutants, {figures.not_compiling} not"
        f" compiling, {figures.killed} killed, {len(figures.survivors)} survived, {figures.ratio:.1%}"
    )
    return "\n".join([counts, *(f"  {mutant}" for mutant in figures.survivors)])


def _python_compiles(code: str) -> bool:
    try:
        compile(code, "mutant.py", "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    return True


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Judge mutants of the tasks' references.")
    parser.add_argument(
        "--task", action="append", help="a folder of the suite; repeatable (all but go_review)"
    )
    parser.add_argument("--reference", action="append", help="a reference's name; repeatable (all)")
    parser.add_argument(
        "--limit", type=int, default=0, help="try so many of each reference's mutants at most"
    )
    parser.add_argument("--seed", type=int, default=0, help="which ones, where there is a limit")
    parser.add_argument("--verbose", action="store_true", help="tell of each mutant when it is tried")
    return parser.parse_args(argv)


def main(argv: Sequence[str]) -> int:
    """Try the mutants that are asked for; 0 where the goal is reached for each reference."""
    asked = _arguments(argv)
    tell: Callable[[str], None] = _to_stderr if asked.verbose else lambda _: None
    reached = True
    with Range(tell) as shooting:
        for name in asked.task or TASKS:
            task = load_task(SUITE / name)
            for reference in task.references:
                if asked.reference and reference.name not in asked.reference:
                    continue
                figures = shooting.try_reference(task, reference, random.Random(asked.seed), asked.limit)
                print(show(figures), flush=True)
                reached &= figures.ratio >= GOAL
    return 0 if reached else 1


def _to_stderr(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except LlmBenchError as problem:
        sys.exit(f"mutation: {problem}")
