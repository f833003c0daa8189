"""The judging side: one loop with slots, a sandbox chosen once, proofs made once per task."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from contextlib import suppress
from functools import partial

from pytest_llmbench.answers.answer import Answer
from pytest_llmbench.answers.extract import extract
from pytest_llmbench.bench.loops import LoopThread
from pytest_llmbench.bench.proofs import ProofCache
from pytest_llmbench.bench.slots import Slots
from pytest_llmbench.completions.completion import Completion
from pytest_llmbench.sandbox.base import Sandbox
from pytest_llmbench.scoring.judge import Evaluation, Judge, without_code
from pytest_llmbench.scoring.proof import Proof, answer_of, prove_references
from pytest_llmbench.scoring.scorecard import CheckPlan
from pytest_llmbench.tasks.solutions import Solution
from pytest_llmbench.tasks.task import Task

_CLOSE_S = 5.0

_SHORT = 4000
"""Characters of a reply that are read in less time than another thread takes to begin."""


class JudgingSide:
    """Judges solutions and replies, as many at once as there are slots.

    Args:
        choose_sandbox: Finds the sandbox; awaited once, on the loop that will spawn from it.
        make_judge: Makes the judge for that sandbox.
        slots: Answers judged at once; one per core where it is None.
        kept: Proofs of earlier runs; None where each task is to be proved now.
    """

    def __init__(
        self,
        *,
        choose_sandbox: Callable[[], Awaitable[Sandbox]],
        make_judge: Callable[[Sandbox], Judge],
        slots: int | None = None,
        kept: ProofCache | None = None,
    ) -> None:
        self._kept = kept
        self._choose_sandbox = choose_sandbox
        self._make_judge = make_judge
        self._slots = Slots(slots or len(os.sched_getaffinity(0)))
        self._proofs: dict[str, Future[Proof]] = {}
        self._faulty: dict[str, Future[Evaluation]] = {}
        self._proofs_lock = threading.Lock()
        # To look for a proof is computing for the most part: several threads would be in each other's way.
        self._looking = asyncio.Lock()
        self.loop = LoopThread("llmbench-judging")
        self._judge: Judge | None = None
        self._closed = False
        self.level = ""

    def open(self) -> None:
        """Choose the sandbox; harmless when that is done already.

        Raises:
            SandboxUnavailable: No level works on this machine.
        """
        if self._judge is not None:
            return
        sandbox = self.loop.submit(self._chosen()).result()
        self.level = sandbox.level
        self._judge = self._make_judge(sandbox)

    async def _chosen(self) -> Sandbox:
        return await self._choose_sandbox()

    def prove(self, task: Task) -> Future[Proof]:
        """Judge a task's references, once per run."""
        key = f"{task.path}:{task.id}"
        with self._proofs_lock:
            if key not in self._proofs:
                self._proofs[key] = self.loop.submit(self._prove(task))
            return self._proofs[key]

    def judge_faulty(self, task: Task, solution: Solution) -> Future[Evaluation]:
        """Judge one faulty solution by the checks that the references have shown, once per run."""
        key = f"{task.path}:{task.id}:{solution.path}"
        with self._proofs_lock:
            if key not in self._faulty:
                self._faulty[key] = self.loop.submit(self._judge_faulty(task, solution))
            return self._faulty[key]

    def judge_alone(self, task: Task, solution: Solution) -> Future[Evaluation]:
        """Judge a reference once more, with the machine to itself: to see how long it really takes."""
        return self.loop.submit(self._judge_alone(task, solution))

    def judge_reply(self, task: Task, completion: Completion) -> Future[tuple[Answer, Evaluation]]:
        """Take the answer out of a reply, and judge it.

        A short reply is read here and now, and judged here and now where it holds no code: to hand it over
        to another thread and back would take longer.
        """
        proof = self.prove(task)
        if len(completion.text) > _SHORT or not proof.done():
            return self.loop.submit(self._judge_reply(task, completion))
        plan = proof.result().plan
        answer = _taken(task, completion)
        if answer.code is not None:
            return self.loop.submit(self._judge_answer(task, answer, completion, plan))
        judged: Future[tuple[Answer, Evaluation]] = Future()
        judged.set_result((answer, without_code(completion, plan)))
        return judged

    def close(self) -> None:
        """End what runs, what was started ahead of need, and the loop."""
        if self._judge is not None and not self._closed:
            self._closed = True
            with suppress(Exception):  # what is left dies with the loop's thread
                self.loop.submit(self._judge.close()).result(_CLOSE_S)
        self.loop.close()

    async def _prove(self, task: Task) -> Proof:
        if self._kept is None:
            return await self._prove_now(task)
        async with self._looking:
            found = await asyncio.to_thread(self._kept.find, task, self.level)
        if found is not None:
            return found
        proof = await self._prove_now(task)
        await asyncio.to_thread(self._kept.keep, task, self.level, proof)
        return proof

    async def _prove_now(self, task: Task) -> Proof:
        async with self._slots.one():
            return await prove_references(task, self._ready())

    async def _judge_faulty(self, task: Task, solution: Solution) -> Evaluation:
        proof = await asyncio.wrap_future(self.prove(task))
        return await self._twice_if_late(task, answer_of(solution, task), None, proof.plan)

    async def _judge_alone(self, task: Task, solution: Solution) -> Evaluation:
        async with self._slots.alone():
            return await self._ready().judge(task, answer_of(solution, task), strict=True)

    async def _judge_reply(self, task: Task, completion: Completion) -> tuple[Answer, Evaluation]:
        proof = await asyncio.wrap_future(self.prove(task))
        answer = await asyncio.to_thread(_taken, task, completion)
        return await self._judge_answer(task, answer, completion, proof.plan)

    async def _judge_answer(
        self, task: Task, answer: Answer, completion: Completion, plan: CheckPlan | None
    ) -> tuple[Answer, Evaluation]:
        return answer, await self._twice_if_late(task, answer, completion, plan)

    async def _twice_if_late(
        self, task: Task, answer: Answer, completion: Completion | None, plan: CheckPlan | None
    ) -> Evaluation:
        """A time-out counts when it happens again with the machine to itself."""
        async with self._slots.beside():
            looked = await self._ready().look(task, answer, completion)
        judged = partial(self._ready().judge, task, answer, completion=completion, plan=plan, looked=looked)
        async with self._slots.one():
            first = await judged()
        if not first.timed_out:
            return first
        async with self._slots.alone():
            return await judged()

    def _ready(self) -> Judge:
        assert self._judge is not None, "open() comes first"  # noqa: S101 - a bug, not a condition
        return self._judge


def _taken(task: Task, completion: Completion) -> Answer:
    return extract(completion.text, language=task.language, names=task.names, truncated=completion.truncated)
