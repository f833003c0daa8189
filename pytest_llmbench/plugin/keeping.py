"""What the plugin has to do with storage: one run per session, begun by whichever process asks first."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_llmbench.bench.identity import Identity
from pytest_llmbench.bench.kept import named_models
from pytest_llmbench.bench.provenance import commit_of, versions
from pytest_llmbench.bench.trials import Selected
from pytest_llmbench.completions.budget import NANO
from pytest_llmbench.completions.trial import Trial
from pytest_llmbench.errors import StorageError, UsageError
from pytest_llmbench.models.model import Model
from pytest_llmbench.opinions.opinion import Opinion
from pytest_llmbench.plugin.options import WORKER_ERROR
from pytest_llmbench.plugin.settings import Settings
from pytest_llmbench.report.progress import Progress

if TYPE_CHECKING:
    # Storage is opened only where models are asked, and its library is not imported before.
    from pytest_llmbench.storage.answers import KeptAnswers
    from pytest_llmbench.storage.claim import Claim
    from pytest_llmbench.storage.journal import Journal
    from pytest_llmbench.storage.stored import Storage

RUN_INPUT = "llmbench_run"
"""The key by which a worker process is told which run it works for."""


class Keeping:
    """The session's run in the storage.

    Args:
        settings: The resolved options.
        identity: Which run it is.
        command: The command line.
        folder: What relative paths start at.

    `goes_on` says whether answers that the run has by now are used, `storage` is None until it is opened.
    """

    def __init__(self, settings: Settings, identity: Identity, command: str, folder: Path) -> None:
        self._settings = settings
        self.identity = identity
        self.command = command
        self._folder = folder
        self.storage: Storage | None = None
        self._claim: Claim | None = None
        self.answers: KeptAnswers | None = None
        self._failure: str | None = None
        self._since = ""
        self.goes_on = settings.resume

    @classmethod
    def of(cls, config: pytest.Config, settings: Settings) -> Keeping:
        """Give a session its run; a worker process works for that of the process that started it."""
        given = getattr(config, "workerinput", {}).get(RUN_INPUT)
        identity = Identity.new() if given is None else Identity.model_validate_json(given)
        command = shlex.join(["pytest", *map(str, config.invocation_params.args)])
        return cls(settings, identity, command, Path(config.invocation_params.dir))

    def open(self) -> Storage:
        """Open the storage, so that it is known to work before anything is paid for.

        Raises:
            StorageError: It does not.
        """
        if self.storage is None:
            from pytest_llmbench.storage.stored import Storage

            self.storage = Storage.open(self._settings.storage, self._folder)
        return self.storage

    def claim(self) -> None:
        """Open the storage, find the run that is to be gone on with, and let no other process work on it.

        Raises:
            StorageError: The storage cannot be used, there is no such run, or another process has it.
        """
        if self._settings.replay is not None:
            return
        from pytest_llmbench.storage.records import now

        if self._settings.resume:
            self._take_latest(self.open())
        self._claim = self.open().claim(self.identity.run)
        self._since = now()

    def look(self) -> None:
        """Find the run that is to be gone on with, and change nothing.

        Raises:
            StorageError: The storage cannot be used, or there is no such run.
        """
        from pytest_llmbench.storage.stored import Storage

        if self._settings.resume:
            self.storage = Storage.open(self._settings.storage, self._folder, make=False)
            self._take_latest(self.storage)

    def opinions(self) -> Mapping[str, Opinion]:
        """Give the opinions that the run has already, by the keys of its trials."""
        return self.open().opinions(self.identity.run) if self._settings.resume else {}

    def before(self) -> tuple[frozenset[str], float]:
        """Give the trials that the run has answers to already, and what it has booked, in USD."""
        if not self._settings.resume:
            return frozenset(), 0.0
        run = self.identity.run
        return self.open().answered(run), self.open().books(run).booked / NANO

    def _take_latest(self, storage: Storage) -> None:
        found = next((run for run in storage.runs() if not run.info.origin), None)
        if found is None:
            raise StorageError(f"--llm-resume: no run is kept in {storage.database.path}")
        self.identity = Identity(run=found.id, started=found.started)

    def take_answers(self) -> tuple[Selected, ...]:
        """Take the answers of the run that is to be judged again or replayed.

        Returns:
            Its models, of which those that the command names are taken.

        Raises:
            UsageError: There is no such run, or it has none of the models.
        """
        from pytest_llmbench.storage.answers import KeptAnswers

        if self._settings.replay is not None:
            self.answers = KeptAnswers.of_file(self._settings.replay)
        elif self._settings.regrade is not None:
            storage = self.open()
            if self.identity.source is None:
                source = storage.find(self._settings.regrade)
                self.identity = self.identity.model_copy(update={"source": source})
            self.answers = KeptAnswers.of_run(storage.database, self.identity.source or "")
        else:
            return ()
        return tuple(
            Selected(model=model, provider=None)
            for model in named_models(self.answers.models, self._settings.models)
        )

    @property
    def origin(self) -> str:
        """Where the answers come from, if this run has not asked for them; else empty."""
        return "" if self.answers is None else self.answers.origin

    def check_resumable(self, trials: Iterable[Trial]) -> None:
        """See to it that a run that is gone on with is about the same.

        Raises:
            UsageError: It has asked nothing of what is to be asked now.
        """
        if not self._settings.resume or self.open().known(self.identity.run, [t.key for t in trials]):
            return
        run = self.open().run(self.identity.run)
        if not run.trials:
            # It was killed before it had asked anything, so it is about whatever is asked now.
            return
        began = f"{run.started.astimezone():%Y-%m-%d %H:%M}"
        raise UsageError(
            f"--llm-resume: the latest run, {run.id[:8]} of {began}, has asked nothing of this"
            f" (its command: {run.info.command}); leave the option out for a new run"
        )

    def progress(self) -> Progress | None:
        """Say how far the run has come; None where that cannot be read now."""
        if self.storage is None:
            return None
        try:
            return self.storage.progress(self.identity.run, self._since)
        except StorageError:
            return None

    def begin(self, sandbox: str, models: tuple[Model, ...], judge: Model | None) -> Journal:
        """Begin the run, or take part in it.

        Raises:
            StorageError: The storage cannot be used.
        """
        from pytest_llmbench.storage.records import RunInfo, without_headers

        commit = commit_of(self._folder)
        info = RunInfo(
            id=self.identity.run,
            started=self.identity.started,
            command=self.command,
            samples=self._settings.samples if self.answers is None else self.answers.samples,
            pass_mark=self._settings.pass_mark,
            weights=self._settings.weights.by_name(),
            caps=dict(self._settings.own_costs.caps),
            costs=dict(self._settings.own_costs.costs),
            sandbox=sandbox,
            versions=versions(),
            origin=self.origin,
            git_commit=None if commit is None else commit.id,
            git_dirty=None if commit is None else commit.dirty,
            judge=self._judge_before() if judge is None else without_headers(judge),
        )
        journal = self.open().begin(info, resumed=self.goes_on, budget=self._budget())
        journal.models(models)
        if judge is not None:
            journal.judge(judge)
        return journal

    def _judge_before(self) -> Model | None:
        """Give who was asked for opinions before a run that is gone on with; what they said stays."""
        return self.open().run(self.identity.run).info.judge if self._settings.resume else None

    def ended(self, journal: Journal | None) -> None:
        """Take note of what became of the journal, after its end."""
        if journal is not None:
            self._failure = journal.failure

    def tell_failure(self, config: pytest.Config) -> None:
        """Let the process that started this one tell what went wrong."""
        if self._failure is not None:
            getattr(config, "workeroutput", {})[WORKER_ERROR] = self._failure

    def check_saving(self, *, asked: bool) -> None:
        """See whether there will be something to save.

        Args:
            asked: Whether models are asked, or were.

        Raises:
            UsageError: There will not.
        """
        settings = self._settings
        if (settings.save or settings.autosave) and (not asked or settings.replay):
            raise UsageError("--llm-save and --llm-autosave need a run of models that is kept")

    def save(self) -> tuple[list[str], list[str]]:
        """Make the run a baseline, by the names that the options give it.

        Returns:
            Lines that tell by which name it is found, and what went wrong.
        """
        names = [self._settings.save] if self._settings.save is not None else []
        if self._settings.autosave:
            # Two runs that end in the same second have names of their own.
            names.append(f"{self.identity.started:%Y%m%d-%H%M%S}-{self.identity.run[:8]}")
        told: list[str] = []
        for name in names:
            try:
                self.open().name(name, self.identity.run)
            except StorageError as error:
                return told, [str(error)]
            told.append(f"saved as {name}: compare with it by --llm-compare={name}")
        return told, []

    def finish(self, duration_s: float, *, stopped: bool) -> tuple[list[str], list[str]]:
        """Write down that the run has ended, if it ever began.

        Args:
            duration_s: Seconds that it took.
            stopped: Whether it ended early.

        Returns:
            Lines that tell where it is, and what went wrong.
        """
        try:
            return self._finished(duration_s, stopped=stopped)
        except StorageError as error:
            return [], [str(error)]
        finally:
            if self._claim is not None:
                self._claim.release()

    def _finished(self, duration_s: float, *, stopped: bool) -> tuple[list[str], list[str]]:
        from pytest_llmbench.storage.booking import booked_lines

        if self._failure is not None:
            return [], [self._failure]
        if self.storage is None or self._claim is None:
            return [], []
        run, status = self.identity.run, "interrupted" if stopped else "finished"
        if not self.storage.finish(run, status, duration_s):
            return [], []
        lines = [f"run {run[:8]} is kept in {self.storage.database.path}"]
        lines += booked_lines(self.storage.books(run))
        if stopped:
            kept = self.storage.run(run)
            lines.append(f"{kept.completed} of {kept.trials} answers are kept; to go on: {self._going_on()}")
        return lines, []

    def _budget(self) -> int | None:
        budget = self._settings.budget
        return None if budget is None else int(budget * NANO)

    def _going_on(self) -> str:
        return self.command if self._settings.resume else f"{self.command} --llm-resume"
