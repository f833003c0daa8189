"""A session's comparison with an earlier run: what is needed before, in and after its items."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_llmbench.bench.naming import LATEST, is_file_name
from pytest_llmbench.bench.outcome import planned_part, sample_of, task_part
from pytest_llmbench.bench.provenance import versions
from pytest_llmbench.errors import NoSuchRun, UsageError
from pytest_llmbench.report.markdown import add_step_summary, leaderboard_markdown, write_markdown
from pytest_llmbench.report.numbers import listed

if TYPE_CHECKING:
    # What compares is imported only where an earlier run is named: it is much.
    from pytest_llmbench.bench.baseline import Baseline
    from pytest_llmbench.comparison.change import TaskChange
    from pytest_llmbench.comparison.matching import Rejudged
    from pytest_llmbench.comparison.rules import Rule
    from pytest_llmbench.comparison.verdict import CompareVerdict
    from pytest_llmbench.completions.trial import Trial
    from pytest_llmbench.plugin.items import ModelItem
    from pytest_llmbench.plugin.settings import Settings
    from pytest_llmbench.report.document import RunDocument, SamplePart
    from pytest_llmbench.tasks.task import Task


BASELINE_INPUT = "llmbench_baseline"
"""The key by which a worker process is told which run it compares with."""


class Comparing:
    """Compares a session's run with a baseline, where one is named, and holds it against the gate.

    Args:
        baseline: The earlier run; None where there is nothing to compare with.
        rules: The gate.
        inconclusive: The exit code where the gate cannot tell.
        environ: Says whether this runs in GitHub Actions.
    """

    def __init__(
        self,
        baseline: Baseline | None,
        rules: Sequence[Rule],
        inconclusive: int,
        environ: Mapping[str, str],
    ) -> None:
        self.baseline = baseline
        self._rules = rules
        self._inconclusive = inconclusive
        self._environ = environ
        self._verdict: CompareVerdict | None = None
        self._failed = False

    @classmethod
    def of(
        cls,
        config: pytest.Config,
        settings: Settings,
        models: Sequence[str],
        samples: int,
        environ: Mapping[str, str],
    ) -> Comparing:
        """Find the baseline that the options name.

        Raises:
            UsageError: It is not there, has none of the models, or what comparing needs is not installed.
        """
        if settings.compare is None:
            if settings.compare_fail:
                raise UsageError("--llm-compare-fail needs --llm-compare: the run to compare with")
            return cls(None, (), settings.inconclusive, environ)
        from pytest_llmbench.comparison.rules import parse_rule

        rules = [parse_rule(text) for text in settings.compare_fail]
        baseline = _baseline(config, settings, settings.compare, models, samples) if models else None
        return cls(baseline, rules, settings.inconclusive, environ)

    @property
    def reference(self) -> str | None:
        """The word by which a worker process finds the same baseline, whatever is stored meanwhile."""
        return None if self.baseline is None else self.baseline.reference

    def check_rules(self, tasks: Sequence[Task]) -> None:
        """See whether the tasks that rules name are there, before anything is paid for.

        Raises:
            UsageError: One is not.
        """
        if self.baseline is None:
            return
        known = [*(task.id for task in tasks), *(f"{t.suite}/{t.id}" for t in tasks), *self.baseline.tasks]
        for rule in self._rules:
            if rule.task is not None and rule.task not in known:
                names = listed(list(dict.fromkeys(task.id for task in tasks)))
                raise UsageError(f"--llm-compare-fail={rule}: there is no task {rule.task}, only {names}")

    def to_rejudge(self, task: Task, model: str, trial: Trial) -> tuple[SamplePart, ...]:
        """Give the earlier samples of an item that have to be judged again before they can be compared."""
        if self.baseline is None:
            return ()
        return self.baseline.to_rejudge(task_part(task), model, planned_part(trial))

    def change(self, item: ModelItem) -> TaskChange | None:
        """Compare one item's samples; None where that is not possible."""
        if self.baseline is None:
            return None
        from pytest_llmbench.comparison.compare import compare_task
        from pytest_llmbench.comparison.matching import Pair

        samples = [sample_of(outcome, item.model) for outcome in item.outcomes]
        pair = self.baseline.pair(task_part(item.task), item.model.id, samples, item.rejudged)
        return compare_task(pair) if isinstance(pair, Pair) else None

    def saw_failure(self) -> None:
        """Take note of a failure that has nothing to do with what could not be judged."""
        self._failed = True

    def judge(self, document: RunDocument, rejudged: Rejudged) -> None:
        """Compare the whole run.

        Raises:
            UsageError: A rule names a task that neither run has.
        """
        if self.baseline is None:
            return
        from pytest_llmbench.comparison.verdict import CompareVerdict

        self._verdict = CompareVerdict.of(
            self.baseline.document,
            document,
            name=self.baseline.name,
            rules=self._rules,
            rejudged=rejudged,
        )

    def beside(self, document: RunDocument) -> RunDocument:
        """Give the run beside the baseline, where it was compared with one."""
        if self._verdict is None:
            return document
        from pytest_llmbench.comparison.baseline import with_baseline

        return with_baseline(document, self._verdict.comparison)

    def lines(self) -> list[str]:
        """Say what changed, and what the gate says."""
        return [] if self._verdict is None else self._verdict.lines()

    def annotations(self) -> list[str]:
        """Give what GitHub Actions shows beside the run."""
        return [] if self._verdict is None else self._verdict.annotations(self._environ)

    def write_markdown(self, path: Path, document: RunDocument) -> None:
        """Write the summary."""
        write_markdown(path, list(self._summary(document)))

    def add_step_summary(self, document: RunDocument) -> None:
        """Add the summary to that of the step, in GitHub Actions."""
        add_step_summary(self._environ, list(self._summary(document)))

    def exit_status(self, status: int) -> int:
        """Give the session's exit code: a red gate fails it.

        Items that could not be judged are errors, for which pytest's code is 1. Where they are all that is
        wrong, the gate's word stands: it is inconclusive.
        """
        if self._verdict is None or self._verdict.gate is None:
            return status
        if status not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
            return status
        code = self._verdict.exit_code(self._inconclusive)
        if self._verdict.gate.outcome == "inconclusive":
            return status if self._failed else code
        return code or status

    def _summary(self, document: RunDocument) -> Iterator[str]:
        if self._verdict is not None:
            yield from self._verdict.markdown()
        yield from leaderboard_markdown(document)


