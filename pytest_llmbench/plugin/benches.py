"""Makes the bench of a session: who is asked, who judges, and what keeps the books."""

from __future__ import annotations

import os
from collections.abc import Mapping

import pytest

from pytest_llmbench.bench.bench import Bench, Caller
from pytest_llmbench.bench.caller import ModelCaller
from pytest_llmbench.bench.judging import JudgingSide
from pytest_llmbench.bench.kept import KeptCaller
from pytest_llmbench.bench.languages import Languages
from pytest_llmbench.bench.proofs import ProofCache
from pytest_llmbench.bench.trials import Selected
from pytest_llmbench.plugin.keeping import Keeping
from pytest_llmbench.plugin.output import Driven
from pytest_llmbench.plugin.settings import Settings
from pytest_llmbench.sandbox.choose import choose_sandbox


def make_bench(
    settings: Settings,
    selected: Mapping[str, Selected],
    keeping: Keeping,
    languages: Languages,
    slots: int | None,
) -> Bench:
    """Make a bench, which is still to be opened.

    Args:
        settings: The resolved options.
        selected: The models to ask, by id; empty where solutions are proved.
        keeping: Where the run is kept.
        languages: What judges.
        slots: Answers judged at once; one per core where it is None.
    """
    judging = JudgingSide(
        choose_sandbox=lambda: choose_sandbox(allow_unsafe=settings.allow_unsafe, environ=os.environ),
        make_judge=lambda sandbox: languages.judge(
            sandbox, soft=(pytest.fail.Exception,), drive=Driven, weights=settings.weights
        ),
        slots=slots,
        # Without models, proving is what the run is for.
        kept=ProofCache(os.environ, languages.describe) if selected else None,
    )
    if not selected:
        return Bench(judging)
    answers = keeping.answers
    if answers is not None and settings.replay is not None:
        return Bench(judging, lambda: KeptCaller(answers))

    def caller() -> Caller:
        return KeptCaller(answers) if answers is not None else _asking(settings, selected, bench)

    models = tuple(chosen.model for chosen in selected.values())
    bench = Bench(judging, caller, lambda: keeping.begin(judging.level, models))
    return bench


def _asking(settings: Settings, selected: Mapping[str, Selected], bench: Bench) -> Caller:
    return ModelCaller(
        selected,
        environ=os.environ,
        concurrency=settings.concurrency,
        timeout_s=settings.timeout,
        retries=settings.retries,
        gguf=settings.gguf,
        ledger=bench.journal,
    )
