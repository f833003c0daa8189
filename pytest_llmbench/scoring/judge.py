"""The judge: runs a task's body over one answer, lets the analyzers look at it, and fills a scorecard."""

from __future__ import annotations

import asyncio
import time
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import lru_cache

from pytest_llmbench.answers.answer import Answer
from pytest_llmbench.completions.completion import Completion
from pytest_llmbench.errors import CandidateError, LlmBenchError, SandboxError, UsageError
from pytest_llmbench.sandbox.host import CheckingLauncher, HostLauncher
from pytest_llmbench.scoring.analyzers.base import AheadAnalyzer, Analysis, Analyzer, CompilerAnalyzer
from pytest_llmbench.scoring.axes import ALL_LOWEST, LOWEST, axis_scores, total_score, under_padding
from pytest_llmbench.scoring.axis_weights import DEFAULT_AXIS_WEIGHTS, AxisWeights
from pytest_llmbench.scoring.candidate import Candidate
from pytest_llmbench.scoring.capture import CURRENT_SECTIONS, Sections
from pytest_llmbench.scoring.form import form_fault
from pytest_llmbench.scoring.score import Score
from pytest_llmbench.scoring.scorecard import Check, CheckPlan, Scorecard, Status
from pytest_llmbench.scoring.timing import Timing
from pytest_llmbench.tasks.language import Language
from pytest_llmbench.tasks.task import Task

BODY_DEADLINE_S = 300.0
"""Wall seconds that a body may take over one answer, its calls included."""


@dataclass(frozen=True)
class Evaluation:
    """A scorecard, with what only the process that made it can use.

    `failures` are the exceptions behind failed checks, for a debugger. `raised` is what ended the
    body where that is not the candidate's doing: the author's bug, or a test runner's own signal.
    `sections` is the body's own output. `timing` is how close the calls came to the task's limits.
    """

    scorecard: Scorecard
    failures: tuple[BaseException, ...] = ()
    raised: BaseException | None = None
    sections: Sections = field(default_factory=list)
    timed_out: bool = False
    timing: Timing | None = None


class Judge:
    """Judges answers. One judge serves a whole run; it holds no state of any answer.

    Args:
        launcher: Gives what starts processes for a task; raises `UsageError` where its language's
            toolchain is missing.
        analyzer: Gives the analyzer of a language, or None where it has none.
        soft: Exceptions outside of `Exception` that fail a check (what `pytest.fail` raises).
        drive: Wraps a body's coroutine, to see to the output of the body; identity by default.
        deadline_s: Wall seconds that a body may take.
        close: Ends what was started ahead of need; None where nothing is.
        weights: How the axes bound each other, and what each counts for in the total.
    """

    def __init__(
        self,
        *,
        launcher: Callable[[Task], HostLauncher],
        analyzer: Callable[[Language], Analyzer | None],
        soft: tuple[type[BaseException], ...] = (),
        drive: Callable[[object], object] | None = None,
        deadline_s: float = BODY_DEADLINE_S,
        close: Callable[[], Awaitable[None]] | None = None,
        weights: AxisWeights = DEFAULT_AXIS_WEIGHTS,
    ) -> None:
        self._launcher = launcher
        self._analyzer = analyzer
        self._soft = soft
        self._drive = drive
        self._deadline_s = deadline_s
        self._weights = weights
        self._close = close

    async def close(self) -> None:
        """End what was started ahead of need, on the loop that judged."""
        if self._close is not None:
            await self._close()

    async def judge(
        self,
        task: Task,
        answer: Answer,
        *,
        completion: Completion | None = None,
        plan: CheckPlan | None = None,
        strict: bool = False,
        looked: Analysis | SandboxError | None = None,
    ) -> Evaluation:
        """Judge one answer.

        Args:
            task: The task that it answers.
            answer: What was found in the reply.
            completion: The reply; None for a solution of the task.
            plan: The checks that the task has; those that the body does not reach count as failed.
                None while the references are still being asked for it.
            strict: Whether an exception inside a check that is neither an assertion nor the
                candidate's is a bug of the author; True for references.
            looked: What `look` gave; None where it was not asked.

        Returns:
            The evaluation. Its status says whose fault it is where there is no score.
        """
        started = time.monotonic()
        if answer.code is None:
            return without_code(completion, plan)
        try:
            launcher = self._launcher(task)
        except UsageError as error:
            return Evaluation(Scorecard(status="sandbox_error", error=str(error)))
        sections: Sections = []
        score = Score(self._soft)
        candidate = Candidate(
            launcher,
            answer,
            harness=task.harness,
            limits=task.limits,
            completion=completion,
            language=task.language,
            references=tuple(s.text for s in task.references if not s.reply),
            form_fault=form_fault(answer, task.language, task.names, task.prompt),
        )
        raised = await self._run(task, candidate, score, sections)
        if raised is None and strict and score.bugs:
            raised = score.bugs[0]
        fault = _fault(raised, strict=strict)
        if fault is None:
            analysis = _given(looked) if looked else self._analysis(task, launcher, answer, completion)
            scorecard = await self._scorecard(analysis, completion, score, plan, _reason(raised))
        else:
            scorecard = Scorecard(status=fault, checks=tuple(score.checks), error=_describe(raised, task))
        took = time.monotonic() - started
        return Evaluation(
            scorecard.model_copy(update={"judge_s": took, "output": candidate.output()}),
            failures=tuple(score.failures),
            raised=raised if fault is not None else None,
            sections=sections,
            timed_out=candidate.timed_out,
            timing=candidate.timing,
        )

    async def look(
        self, task: Task, answer: Answer, completion: Completion | None = None
    ) -> Analysis | SandboxError | None:
        """Analyze an answer before its turn to be run, where its language's analyzer works so.

        Returns:
            What it found, or what failed; None where the analyzer has its turn in `judge`.
        """
        analyzer = self._analyzer(task.language)
        if answer.code is None or not isinstance(analyzer, AheadAnalyzer):
            return None
        cut_off = completion is not None and completion.truncated
        try:
            return await analyzer.analyze(answer, names=task.names, cut_off=cut_off)
        except SandboxError as error:
            return error

    async def _run(
        self, task: Task, candidate: Candidate, score: Score, sections: Sections
    ) -> BaseException | None:
        """Run the body to its end, and give what ended it early."""
        token = CURRENT_SECTIONS.set(sections)
        body = task.body(candidate, score)
        try:
            async with asyncio.timeout(self._deadline_s) as deadline:
                await (body if self._drive is None else self._drive(body))  # type: ignore[misc]
        except asyncio.CancelledError:
            raise
        except BaseException as error:  # noqa: BLE001 - SystemExit would end the loop of all other bodies
            if isinstance(error, TimeoutError) and deadline.expired():
                return LlmBenchError(f"the body took longer than {self._deadline_s:g} s")
            return error
        finally:
            CURRENT_SECTIONS.reset(token)
            await candidate.close()
        return None

    async def _analysis(
        self, task: Task, launcher: HostLauncher, answer: Answer, completion: Completion | None
    ) -> Analysis:
        analyzer = self._analyzer(task.language)
        cut_off = completion is not None and completion.truncated
        if analyzer is None:
            return Analysis()
        if isinstance(analyzer, CompilerAnalyzer) and isinstance(launcher, CheckingLauncher):
            try:
                diagnostics = await launcher.diagnose(answer.code or "")
            except CandidateError:
                diagnostics = ()  # the compiler did not get to an end: that is for the checks to say
            return await analyzer.analyze_compiled(answer, diagnostics, names=task.names, cut_off=cut_off)
        return await analyzer.analyze(answer, names=task.names, cut_off=cut_off)

    async def _scorecard(
        self,
        analyzing: Awaitable[Analysis],
        completion: Completion | None,
        score: Score,
        plan: CheckPlan | None,
        reason: str,
    ) -> Scorecard:
        try:
            analysis = await analyzing
        except SandboxError as error:
            return Scorecard(status="sandbox_error", checks=tuple(score.checks), error=str(error))
        if extra := _unplanned(score.checks, plan):
            text = f"recorded {extra}, which no reference records: a task has the same checks each time"
            return Scorecard(status="task_error", checks=tuple(score.checks), error=text)
        checks = _with_unreached(score.checks, plan, reason)
        axes, bounds = axis_scores(
            checks,
            quality=analysis.quality,
            documentation=analysis.documentation,
            weights=self._weights,
        )
        plain = total_score(axes, self._weights.of_total)
        total, padded = under_padding(plain, analysis.padding, self._weights)
        return Scorecard(
            status="truncated" if completion is not None and completion.truncated else "scored",
            total=total,
            axes=axes,
            checks=checks,
            findings=(*analysis.findings, *bounds, *padded),
        )


