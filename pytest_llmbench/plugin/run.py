"""The run behind a session: the hooks that only matter once there is a task or an option."""

from __future__ import annotations

import os
from collections.abc import Generator
from types import FunctionType
from typing import TYPE_CHECKING, Any

import pytest

from pytest_llmbench.errors import UsageError
from pytest_llmbench.plugin.collect import collect_task
from pytest_llmbench.plugin.comparing import BASELINE_INPUT, Comparing
from pytest_llmbench.plugin.completing import complete
from pytest_llmbench.plugin.configure import load
from pytest_llmbench.plugin.garbage import keep_what_is_there
from pytest_llmbench.plugin.items import ModelItem, TaskItem
from pytest_llmbench.plugin.keeping import RUN_INPUT, Keeping
from pytest_llmbench.plugin.live import Live
from pytest_llmbench.plugin.office import Office, invitation
from pytest_llmbench.plugin.options import WORKER_ERROR
from pytest_llmbench.plugin.results import Results
from pytest_llmbench.plugin.signals import Signals
from pytest_llmbench.plugin.state import State
from pytest_llmbench.plugin.summary import write_summary
from pytest_llmbench.toolchains.cache import user_cache

if TYPE_CHECKING:
    from _pytest.terminal import TerminalReporter

    from pytest_llmbench.plugin.fixture import Llm


