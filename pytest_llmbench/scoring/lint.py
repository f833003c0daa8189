"""What a task that proves itself may still lack, before it is worth a model's time.

A proof says that what is there holds. This looks for what is not there: a check that nothing shows to
work, a faulty solution that shows nothing in particular, an answer that the prompt gives away, a limit
that a slower machine would break.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pytest_llmbench.scoring.judge import Evaluation
from pytest_llmbench.scoring.lint_literals import expected_in_prompt
from pytest_llmbench.scoring.proof import Proof
from pytest_llmbench.scoring.scorecard import CheckPlan, Scorecard
from pytest_llmbench.tasks.language import LINE_COMMENT, SOURCE_SUFFIX
from pytest_llmbench.tasks.solutions import SOLUTIONS_FOLDER
from pytest_llmbench.tasks.task import Task

CLOSE = 0.5
"""The part of a limit above which a reference is close to it: other machines are half as fast."""

_SHOWN = 80


def prompt_problems(task: Task) -> Iterator[str]:
    """Name the expected values that stand in the prompt."""
    for line, value in expected_in_prompt(task.body, task.prompt):
        yield (
            f"{task.path}:{line}: the prompt shows the expected value {_short(value)}, which an answer could"
            " simply return: assert on another input, or take the value out of the prompt"
        )


def solution_problems(task: Task, proof: Proof, faulty: Mapping[str, Scorecard]) -> Iterator[str]:
    """Name the checks that no faulty solution fails, and the faulty solutions that fail all.

    Args:
        task: The task.
        proof: What its references showed.
        faulty: The scorecards of its faulty solutions, by name.
    """
    if proof.failed is not None or proof.plan is None:
        text = f"its checks are not known while no reference holds: mend that first\n{proof.failed or ''}"
        yield text.rstrip()
        return
    cards = {name: card for name, card in faulty.items() if card.judged}
    yield from _idle_checks(task, proof.plan, cards)
    yield from _hopeless(proof.plan, cards)


def limit_problems(task: Task, name: str, evaluation: Evaluation) -> Iterator[str]:
    """Say where a reference comes close to the limits of its task."""
    timing = evaluation.timing
    if timing is None:
        return
    advice = "raise the limit in @llm_task, or give it less to do: a slower machine would fail a right answer"
    slowest, limits = timing.slowest, task.limits
    if slowest is not None and slowest.share > CLOSE:
        yield (
            f"{name}: {slowest.name!r} took {slowest.took_s:.1f} s of the {slowest.allowed_s:g} s that a call"
            f" may take (call_timeout_s, or timeout= of the call): {advice}"
        )
    if timing.longest_process_s > CLOSE * limits.cpu_s:
        yield (
            f"{name}: its calls took {timing.longest_process_s:.1f} s of the {limits.cpu_s:g} CPU seconds"
            f" that one process may use (cpu_s): {advice}"
        )


def _idle_checks(task: Task, plan: CheckPlan, cards: Mapping[str, Scorecard]) -> Iterator[str]:
    failed = {check.label for card in cards.values() for check in card.checks if not check.passed}
    suffix, comment = SOURCE_SUFFIX[task.language], LINE_COMMENT[task.language]
    for _, label, _ in plan.checks:
        if label not in failed:
            yield (
                f"no faulty solution fails the check {label!r}, so nothing shows that it can fail: add a"
                f" {SOLUTIONS_FOLDER}/faulty_*{suffix} that begins with '{comment} caught by: {label}', or"
                " take the check out"
            )


def _hopeless(plan: CheckPlan, cards: Mapping[str, Scorecard]) -> Iterator[str]:
    if len(plan.checks) < 2:  # noqa: PLR2004 - with one check, to fail it is to fail all
        return
    for name, card in cards.items():
        if not any(check.passed for check in card.checks):
            yield (
                f"{name} fails every check, so it does not show that any of them works: make it wrong in one"
                " way, and right in all others"
            )


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
