"""The answers of a run that is over: to be judged again, or to stand in for the models that gave them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pytest_llmbench.completions.completion import Completion
from pytest_llmbench.completions.trial import Trial
from pytest_llmbench.models.model import Model
from pytest_llmbench.opinions.opinion import Opinion
from pytest_llmbench.storage.claim import SHORT_ID
from pytest_llmbench.storage.database import Database
from pytest_llmbench.storage.exchange import RunFile, run_file
from pytest_llmbench.storage.records import RunInfo, read, trial_of
from pytest_llmbench.storage.writes import Row

Use = Literal["judged again", "replayed"]


class KeptAnswers:
    """What a run asked and what it was answered.

    Args:
        file: The run.
        place: Where it comes from, for errors.
        use: What is done with it, for the report.

    Raises:
        StorageError: The run is not whole.
    """

    def __init__(self, file: RunFile, place: Path, use: Use) -> None:
        rows = file.writes(place)
        texts = {str(row["hash"]): str(row["text"]) for kind, row in rows if kind == "text"}
        info = read(RunInfo, str(next(row["body"] for kind, row in rows if kind == "run")), str(place))
        asked = [row for kind, row in rows if kind == "trial"]
        given = [row for kind, row in rows if kind == "completion"]
        self.use = use
        self.samples = info.samples
        self.origin = f"{use}: the answers of run {info.id[:SHORT_ID]} of {info.started:%Y-%m-%d %H:%M} UTC"
        self.models = tuple(
            read(Model, str(row["body"]), f"a model in {place}") for kind, row in rows if kind == "model"
        )
        self._trials = _trials(asked, texts)
        self._opinions = {
            str(row["trial"]): str(row["body"]) for kind, row in rows if kind == "opinion" and row["body"]
        }
        self._replies = {str(row["trial"]): str(row["body"]) for row in sorted(given, key=_received)}

    @classmethod
    def of_run(cls, database: Database, run: str) -> KeptAnswers:
        """Take a run from a storage, to judge it again.

        Raises:
            StorageError: It cannot be read.
        """
        return cls(run_file(database, run), database.path, "judged again")

    @classmethod
    def of_file(cls, path: Path) -> KeptAnswers:
        """Take an exported run, to replay it.

        Raises:
            StorageError: It cannot be read.
        """
        return cls(RunFile.read(path), path, "replayed")

    def trials(self, suite: str, task: str, model: str) -> tuple[Trial, ...]:
        """Give what the run asked a model about a task, by sample; empty where it asked nothing."""
        found = self._trials.get((suite, task, model), {})
        return tuple(found[index] for index in sorted(found))

    def completion(self, trial: Trial) -> Completion | None:
        """Give the answer to a trial; one that a plain test asks is known by its test, place and prompt."""
        known = self._trials.get(("", trial.task, trial.model), {}).get(trial.index)
        same = known is not None and known.prompt == trial.prompt
        body = self._replies.get(known.key if known is not None and same else trial.key)
        return None if body is None else read(Completion, body, f"the answer to {trial.task}")

    def opinion(self, trial: Trial) -> Opinion | None:
        """Give what a judge thought of the answer to a trial, if one was asked."""
        body = self._opinions.get(trial.key)
        return None if body is None else read(Opinion, body, f"the opinion on {trial.task}")


def _trials(rows: list[Row], texts: Mapping[str, str]) -> dict[tuple[str, str, str], dict[int, Trial]]:
    found: dict[tuple[str, str, str], dict[int, Trial]] = {}
    for row in rows:
        trial = trial_of(dict(row), texts.get(str(row["prompt"]), ""), texts.get(str(row["system"]), ""))
        found.setdefault((str(row["suite"]), trial.task, trial.model), {})[trial.index] = trial
    return found


def _received(row: Row) -> str:
    return str(row["received"])