def _baseline(
    config: pytest.Config, settings: Settings, name: str, models: Sequence[str], samples: int
) -> Baseline:
    from pytest_llmbench.bench.baseline import Baseline
    from pytest_llmbench.bench.finding import find_run
    from pytest_llmbench.comparison.setting import Setting
    from pytest_llmbench.comparison.verdict import require_statistics

    require_statistics()
    arguments = list(map(str, config.invocation_params.args))
    word = getattr(config, "workerinput", {}).get(BASELINE_INPUT) or name
    folder = Path(config.invocation_params.dir)
    try:
        reference, document = find_run(word, folder, settings.storage, models)
    except NoSuchRun as error:
        raise UsageError(f"--llm-compare={name}: {error}; make it by: {_command(arguments, name)}") from None
    there = [model.id for model in document.models]
    if not set(models) & set(there):
        raise UsageError(
            f"--llm-compare={name} has none of these models, only {listed(there)};"
            f" make one that has them by: {_command(arguments, name)}"
        )
    today = Setting(
        versions(),
        samples,
        settings.weights.by_name(),
        settings.own_costs.caps,
        settings.own_costs.costs,
    )
    return Baseline(name=name, reference=reference, document=document, today=today)


def _command(arguments: Sequence[str], name: str) -> str:
    """Give the command that makes a baseline: this one, without what compares."""
    kept: list[str] = []
    skip = False
    for argument in arguments:
        option, equals, _ = argument.partition("=")
        if not skip and option not in _OF_COMPARING:
            kept.append(argument)
        skip = not skip and option in _OF_COMPARING and not equals
    if is_file_name(name):
        kept.append(f"--llm-json={name}")
    elif name != LATEST:
        kept.append(f"--llm-save={name}")
    return shlex.join(["pytest", *kept])


_OF_COMPARING = ("--llm-compare", "--llm-compare-fail", "--llm-inconclusive", "--llm-json", "--llm-save")
