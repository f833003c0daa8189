"""Makes the bench of a session: who is asked, who judges, and what keeps the books."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

import pytest

from pytest_llmbench.bench.bench import Bench
from pytest_llmbench.bench.caller import ModelCaller
from pytest_llmbench.bench.calling import Caller
from pytest_llmbench.bench.judging import JudgingSide
from pytest_llmbench.bench.kept import KeptCaller
from pytest_llmbench.bench.languages import Languages
from pytest_llmbench.bench.proofs import ProofCache
from pytest_llmbench.bench.trials import Selected, identified
from pytest_llmbench.plugin.keeping import Keeping
from pytest_llmbench.plugin.output import Driven
from pytest_llmbench.plugin.settings import Settings
from pytest_llmbench.sandbox.choose import choose_sandbox
from pytest_llmbench.tasks.task import Task

if TYPE_CHECKING:
    from pytest_llmbench.bench.opinions import Opinions


def make_bench(
    settings: Settings,
    selected: Mapping[str, Selected],
    judge: Selected | None,
    keeping: Keeping,
    languages: Languages,
    slots: int | None,
) -> Bench:
    """Make a bench, which is still to be opened.

    Args:
        settings: The resolved options.
        selected: The models to ask, by id; empty where solutions are proved.
        judge: Who is asked for opinions.
        keeping: Where the run is kept.
        languages: What judges.
        slots: Answers judged at once; one per core where it is None.
    """

    def described(task: Task) -> str:
        """Say all that could change a verdict on a task's solutions."""
        return f"{languages.describe(task)} {settings.weights!r} {settings.own_costs!r}"

    judging = JudgingSide(
        choose_sandbox=lambda: choose_sandbox(allow_unsafe=settings.allow_unsafe, environ=os.environ),
        make_judge=lambda sandbox: languages.judge(
            sandbox,
            soft=(pytest.fail.Exception,),
            drive=Driven,
            weights=settings.weights,
            own_costs=settings.own_costs,
        ),
        slots=slots,
        # Without models, proving is what the run is for.
        kept=ProofCache(os.environ, described) if selected else None,
    )
    if not selected:
        return Bench(judging)
    answers = keeping.answers
    opinions = _opinions(settings, judge, keeping)
    if answers is not None and settings.replay is not None:
        return Bench(judging, lambda: KeptCaller(answers), opinions=opinions)

    def caller() -> Caller:
        return KeptCaller(answers) if answers is not None else _asking(settings, selected, judge, bench)

    models = tuple(chosen.model for chosen in selected.values())
    bench = Bench(
        judging,
        caller,
        lambda: keeping.begin(judging.level, models, None if judge is None else judge.model),
        opinions=opinions,
        answers_first=settings.budget is not None,
    )
    return bench


def _opinions(settings: Settings, judge: Selected | None, keeping: Keeping) -> Opinions | None:
    kept = keeping.opinions() if judge is None else {}
    if keeping.answers is None and judge is None and not kept:
        return None
    from pytest_llmbench.bench.opinions import AskedOpinions, KeptOpinions

    weights = settings.weights.of_total
    if keeping.answers is not None:
        return KeptOpinions(keeping.answers.opinion, weights)
    if judge is not None:
        return AskedOpinions(identified(judge, settings.gguf), weights)
    return KeptOpinions(lambda trial: kept.get(trial.key), weights)


def _asking(
    settings: Settings, selected: Mapping[str, Selected], judge: Selected | None, bench: Bench
) -> Caller:
    return ModelCaller(
        selected,
        environ=os.environ,
        concurrency=settings.concurrency,
        timeout_s=settings.timeout,
        retries=settings.retries,
        gguf=settings.gguf,
        ledger=bench.journal,
        judge=judge,
    )