async def _given(looked: Analysis | SandboxError) -> Analysis:
    if isinstance(looked, SandboxError):
        raise looked
    return looked


def without_code(completion: Completion | None, plan: CheckPlan | None) -> Evaluation:
    """Judge a reply that holds no code, which takes neither a sandbox nor time."""
    refused = completion is not None and completion.refused
    cut_off = completion is not None and completion.truncated
    status: Status = "refused" if refused else "truncated" if cut_off else "no_code"
    why = "the model refused" if refused else "the reply holds no code"
    checks = _all_unreached(plan, why)
    return Evaluation(Scorecard(status=status, total=LOWEST, axes=ALL_LOWEST, checks=checks, error=why))


@lru_cache(maxsize=256)
def _all_unreached(plan: CheckPlan | None, reason: str) -> tuple[Check, ...]:
    return _with_unreached([], plan, reason)


def _with_unreached(checks: list[Check], plan: CheckPlan | None, reason: str) -> tuple[Check, ...]:
    """Put the checks in the plan's order, failed where the body did not get to them."""
    if plan is None:
        return tuple(checks)
    reached = {check.label: check for check in checks}
    planned = [
        reached.get(label) or Check(axis=axis, label=label, weight=weight, passed=False, message=reason)
        for axis, label, weight in plan.checks
    ]
    return tuple(planned)


def _unplanned(checks: list[Check], plan: CheckPlan | None) -> str:
    planned = set() if plan is None else {label for _, label, _ in plan.checks}
    return ", ".join(repr(c.label) for c in checks if plan is not None and c.label not in planned)


def _fault(raised: BaseException | None, *, strict: bool) -> Status | None:
    """Whose fault it is that a body ended early; None where it is the candidate's own.

    A reference is the author's: what it raises outside of a check is a fault of the task.
    """
    if raised is None or (isinstance(raised, CandidateError) and not strict):
        return None
    return "sandbox_error" if isinstance(raised, SandboxError) else "task_error"


def _reason(raised: BaseException | None) -> str:
    return "not reached" if raised is None else f"not reached: {raised}"


def _describe(raised: BaseException | None, task: Task) -> str:
    if raised is None or isinstance(raised, LlmBenchError):
        return str(raised)
    frames = [f for f in traceback.extract_tb(raised.__traceback__) if f.filename == str(task.path)]
    where = f"{task.path}:{frames[-1].lineno}: " if frames else ""
    return f"{where}{type(raised).__name__}: {raised}"
