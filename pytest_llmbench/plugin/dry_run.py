"""`--llm-dry-run`: what the selected items would ask, and what that may cost; nothing is run."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from pytest_llmbench.bench.bench import Job
from pytest_llmbench.bench.forecast import Forecast, forecast, forecast_lines, forecast_opinions
from pytest_llmbench.errors import UsageError
from pytest_llmbench.opinions.prompt import prompt_name
from pytest_llmbench.plugin.items import TaskItem
from pytest_llmbench.plugin.state import State
from pytest_llmbench.report.clean import clean
from pytest_llmbench.report.numbers import count

if TYPE_CHECKING:
    from _pytest.terminal import TerminalReporter


class DryRun:
    """A plugin object, in the place of everything that runs.

    Args:
        state: Knows the models, and the run that is to be gone on with.
        skipped: Whether a mark skips an item.
    """

    def __init__(self, state: State, skipped: Callable[[TaskItem], bool]) -> None:
        self._state = state
        self._skipped = skipped
        self._lines: list[str] = []

    def pytest_configure(self, config: pytest.Config) -> None:
        """Keep pytest-xdist from starting processes: there is nothing for them to do."""
        if hasattr(config.option, "dist"):
            config.option.dist = "no"

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Add up what would be asked.

        Raises:
            pytest.UsageError: The run that is to be gone on with is about other tasks.
        """
        items = [item for item in session.items if isinstance(item, TaskItem) and not self._skipped(item)]
        plain = sum("llm" in getattr(item, "fixturenames", ()) for item in session.items)
        try:
            self._lines = self._added_up(items, plain)
        except UsageError as error:
            raise pytest.UsageError(str(error)) from None

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """Run nothing; after an error of collection pytest itself has something to say."""
        return None if session.testsfailed else True

    def pytest_terminal_summary(self, terminalreporter: TerminalReporter) -> None:
        """Print it."""
        if self._lines:
            terminalreporter.section("dry run: no model is asked", sep="=")
        for line in self._lines:
            terminalreporter.write_line(line)

    def _added_up(self, items: list[TaskItem], plain: int) -> list[str]:
        state = self._state
        jobs = state.jobs(items)
        trials = [trial for job in jobs for trial in job.trials]
        state.keeping.check_resumable(trials)
        answered, booked = state.keeping.before()
        missing = [trial for trial in trials if trial.key not in answered]
        found = [forecast(model, [t for t in missing if t.model == model.id]) for model in state.models]
        lines = forecast_lines(found, state.settings.budget, booked, self._opinions(jobs))
        if len(missing) < len(trials):
            lines.append(
                f"answered already, and not asked again: {count(len(trials) - len(missing), 'trial')}"
            )
        if plain:
            lines.append(f"not counted: what {count(plain, 'plain test')} would ask by the llm fixture")
        asked = [*state.selected.values(), *([state.judge] if state.judge else [])]
        keyless = list(dict.fromkeys(chosen.missing_key for chosen in asked if chosen.missing_key))
        return [*lines, *map(clean, keyless)]

    def _opinions(self, jobs: list[Job]) -> Forecast | None:
        """Add up what a judge would be asked, but for opinions that are there already."""
        judge = self._state.judge
        if judge is None:
            return None
        known = {
            key
            for key, opinion in self._state.keeping.opinions().items()
            if opinion.judge == judge.model.id
            and opinion.prompt == prompt_name()
            and opinion.status != "failed"
        }
        wanted = ((job.task.prompt, t) for job in jobs for t in job.trials if t.key not in known)
        return forecast_opinions(judge, wanted)