class Run:
    """A registered plugin object; one per session.

    Args:
        config: pytest's configuration.
        state: What items share.
        results: Where reports are gathered; None in a worker process, which writes no files.
    """

    def __init__(self, config: pytest.Config, state: State, results: Results | None) -> None:
        self._config = config
        self._state = state
        self._results = results
        self._live: Live | None = None
        self._session: pytest.Session | None = None
        self._interrupted = False
        self._written: list[str] = []
        self._refused: dict[str, None] = {}
        self._signals = Signals()
        self._items: list[TaskItem] = []
        self._office = Office()

    @classmethod
    def of(cls, config: pytest.Config) -> Run:
        """Resolve the options, and register a run.

        Raises:
            pytest.UsageError: The user has made a mistake; the text says which.
        """
        results = None
        try:
            settings, selected, judge = load(config, os.environ)
            keeping = Keeping.of(config, settings)
            selected = selected or keeping.take_answers()
            keeping.check_saving(asked=bool(selected))
            ids = [chosen.model.id for chosen in selected]
            samples = settings.samples if keeping.answers is None else keeping.answers.samples
            comparing = Comparing.of(config, settings, ids, samples, os.environ)
            state = State(config, settings, selected, judge, keeping, comparing)
            asks = bool(selected) and not config.option.collectonly
            if settings.dry_run:
                keeping.look()
            elif not hasattr(config, "workerinput"):
                if asks:
                    keeping.claim()
                compiled = user_cache(os.environ) / "templates"
                results = Results(settings, state.models, keeping, comparing, compiled)
                if asks:
                    results.check_paths()
            run = cls(config, state, results)
            run._join()
        except UsageError as error:
            raise pytest.UsageError(str(error)) from None
        config.pluginmanager.register(run, "llmbench-run")
        if settings.dry_run:
            from pytest_llmbench.plugin.dry_run import DryRun

            config.pluginmanager.register(DryRun(state, run.skipped), "llmbench-dry-run")
        elif results is not None and asks and Live.wanted(config):
            run.show_live(Live(config, keeping.progress))
        return run

    def show_live(self, live: Live) -> None:
        """Show what the run does while it goes on."""
        self._live = live
        self._config.pluginmanager.register(live, "llmbench-live")

    def collect(self, collector: pytest.Collector, function: FunctionType) -> list[TaskItem]:
        """Make the items of one task."""
        return collect_task(collector, function, self._state)

    @property
    def model_ids(self) -> list[str]:
        """The models to ask."""
        return [model.id for model in self._state.models]

    def llm(self, model: str, test: str) -> Llm:
        """Give a plain test, by its id, a model to ask."""
        from pytest_llmbench.plugin.fixture import Llm

        return Llm(self._state, self._state.selected[model].model, test)

    def start(self, session: pytest.Session) -> None:
        """Start what the selected items will wait for; items that are skipped by marks start nothing."""
        option = self._config.option
        items = [item for item in session.items if isinstance(item, TaskItem)]
        nothing_runs = option.collectonly or option.setuponly or option.setupplan or option.llm_dry_run
        if not items or nothing_runs:
            return
        # After an error of collection pytest runs nothing, so nothing is to be asked either.
        if session.testsfailed and not option.continue_on_collection_errors:
            return
        self._items = items
        if self._state.team is not None:
            self._state.team.leads()
            return
        if self._state.models and not hasattr(self._config, "workerinput"):
            self._signals.on()
        self._begin()

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tell a worker process of pytest-xdist which run it works for."""
        node.workerinput[RUN_INPUT] = self._state.keeping.identity.model_dump_json()
        node.workerinput[BASELINE_INPUT] = self._state.comparing.reference
        if self._state.asks:
            self._office.invite(node.workerinput)

    def refuse(self, text: str) -> None:
        """End the run with a usage error that a worker process has met."""
        self._refused[text] = None

    def owns(self, item: pytest.Item) -> bool:
        """Whether an item is one of ours."""
        return isinstance(item, TaskItem)

    def complete(self, report: pytest.TestReport, item: pytest.Item, call: pytest.CallInfo[None]) -> None:
        """Finish the report of an item."""
        if isinstance(item, TaskItem):
            complete(report, item, call, self._results)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Gather results; stop scheduling where this report ends the session."""
        if self._results is not None:
            carried = self._results.take(report)
            if report.failed and not (report.when == "setup" and carried):
                self._state.comparing.saw_failure()
        session = self._session
        if session is not None and (session.shouldstop or session.shouldfail):
            self._stop()
        elif session is not None and self._state.team is not None and self._state.team.meeting.stopped:
            session.shouldstop = "the session was stopped"

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self) -> Generator[None, Any, Any]:
        """Keep bodies' log records out of the phase that starts."""
        self._state.output.phase()
        return (yield)

    pytest_runtest_call = pytest_runtest_setup

    @pytest.hookimpl(tryfirst=True)
    def pytest_keyboard_interrupt(self) -> None:
        """Make no further call after Ctrl-C, wait for none, and end the judging before pytest tells of it."""
        self._hide_live()
        self._interrupted = True
        self._stop()
        # Pytest parses source then, and before 3.13 CPython counts all threads' parsers together.
        self._state.close()

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """End what runs, and write the files."""
        self._hide_live()
        if not self._interrupted:
            if self._state.team is not None:
                self._state.team.dismiss()
            # Where -x has ended the session, calls in flight are paid for in any case.
            self._state.stop_scheduling()
            self._state.finish()
        self._state.close()
        if self._results is None:
            self._state.keeping.tell_failure(self._config)
            return
        written, errors = self._results.write()
        errors += self._refused
        kept, lost = self._state.keeping.finish(self._results.duration_s, stopped=_stopped(session))
        written += kept
        errors += lost
        if kept and not _stopped(session):
            saved, lost = self._state.keeping.save()
            written += saved
            errors += lost
        self._written = [*written, *(f"ERROR: {error}" for error in errors)]
        session.exitstatus = self._state.comparing.exit_status(session.exitstatus)
        if errors:
            session.exitstatus = pytest.ExitCode.USAGE_ERROR

    def pytest_terminal_summary(self, terminalreporter: TerminalReporter) -> None:
        """Print the leaderboard, and where the files are."""
        if self._results is not None and self._written:
            write_summary(terminalreporter, self._results, self._state.comparing, self._written)

    def close(self) -> None:
        """End what still runs, whatever has happened before."""
        self._results, self._items = None, []  # pytest goes through all objects that are left
        self._hide_live()
        self._state.close()
        self._signals.off()
        self._office.close()

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Know the session, also in a process that collects nothing."""
        self._session = session

    def _join(self) -> None:
        """Join the other worker processes, where models are asked."""
        meeting = invitation(getattr(self._config, "workerinput", {}))
        if meeting is not None:
            from pytest_llmbench.plugin.desk import Desk
            from pytest_llmbench.plugin.team import Team

            self._state.team = Team(meeting, self._lead, Desk(self._state, self._model_items).answer)

    def _model_items(self) -> dict[str, ModelItem]:
        return {item.nodeid: item for item in self._items if isinstance(item, ModelItem)}

    def _lead(self, again: bool) -> None:
        """Start all that the items of all workers will wait for."""
        self._state.keeping.goes_on |= again
        self._begin()

    def _begin(self) -> None:
        wanted = [item for item in self._items if not self.skipped(item)]
        if wanted:
            keep_what_is_there()
            self._start(wanted)
            self._tell_missing_toolchains()
            if self._results is not None:
                self._results.expect([item for item in wanted if isinstance(item, ModelItem)])
                self._state.meanwhile = self._results.work_ahead

    def _stop(self) -> None:
        """Make no further call, in whichever process they are made."""
        self._state.stop_scheduling()
        self._office.stop()

    def _hide_live(self) -> None:
        if self._live is not None:
            self._live.stop()

    def _start(self, items: list[TaskItem]) -> None:
        """Start the bench. A worker process cannot end the run, so there each item tells the mistake."""
        try:
            # A worker process that does only its own items comes to know them one by one.
            alone = self._state.team is None and hasattr(self._config, "workerinput")
            self._state.start(items, one_by_one=alone)
        except (UsageError, pytest.UsageError) as error:
            output = getattr(self._config, "workeroutput", None)
            if output is None:
                raise pytest.UsageError(str(error)) from None
            output[WORKER_ERROR] = str(error)
            self._state.refuse(str(error).partition("\n")[0].removesuffix(":"))

    def _tell_missing_toolchains(self) -> None:
        """Say before anything is asked which tasks cannot be judged here."""
        reporter: TerminalReporter | None = self._config.pluginmanager.get_plugin("terminalreporter")
        for language, error in self._state.missing_toolchains.items():
            if reporter is not None:
                reporter.write_line(f"{language} tasks cannot be judged here: {error}", yellow=True)

    def skipped(self, item: TaskItem) -> bool:
        """Whether a mark skips an item: asked before any call is made for it."""
        skipping: Any = self._config.pluginmanager.get_plugin("skipping")
        try:
            skipping.pytest_runtest_setup(item)
        except (pytest.skip.Exception, pytest.xfail.Exception):
            return True
        return False


def _stopped(session: pytest.Session) -> bool:
    """Whether the session ended before all of its items had run."""
    early = (pytest.ExitCode.INTERRUPTED, pytest.ExitCode.INTERNAL_ERROR)
    return session.exitstatus in early or bool(session.shouldstop or session.shouldfail)
